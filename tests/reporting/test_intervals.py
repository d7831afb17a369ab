"""How sure a number is."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from reporting import intervals

counts = st.integers(1, 10**9).flatmap(
    lambda n: st.tuples(st.integers(0, n), st.just(n))
)


@given(counts)
def test_a_share_lies_in_its_interval_and_that_between_0_and_1(count):
    successes, n = count

    low, high = intervals.wilson(successes, n)

    assert 0 <= low <= intervals.ratio(successes, n) <= high <= 1


@given(st.lists(st.integers(-(10**11), 10**11), min_size=2, max_size=30))
def test_a_mean_lies_in_the_middle_of_its_interval(values):
    between = intervals.mean(sum(values), sum(v * v for v in values), len(values))

    assert between is not None
    middle = intervals.ratio(sum(values), len(values) * intervals.MICROS)
    assert abs((between.low + between.high) / 2 - middle) <= Decimal("0.00000002")


def test_the_wilson_interval_is_the_published_one():
    # Newcombe 1998, table I: 81 of 263.
    low, high = intervals.wilson(81, 263)

    assert (round(low, 4), round(high, 4)) == (Decimal("0.2553"), Decimal("0.3662"))


def test_one_value_has_no_interval():
    assert intervals.mean(5, 25, 1) is None


def test_equal_values_have_an_interval_of_no_width():
    low, high = intervals.mean(3 * 7_000_000, 3 * 49 * 10**12, 3) or (None, None)

    assert (low, high) == (Decimal(7), Decimal(7))
