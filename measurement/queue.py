"""Ask for work: the message is sent if, and only if, the transaction is committed."""

import json
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from kombu.connection import Connection
from kombu.transport import virtual

from governance import history
from measurement import broker
from measurement.celery import ASKED_BY, app, uses_own_database
from measurement.models import Schedule


class _Written(virtual.Channel):
    """A channel that keeps the messages instead of sending them."""

    def _put(self, queue: str, message: dict[str, Any], **options: Any) -> None:
        self.connection.letters.append(message)


class _Desk(virtual.Transport):
    """Where a message is written, by Celery's own hand, and taken from by us."""

    Channel = _Written

    def __init__(self, client: Connection, **options: Any) -> None:
        super().__init__(client, **options)
        self.letters: list[dict[str, Any]] = []


def enqueue(task_name: str, /, *, after_seconds: int = 0, **arguments: Any) -> None:
    """Have a worker call the task with these arguments, some time after the commit.

    On our own database the message is a row of the transaction now open: a rollback, or
    a process killed at any point, takes it back together with the rows it speaks of. It
    is delivered at least once, so a task may run twice.

    With another broker the message can only be sent after the commit. A process killed
    between the two loses it; ``revival.revive`` finds what was lost, later.

    It names whoever acts now, in whose name the task is done.
    """
    headers = _who_asks()
    if uses_own_database():
        _send(_letter(task_name, arguments, headers), after_seconds)
        return
    transaction.on_commit(
        lambda: app.send_task(
            task_name,
            kwargs=arguments,
            headers=headers,
            countdown=after_seconds or None,
        )
    )


@transaction.atomic
def tick(*, at: datetime) -> list[str]:
    """Enqueue what is due by ``at`` and move it on; return the names of the tasks.

    A task that has missed several turns gets one. Two who tick at once do not double:
    the second finds the row locked, or no longer due.
    """
    due = list(
        Schedule.objects.select_for_update(skip_locked=True)
        .filter(is_enabled=True, due_at__lte=at)
        .order_by("due_at", "id")
    )
    for schedule in due:
        enqueue(schedule.task)
        schedule.due_at = _next_turn(schedule, at)
        schedule.save(update_fields=["due_at"])
    return [schedule.task for schedule in due]


def put_aside(message_id: int) -> bool:
    """Take the message out of the queue into its archive; return whether it was there."""
    with connection.cursor() as cursor:
        cursor.execute(
            _sql("put_message_aside"),
            {"queue": broker.QUEUE, "message_id": message_id},
        )
        return bool(cursor.fetchall()[0][0])


def _next_turn(schedule: Schedule, at: datetime) -> datetime:
    every = timedelta(seconds=schedule.every_seconds)
    turns = (at - schedule.due_at) // every + 1
    return schedule.due_at + turns * every


def _who_asks() -> dict[str, int]:
    somebody = history.who_acts()
    return {} if somebody is None else {ASKED_BY: somebody.pk}


def _letter(
    task_name: str, arguments: dict[str, Any], headers: dict[str, int]
) -> dict[str, Any]:
    """Return the message Celery would send, word for word, so that any worker reads it."""
    with Connection(transport=_Desk) as desk:
        app.send_task(task_name, kwargs=arguments, headers=headers, connection=desk)
        [letter] = desk.transport.letters
    return dict(letter)


def _send(letter: dict[str, Any], after_seconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _sql("send_message"),
            {
                "queue": broker.QUEUE,
                "message": json.dumps(letter),
                "headers": json.dumps(letter["headers"]),
                "delay": after_seconds,
            },
        )


@cache
def _sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text()
