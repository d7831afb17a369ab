"""Broken twins of the load: what it would be with one of its promises left out.

The kills must find each of them out, or they would prove nothing of the real one.
"""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connections, transaction

from measurement import celery, failpoints, queue, sync
from measurement import night as nights
from measurement.models import SyncRun

# Where a run is, and what it has counted so far.
_CURSOR = (
    "state", "ended_at", "offset", "line", "pages", "rows_in", "written", "unchanged",
    "rejected", "per_entity",
)  # fmt: skip


def become(name: str) -> None:
    """Turn the load of this process into the twin of that name."""
    TWINS[name]()


def cursor_before_rows() -> None:
    """The place of the next page is committed before the rows of this one."""
    load_page = sync.load_page

    def load_cursor_first(*, run_id: int, at: datetime) -> sync.Page:
        before = _cursor(run_id)
        with transaction.atomic():
            load_page(run_id=run_id, at=at)
            behind = _cursor(run_id)
            transaction.set_rollback(True)
        _move(run_id, behind)
        with transaction.atomic():
            _move(run_id, before)
            return load_page(run_id=run_id, at=at)

    sync.begin = _on_another_connection(sync.begin)
    sync.load_page = _on_another_connection(load_cursor_first)


def rows_before_cursor() -> None:
    """The rows of a page are committed before the place of the next one."""
    load_page = sync.load_page

    def load_rows_first(*, run_id: int, at: datetime) -> sync.Page:
        before = _cursor(run_id)
        with transaction.atomic():
            page = load_page(run_id=run_id, at=at)
            behind = _cursor(run_id)
            _move(run_id, before)
        failpoints.reach("twin: rows committed, cursor not")
        _move(run_id, behind)
        return page

    sync.begin = _on_another_connection(sync.begin)
    sync.load_page = _on_another_connection(load_rows_first)


def rows_before_counts() -> None:
    """The rows of a page and its cursor are committed before the night has counted them."""
    sync.begin = _on_another_connection(sync.begin)
    sync.load_page = _on_another_connection(sync.load_page)


def message_answered_early() -> None:
    """A message is done with when it is taken, not when its page is committed."""
    task = celery.task_named("measurement.advance_night")
    assert task is not None
    task.acks_late = False


def next_page_asked_for_late() -> None:
    """The next page is asked for after the commit, not in it."""

    def enqueue_late(task_name: str, /, **arguments: Any) -> None:
        def ask() -> None:
            failpoints.reach("twin: committed, next page not asked for")
            queue.enqueue(task_name, **arguments)

        transaction.on_commit(ask)

    nights.enqueue = enqueue_late


TWINS: dict[str, Callable[[], None]] = {
    twin.__name__: twin
    for twin in (
        cursor_before_rows,
        rows_before_cursor,
        rows_before_counts,
        message_answered_early,
        next_page_asked_for_late,
    )
}


def _cursor(run_id: int) -> dict[str, Any]:
    return SyncRun.objects.values(*_CURSOR).get(pk=run_id)


def _move(run_id: int, to: dict[str, Any]) -> None:
    SyncRun.objects.filter(pk=run_id).update(**to)


def _on_another_connection(act: Callable[..., Any]) -> Callable[..., Any]:
    """Return what does the same, and commits it whatever becomes of the page."""

    def elsewhere(**arguments: Any) -> Any:
        ended: list[Any] = []

        def run() -> None:
            try:
                ended.append(act(**arguments))
            finally:
                connections.close_all()

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        [result] = ended
        return result

    return elsewhere
