"""Steps of a night that only tests have. Each notes what it did as a row."""

import threading
from collections.abc import Callable
from typing import Any

from celery import shared_task
from django.db import OperationalError, connections

from measurement.models import NightStep
from tests.measurement.worker import note


@shared_task(name="tests.one_page")
def one_page(*, step_id: int) -> dict[str, Any]:
    return _page(step_id, pages=1)


@shared_task(name="tests.three_pages")
def three_pages(*, step_id: int) -> dict[str, Any]:
    return _page(step_id, pages=3)


@shared_task(name="tests.commits_its_rows_early")
def commits_its_rows_early(*, step_id: int) -> dict[str, Any]:
    """A broken twin of ``three_pages``: its rows do not wait for its counts."""
    number = _number(step_id)
    _on_another_connection(lambda: _note(step_id, number))
    return _counted(number, pages=3)


@shared_task(name="tests.commits_its_cursor_early")
def commits_its_cursor_early(*, step_id: int) -> dict[str, Any]:
    """A broken twin of ``three_pages``: its cursor does not wait for its rows."""
    number = _number(step_id)
    ahead = {"next": number + 1}
    _on_another_connection(
        lambda: NightStep.objects.filter(pk=step_id).update(cursor=ahead)
    )
    _note(step_id, number)
    return _counted(number, pages=3)


@shared_task(name="tests.finds_two_files")
def finds_two_files(*, step_id: int) -> dict[str, Any]:
    step = NightStep.objects.get(pk=step_id)
    for number in (1, 2):
        NightStep.objects.create(
            night_id=step.night_id,
            position=step.position + number,
            task="tests.one_page",
            label=f"File {number}",
        )
    return {"message": "2 new files."}


@shared_task(name="tests.refuses")
def refuses(*, step_id: int) -> dict[str, Any]:
    note("written before the refusal")
    raise ValueError("The column 'total' holds words. Map another one.")


@shared_task(name="tests.is_interrupted")
def is_interrupted(*, step_id: int) -> dict[str, Any]:
    raise KeyboardInterrupt


@shared_task(name="tests.loses_the_database")
def loses_the_database(*, step_id: int) -> dict[str, Any]:
    raise OperationalError("the connection is lost")


@shared_task(name="tests.loses_a_row")
def loses_a_row(*, step_id: int) -> dict[str, Any]:
    return {"rows_in": 3, "written": 1, "unchanged": 1}


def _page(step_id: int, *, pages: int) -> dict[str, Any]:
    number = _number(step_id)
    _note(step_id, number)
    return _counted(number, pages=pages)


def _number(step_id: int) -> int:
    return int(NightStep.objects.get(pk=step_id).cursor.get("next", 0))


def _note(step_id: int, number: int) -> None:
    note(f"{NightStep.objects.get(pk=step_id).label} {number}")


def _counted(number: int, *, pages: int) -> dict[str, Any]:
    return {
        "rows_in": 1,
        "written": 1,
        "unchanged": 0,
        "rejected": 0,
        "more": number + 1 < pages,
        "cursor": {"next": number + 1},
        "message": "",
    }


def _on_another_connection(act: Callable[[], object]) -> None:
    def run() -> None:
        try:
            act()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
