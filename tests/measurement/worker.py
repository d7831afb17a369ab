"""A real worker in a process of its own, and the tasks only tests have.

Run as a module this *is* the worker: ``manage.py worker`` that knows these tasks too.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def as_process(
    *,
    log: Path,
    task_seconds: int = 5,
    visibility_seconds: int = 17,
    **environment: str,
) -> "subprocess.Popen[bytes]":
    """Start a worker on the database now worked in, as the app's role."""
    from tests import databases

    surroundings = os.environ | {
        "DATABASE_URL": databases.url(),
        "TASK_SECONDS": str(task_seconds),
        "VISIBILITY_SECONDS": str(visibility_seconds),
        "TICK_SECONDS": "1",
        "PYTHONPATH": str(ROOT),
        # What it seals is a database of the tests: its seals are none of ours.
        "SEALS": str(log.with_name("seals")),
        "SEAL_KEY": str(log.with_name("seal_key")),
        **environment,
    }
    surroundings.pop("DATABASE_OWNER_URL", None)
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.measurement.worker"],
            env=surroundings,
            cwd=ROOT,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )


def kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill the worker and its pool, as a machine that loses its power would."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=20)
    # The server notices a little later, and until then the database is in use.
    wait_for(lambda: not _others_connected())


@contextlib.contextmanager
def running(*, log: Path, **options: Any) -> Iterator["subprocess.Popen[bytes]"]:
    process = as_process(log=log, **options)
    try:
        yield process
    finally:
        kill(process)


def wait_for(fact: Callable[[], object], *, seconds: float = 30) -> bool:
    """Wait until something is so; return whether it came to be."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if fact():
            return True
        time.sleep(0.05)
    return False


def processor_seconds(process: "subprocess.Popen[bytes]") -> float:
    """Return what the process itself, without its pool, has taken of the processor."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    # The 14th and the 15th field of the line: in user mode, and in the kernel.
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def notes() -> list[str]:
    """Return what the tasks below have noted, oldest first."""
    from measurement.models import KeptFile

    return list(KeptFile.objects.order_by("id").values_list("name", flat=True))


def _others_connected() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
        return int(cursor.fetchall()[0][0])


def note(text: str) -> None:
    """Leave a row behind: kept files serve as a notebook."""
    from django.utils import timezone

    from measurement.models import KeptFile

    KeptFile.objects.create(
        sha256=uuid.uuid4().hex,
        name=text,
        size=0,
        path="",
        plain_path="",
        layout="csv",
        received_at=timezone.now(),
    )


def _tasks() -> None:
    from celery import shared_task
    from django.db import connection

    @shared_task(name="tests.note")
    def note_text(*, text: str) -> None:
        note(text)

    @shared_task(name="tests.note_role")
    def note_role() -> None:
        with connection.cursor() as cursor:
            cursor.execute("select current_user")
            note(cursor.fetchall()[0][0])

    @shared_task(name="tests.note_at_second_try")
    def note_at_second_try(*, begun: str) -> None:
        if not Path(begun).exists():
            Path(begun).touch()
            time.sleep(3600)
        note("done")

    @shared_task(name="tests.note_slowly")
    def note_slowly(*, begun: str) -> None:
        Path(begun).touch()
        time.sleep(2)
        note("done")

    @shared_task(name="tests.kill_own_process")
    def kill_own_process(*, tries: str) -> None:
        with Path(tries).open("a") as lines:
            lines.write("tried\n")
        os.kill(os.getpid(), signal.SIGKILL)

    @shared_task(name="tests.poison")
    def poison(*, night_id: int) -> None:
        note(f"poison of night {night_id} was taken")


def _tasks_done_for_somebody() -> None:
    from celery import shared_task

    @shared_task(name="tests.rename")
    def rename(*, username: str, first_name: str) -> None:
        from governance.models import User

        renamed = User.objects.get(username=username)
        renamed.first_name, renamed.is_staff = first_name, True
        renamed.save()

    @shared_task(name="tests.rename_later")
    def rename_later(**said: str) -> None:
        from measurement import queue

        queue.enqueue("tests.rename", **said)


if __name__ == "__main__":
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "measurement.settings")
    django.setup()
    _tasks()
    _tasks_done_for_somebody()
    import tests.measurement.steps  # noqa: F401
    from measurement.celery import app

    # The loss of a process is to be noticed before the time limit of these tests.
    app.conf.worker_lost_wait = 2
    call_command("worker")
