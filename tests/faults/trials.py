"""Let the same night run again and again, and kill its worker at a boundary of each.

Each trial has a folder of kept files, workers of its own and a database to itself for as
long as it goes on, so several go on at once.
"""

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from django.db import connections
from django.test import override_settings
from django.utils import timezone

from measurement import broker, registry
from measurement import night as nights
from measurement.entities import ENTITIES
from measurement.models import (
    KeptFile,
    Night,
    NightStep,
    RejectedRow,
    Schedule,
    SeenKey,
    SyncRun,
)
from tests import databases
from tests.faults import workshop
from tests.faults.left_behind import LeftBehind, left_behind
from tests.faults.workshop import Workshop

INBOX = Path(__file__).parent / "inbox"
KIOSK = Path(__file__).parent / "kiosk.toml"
FIND = (1_000, "measurement.find_files", "New files")
# The harness lets this time pass by itself, so it may be long.
TASK_SECONDS = 30
VISIBILITY_SECONDS = TASK_SECONDS + broker.NOTICING_SECONDS + broker.RETRY_SECONDS + 1
PAGE_ROWS = 10
# Longer than anything here takes; whoever waits for it has found a fault.
_NEVER = 40.0
# So long nobody has asked for a page of a night that is not over: it was lost.
_LOST = 1.5
_LOST_WITH_SWEEPER = 10.0
_SETTLED = 0.5


class NeverCameToBe(Exception):
    """A boundary was not reached, or a night came to no end: the harness is at fault."""


type Looking = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True)
class Trial:
    """A night: which boundary kills its worker, and what else is different about it.

    ``at`` 0 kills nobody. The ``twin`` is in the worker that is killed and in the one
    that comes after it.
    """

    at: int = 0
    twin: str = ""
    sweeper: bool = True


@dataclass(frozen=True)
class Ended:
    """What the night of a trial left, and the boundaries it passed until the kill."""

    left: LeftBehind
    boundaries: list[str]


@dataclass(frozen=True)
class Nights:
    """The same night, to be begun anew for every trial, in one of a few databases."""

    databases: tuple[str, ...]
    folder: Path
    workshop: Workshop

    def run(self, trials: Iterable[Trial]) -> dict[Trial, Ended]:
        """Let every trial's night run to its end."""
        free, ended = list(self.databases), {}
        begun: dict[Future[None], tuple[Trial, str]] = {}
        with ThreadPoolExecutor(len(free)) as hands:
            for trial in trials:
                if not free:
                    free.append(self._take_one(begun, ended))
                name = free.pop()
                self._prepare(trial, name)
                begun[hands.submit(self._to_its_end, trial, name)] = trial, name
            while begun:
                self._take_one(begun, ended)
        return ended

    def _take_one(
        self,
        begun: dict[Future[None], tuple[Trial, str]],
        ended: dict[Trial, Ended],
    ) -> str:
        """Wait until one has ended, look at what it left, and return its database."""
        done = next(as_completed(begun))
        trial, name = begun.pop(done)
        done.result()
        folder = self._folder(trial)
        with databases.working_in(name):
            left = left_behind(folder / "raw")
        ended[trial] = Ended(left, passed(folder / "boundaries"))
        return name

    def _prepare(self, trial: Trial, name: str) -> None:
        self._folder(trial).mkdir()
        with databases.working_in(name):
            forget_everything()
            ask_for_the_night()
            connections.close_all()

    def _folder(self, trial: Trial) -> Path:
        swept = "_swept" if trial.sweeper else ""
        return self.folder / f"{trial.twin or 'real'}_{trial.at}{swept}"

    def _to_its_end(self, trial: Trial, name: str) -> None:
        folder = self._folder(trial)
        with psycopg.connect(databases.url(of=name), autocommit=True) as looking:
            if trial.at:
                with self._worker(trial, looking, folder, at=trial.at):
                    wait(lambda: len(passed(folder / "boundaries")) >= trial.at)
                let_time_pass(looking, folder, sweeper=trial.sweeper)
            with self._worker(trial, looking, folder):
                wait(Over(looking, sweeper=trial.sweeper))
                if not trial.at:
                    wait(_Settled(folder / "boundaries"))

    @contextlib.contextmanager
    def _worker(
        self, trial: Trial, looking: Looking, folder: Path, *, at: int = 0
    ) -> Iterator[None]:
        """Have a worker, counting boundaries until the kill; nothing is left of it."""
        counted = {"FAILPOINT_COUNT_FILE": str(folder / "boundaries")}
        worker = self.workshop.worker(
            log=folder / "worker.log",
            TWIN=trial.twin,
            **surroundings(databases.url(of=looking.info.dbname), folder),
            **(counted if at == trial.at else {}),
            **({"FAILPOINT_AT": str(at)} if at else {}),
        )
        try:
            yield
        except NeverCameToBe as error:
            error.add_note((folder / "worker.log").read_text()[-2_000:])
            raise
        finally:
            workshop.kill(worker)
            wait(lambda: not _one(looking, "others_connected"))


