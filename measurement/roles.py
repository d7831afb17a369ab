"""The role we sign in with, and what it must not be able to do."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import connections

from measurement import env

_QUESTION = """
select
    rolsuper,
    exists (
        select 1 from pg_class join pg_namespace on pg_namespace.oid = relnamespace
        where relkind in ('r', 'p') and nspname not in ('pg_catalog', 'information_schema')
        and pg_has_role(current_user, relowner, 'member')
    )
from pg_roles where rolname = current_user
"""


def power_over_tables(using: str = "default") -> str | None:
    """Return why the role could change the tables themselves, or nothing if it cannot."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(_QUESTION)
        is_superuser, owns_tables = cursor.fetchone()
    role = connection.settings_dict["USER"]
    if is_superuser:
        return f"{role} is a superuser of the database"
    if owns_tables:
        return f"{role} owns tables, or may become a role that does"
    return None


def app_cannot_change_tables(
    *, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Refuse an app that could rewrite what it only has to read and write rows of."""
    if "default" not in (databases or []) or settings.ONE_DATABASE_ROLE:
        return []
    power = power_over_tables()
    if power is None:
        return []
    return [
        Error(
            f"DATABASE_URL signs in as the wrong role: {power}. A page or a task that "
            f"is taken over could then change history itself.",
            hint="Let DATABASE_OWNER_URL name that role, for manage.py migrate alone, and "
            "DATABASE_URL one that owns nothing. Where the server cannot have two "
            "roles, set ONE_DATABASE_ROLE=yes; every page will say so.",
            id="measurement.E002",
        )
    ]


def refuse_owner() -> None:
    """Stop a web server that was started by other means than ``manage.py web``.

    Raises:
        NotConfigured: the app's role could change the tables.
    """
    for problem in app_cannot_change_tables(databases=["default"]):
        raise env.NotConfigured(f"{problem.msg} {problem.hint}")
