"""What a dashboard's address asks for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.boards.asked import Asked, Beside, Period, asked, month, number

YEAR = [f"2017-{nth:02}" for nth in range(1, 13)]


def test_an_address_that_says_nothing_asks_for_everything():
    assert asked({}) == Asked()
    assert Asked().period(YEAR) == Period("2017-01", "2017-12")


@pytest.mark.parametrize(
    "said", ["2017", "2017-00", "2017-13", "2017-1", "0000-01", "x", "2017-01-01", "\0"]
)
def test_what_is_no_month_is_as_if_it_were_not_said(said):
    assert asked({"from": said, "to": said}) == Asked()


def test_months_before_the_first_and_after_the_last_are_left_away():
    ask = Asked(since="2001-01", until="2030-01")

    assert ask.period(YEAR) == Period("2017-01", "2017-12")


def test_an_end_before_the_beginning_leaves_one_month():
    assert Asked(since="2017-09", until="2017-03").period(YEAR) == Period(
        "2017-03", "2017-03"
    )


def test_without_a_month_there_is_no_period():
    assert Asked(since="2017-01").period([]) is None


def test_both_a_channel_and_a_segment_narrow_whom_it_is_of():
    ask = asked({"channel": "email", "segment": "loyal", "cohort": "2017-01"})

    assert ask.scope == (("channel", "email"), ("segment", "loyal"))


def test_beside_the_months_before_stand_as_many():
    ask = asked({"from": "2017-07", "to": "2017-09", "against": "before"})

    assert ask.period_beside(ask.period(YEAR)) == Period("2017-04", "2017-06")


def test_beside_a_year_before_stand_the_same_months():
    ask = asked({"from": "2017-11", "to": "2017-12", "against": "year"})

    assert ask.period_beside(ask.period(YEAR)) == Period("2016-11", "2016-12")


def test_where_no_month_was_asked_for_the_later_half_stands_beside_the_earlier():
    ask = Asked(beside=Beside.BEFORE)

    period = ask.period(YEAR)

    assert (period, ask.period_beside(period)) == (
        Period("2017-07", "2017-12"),
        Period("2017-01", "2017-06"),
    )


@pytest.mark.parametrize("said", ["0", "-1", "1e3", "9" * 40, "later", "\0", ""])
def test_what_is_no_build_is_set_beside_nothing(said):
    assert asked({"against": said}) == Asked()


def test_a_number_is_that_of_a_build():
    assert asked({"against": "17"}) == Asked(build=17)


@given(first=st.integers(12, 100_000), long=st.integers(0, 40), by=st.integers(0, 10))
@settings(max_examples=80)
def test_a_period_has_its_months_and_an_earlier_one_has_as_many(first, long, by):
    period = Period(month(first), month(first + long))

    assert [number(each) for each in period.months] == [*range(first, first + long + 1)]
    assert len(period.earlier(by=by).months) == long + 1
