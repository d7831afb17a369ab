"""kill -9 of the worker at every boundary of a load: no row is lost and none doubled.

A first night is let alone, and counts the boundaries it passes. Then, once for each, the
same night is begun, its worker killed there, and another one left to end it. The same is
done to twins that are broken on purpose, until they are found out: kills that found nothing
there would prove nothing.
"""

import sys
from itertools import batched

import pytest

from tests.faults.left_behind import damage
from tests.faults.trials import Ended, Nights, Trial
from tests.faults.twins import TWINS

# Which page of the night the twins are killed at: the second one of the first file.
MIDDLE = 3

# Of each file: how its run ended, its pages; rows in, written, unchanged, rejected.
WHOLE = {
    ("2026-03-01.csv", "done", "3", "20", "19", "0", "1"),
    ("2026-03-02.csv", "done", "2", "19", "12", "6", "1"),
}

pytestmark = pytest.mark.slow


def test_a_worker_killed_at_any_boundary_loses_no_row_and_doubles_none(nights_to_kill):
    whole = undisturbed(nights_to_kill)

    ended = nights_to_kill.run(
        Trial(at=number) for number in range(1, len(whole.boundaries) + 1)
    )

    found = damages(whole, ended)
    show("the load", whole, found)
    assert found == {number: [] for number in range(1, len(whole.boundaries) + 1)}


# What each leaves that is killed in the middle of that page, of 30 order lines.
FOUND_OUT_BY = {
    "cursor_before_rows": "order_line: 9 lost",
    "rows_before_cursor": "order_line: 10 too many",
    "rows_before_counts": "step: 1 lost",
    "message_answered_early": "order_line: 21 lost",
    "next_page_asked_for_late": "order_line: 12 lost",
}


@pytest.mark.parametrize("twin", TWINS)
def test_the_kills_find_a_broken_twin_out(nights_to_kill, twin):
    whole = undisturbed(nights_to_kill, twin=twin)
    page = boundaries_of_page(MIDDLE, whole.boundaries)

    found = until_found_out(nights_to_kill, whole, page, twin=twin)

    show(f"its twin, {twin}, of {len(page)} boundaries of a page", whole, found)
    assert FOUND_OUT_BY[twin] in {each for said in found.values() for each in said}


@pytest.mark.parametrize(
    ("twin", "lost_at"),
    [
        ("message_answered_early", "page written"),
        ("next_page_asked_for_late", "twin: committed, next page not asked for"),
    ],
)
def test_a_page_that_was_lost_is_asked_for_again(nights_to_kill, twin, lost_at):
    whole = undisturbed(nights_to_kill, twin=twin)
    lost = Trial(at=whole.boundaries.index(lost_at) + 1, twin=twin, sweeper=True)

    ended = nights_to_kill.run([lost])

    assert damages(whole, ended) == {lost.at: []}


def undisturbed(to_run: Nights, *, twin: str = "") -> Ended:
    """Return how the night ends whose worker nobody kills: with every row of the files."""
    trial = Trial(twin=twin)
    ended = to_run.run([trial])[trial]
    assert {row[:7] for row in ended.left["run"]} == WHOLE
    return ended


def until_found_out(
    to_run: Nights, whole: Ended, boundaries: list[int], *, twin: str
) -> dict[int, list[str]]:
    """Kill at one boundary after another, a few at once, until the damage is the twin's."""
    found: dict[int, list[str]] = {}
    for few in batched(boundaries, len(to_run.databases), strict=False):
        trials = [Trial(at=number, twin=twin, sweeper=False) for number in few]
        found |= damages(whole, to_run.run(trials))
        if any(FOUND_OUT_BY[twin] in said for said in found.values()):
            break
    return found


def damages(whole: Ended, ended: dict[Trial, Ended]) -> dict[int, list[str]]:
    return {
        trial.at: damage(whole=whole.left, found=ended[trial].left)
        for trial in sorted(ended, key=lambda trial: trial.at)
    }


def boundaries_of_page(number: int, boundaries: list[str]) -> list[int]:
    """Return the boundaries of one page of the night, as numbers: first those of a twin."""
    begins = [
        place
        for place, name in enumerate(boundaries, start=1)
        if name == "night: claimed"
    ]
    page = range(begins[number - 1], begins[number] - 2)
    return sorted(page, key=lambda at: not boundaries[at - 1].startswith("twin: "))


def show(what: str, whole: Ended, found: dict[int, list[str]]) -> None:
    """Write what each kill did, for whoever looks (pytest -s)."""
    damaged = sum(1 for said in found.values() if said)
    sys.stdout.write(
        f"\nkill -9 in {what}: {len(found)} boundaries, {damaged} damaged\n"
    )
    for number, said in found.items():
        name = whole.boundaries[number - 1]
        sys.stdout.write(f"{number:4}  {name:34}  {'; '.join(said) or 'none'}\n")
