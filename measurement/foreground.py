"""A night driven from the terminal, with no need of a worker and none in the way of one."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from measurement import night as nights
from measurement.models import Night, NightStep

# Any number will do, as long as nothing else in this database locks the same.
_ONE_DRIVER = 7_410_983
# A driver that was killed leaves its lock behind until the server notices.
_PATIENCE_SECONDS = 4


class AnotherDrives(nights.NightError):
    """A process like this one is at work already."""


@dataclass(frozen=True)
class Progress:
    """Where the night is: at which step out of how many, and how far into it."""

    number: int
    out_of: int
    step: NightStep


def run(
    *, at: datetime, clock: nights.Clock, report: Callable[[Progress], None]
) -> Night:
    """Do a whole night here, or what is left of one that was begun.

    A night whose process was killed is gone on with at its next page. One that workers
    have in hand is taken over: what they are doing is waited for, and their next message
    finds its turn over.

    Raises:
        AnotherDrives: somebody runs this very command.
        NightFailed: a step could not be done.
    """
    with _alone():
        night = Night.objects.filter(state=Night.State.RUNNING).first()
        night = night or nights.start(at=at)
        while _advance(night, clock=clock, report=report):
            pass
        night.refresh_from_db()
        if night.state == Night.State.FAILED:
            raise nights.NightFailed(_why(night))
        return night


def _advance(
    night: Night, *, clock: nights.Clock, report: Callable[[Progress], None]
) -> bool:
    step = nights.current_step(night)
    if step is not None:
        report(_progress(night, step))
    is_running = nights.advance(
        night_id=night.pk, at=clock(), clock=clock, driver=nights.Driver.HERE
    )
    if step is not None:
        step.refresh_from_db()
        report(_progress(night, step))
    return is_running


def _progress(night: Night, step: NightStep) -> Progress:
    return Progress(
        number=night.steps.filter(position__lte=step.position).count(),
        out_of=night.steps.count(),
        step=step,
    )


def _why(night: Night) -> str:
    step = night.steps.filter(state=NightStep.State.FAILED).first()
    return step.message if step else f"{night} was ended from outside."


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Hold the one lock of drivers. It goes with the connection, however that ends."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while not _locked():
        if time.monotonic() > until:
            raise AnotherDrives(
                "Another process drives the night at this moment. Wait until it is done; "
                "the page of the runs shows how far it is."
            )
        time.sleep(0.1)
    try:
        yield
    finally:
        with contextlib.suppress(Exception), connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s)", [_ONE_DRIVER])


def _locked() -> bool:
    with connection.cursor() as cursor:
        # Else the server would notice that we were killed only after the statement at
        # hand, and hold the lock until then.
        cursor.execute("set client_connection_check_interval = '1s'")
        cursor.execute("select pg_try_advisory_lock(%s)", [_ONE_DRIVER])
        return bool(cursor.fetchall()[0][0])
