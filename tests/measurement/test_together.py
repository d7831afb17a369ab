"""Processes that begin together and end together."""

import os
import signal
from pathlib import Path

import pytest

from measurement import together
from tests.processes import begin, environment, soon

SLEEP = ["shell", "-c", "import time; time.sleep(60)"]
NO_DATABASE = {"DATABASE_URL": "postgresql://nobody@/nowhere"}

# Two sleepers run together by a process of its own, which says their numbers.
TWO = f"""
import django; django.setup()
from measurement import together
together.run(
    {{"one": {SLEEP}, "other": {SLEEP}}},
    environment={environment(**NO_DATABASE)},
    when_begun=lambda: print("begun", flush=True),
)
print("over", flush=True)
"""


@pytest.fixture
def two():
    process = begin(
        "-c", TWO, DJANGO_SETTINGS_MODULE="measurement.settings", **NO_DATABASE
    )
    assert process.stdout.readline() == "begun\n"
    yield process
    process.kill()
    process.communicate()


def children(of: int) -> list[int]:
    return [
        int(number)
        for number in Path(f"/proc/{of}/task/{of}/children").read_text().split()
    ]


def are_gone(numbers: list[int]) -> bool:
    return not any(is_alive(number) for number in numbers)


def is_alive(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_being_told_to_stop_ends_them_all_and_is_no_error(two, number):
    started = children(two.pid)
    assert len(started) == 2

    two.send_signal(number)
    said, _ = two.communicate(timeout=20)

    assert (two.returncode, said, are_gone(started)) == (0, "over\n", True)


def test_our_own_sudden_death_ends_them_too(two):
    started = children(two.pid)

    os.kill(two.pid, signal.SIGKILL)

    assert soon(lambda: are_gone(started))


def test_one_that_ends_by_itself_ends_the_other_and_is_told():
    started: list[int] = []

    with pytest.raises(
        together.Ended, match="The short one ended by itself \\(exit 3\\)"
    ):
        together.run(
            {
                "long one": SLEEP,
                "short one": ["shell", "-c", "raise SystemExit(3)"],
            },
            environment=environment(**NO_DATABASE),
            when_begun=lambda: started.extend(children(os.getpid())),
        )

    assert (len(started) >= 2, are_gone(started[-2:])) == (True, True)
