"""Who may sign in to the server, and the database they share."""

from collections.abc import Callable

import psycopg
from psycopg import sql

SUPERUSER = "postgres"
OWNER, APP, AUDITOR = "plumbline_owner", "plumbline_app", "plumbline_auditor"
DATABASE = "plumbline"

# The owner makes databases: every run of the tests has its own.
_RIGHTS = {OWNER: "createdb", APP: "", AUDITOR: ""}


def ensure(
    connection: psycopg.Connection[tuple[object, ...]],
    password_of: Callable[[str], str],
) -> None:
    """Make the roles and the database that are not there yet."""
    present = {row[0] for row in connection.execute("select rolname from pg_roles")}
    for role, right in _RIGHTS.items():
        if role not in present:
            connection.execute(
                sql.SQL("create role {} login {} password {}").format(
                    sql.Identifier(role), sql.SQL(right), sql.Literal(password_of(role))
                )
            )
    found = connection.execute(
        "select 1 from pg_database where datname = %s", [DATABASE]
    ).fetchall()
    if not found:
        connection.execute(
            sql.SQL("create database {} owner {}").format(
                sql.Identifier(DATABASE), sql.Identifier(OWNER)
            )
        )
