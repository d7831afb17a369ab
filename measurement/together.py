"""Processes that begin together and end together."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from measurement import env

_GRACE_SECONDS = 20.0
_PARENT_DEATH_SIGNAL = 1


class Ended(Exception):
    """One of the processes ended though nobody had asked it to."""


def run(
    commands: Mapping[str, Sequence[str]],
    *,
    environment: Mapping[str, str],
    logs: Path,
    when_begun: Callable[[], None],
) -> None:
    """Run the commands of ``manage.py`` beside each other until somebody says stop.

    What each says goes into a file of its name in ``logs``. Ctrl-C, a closed terminal or
    SIGTERM stops them all, and is not an error. So does our own end, however it comes.

    Raises:
        Ended: one of them ended by itself; the others have been stopped.
    """
    running: dict[str, subprocess.Popen[bytes]] = {}
    with _told_to_stop():
        try:
            for name, arguments in commands.items():
                running[name] = _begin(arguments, environment, _log(logs, name))
            when_begun()
            _watch(running, logs)
        except KeyboardInterrupt:
            pass
        finally:
            _stop(list(running.values()))


def _log(logs: Path, name: str) -> Path:
    return logs / f"{name.replace(' ', '-')}.log"


def _begin(
    arguments: Sequence[str], environment: Mapping[str, str], log: Path
) -> "subprocess.Popen[bytes]":
    with log.open("w") as said:
        return subprocess.Popen(
            [sys.executable, str(env.ROOT / "manage.py"), *arguments],
            env=dict(environment),
            stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
            # A session of its own: Ctrl-C reaches it through us, once and in order.
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )  # fmt: skip


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)


def _watch(running: Mapping[str, "subprocess.Popen[bytes]"], logs: Path) -> None:
    while True:
        for name, process in running.items():
            if process.poll() is not None:
                log = _log(logs, name)
                last = log.read_text(errors="replace").strip().rsplit("\n", 1)[-1]
                said = f"ends with: {last}" if last else "is empty."
                raise Ended(
                    f"The {name} ended by itself (exit {process.returncode}) and the "
                    f"rest has been stopped too. {log} {said}"
                )
        time.sleep(0.2)


def _stop(processes: "list[subprocess.Popen[bytes]]") -> None:
    for process in processes:
        process.terminate()
    until = time.monotonic() + _GRACE_SECONDS
    for process in processes:
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            # Its own children are in its session: none of them is to stay behind.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def _told_to_stop() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {
        number: signal.signal(number, stop)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
