"""Dying on purpose, at the chosen boundary and nowhere else."""

import signal

from measurement import failpoints
from tests.measurement.test_foreground import in_child


def three_boundaries() -> None:
    for name in ("begun", "written", "committed"):
        failpoints.reach(name)


def test_without_a_word_in_the_environment_nothing_happens():
    assert in_child(three_boundaries) == 0


def test_the_chosen_boundary_ends_the_process():
    assert in_child(three_boundaries, FAILPOINT_AT="3") == -signal.SIGKILL


def test_a_boundary_that_is_never_reached_ends_nothing():
    assert in_child(three_boundaries, FAILPOINT_AT="4") == 0


def test_boundaries_are_counted_by_name(tmp_path):
    counted = tmp_path / "boundaries"

    in_child(three_boundaries, FAILPOINT_COUNT_FILE=str(counted))

    assert counted.read_text().splitlines() == ["begun", "written", "committed"]


def test_processes_that_share_the_file_count_together(tmp_path):
    counted = str(tmp_path / "boundaries")

    first = in_child(three_boundaries, FAILPOINT_AT="5", FAILPOINT_COUNT_FILE=counted)
    second = in_child(three_boundaries, FAILPOINT_AT="5", FAILPOINT_COUNT_FILE=counted)

    assert (first, second) == (0, -signal.SIGKILL)
