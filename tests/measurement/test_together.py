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
import sys; from pathlib import Path
import django; django.setup()
from measurement import together
together.run(
    {{"one": {SLEEP}, "other": {SLEEP}}},
    environment={environment(**NO_DATABASE)},
    logs=Path(sys.argv[1]),
    when_begun=lambda: print("begun", flush=True),
)
print("over", flush=True)
"""


@pytest.fixture
def two(tmp_path):
    process = begin(
        "-c", TWO, str(tmp_path),
        DJANGO_SETTINGS_MODULE="measurement.settings", **NO_DATABASE,
    )  # fmt: skip
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


def test_one_that_ends_by_itself_ends_the_other_and_its_last_words_are_told(tmp_path):
    started: list[int] = []
    last_words = "import sys; print('no port'); sys.exit(3)"

    with pytest.raises(together.Ended) as ended:
        together.run(
            {"long one": SLEEP, "short one": ["shell", "-c", last_words]},
            environment=environment(**NO_DATABASE),
            logs=tmp_path,
            when_begun=lambda: started.extend(children(os.getpid())),
        )

    assert str(ended.value) == (
        "The short one ended by itself (exit 3) and the rest has been stopped too. "
        f"{tmp_path / 'short-one.log'} ends with: no port"
    )
    assert (len(started) >= 2, are_gone(started[-2:])) == (True, True)
