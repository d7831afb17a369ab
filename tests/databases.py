"""Databases for tests: copied from a migrated template, in the time of a file copy."""

import contextlib
import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
# What the owner of the tables gives tests, which the app's role is refused.
SEATED = ROOT / "tests" / "seated.sql"
# Whoever began before a migration was written is done before so many more are.
_KEPT = 5


@cache
def template() -> str:
    """Return the name of a migrated database, made once per state of the migrations.

    What a process copied once it goes on copying: a migration that is written meanwhile
    is for those who begin after it.
    """
    digest = hashlib.sha256()
    # What each role may do is written into the database after the last migration.
    roles = ROOT / "governance" / "roles.py"
    for written in [*sorted(ROOT.glob("*/migrations/*.py")), roles, SEATED]:
        digest.update(written.read_bytes())
    name = f"test_template_{digest.hexdigest()[:12]}"
    with (settings.VAR / "test_template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _exists(name):
            _make(name)
    return name


def copy(name: str, *, of: str = "") -> None:
    """Make a database of that name as a copy of another: of the template, if not said."""
    drop(name)
    _as_owner(
        "create database {} template {} strategy file_copy", name, of or template()
    )


def drop(name: str) -> None:
    """Drop the database, once those who left it are really gone.

    A backend ends a moment after its client does, and the owner may not end the app's.
    """
    for connected in connections.all():
        if connected.settings_dict["NAME"] == name:
            connected.close()
    until = time.monotonic() + 10
    while True:
        try:
            _as_owner("drop database if exists {}", name)
        except psycopg.errors.ObjectInUse:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def point_to(name: str) -> None:
    """Let both roles of this process work in that database from now on."""
    for alias in ("default", "owner"):
        connections[alias].close()
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name


@contextlib.contextmanager
def working_in(name: str) -> Iterator[None]:
    """Work in that database for a while."""
    before = connections["default"].settings_dict["NAME"]
    point_to(name)
    try:
        yield
    finally:
        point_to(before)


def url(role_alias: str = "default", *, of: str = "") -> str:
    """Return where the role signs in to a database: the one now worked in, if not said."""
    described = connections[role_alias].settings_dict
    return (
        f"postgresql://{described['USER']}:{described['PASSWORD']}@/"
        f"{of or described['NAME']}?host={described['HOST']}"
    )


def _make(name: str) -> None:
    unfinished = f"{name}_{os.getpid()}"
    _as_owner("create database {}", unfinished)
    with working_in(unfinished):
        call_command("migrate", database="owner", verbosity=0)
        _seat()
    for alias in ("default", "owner"):
        connections[alias].close()
    _forget_old_ones()
    _as_owner("alter database {} rename to {}", unfinished, name)


def _forget_old_ones() -> None:
    """Drop the templates of long ago; the latest may be in use by others still."""
    with _connection() as connection:
        found = connection.execute(
            "select datname from pg_database where datname ~ '^test_template_[0-9a-f]+$'"
            " order by oid desc offset %s",
            [_KEPT],
        ).fetchall()
    for (old,) in found:
        drop(str(old))


def _seat() -> None:
    app = sql.Identifier(settings.DATABASE_APP_ROLE)
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql.SQL(SEATED.read_text()).format(app=app))


def _exists(name: str) -> bool:
    with _connection() as connection:
        found = connection.execute(
            "select 1 from pg_database where datname = %s", [name]
        ).fetchall()
    return bool(found)


def _as_owner(statement: str, *names: str) -> None:
    with _connection() as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _connection() -> psycopg.Connection[tuple[object, ...]]:
    described = settings.DATABASES["owner"]
    return psycopg.connect(
        user=described["USER"],
        password=described["PASSWORD"],
        host=described["HOST"],
        port=described["PORT"] or None,
        dbname="postgres",
        autocommit=True,
    )
