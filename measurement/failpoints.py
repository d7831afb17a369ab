"""Die on purpose, at a chosen boundary between transactions.

``FAILPOINT_AT=3`` kills the process with SIGKILL when the third boundary is reached;
``FAILPOINT_COUNT_FILE`` names a file that gets a line for each, so that a first run
counts them all and the next ones try every one. With the file, processes count together.
Without either variable nothing happens.
"""

import fcntl
import os
import signal
from itertools import count
from pathlib import Path

_reached_here = count(1)


def reach(name: str) -> None:
    """Say that this boundary is reached; die if it is the chosen one."""
    chosen = os.environ.get("FAILPOINT_AT")
    file = os.environ.get("FAILPOINT_COUNT_FILE")
    if chosen is None and file is None:
        return
    number = next(_reached_here) if file is None else _noted(Path(file), name)
    if chosen is not None and number == int(chosen):
        os.kill(os.getpid(), signal.SIGKILL)


def _noted(file: Path, name: str) -> int:
    with file.open("a+") as lines:
        fcntl.flock(lines, fcntl.LOCK_EX)
        lines.write(f"{name}\n")
        lines.flush()
        lines.seek(0)
        return len(lines.readlines())
