"""A night driven from the terminal, killed at every boundary, and gone on with."""

import json
import os
import signal
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from measurement import foreground
from measurement import night as nights
from measurement.models import KeptFile, Night, NightStep
from tests.measurement.test_night import ALL_NOTES, BEGAN, PAGES, advance, clock
from tests.measurement.test_queue import in_thread, waiting
from tests.measurement.worker import notes


def run() -> Night:
    return foreground.run(at=BEGAN, clock=timezone.now, report=lambda _: None)


@pytest.mark.django_db
def test_a_night_in_the_foreground_asks_no_worker():
    nights.start(at=BEGAN, plan=PAGES)

    night = run()

    assert night.state == Night.State.DONE
    assert notes() == ALL_NOTES
    assert waiting() == []


@pytest.mark.django_db
def test_the_foreground_takes_a_night_over_and_the_workers_message_is_void():
    night = nights.hand_over(at=BEGAN, plan=PAGES)
    [(_, asked)] = waiting()

    run()

    assert not advance(night, turn=asked["turn"])
    assert notes() == ALL_NOTES


@pytest.mark.django_db
def test_progress_names_the_step_and_its_place():
    nights.start(at=BEGAN, plan=PAGES)
    said = []

    foreground.run(
        at=BEGAN,
        clock=clock(),
        report=lambda progress: said.append(
            f"{progress.number}/{progress.out_of} {progress.step.label} "
            f"{progress.step.rows_in} {progress.step.state}"
        ),
    )

    assert said == [
        "1/2 Pages 0 waiting",
        "1/2 Pages 1 running",
        "1/2 Pages 1 running",
        "1/2 Pages 2 running",
        "1/2 Pages 2 running",
        "1/2 Pages 3 done",
        "2/2 Page 0 waiting",
        "2/2 Page 1 done",
    ]


def test_a_second_driver_is_told_to_wait(own_database):
    nights.start(at=BEGAN, plan=PAGES)

    with foreground._alone(), pytest.raises(foreground.AnotherDrives) as refused:
        in_thread_raising(run)

    assert str(refused.value) == (
        "Another process drives the night at this moment. Wait until it is done; the page "
        "of the runs shows how far it is."
    )
    assert notes() == []


@pytest.mark.slow
def test_a_night_killed_at_any_boundary_ends_as_if_it_had_not_been(
    own_database, tmp_path
):
    boundaries = count_boundaries(PAGES, tmp_path)

    ends = [end_after_kill(PAGES, at) for at in range(1, boundaries + 1)]

    # Four pages: begun, claimed, rows, counts, about to commit, committed.
    assert boundaries == 4 * 6
    assert ends == [ALL_NOTES] * boundaries


@pytest.mark.slow
@pytest.mark.parametrize(
    ("twin", "ends_it_may_not_have"),
    [
        ("tests.commits_its_rows_early", "doubled"),
        ("tests.commits_its_cursor_early", "lost"),
    ],
)
def test_the_kills_find_what_is_wrong_with_a_broken_twin(
    own_database, tmp_path, twin, ends_it_may_not_have
):
    plan = [(1, twin, "Pages")]
    whole = ["Pages 0", "Pages 1", "Pages 2"]

    boundaries = count_boundaries(plan, tmp_path)
    ends = [end_after_kill(plan, at) for at in range(1, boundaries + 1)]

    wrong = {
        "doubled" if len(end) > len(whole) else "lost" for end in ends if end != whole
    }
    assert wrong == {ends_it_may_not_have}


@pytest.mark.django_db
def test_the_command_writes_a_line_per_step():
    nights.start(at=BEGAN, plan=PAGES)
    said = StringIO()

    call_command("night", stdout=said)

    assert [line.split()[:3] for line in said.getvalue().splitlines()] == [
        ["1/2", "Pages", "3"],
        ["2/2", "Page", "1"],
    ]


@pytest.mark.django_db
def test_the_command_fails_with_the_sentence():
    nights.start(at=BEGAN, plan=[(1, "tests.refuses", "Orders")])

    with pytest.raises(CommandError) as failed:
        call_command("night", stdout=StringIO())

    assert str(failed.value) == "The column 'total' holds words. Map another one."
    assert failed.value.returncode == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("step", "sentence", "code"),
    [
        (
            "tests.is_interrupted",
            "Stopped. The pages done are kept; manage.py night goes on from there.",
            130,
        ),
        (
            "tests.loses_the_database",
            "The database stopped answering: the connection is lost. The pages done are "
            "kept; manage.py night goes on from there.",
            1,
        ),
    ],
)
def test_a_night_stopped_from_outside_may_be_gone_on_with(step, sentence, code):
    night = nights.start(at=BEGAN, plan=[(1, step, "Orders")])

    with pytest.raises(CommandError) as stopped:
        call_command("night", stdout=StringIO())

    night.refresh_from_db()
    assert (str(stopped.value), stopped.value.returncode) == (sentence, code)
    assert night.state == Night.State.RUNNING


@pytest.mark.django_db
def test_the_command_describes_the_night_as_json():
    nights.start(at=BEGAN, plan=[(1, "tests.one_page", "Page")])
    said = StringIO()

    call_command("night", "--json", stdout=said)

    described = json.loads(said.getvalue())
    [step] = described["steps"]
    assert described["state"] == "done"
    assert (step["label"], step["rows_in"], step["written"]) == ("Page", 1, 1)


@pytest.mark.django_db
def test_the_command_leaves_a_night_to_the_workers():
    said = StringIO()

    call_command("night", "--queue", stdout=said)

    night = Night.objects.get()
    assert (
        said.getvalue() == f"Night {night.pk} is with the workers: manage.py worker.\n"
    )
    assert waiting() == [
        ("measurement.advance_night", {"night_id": night.pk, "turn": 0})
    ]


def count_boundaries(plan: nights.Plan, folder) -> int:
    """Return how many boundaries a night of that plan passes, undisturbed."""
    counted = folder / "boundaries"
    nights.start(at=BEGAN, plan=plan)
    assert in_child(run, FAILPOINT_COUNT_FILE=str(counted)) == 0
    return len(counted.read_text().splitlines())


def end_after_kill(plan: nights.Plan, boundary: int) -> list[str]:
    """Kill a night at the boundary, go on with it, and return what was noted."""
    forget_everything()
    nights.start(at=BEGAN, plan=plan)
    assert in_child(run, FAILPOINT_AT=str(boundary)) == -signal.SIGKILL
    if Night.objects.filter(state=Night.State.RUNNING).exists():
        run()
    return notes()


def forget_everything() -> None:
    NightStep.objects.all().delete()
    Night.objects.all().delete()
    KeptFile.objects.all().delete()


def in_child(act: Callable[[], object], **environment: str) -> int:
    """Do it in a process of its own; return how that ended, as ``subprocess`` does."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        os.environ.update(environment)
        try:
            act()
        except BaseException:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def in_thread_raising(act: Callable[[], object]) -> None:
    """Do it on another connection, and raise here what it raises there."""
    raised: list[BaseException] = []

    def attempt() -> None:
        try:
            act()
        except BaseException as error:
            raised.append(error)

    in_thread(attempt)
    if raised:
        raise raised[0]
