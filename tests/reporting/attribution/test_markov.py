"""Credit by removal effects, against published figures and against taking channels away."""

import itertools
import random
from collections import Counter
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.attribution import markov
from reporting.attribution.markov import LOST, SOLD, START
from tests.reporting.attribution import journeys as slowly

# Journeys with how they ended, so often.
type Journeys = list[tuple[tuple[str, ...], str, int]]


def steps(journeys: Journeys) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for channels, end, times in journeys:
        stops = (START, *channels, end)
        for step in itertools.pairwise(stops):
            found[step] += times
    return found


def test_the_published_example_is_met():
    # S. Bryl', "Marketing Multi-Channel Attribution model with R", AnalyzeCore 2016: three
    # journeys, one sold; removal effects 0.5, 1 and 1, so 0.2, 0.4 and 0.4 of the sale.
    published = steps(
        [
            (("C1", "C2", "C3"), SOLD, 1),
            (("C1",), LOST, 1),
            (("C2", "C3"), LOST, 1),
        ]
    )

    assert markov.removal_effects(published) == {"C1": 0.5, "C2": 1.0, "C3": 1.0}
    assert markov.credits(published, 1_000_000) == {
        "C1": 200_000,
        "C2": 400_000,
        "C3": 400_000,
    }


def test_going_round_in_circles_is_solved_and_not_followed():
    circle = steps(
        [
            (("a", "b", "a", "b", "a"), SOLD, 3),
            (("a", "b"), LOST, 2),
            (("b",), SOLD, 1),
        ]
    )

    assert markov.removal_effects(circle) == _as_floats(slowly.by_taking_away(circle))


def test_staying_at_a_channel_changes_no_effect():
    short = steps([(("a", "b"), SOLD, 2), (("b",), LOST, 5)])
    long = steps([(("a", "a", "a", "b", "b"), SOLD, 2), (("b",), LOST, 5)])

    # Whoever stays at b may yet be sold to or lost: both chances grow alike.
    assert markov.removal_effects(long) == markov.removal_effects(short)


def test_where_nothing_was_sold_nobody_has_an_effect():
    nothing = steps([(("a", "b"), LOST, 7)])

    assert markov.removal_effects(nothing) == {"a": 0.0, "b": 0.0}
    assert markov.credits(nothing, 5_000) == {}
    assert markov.credits({}, 0) == {}


def test_a_channel_that_never_led_to_a_sale_gets_nothing():
    idle = steps([(("a",), SOLD, 1), (("b",), LOST, 1)])

    assert markov.credits(idle, 12_345) == {"a": 12_345, "b": 0}


def test_what_is_left_over_goes_to_the_first_of_equals():
    alike = steps([(("c",), SOLD, 1), (("a",), SOLD, 1), (("b",), SOLD, 1)])

    assert markov.credits(alike, 100) == {"a": 34, "b": 33, "c": 33}


def test_more_given_back_than_taken_is_shared_out_below_zero():
    alike = steps([(("a",), SOLD, 1), (("b",), SOLD, 1)])

    assert markov.credits(alike, -3) == {"a": -2, "b": -1}


_journeys = st.lists(
    st.tuples(
        st.lists(st.sampled_from("abcd"), min_size=1, max_size=6).map(tuple),
        st.sampled_from([SOLD, LOST]),
        st.integers(1, 50),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(journeys=_journeys)
def test_effects_are_those_of_taking_each_channel_away(journeys):
    counted = steps(journeys)

    assert markov.removal_effects(counted) == _as_floats(slowly.by_taking_away(counted))


@settings(max_examples=100, deadline=None)
@given(
    journeys=_journeys,
    total=st.integers(-(10**18), 10**18),
    seed=st.integers(0, 99),
)
def test_parts_sum_to_the_whole_in_any_order_of_arrival(journeys, total, seed):
    counted = steps(journeys)
    shuffled = steps(random.Random(seed).sample(journeys, len(journeys)))

    parts = markov.credits(counted, total)

    assert parts == markov.credits(shuffled, total)
    assert sum(parts.values()) == (
        total if any(slowly.by_taking_away(counted).values()) else 0
    )


def _as_floats(effects: dict[str, Fraction]) -> dict[str, float]:
    return {channel: round(float(effect), 12) for channel, effect in effects.items()}
