"""Which database a command is given, who may look into it, and who keeps its files."""

import os
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from measurement import postgres
from measurement.postgres import programs
from measurement.postgres.provide import NO_DATABASE_COMMANDS


@pytest.fixture
def nothing_set(tmp_path, monkeypatch):
    """An environment that names no database, and a folder where none was made."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "EMBEDDED_POSTGRES"):
        # Set first, so that what is put there is taken back afterwards.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("VAR", str(tmp_path / "var"))
    return tmp_path / "var"


def given() -> dict[str, str]:
    """Return what the environment now says of databases."""
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "EMBEDDED_POSTGRES")
    return {name: os.environ[name] for name in names if name in os.environ}


@pytest.mark.parametrize("command", ["migrate", "demo", "night", "help", "check"])
def test_a_database_of_ones_own_is_left_as_it_was_said(
    nothing_set, monkeypatch, command
):
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:pw@db/shop")

    postgres.provide(command)

    assert given() == {"DATABASE_URL": "postgresql://app:pw@db/shop"}
    assert not nothing_set.exists()


@pytest.mark.parametrize("command", sorted(NO_DATABASE_COMMANDS))
def test_a_command_that_needs_no_database_starts_none(nothing_set, command):
    postgres.provide(command)

    assert given() == {
        "DATABASE_URL": "postgresql://nobody@/nowhere?host=/nonexistent",
        "EMBEDDED_POSTGRES": "yes",
    }
    assert not nothing_set.exists()


def test_an_empty_address_is_none(nothing_set, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "")

    postgres.provide("help")

    assert given()["DATABASE_URL"].startswith("postgresql://nobody@/nowhere")


def test_the_server_lies_where_everything_of_ours_that_changes_does(nothing_set):
    assert postgres.embedded().folder == nothing_set / "postgres"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may choose who runs a server")
def test_a_server_runs_as_whoever_owns_its_data(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    os.chown(data, 12_345, 23_456)

    assert programs.account(data) == programs.Account(12_345, 23_456)


def test_an_ordinary_person_runs_it_themselves(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1_000)

    assert programs.account(tmp_path) == programs.Account()


def test_the_way_to_the_data_may_be_walked_and_not_looked_at(tmp_path):
    closed = tmp_path / "closed"
    (closed / "data").mkdir(parents=True)
    closed.chmod(0o700)

    programs.Account(user=12_345, group=12_345).reach(closed / "data")

    assert closed.stat().st_mode & 0o777 == 0o701


def test_our_own_way_is_left_as_it_is(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0o700)

    programs.Account().reach(closed)

    assert closed.stat().st_mode & 0o777 == 0o700


def ours() -> list[str]:
    return sorted(
        model._meta.db_table
        for label in ("governance", "measurement", "identity", "reporting")
        for model in apps.get_app_config(label).get_models()
    )


def rights(role: str, tables: list[str]) -> set[str]:
    """Return what the role may do to any of the tables."""
    verbs = (
        "select",
        "insert",
        "update",
        "delete",
        "truncate",
        "references",
        "trigger",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct verb from unnest(%s::text[]) verb, unnest(%s::text[]) name"
            " where has_table_privilege(%s, name, verb)",
            [list(verbs), tables, role],
        )
        return {verb for (verb,) in cursor.fetchall()}


@pytest.mark.django_db
def test_the_app_handles_rows_and_the_auditor_reads_the_log_alone():
    kept = {table: rights(postgres.AUDITOR, [table]) for table in ours()}

    assert {table: may for table, may in kept.items() if may} == {
        "governance_governanceevent": {"select"},
        "governance_seal": {"select"},
    }
    assert rights(postgres.APP, ours()) == {"select", "insert", "update", "delete"}


@pytest.mark.django_db
def test_there_is_no_table_the_app_cannot_read_and_add_to_but_the_log():
    for table in set(ours()) - {"governance_governanceevent"}:
        assert (table, {"select", "insert"} - rights(postgres.APP, [table])) == (
            table,
            set(),
        )


def test_the_auditor_signs_in_and_reads_the_log_and_nothing_of_anybody(django_db_setup):
    address = settings.DATABASES["default"]
    # Where the tests' own server stands: beside its socket.
    server = postgres.Server(Path(address["HOST"]).parent)
    password = server.password(postgres.AUDITOR)

    with (
        psycopg.connect(
            user=postgres.AUDITOR, password=password,
            host=address["HOST"], dbname=address["NAME"],
        ) as auditor,
    ):  # fmt: skip
        auditor.execute("select * from governance_governanceevent, governance_seal")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            auditor.execute("select * from measurement_customerrecord")
