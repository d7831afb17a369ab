"""How far credit has moved, and what moved it."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.attribution import stability


def test_what_one_channel_lost_others_gained_and_counts_once():
    before = {"email": 50, "social": 30, "direct": 20}
    after = {"email": 40, "social": 35, "direct": 25}

    assert stability.swing(before, after) == Fraction(1, 10)


def test_growth_of_all_channels_alike_is_no_swing():
    assert (
        stability.swing({"email": 3, "social": 1}, {"email": 300, "social": 100}) == 0
    )


def test_credit_that_went_from_one_channel_to_a_new_one_swung_wholly():
    assert stability.swing({"email": 7}, {"social": 9}) == 1


def test_causes_that_undo_each_other_have_both_their_parts():
    steps = [
        ("before", {"email": 50, "social": 50}),
        ("new touches", {"email": 80, "social": 20}),
        ("identity", {"email": 60, "social": 40}),
    ]

    assert stability.causes(steps) == {
        "new touches": Fraction(3, 10),
        "identity": Fraction(-2, 10),
    }


def test_a_cause_that_moved_nothing_is_told_all_the_same():
    steps = [
        ("before", {"email": 1}),
        ("orders", {"email": 2}),
        ("models", {"email": 2}),
    ]

    assert stability.causes(steps) == {"orders": 0, "models": 0}


@pytest.mark.parametrize("credit", [{}, {"email": 0}, {"email": 5, "social": -9}])
def test_shares_of_nothing_are_not_compared(credit):
    with pytest.raises(stability.NothingCredited, match="Nothing was credited"):
        stability.swing({"email": 1}, credit)


_credit = st.dictionaries(
    st.sampled_from("abcd"), st.integers(1, 10**12), min_size=1, max_size=4
)


@settings(max_examples=100, deadline=None)
@given(credits=st.lists(_credit, min_size=2, max_size=5))
def test_causes_sum_to_the_swing_exactly(credits):
    steps = [(f"cause {nth}", credit) for nth, credit in enumerate(credits)]

    found = stability.causes(steps)

    assert sum(found.values()) == stability.swing(credits[0], credits[-1])
    assert 0 <= stability.swing(credits[0], credits[-1]) <= 1