def forget_everything() -> None:
    """Leave the database as if no night had been, as its owner: the app may not."""
    # Children before their parents.
    for model in (
        RejectedRow,
        SeenKey,
        *(entity.model for entity in reversed(ENTITIES.values())),
        SyncRun,
        KeptFile,
        NightStep,
        Night,
    ):
        model._base_manager.using("owner").all().delete()
    with connections["owner"].cursor() as cursor:
        cursor.execute("delete from pgmq.q_plumbline")


def ask_for_the_night() -> None:
    """Leave a night of finding files and loading them to the workers, and nothing else."""
    # What is due by itself would pass boundaries too.
    Schedule.objects.update(is_enabled=False)
    registry.register(KIOSK)
    with override_settings(VISIBILITY_SECONDS=VISIBILITY_SECONDS):
        nights.hand_over(at=timezone.now(), plan=[FIND])


def surroundings(database: str, folder: Path) -> dict[str, str]:
    """Return all that a worker is told of the world."""
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database,
        "VAR": str(folder),
        "RAW": str(folder / "raw"),
        "INBOX": str(INBOX),
        "TASK_SECONDS": str(TASK_SECONDS),
        "VISIBILITY_SECONDS": str(VISIBILITY_SECONDS),
        "TICK_SECONDS": "1",
        "SYNC_PAGE_ROWS": str(PAGE_ROWS),
    }


def passed(counted: Path) -> list[str]:
    """Return the names of the boundaries passed so far."""
    return counted.read_text().splitlines() if counted.exists() else []


def let_time_pass(looking: Looking, folder: Path, *, sweeper: bool) -> None:
    """Bring about now what comes about when ``VISIBILITY_SECONDS`` have gone by."""
    for said in ("messages_are_visible_again", "lease_has_run_out"):
        looking.execute(_SQL[said], {"seconds": VISIBILITY_SECONDS})
    for file in (folder / "raw").rglob("*.*"):
        written_at = file.stat().st_mtime - VISIBILITY_SECONDS
        os.utime(file, (written_at, written_at))
    if sweeper:
        looking.execute(_SQL["sweeper_goes_round"])


@dataclass
class Over:
    """True when the night is over and no page of it asked for, or when one was lost."""

    looking: Looking
    sweeper: bool
    _asked_at: float = field(default_factory=time.monotonic)

    def __call__(self) -> bool:
        is_running = _one(self.looking, "night_is_running")
        if _one(self.looking, "page_is_asked_for"):
            self._asked_at = time.monotonic()
            return False
        patience = _LOST_WITH_SWEEPER if self.sweeper else _LOST
        return not is_running or time.monotonic() - self._asked_at > patience


@dataclass
class _Settled:
    """True when no boundary was passed for a while: the last message is answered too."""

    counted: Path
    _size: int = -1
    _since: float = 0.0

    def __call__(self) -> bool:
        size = self.counted.stat().st_size
        if size != self._size:
            self._size, self._since = size, time.monotonic()
        return time.monotonic() - self._since > _SETTLED


def wait(fact: Callable[[], object]) -> None:
    """Wait until it is so.

    Raises:
        NeverCameToBe: it took longer than anything here takes.
    """
    until = time.monotonic() + _NEVER
    while not fact():
        if time.monotonic() > until:
            raise NeverCameToBe(f"Nothing came of it within {_NEVER} s.")
        time.sleep(0.1)


def _one(looking: Looking, question: str) -> object:
    return looking.execute(_SQL[question]).fetchall()[0][0]


_SQL = {
    "others_connected": (
        "select count(*) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
    ),
    "night_is_running": (
        "select count(*) from measurement_night where state = 'running'"
    ),
    "page_is_asked_for": (
        "select count(*) from pgmq.q_plumbline"
        " where message->'headers'->>'task' = 'measurement.advance_night'"
    ),
    "messages_are_visible_again": (
        "update pgmq.q_plumbline set vt = vt - make_interval(secs => %(seconds)s)"
    ),
    "lease_has_run_out": (
        "update measurement_nightstep"
        " set lease_until = lease_until - make_interval(secs => %(seconds)s)"
    ),
    "sweeper_goes_round": (
        "update measurement_schedule set is_enabled = true, every_seconds = 1,"
        " due_at = now() where task = 'measurement.revive'"
    ),
}
