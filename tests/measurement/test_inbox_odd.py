"""Odd things that lie in an inbox: which are nobody's, and which are said to be wrong."""

import os
import socket
from pathlib import Path

import pytest

from measurement import inbox
from measurement.inbox import UnknownPlace
from measurement.models import Order, SyncRun
from measurement.sources import kept
from measurement.sources.unreadable import Unreadable
from tests import make
from tests.make import moment
from tests.measurement.loading import ORDERS, stream
from tests.measurement.test_inbox import ROWS, drop, folder, load_all, names, step, till

# The fixtures of the plain cases are those of the odd ones.
__all__ = ["folder", "step", "till"]

pytestmark = pytest.mark.django_db

NO_NAME = b"till/orders/caf\xe9.csv"


@pytest.mark.parametrize(
    "place",
    [
        ".git/config",
        ".Trash/till/orders/rows.csv",
        "till/.snapshots/rows.csv",
        "till/orders/.partial/rows.csv",
        "elsewhere/.cache/deep/rows.csv",
    ],
)
def test_what_lies_in_a_hidden_folder_is_nobodys(folder, till, place):
    drop(folder, place)

    assert inbox.new_files(folder) == []


def test_an_inbox_may_itself_lie_in_a_hidden_folder(folder, till):
    drop(folder / ".plumbline", "till/orders/rows.csv")

    assert names(folder / ".plumbline") == ["till/orders/rows.csv"]


def test_a_stray_in_a_hidden_inbox_is_told_where_to_lie(folder, till):
    drop(folder / ".plumbline", "rows.csv")

    with pytest.raises(UnknownPlace, match=r"^rows\.csv lies in the inbox itself"):
        inbox.new_files(folder / ".plumbline")


def test_empty_folders_are_in_nobodys_way(folder, till):
    (folder / "elsewhere" / "deep").mkdir(parents=True)

    assert inbox.new_files(folder) == []


def test_a_link_is_the_file_it_leads_to(folder, till, tmp_path):
    there = tmp_path / "export.csv"
    there.write_text(ROWS)
    drop(folder, "till/orders/a.csv").unlink()
    (folder / "till/orders/a.csv").symlink_to(there)

    assert names(folder) == ["till/orders/a.csv"]


def test_a_folder_of_a_stream_may_be_a_link(folder, till, tmp_path):
    drop(tmp_path, "exports/rows.csv")
    (folder / "till").mkdir(parents=True)
    (folder / "till/orders").symlink_to(tmp_path / "exports")

    assert names(folder) == ["till/orders/rows.csv"]


@pytest.mark.parametrize("place", ["till/orders/a.csv", "till/a.csv"])
def test_a_link_to_what_is_gone_is_said_and_not_passed_over(
    folder, till, tmp_path, place
):
    link = folder / place
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "gone.csv")

    with pytest.raises((Unreadable, UnknownPlace)) as refused:
        inbox.new_files(folder)

    assert str(refused.value).startswith(
        (f"There is no file {link}.", "a.csv lies in till,")
    )


def test_a_pipe_is_no_file(folder, till):
    place = folder / "till/orders"
    place.mkdir(parents=True)
    os.mkfifo(place / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(place)
        try:
            listening.bind("socket")
        finally:
            os.chdir(here)

        assert inbox.new_files(folder) == []


def lay_without_a_name(folder: Path) -> Path:
    """Lay a file whose name is no text: of another encoding than names are in."""
    path = Path(os.fsdecode(os.fsencode(folder) + b"/" + NO_NAME))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(ROWS)
    return path


NAMELESS = "The name of caf\ufffd.csv is no text: some of its bytes are not UTF-8. Give it another name."


def test_a_name_that_is_no_text_is_refused_before_it_is_kept(folder, till):
    lay_without_a_name(folder)

    with pytest.raises(Unreadable) as refused:
        inbox.new_files(folder)

    assert str(refused.value) == NAMELESS


def test_a_file_without_a_proper_name_is_not_kept(folder, till):
    path = lay_without_a_name(folder)

    with pytest.raises(Unreadable) as refused:
        kept.keep(path, encoding="utf-8", at=moment("2026-06-01"))

    assert str(refused.value) == NAMELESS


def test_a_stray_whose_name_is_no_text_is_said_in_one(folder):
    lay_without_a_name(folder)

    with pytest.raises(UnknownPlace) as refused:
        inbox.new_files(folder)

    assert str(refused.value).encode()[:8] == b"caf\xef\xbf\xbd.c"


@pytest.mark.parametrize("name", ["ö €.csv", "😀.csv", "a b\n'\".csv", "-x", "%s.csv"])
def test_any_text_is_a_name(folder, till, step, name):
    drop(folder, f"till/orders/{name}")

    load_all(folder, step)

    assert list(SyncRun.objects.values_list("file__name", flat=True)) == [name]


def test_one_content_under_two_names_is_written_once(folder, till, step):
    drop(folder, "till/orders/a.csv")
    drop(folder, "till/orders/b.csv")

    load_all(folder, step)

    assert (Order.objects.count(), SyncRun.objects.count()) == (1, 1)
    assert inbox.new_files(folder) == []


def test_a_file_that_went_between_being_found_and_being_loaded_is_said_to(
    folder, till, step
):
    path = drop(folder, "till/orders/a.csv")
    inbox.plan(step=step, files=inbox.new_files(folder))
    path.unlink()

    with pytest.raises(Unreadable, match=rf"^There is no file {path}\."):
        inbox.load_page(step=step.night.steps.get(position=8), at=moment("2026-06-01"))


def test_no_file_is_no_step(folder, till, step):
    inbox.plan(step=step, files=inbox.new_files(folder))

    assert step.night.steps.count() == 1


def test_systems_whose_names_begin_alike_keep_their_own_files(folder, till):
    stream(ORDERS, grain="order", of=make.system("till-2"), key="orders")
    drop(folder, "till-2/orders/b.csv")
    drop(folder, "till/orders/a.csv", f"{ROWS}2,2026-01-02T00:00Z\n")

    assert names(folder) == ["till/orders/a.csv", "till-2/orders/b.csv"]
