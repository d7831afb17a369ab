"""Real workers, begun quickly: forked from a process that has imported what they need.

Only what others wrote is imported beforehand. Settings, apps and the command itself are
read by each worker anew, in an environment of its own, as ``manage.py worker`` reads them.
"""

import contextlib
import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
# What takes most of the time a worker needs to begin.
BEFOREHAND = (
    "celery.apps.worker",
    "celery.bin.celery",
    "celery.concurrency.prefork",
    "kombu.transport.pgmq",
    "django.contrib.admin",
    "django.core.handlers.base",
    "django.core.management.commands.runserver",
    "django.db.backends.postgresql.base",
    "django.db.migrations.autodetector",
    "django.template.defaulttags",
    "cryptography.hazmat.primitives.serialization",
    "django.contrib.postgres.search",
    "duckdb",
    "email_validator",
    "nicknames",
    "numpy",
    "phonenumbers",
    "pyarrow.compute",
    "rest_framework.serializers",
    "scipy.optimize",
    "scipy.sparse.csgraph",
)


@dataclass
class Workshop:
    """The process that workers are forked from, while the block lasts."""

    folder: Path
    _process: "subprocess.Popen[str] | None" = None
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.workshop", str(self.folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process and self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=20)

    def worker(self, *, log: Path, **environment: str) -> int:
        """Start a worker with this environment and no other; return its number."""
        assert self._process and self._process.stdin and self._process.stdout
        order = json.dumps({"log": str(log), "environment": environment})
        with self._one_at_a_time:
            self._process.stdin.write(f"{order}\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())


def kill(worker: int) -> None:
    """Kill the worker and its pool, as a machine that loses its power would."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(worker, signal.SIGKILL)


def _take_orders() -> None:
    """Begin workers until nobody orders any; none outlives who ordered it."""
    living: set[int] = set()
    for line in sys.stdin:
        living -= _ended()
        order = json.loads(line)
        worker = os.fork()
        if worker == 0:
            _become_worker(Path(order["log"]), order["environment"])
        # A group of its own, whose number is known before anybody is told of it.
        os.setpgid(worker, worker)
        living.add(worker)
        sys.stdout.write(f"{worker}\n")
        sys.stdout.flush()
    for worker in living - _ended():
        kill(worker)


def _ended() -> set[int]:
    """Take leave of the workers that have ended: their numbers may be given anew."""
    ended = set()
    with contextlib.suppress(ChildProcessError):
        while worker := os.waitpid(-1, os.WNOHANG)[0]:
            ended.add(worker)
    return ended


def _become_worker(log: Path, environment: dict[str, str]) -> None:
    """Run ``manage.py worker`` here, with the fault that ``TWIN`` names, if any."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for ours, theirs in ((nothing, 0), (written, 1), (written, 2)):
        os.dup2(ours, theirs)
    os.environ.clear()
    os.environ.update(environment)
    _break_as_told()
    sys.argv = ["manage.py", "worker", "--processes", "1"]
    try:
        runpy.run_path(str(ROOT / "manage.py"), run_name="__main__")
    finally:
        os._exit(1)


def _break_as_told() -> None:
    twin = os.environ.get("TWIN")
    if not twin:
        return
    from celery.signals import worker_init

    @worker_init.connect(weak=False)
    def _become_twin(**_: object) -> None:
        from tests.faults import twins

        twins.become(twin)


if __name__ == "__main__":
    for module in BEFOREHAND:
        importlib.import_module(module)
    # What the first worker compiles the others find, and nobody else.
    sys.dont_write_bytecode, sys.pycache_prefix = False, sys.argv[1]
    _take_orders()
