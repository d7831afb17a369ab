"""What people spend at a time."""

from collections import defaultdict
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.lifetimes import spending
from reporting.lifetimes.buying import NotFitted
from reporting.lifetimes.spending import Spending, Spent

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT.parent / "shared" / "data" / "cdnow" / "CDNOW_sample.txt"
UNTIL = date(1997, 9, 30)

published = Spending(p=6.2488, q=3.7446, v=15.4477)


def spent(*people):
    """Return columns of (purchases, mean)."""
    return Spent(*np.array(people, float).T)


@pytest.mark.skipif(not SAMPLE.exists(), reason="the CDNOW sample is not here")
def test_the_parameters_of_cdnow_are_the_published_ones():
    days = defaultdict(lambda: defaultdict(float))
    for line in SAMPLE.read_text().splitlines():
        _, person, day, _, value = line.split()
        if date.fromisoformat(day) <= UNTIL:
            days[person][day] += float(value)
    repeats = (values for each in days.values() if (values := list(each.values())[1:]))
    people = spent(*((len(each), np.mean(each)) for each in repeats))

    found = spending.fit(people)

    assert len(people.mean) == 946
    assert spending.correlation(people) < spending.MOST_CORRELATED
    assert found.p == pytest.approx(6.2488, rel=0.01)
    assert found.q == pytest.approx(3.7446, rel=0.01)
    assert found.v == pytest.approx(15.4477, rel=0.01)


def drawn(people, seed):
    """Return what people spent who have the published parameters."""
    random = np.random.default_rng(seed)
    purchases = random.integers(1, 12, people).astype(float)
    rate = random.gamma(published.q, 1 / published.v, people)
    return Spent(purchases, random.gamma(published.p * purchases, 1 / rate) / purchases)


def test_parameters_people_were_drawn_from_are_found_again():
    found = spending.fit(drawn(10_000, seed=11))

    mean = found.p * found.v / (found.q - 1)
    assert mean == pytest.approx(
        published.p * published.v / (published.q - 1), rel=0.02
    )
    assert found.q == pytest.approx(published.q, rel=0.1)


@given(st.integers(1, 50), st.floats(0.01, 10_000))
def test_what_is_expected_lies_between_what_was_spent_and_the_mean_of_all(times, mean):
    everybody = published.p * published.v / (published.q - 1)

    expected = published.expected(spent((times, mean)))[0]

    assert min(mean, everybody) - 1e-6 <= expected <= max(mean, everybody) + 1e-6


def test_the_currency_does_not_matter():
    people = drawn(500, seed=5)
    in_cents = people._replace(mean=people.mean * 100)

    in_units = spending.fit(people).expected(people)

    assert spending.fit(in_cents).expected(in_cents) == pytest.approx(in_units * 100)


def test_who_buys_often_and_spends_more_shows():
    assert spending.correlation(
        spent((1, 10.0), (2, 20.0), (9, 90.0))
    ) == pytest.approx(1)


def test_people_who_all_spend_alike_have_no_correlation():
    assert spending.correlation(spent((1, 10.0), (2, 10.0))) == 0


@pytest.mark.parametrize("people", [[(1, 0.0), (2, 5.0)], [(1, -4.0)]])
def test_a_mean_of_nothing_cannot_be_modelled(people):
    with pytest.raises(NotFitted, match="above zero"):
        spending.fit(spent(*people))
