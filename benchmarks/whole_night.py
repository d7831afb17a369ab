"""The demo from an empty folder, and a second night without new data."""

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, seconds

ROOT = Path(__file__).resolve().parent.parent


def measure() -> list[Figure]:
    """Run the demo and a second night on a server of their own."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "VAR": folder}
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "EMBEDDED_POSTGRES"):
            environment.pop(name, None)

        def manage(*arguments: str) -> str:
            return subprocess.run(
                [sys.executable, "manage.py", *arguments],
                cwd=ROOT,
                env=environment,
                check=True,
                capture_output=True,
                text=True,
            ).stdout

        try:
            whole = seconds(lambda: manage("demo", "--no-serve"))
            first: dict[str, Any] = json.loads(manage("summary", "--json"))
            second = seconds(lambda: manage("night"))
            again: dict[str, Any] = json.loads(manage("summary", "--json"))
        finally:
            manage("db", "stop")
    # Kilobytes: the largest of all processes we waited for.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    lines = f"{first['lines_read']:,} lines read"
    return [
        Figure("demo, from an empty folder", whole, "s", 150, False, lines),
        Figure("its night", first["seconds"], "s", 75, False, lines),
        Figure("a second night, whole command", second, "s", 5, False, "no new data"),
        Figure("rows it changed", again["lines_written"], "rows", 0, False, ""),
        Figure("peak memory of any process", peak, "MB", 1_500, False, ""),
    ]
