"""Bands: what audits show of them, and what may merge by itself."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.matching import bands
from identity.matching.bands import Band


def band(audited: int, right: int, *, at_least: float = 0.99) -> Band:
    return Band(at_least, 1.0, 50_000, audited, right)


@pytest.mark.parametrize(
    ("approved", "wrong", "needed"),
    [
        (0.999, 0, 3_838), (0.99, 0, 381), (0.95, 0, 73), (0.9, 0, 35), (0.5, 0, 4),
        (0.99, 1, 563), (0.99, 2, 726),
    ],
)  # fmt: skip
def test_so_many_audits_show_that_a_band_is_right_often_enough(approved, wrong, needed):
    assert bands.audits_needed(approved, wrong=wrong) == needed


@given(approved=st.floats(0.5, 0.999), wrong=st.integers(0, 40))
def test_one_audit_less_would_not_show_it(approved, wrong):
    needed = bands.audits_needed(approved, wrong=wrong)

    shown = [bands.wilson(of - wrong, of)[0] >= approved for of in (needed, needed - 1)]

    assert shown == [True, False]


@pytest.mark.parametrize("approved", [0, 1, 1.2, -0.1])
def test_no_count_shows_that_something_is_always_right(approved):
    with pytest.raises(ValueError, match="is never shown by counting"):
        bands.audits_needed(approved)


@given(
    st.integers(1, 5_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
)
def test_the_share_counted_lies_between_the_bounds(counted):
    right, of = counted

    low, high = bands.wilson(right, of)

    assert 0 <= low <= right / of <= high <= 1
    assert (low == 0, high == 1) == (right == 0, right == of)


def test_bounds_as_they_stand_in_the_books():
    # Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    found = [
        bands.wilson(*counted) for counted in ((81, 263), (15, 148), (0, 20), (1, 29))
    ]

    assert [tuple(round(bound, 4) for bound in bounds) for bounds in found] == [
        (0.2553, 0.3662), (0.0624, 0.1605), (0.0, 0.1611), (0.0061, 0.1718),
    ]  # fmt: skip


def test_a_band_merges_once_its_lower_bound_reaches_what_was_approved():
    enough, one_less = band(381, 381), band(380, 380)

    assert (enough.may_merge(), one_less.may_merge()) == (True, False)
    assert (enough.still_needed(), one_less.still_needed()) == (0, 1)
    assert enough.may_merge(0.999) is False


@pytest.mark.parametrize(
    ("audited", "right", "sentence"),
    [
        (0, 0, "Nobody has audited it yet. To merge by itself above 0.99 it needs 381 more audits without an error."),
        (380, 380, "380 of 380 audits were right: between 0.9900 and 1.0000. To merge by itself above 0.99 it needs 1 more audit without an error."),
        (381, 381, "381 of 381 audits were right: between 0.9900 and 1.0000. It merges by itself."),
        (400, 399, "399 of 400 audits were right: between 0.9860 and 0.9996. To merge by itself above 0.99 it needs 163 more audits without an error."),
        (300, 270, "270 of 300 audits were right: between 0.8608 and 0.9291. It is not right often enough to merge by itself."),
    ],
)  # fmt: skip
def test_a_band_says_what_it_still_needs(audited, right, sentence):
    assert band(audited, right).in_words() == sentence


def test_pairs_and_audits_are_counted_in_the_band_they_lie_in():
    found = bands.count(
        np.array([0.1, 0.2, 0.5, 0.949, 0.95, 0.989, 0.99, 0.99, 1.0]),
        audited=np.array([0.3, 0.99, 1.0, 1.0]),
        right=np.array([False, True, True, False]),
    )

    assert found == [
        Band(0.2, 0.5, 1, 1, 0),
        Band(0.5, 0.8, 1, 0, 0),
        Band(0.8, 0.95, 1, 0, 0),
        Band(0.95, 0.99, 2, 0, 0),
        Band(0.99, 0.999, 2, 1, 1),
        Band(0.999, 1.0, 1, 2, 1),
    ]


def test_without_any_pair_every_band_is_empty():
    none = np.array([])

    found = bands.count(none, none, none)

    assert [(each.pairs, each.audited) for each in found] == [(0, 0)] * 6


@pytest.mark.parametrize(
    ("audits", "least"),
    [
        ([(0, 0), (0, 0)], math.inf),
        ([(0, 0), (400, 400)], 0.99),
        ([(400, 400), (400, 400)], 0.95),
        # What lies below a band that may not merge waits for it.
        ([(400, 400), (400, 300)], math.inf),
    ],
)
def test_pairs_merge_down_to_the_first_band_that_may_not(audits, least):
    found = [
        band(*counted, at_least=edge)
        for edge, counted in zip((0.95, 0.99), audits, strict=True)
    ]

    assert bands.merge_at(found) == least
    assert bands.merge_at(reversed(found)) == least


def test_a_band_nobody_has_audited_merges_nobody_whatever_was_agreed_on():
    assert not band(0, 0).may_merge(0.0)
