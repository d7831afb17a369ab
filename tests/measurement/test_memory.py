"""What a process is said to have held is its own."""

import subprocess
import sys

from measurement.memory import peak_mb
from tests.processes import ROOT

SAY = "from measurement.memory import peak_mb; {}; print(peak_mb())"


def held_by(work: str) -> float:
    program = [sys.executable, "-c", SAY.format(work)]
    return float(subprocess.check_output(program, cwd=ROOT, text=True))


def test_what_was_given_back_still_counts():
    little, much = held_by("pass"), held_by("held = b'x' * 100 * 2**20; del held")

    assert 95 < much - little < 110


def test_what_the_parent_holds_does_not_count():
    held = b"x" * 200 * 2**20

    assert held_by("pass") < len(held) / 2**20 < peak_mb()
