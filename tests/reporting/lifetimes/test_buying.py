"""How often people buy, and whether they still will."""

from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import dblquad

from reporting.lifetimes import buying
from reporting.lifetimes.buying import Buying, Lives, NotFitted

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT.parent / "shared" / "data" / "cdnow" / "CDNOW_sample.txt"
# What was published was fitted to the first 39 weeks.
UNTIL = date(1997, 9, 30)

published = Buying(r=0.2426, alpha=4.4135 * 7, a=0.7929, b=2.4258)


def lives(*counted):
    """Return columns of (repeats, last, known, people)."""
    return Lives(*np.array(counted, float).T)


@pytest.mark.skipif(not SAMPLE.exists(), reason="the CDNOW sample is not here")
def test_the_parameters_of_cdnow_are_the_published_ones():
    days = defaultdict(set)
    for line in SAMPLE.read_text().splitlines():
        _, person, day, _, _ = line.split()
        days[person].add(date.fromisoformat(day))
    counted = Counter(
        (len(known) - 1, (max(known) - min(known)).days, (UNTIL - min(known)).days)
        for each in days.values()
        if (known := {day for day in each if day <= UNTIL})
    )

    found = buying.fit(lives(*((*way, people) for way, people in counted.items())))

    assert found.r == pytest.approx(0.2426, rel=0.01)
    assert found.alpha / 7 == pytest.approx(4.4135, rel=0.01)
    assert found.a == pytest.approx(0.7929, rel=0.01)
    assert found.b == pytest.approx(2.4258, rel=0.01)


def drawn(people, known, seed):
    """Return how people buy who have the published parameters, drawn life by life."""
    random = np.random.default_rng(seed)
    counted = Counter()
    for _ in range(people):
        rate = random.gamma(published.r, 1 / published.alpha)
        leaving = random.beta(published.a, published.b)
        now, last, repeats = 0.0, 0, 0
        while random.random() >= (leaving if repeats else 0.0):
            now += random.exponential(1 / rate) if rate else np.inf
            if now > known:
                break
            repeats, last = repeats + 1, now
        counted[repeats, last] += 1
    return lives(*((*way, known, number) for way, number in counted.items()))


def test_parameters_people_were_drawn_from_are_found_again():
    people = drawn(5_000, known=600, seed=7)

    found = buying.fit(people)

    bought = float(np.sum(people.repeats * people.people)) / 5_000
    assert found.expected_of_new(600) == pytest.approx(bought, rel=0.03)
    assert found.r == pytest.approx(published.r, rel=0.1)
    assert found.a / (found.a + found.b) == pytest.approx(
        published.a / (published.a + published.b), rel=0.1
    )


way_of_buying = st.tuples(
    st.integers(0, 40), st.integers(0, 700), st.integers(0, 700)
).map(lambda way: (way[0], way[1] if way[0] else 0, way[1] + way[2], 1))


@given(way_of_buying)
def test_a_probability_lies_between_0_and_1(way):
    alive = published.alive(lives(way))

    assert 0 < alive[0] <= 1


@given(way_of_buying)
def test_more_days_bring_no_fewer_purchases(way):
    spans = (1, 30, 90, 365, 3650)

    expected = [published.expected(lives(way), days)[0] for days in spans]

    assert all(0 <= fewer <= more for fewer, more in pairwise(expected))


def test_who_is_silent_for_longer_is_likelier_gone():
    alive = published.alive(lives((5, 100, 110, 1), (5, 100, 200, 1), (5, 100, 400, 1)))

    assert alive[0] > alive[1] > alive[2]


def test_who_never_came_back_cannot_have_left():
    assert published.alive(lives((0, 0, 500, 1)))[0] == 1


def test_what_is_expected_is_what_every_rate_and_chance_would_bring():
    """The formula, against the sum over all people somebody who bought so may be."""
    model = Buying(r=1.4, alpha=30.0, a=1.8, b=2.5)
    repeats, last, known, days = 3, 80.0, 100.0, 50.0

    def weight(leaving, rate):
        spread = (
            rate ** (model.r - 1) * np.exp(-model.alpha * rate)
            * leaving ** (model.a - 1) * (1 - leaving) ** (model.b - 1)
        )  # fmt: skip
        still = (1 - leaving) ** repeats * rate**repeats * np.exp(-rate * known)
        gone = (
            leaving * (1 - leaving) ** (repeats - 1)
            * rate**repeats * np.exp(-rate * last)
        )  # fmt: skip
        return spread * still, spread * gone

    def purchases(leaving, rate):
        return weight(leaving, rate)[0] * (1 - np.exp(-rate * leaving * days)) / leaving

    whole, _ = dblquad(lambda p, rate: sum(weight(p, rate)), 0, 0.5, 0, 1)
    brought, _ = dblquad(purchases, 0, 0.5, 0, 1)
    alive, _ = dblquad(lambda p, rate: weight(p, rate)[0], 0, 0.5, 0, 1)

    so = lives((repeats, last, known, 1))
    assert model.expected(so, days)[0] == pytest.approx(brought / whole, rel=1e-4)
    assert model.alive(so)[0] == pytest.approx(alive / whole, rel=1e-4)


def test_nobody_who_came_back_is_nothing_to_tell_a_rate_by():
    with pytest.raises(NotFitted, match="Nobody has bought twice"):
        buying.fit(lives((0, 0, 10, 100), (0, 0, 20, 100)))


def test_people_who_all_buy_alike_leave_the_parameters_open():
    with pytest.raises(NotFitted, match="cannot be told apart"):
        buying.fit(lives((10, 100, 100, 50)))


def test_the_order_of_people_does_not_matter():
    forwards = drawn(2_000, known=600, seed=3)
    backwards = Lives(*(column[::-1] for column in forwards))

    assert buying.fit(backwards).r == pytest.approx(buying.fit(forwards).r, rel=1e-4)
