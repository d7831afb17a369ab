"""What the CRM remembers: stages in order, consent that is taken back."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.demo.history import (
    Consent,
    Rhythm,
    consents,
    segment_of,
    stages,
    subscription_status,
)

ENDS_AT = datetime(2026, 1, 1, tzinfo=UTC)
RHYTHM = Rhythm(quiet=timedelta(days=100), ends_at=ENDS_AT)


def _days(*days: int) -> list[datetime]:
    return [datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in days]


def _stages(
    created: int, *bought: int, already_customer: bool = False
) -> list[tuple[str, str]]:
    found = stages(
        "7",
        created_at=_days(created)[0],
        bought_at=_days(*bought),
        rhythm=RHYTHM,
        segment="Families",
        already_customer=already_customer,
    )
    return [(stage.started_at[:10], stage.stage) for stage in found]


def test_who_never_bought_stays_a_lead():
    assert _stages(0) == [("2025-01-01", "lead")]


def test_who_was_known_before_the_first_order_was_a_lead():
    assert _stages(0, 300) == [("2025-01-01", "lead"), ("2025-10-28", "onboarding")]


def test_who_came_with_the_first_order_was_never_a_lead():
    assert _stages(300, 300) == [("2025-10-28", "onboarding")]


def test_the_second_order_makes_an_active_customer():
    assert _stages(300, 300, 310) == [
        ("2025-10-28", "onboarding"),
        ("2025-11-07", "active"),
    ]


def test_a_long_silence_puts_a_customer_at_risk():
    assert _stages(0, 0) == [("2025-01-01", "onboarding"), ("2025-04-11", "at_risk")]


def test_an_order_after_the_silence_wins_back():
    assert _stages(0, 0, 300) == [
        ("2025-01-01", "onboarding"),
        ("2025-04-11", "at_risk"),
        ("2025-10-28", "won_back"),
    ]


def test_who_was_a_customer_before_begins_active():
    assert _stages(0, 300, 310, already_customer=True) == [("2025-01-01", "active")]


def test_a_silence_that_is_still_short_at_the_end_says_nothing():
    assert _stages(264, 264)[-1] == ("2025-12-31", "at_risk")
    assert _stages(266, 266) == [("2025-09-24", "onboarding")]


@given(
    st.lists(st.integers(0, 364), unique=True, max_size=12).map(sorted),
    st.integers(-30, 364),
    st.booleans(),
)
def test_there_are_one_to_four_stages_at_moments_that_differ(bought, created, already):
    created = min([created, *bought])

    found = _stages(created, *bought, already_customer=already and bool(bought))

    assert 1 <= len(found) <= 4
    assert all(before[0] < after[0] for before, after in pairwise(found))


@given(st.integers(0, 5_000))
def test_consent_is_only_taken_back_after_it_was_given(seed):
    said = consents("7", created_at=_days(0)[0], ends_at=ENDS_AT, rng=Random(seed))

    for purpose in ("email_marketing", "analytics"):
        mine = [one for one in said if one.purpose == purpose]
        assert [one.at for one in mine] == sorted({one.at for one in mine})
        assert [one.state for one in mine] in (
            [],
            ["granted"],
            ["withdrawn"],
            ["granted", "withdrawn"],
        )


@pytest.mark.parametrize(
    ("states", "subscribed"),
    [
        ([], "never"),
        (["granted"], "subscribed"),
        (["withdrawn"], "unsubscribed"),
        (["granted", "withdrawn"], "unsubscribed"),
        (["withdrawn", "granted"], "subscribed"),
    ],
)
def test_the_newsletter_follows_the_last_word(states, subscribed):
    said = [Consent("7", "email_marketing", "email", state, "") for state in states]

    assert subscription_status(said) == subscribed


def test_consent_to_something_else_does_not_subscribe():
    assert (
        subscription_status([Consent("7", "analytics", "web", "granted", "")])
        == "never"
    )


@pytest.mark.parametrize(
    ("born", "segments"),
    [
        (date(1950, 1, 1), {"Seniors"}),
        (date(1975, 1, 1), {"Families", "Couples"}),
        (date(2000, 1, 1), {"Young singles", "Couples"}),
    ],
)
def test_a_segment_follows_from_age(born, segments):
    assert {segment_of(born, Random(seed)) for seed in range(40)} == segments
