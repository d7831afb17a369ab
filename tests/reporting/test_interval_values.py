"""The intervals against values worked out another way."""

import math
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist, fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting import intervals

Z = NormalDist().inv_cdf(0.975)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        # Newcombe 1998, table I, and Agresti and Coull 1998.
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0.0000", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
        (0, 1, "0.0000", "0.7935"),
        (1, 1, "0.2065", "1.0000"),
        (5, 10, "0.2366", "0.7634"),
        (10, 10, "0.7225", "1.0000"),
    ],
)
def test_a_share_has_the_interval_of_the_tables(successes, n, low, high):
    ends = intervals.wilson(successes, n)

    assert [round(end, 4) for end in ends] == [Decimal(low), Decimal(high)]


@given(
    st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
)
def test_an_end_is_where_the_share_would_be_z_standard_errors_away(count):
    # The score interval turned around: |p - end| = z * sqrt(end * (1 - end) / n).
    successes, n = count

    for end in map(float, intervals.wilson(successes, n)):
        if 0 < end < 1:
            error = math.sqrt(end * (1 - end) / n)
            assert math.isclose(abs(successes / n - end), Z * error, abs_tol=1e-6)


@given(
    st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
)
def test_who_came_and_who_did_not_mirror_each_other(count):
    successes, n = count

    low, high = intervals.wilson(successes, n)
    other_low, other_high = intervals.wilson(n - successes, n)

    assert (low + other_high, high + other_low) == (1, 1)


@given(st.integers(0, 1_000), st.integers(1, 1_000))
def test_more_of_the_same_is_surer(successes, more):
    n = successes + more

    narrow, wide = (
        intervals.wilson(10 * successes, 10 * n),
        intervals.wilson(successes, n),
    )

    assert narrow.high - narrow.low < wide.high - wide.low


@given(st.lists(st.integers(-(10**9), 10**9), min_size=2, max_size=40))
def test_a_mean_is_as_sure_as_the_textbook_has_it(cents):
    micros = [cent * 10_000 for cent in cents]
    units = [cent / 100 for cent in cents]

    told = intervals.mean(sum(micros), sum(one * one for one in micros), len(micros))

    assert told is not None
    spread = Z * stdev(units) / math.sqrt(len(units))
    for end, expected in zip(
        told, (fmean(units) - spread, fmean(units) + spread), strict=True
    ):
        # Where both nearly cancel, the rest is as sure as they were, and no surer.
        assert math.isclose(float(end), expected, abs_tol=1e-2 + 1e-6 * spread)


def test_a_mean_is_exact_where_floats_give_up():
    # A hundred billion and one cent each: the squares pass any float's digits.
    values = [10**17, 10**17 + 10_000] * 500

    low, high = intervals.mean(sum(values), sum(v * v for v in values), 1_000) or (0, 0)

    assert (low + high) / 2 == Decimal("100000000000.005")
    spread = Decimal("1.959964") * Decimal("0.005") / Decimal(999).sqrt()
    assert abs((high - low) / 2 - spread) < Decimal("0.00000001")


@pytest.mark.parametrize("n", [0, 1])
def test_too_few_values_have_no_interval(n):
    assert intervals.mean(7, 49, n) is None


@given(st.integers(-(10**24), 10**24), st.integers(1, 10**12))
def test_a_ratio_is_the_nearest_of_eight_places(part, whole):
    told = intervals.ratio(part, whole)

    assert abs(Fraction(told) - Fraction(part, whole)) <= Fraction(1, 2 * 10**8)
    assert told.as_tuple().exponent == -8


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [
        (-1, 10**9, "0.00000000"),
        (5, 10**9, "0.00000000"),
        (15, 10**9, "0.00000002"),
        (-15, 10**9, "-0.00000002"),
    ],
)
def test_halves_go_to_the_even_side_and_zero_has_no_sign(part, whole, told):
    assert f"{intervals.ratio(part, whole):f}" == told


def test_nobody_is_no_whole_to_divide_by():
    with pytest.raises(ArithmeticError):
        intervals.ratio(1, 0)


@given(st.lists(st.tuples(st.integers(-50, 90), st.integers(1, 90)), min_size=2))
def test_a_quotient_of_sums_varies_as_each_persons_distance_from_it(pairs):
    parts, wholes = zip(*pairs, strict=True)
    share = Fraction(sum(parts), sum(wholes))
    spread = Z * stdev(part - share * whole for part, whole in pairs)
    spread *= math.sqrt(len(pairs)) / sum(wholes)

    ends = intervals.quotient(
        sum(parts),
        sum(wholes),
        intervals.Squares(
            part=sum(part**2 for part in parts),
            product=sum(part * whole for part, whole in pairs),
            whole=sum(whole**2 for whole in wholes),
        ),
        len(pairs),
    )

    assert ends is not None
    assert [float(end) for end in ends] == pytest.approx(
        [float(share) - spread, float(share) + spread], abs=2e-6
    )


@pytest.mark.parametrize(("whole", "n"), [(0, 9), (-4, 9), (8, 1)])
def test_a_quotient_of_one_person_or_by_nothing_has_no_interval(whole, n):
    squares = intervals.Squares(part=2, product=8, whole=34)

    assert intervals.quotient(2, whole, squares, n) is None
