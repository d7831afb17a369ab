"""The night: every step of the line in order, page by page, to be gone on with by anyone.

A page is one transaction: its rows, its counts, where the next page begins, and the
message that asks for it. Whoever dies loses the page they were at and nothing else; what
comes twice finds that its turn is over.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F, Sum
from django.db.models.functions import Greatest

from measurement import broker, celery, failpoints
from measurement.memory import peak_mb
from measurement.models import Night, NightStep
from measurement.queue import enqueue

# Position, the task that does a page of it, and what people call it.
Plan = Sequence[tuple[int, str, str]]

# Files found on the way in are steps between the second position and the third.
PLAN: Plan = [
    (1_000, "measurement.exchange_rates", "Exchange rates"),
    (2_000, "measurement.find_files", "New files"),
    (28_000, "measurement.observe", "What the columns hold"),
    (29_000, "identity.stitch", "Who is who"),
    (29_200, "identity.ask", "What stewards are asked"),
    (29_500, "identity.attach_visits", "Visits before somebody was known"),
    (30_000, "identity.enrich_orders", "Orders as they were placed"),
    (31_000, "reporting.compute", "Views"),
    (32_000, "reporting.publish", "Publish"),
]

Clock = Callable[[], datetime]


class NightError(Exception):
    """The night cannot do what was asked; the message says why."""


class AlreadyRunning(NightError):
    """A night is not over, and two would write the same rows."""


class NightFailed(NightError):
    """A step could not be done; the steps after it wait for the next night."""


class NoSuchTask(NightError):
    """No app has the task that does a step."""


class PageDoesNotAddUp(NightError):
    """A page lost rows, or made some up."""


class Driver(Enum):
    """Who asks for the next page."""

    WORKER = "a message on the queue"
    HERE = "the process that did the last one"


@dataclass(frozen=True)
class Page:
    """What a step's task says of the page it did."""

    rows_in: int = 0
    written: int = 0
    unchanged: int = 0
    rejected: int = 0
    more: bool = False
    cursor: dict[str, Any] = field(default_factory=dict)
    message: str = ""

    def __post_init__(self) -> None:
        accounted = self.written + self.unchanged + self.rejected
        if self.rows_in != accounted:
            raise PageDoesNotAddUp(
                f"The page read {self.rows_in} rows, but {self.written} written, "
                f"{self.unchanged} unchanged and {self.rejected} rejected are "
                f"{accounted}. Nothing of it was kept."
            )


@dataclass(frozen=True)
class _Turn:
    """The right to do one page: of which step, and the how manieth page of the night."""

    step_id: int
    number: int


@transaction.atomic
def start(*, at: datetime, plan: Plan = PLAN) -> Night:
    """Plan a night. Nothing is done of it yet.

    Raises:
        AlreadyRunning: another night is not over.
    """
    try:
        with transaction.atomic():
            night = Night.objects.create(started_at=at)
    except IntegrityError as error:
        raise _already_running() from error
    NightStep.objects.bulk_create(
        NightStep(night=night, position=position, task=task, label=label)
        for position, task, label in plan
    )
    _lease_next(night, at)
    return night


@transaction.atomic
def hand_over(*, at: datetime, plan: Plan = PLAN) -> Night:
    """Plan a night and leave it to the workers.

    Raises:
        AlreadyRunning: another night is not over.
    """
    night = start(at=at, plan=plan)
    ask_for_page(night)
    return night


def advance(
    *,
    night_id: int,
    at: datetime,
    clock: Clock,
    turn: int | None = None,
    driver: Driver = Driver.WORKER,
) -> bool:
    """Do one page of the step the night is at; return whether more is left.

    Two who advance at once wait for each other. One who names the ``turn`` does that page
    or, where it is done already, nothing.

    Raises:
        NightFailed: the step's task refused; its rows are rolled back and the step says
            why.
    """
    failpoints.reach("night: begins")
    claimed = _claim(night_id, at=at, turn=turn)
    failpoints.reach("night: claimed")
    if claimed is None:
        return False
    try:
        # What is copied in or out raises the driver's errors, not Django's.
        with connection.wrap_database_errors, transaction.atomic():
            is_running = _do_page(night_id, claimed, clock=clock, driver=driver)
            failpoints.reach("night: page about to be committed")
    except OperationalError:
        # The database went away or chose us as the victim of a deadlock: no fault of the
        # step. The night stays as it is; whoever comes next does the page again.
        raise
    except Exception as error:
        sentence = _sentence(error)
        fail(night_id=night_id, sentence=sentence, at=clock())
        failpoints.reach("night: failure committed")
        raise NightFailed(sentence) from error
    failpoints.reach("night: page committed")
    return is_running


@transaction.atomic
def fail(*, night_id: int, sentence: str, at: datetime) -> None:
    """End the night at the step it is at; the steps after it stay waiting."""
    night = _locked(night_id)
    if night.state != Night.State.RUNNING:
        return
    step = current_step(night)
    if step is not None:
        step.state, step.message = NightStep.State.FAILED, sentence
        step.ended_at, step.lease_until = at, None
        step.save(update_fields=["state", "message", "ended_at", "lease_until"])
    night.state, night.ended_at = Night.State.FAILED, at
    night.save(update_fields=["state", "ended_at"])


