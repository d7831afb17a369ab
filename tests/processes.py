"""Commands run as processes of their own, the way a person runs them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

_KEPT = ("PATH", "LD_LIBRARY_PATH")

ROOT = Path(__file__).resolve().parent.parent


def environment(**given: str) -> dict[str, str]:
    """Return an environment with nothing of ours in it but what is given."""
    # A Python installed in an odd place finds its own library by the second.
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {"PYTHONUNBUFFERED": "1", **kept, **given}


def manage(*arguments: str, **given: str) -> "subprocess.CompletedProcess[str]":
    """Run ``manage.py`` to its end in an environment of its own."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=environment(**given),
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def begin(*command: str, **given: str) -> "subprocess.Popen[str]":
    """Start a command, and leave it running."""
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT, env=environment(**given),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def free_port() -> int:
    """Return a port nobody listens at."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def soon(true: Callable[[], bool], *, seconds: float = 20) -> bool:
    """Return whether it came true in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.05)
    return False
