"""``make demo``: what it refuses, and what it lays out for the night."""

import fcntl
import os
import socket
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from governance import changes
from governance.models import Domain, SourceSystem, User, Version
from measurement.demo import SYSTEMS, DemoFile
from measurement.management.commands import demo
from tests.governance import requests


@pytest.fixture(autouse=True)
def folders(tmp_path, settings, monkeypatch):
    settings.INBOX = tmp_path / "inbox"
    monkeypatch.setattr(demo, "FOLDER", tmp_path / "demo")


def test_a_second_demo_beside_the_first_is_told_where_that_one_is(tmp_path):
    lock = tmp_path / "demo" / "lock"
    lock.parent.mkdir()
    lock.write_text("process 42, http://localhost:8000")

    with lock.open() as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        with pytest.raises(CommandError) as refused:
            call_command("demo")

    assert str(refused.value) == (
        "Another demo is at work in this folder (process 42, http://localhost:8000). "
        "Look there, or stop it with Ctrl-C first."
    )


@pytest.mark.django_db
def test_a_port_in_use_is_found_before_any_work_is_done():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]

        with pytest.raises(CommandError, match="Address already in use"):
            call_command("demo", port=port)

    assert User.objects.count() == 0


@pytest.mark.django_db
def test_a_database_of_ones_own_needs_an_owner_to_make_its_tables(
    settings, monkeypatch
):
    monkeypatch.delitem(settings.DATABASES, "owner")

    with pytest.raises(CommandError, match="DATABASE_OWNER_URL is not"):
        call_command("demo", no_serve=True)


@pytest.fixture
def products(tmp_path) -> DemoFile:
    path = tmp_path / "products.csv"
    path.write_text("id\n")
    return DemoFile("harbour_shop", "products", path, True)


@pytest.mark.django_db
def test_files_are_laid_where_the_night_looks(products, tmp_path):
    demo._fill_inbox([products])

    laid = tmp_path / "inbox" / "harbour_shop" / "products" / "products.csv"
    assert laid.read_text() == "id\n"


@pytest.fixture
def beginning(own_database, monkeypatch):
    """The demo's first step, with whatever it prints, in a database of its own."""
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner@/plumbline")
    command = demo.Command(stdout=StringIO())
    command._begin()
    return command


def test_every_source_of_the_demo_is_agreed_on_before_the_first_night(beginning):
    agreed = Version.objects.filter(kind="source").values_list("key", flat=True)

    assert set(agreed) == set(SYSTEMS)
    assert set(SourceSystem.objects.values_list("key", flat=True)) == set(SYSTEMS)
    assert "The registry begins with request" in beginning.stdout._out.getvalue()


def test_the_address_of_the_owner_is_given_away_once_the_registry_has_begun(beginning):
    assert "DATABASE_OWNER_URL" not in os.environ


def test_a_second_demo_leaves_what_was_agreed_on_since(beginning):
    said = Version.objects.get(kind="source", key="harbour_shop").body
    renamed = {**said, "name": "The shop we all know"}
    requests.applied(
        changes.Proposed("source", "harbour_shop", "orders", renamed),
        domain=Domain.objects.get(key="orders"),
    )

    beginning._begin()

    assert SourceSystem.objects.get(key="harbour_shop").name == "The shop we all know"


@pytest.mark.django_db
def test_a_file_laid_before_gives_way_to_the_one_made_now(products, tmp_path):
    laid = tmp_path / "inbox" / "harbour_shop" / "products" / "products.csv"
    laid.parent.mkdir(parents=True)
    laid.symlink_to(tmp_path / "gone.csv")

    demo._fill_inbox([products])
    demo._fill_inbox([products])

    assert (laid.resolve(), list(Path(laid.parent).iterdir())) == (
        products.path.resolve(),
        [laid],
    )
