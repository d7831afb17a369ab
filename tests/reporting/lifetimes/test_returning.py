"""When people come back."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.lifetimes import returning
from reporting.lifetimes.returning import Day

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT.parent / "shared" / "data" / "cdnow" / "CDNOW_sample.txt"

# A person: after how many days they came back, or until when they had not.
people = st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=40)


def merged(people):
    """Return the days of people with one entry a day, as views count them."""
    days = sorted({day for day, _ in people})
    return [
        Day(
            day,
            sum(1 for other, came in people if other == day and came),
            sum(1 for other, came in people if other == day and not came),
        )
        for day in days
    ]


def plainly(people, days):
    """Return the share that came back in fewer days, person by person and exactly."""
    away = Fraction(1)
    for day in sorted({day for day, came in people if came and day < days}):
        at_risk = sum(1 for other, _ in people if other >= day)
        came_back = sum(1 for other, came in people if came and other == day)
        away *= Fraction(at_risk - came_back, at_risk)
    return 1 - away


@given(people, st.integers(1, 70))
def test_the_share_is_that_of_the_plain_twin(people, days):
    within = returning.curve(merged(people)).within(days)

    if within is None:
        assert max(day for day, _ in people) < days - 1
    else:
        assert abs(Fraction(within.share) - plainly(people, days)) <= Fraction(1, 10**8)


@given(people)
def test_the_share_grows_and_lies_in_its_interval(people):
    steps = returning.curve(merged(people)).steps

    assert [step.share for step in steps] == sorted(step.share for step in steps)
    assert all(0 <= step.low <= step.share <= step.high <= 1 for step in steps)


@given(people)
def test_days_may_come_in_any_order(people):
    days = merged(people)

    assert returning.curve(reversed(days)) == returning.curve(days)


def test_nobody_can_say_what_nobody_was_followed_for():
    curve = returning.curve(merged([(5, True), (9, False)]))

    assert curve.within(10) is not None
    assert curve.within(11) is None


def test_a_window_is_half_open():
    curve = returning.curve(merged([(9, True), (10, False)]))

    assert curve.within(9).share == 0
    assert curve.within(10).share == Decimal("0.5")


def test_who_is_not_known_for_longer_does_not_count_as_gone():
    young = [(3, False)] * 90

    curve = returning.curve(merged([(10, True), (10, False), *young]))

    assert curve.within(11).share == Decimal("0.5")


def test_half_have_come_back_by_the_day_the_curve_crosses_half():
    curve = returning.curve(merged([(2, True), (7, True), (30, False), (40, False)]))

    assert curve.days_until(Decimal("0.5")) == 7
    assert curve.days_until(Decimal("0.6")) is None


def test_the_interval_is_that_of_the_textbook():
    # Collett, Modelling Survival Data: 6 of 21 relapse by week 6 among 6-MP patients;
    # the estimate there is 0.857 with 0.620 to 0.952 on the scale of log(-log).
    relapsed = returning.curve([Day(6, 3, 1), Day(60, 0, 17)]).within(7)

    assert [round(1 - share, 3) for share in relapsed[2:]] == [
        Decimal("0.857"),
        Decimal("0.952"),
        Decimal("0.620"),
    ]


def test_nobody_is_no_curve():
    assert returning.curve([]).within(1) is None


@pytest.mark.skipif(not SAMPLE.exists(), reason="the CDNOW sample is not here")
def test_the_share_of_cdnow_stays_as_its_data_age_where_the_mean_of_days_does_not():
    days = {}
    for line in SAMPLE.read_text().splitlines():
        _, person, day, _, _ = line.split()
        days.setdefault(person, []).append(date.fromisoformat(day))

    def as_of(until):
        gaps = []
        for each in days.values():
            first, *later = sorted(day for day in each if day <= until)
            gaps.append(
                ((later[0] - first).days, True)
                if later
                else ((until - first).days, False)
            )
        came = [gap for gap, came in gaps if came]
        share = returning.curve(merged(gaps)).within(90).share
        return round(share, 2), round(sum(came) / len(came))

    assert as_of(date(1997, 7, 31)) == (Decimal("0.30"), 48)
    assert as_of(date(1998, 6, 30)) == (Decimal("0.30"), 106)