def ask_for_page(night: Night) -> None:
    """Enqueue the page the night is at, on the transaction now open."""
    enqueue("measurement.advance_night", night_id=night.pk, turn=turn_of(night))


def current_step(night: Night) -> NightStep | None:
    """Return the step the night is at: the first that is not done."""
    return night.steps.exclude(state=NightStep.State.DONE).order_by("position").first()


def turn_of(night: Night) -> int:
    """Return how many pages were done: the number of the page that is next."""
    return int(night.steps.aggregate(done=Sum("pages", default=0))["done"])


def lease_from(at: datetime) -> datetime:
    """Return until when nobody takes for lost who begins a page now."""
    return at + timedelta(seconds=settings.VISIBILITY_SECONDS)


@transaction.atomic
def _claim(night_id: int, *, at: datetime, turn: int | None) -> _Turn | None:
    """Note that somebody begins the page, so that it shows, and so that tries count."""
    night = _locked(night_id)
    number = turn_of(night)
    step = current_step(night)
    if night.state != Night.State.RUNNING or step is None:
        return None
    if turn is not None and turn != number:
        return None
    if step.attempt >= broker.DELIVERIES:
        fail(night_id=night_id, sentence=_given_up(step), at=at)
        return None
    step.state = NightStep.State.RUNNING
    step.started_at = step.started_at or at
    step.attempt += 1
    step.lease_until = lease_from(at)
    step.save(update_fields=["state", "started_at", "attempt", "lease_until"])
    return _Turn(step_id=step.pk, number=number)


def _do_page(night_id: int, claimed: _Turn, *, clock: Clock, driver: Driver) -> bool:
    night = _locked(night_id)
    if night.state != Night.State.RUNNING or turn_of(night) != claimed.number:
        # Somebody else claimed it too and was faster.
        return night.state == Night.State.RUNNING
    step = NightStep.objects.get(pk=claimed.step_id)
    began = clock()
    page = _page_of(step)
    failpoints.reach("night: rows written")
    _keep(step, page, began=began, ended=clock())
    failpoints.reach("night: counts written")
    if _lease_next(night, clock()):
        if driver is Driver.WORKER:
            ask_for_page(night)
            failpoints.reach("night: next page enqueued")
        return True
    night.state, night.ended_at = Night.State.DONE, clock()
    night.save(update_fields=["state", "ended_at"])
    return False


def _page_of(step: NightStep) -> Page:
    task = celery.task_named(step.task)
    if task is None:
        raise NoSuchTask(
            f"The step '{step.label}' is done by the task {step.task}, and no app here "
            f"has one of that name. Install the app that has it, or correct the plan."
        )
    return Page(**task(step_id=step.pk))


def _keep(step: NightStep, page: Page, *, began: datetime, ended: datetime) -> None:
    NightStep.objects.filter(pk=step.pk).update(
        rows_in=F("rows_in") + page.rows_in,
        written=F("written") + page.written,
        unchanged=F("unchanged") + page.unchanged,
        rejected=F("rejected") + page.rejected,
        pages=F("pages") + 1,
        seconds=F("seconds") + (ended - began).total_seconds(),
        # The most this process has held so far, not what the page alone took.
        peak_mb=Greatest(F("peak_mb"), peak_mb()),
        attempt=0,
        cursor=page.cursor,
        message=page.message or step.message,
        state=NightStep.State.RUNNING if page.more else NightStep.State.DONE,
        ended_at=None if page.more else ended,
        lease_until=None,
    )


def _lease_next(night: Night, at: datetime) -> bool:
    """Give whoever does the next page time to come; return whether there is one."""
    step = current_step(night)
    if step is None:
        return False
    step.lease_until = lease_from(at)
    step.save(update_fields=["lease_until"])
    return True


def _already_running() -> AlreadyRunning:
    night = Night.objects.filter(state=Night.State.RUNNING).first()
    if night is None:
        return AlreadyRunning("A night has ended this moment. Start again.")
    return AlreadyRunning(
        f"{night} has been running since {night.started_at:%Y-%m-%d %H:%M} UTC. Wait "
        f"until it is over, or go on with it here: manage.py night."
    )


def _locked(night_id: int) -> Night:
    """Wait for whoever is at the night, then hold it until the transaction ends."""
    # Not the key: rows that point to the night may still be written by others.
    return Night.objects.select_for_update(no_key=True).get(pk=night_id)


def _given_up(step: NightStep) -> str:
    return (
        f"The step '{step.label}' was begun {step.attempt} times, and each time the "
        f"process that did it was gone before its page was done. Look for what ended it "
        f"(memory, a time limit, a kill) and start a new night."
    )


def _sentence(error: Exception) -> str:
    if isinstance(error, SoftTimeLimitExceeded):
        return (
            f"One page took longer than {settings.CELERY_TASK_SOFT_TIME_LIMIT} s. Make "
            f"its pages smaller, or set TASK_SECONDS higher."
        )
    return str(error) or type(error).__name__
