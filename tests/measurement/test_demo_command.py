"""``make demo``: what it refuses, and what it lays out for the night."""

import fcntl
import socket
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from governance.models import User
from measurement.demo import DemoFile
from measurement.management.commands import demo


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
