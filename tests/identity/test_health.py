"""What the review queue has come to in a quarter, for whoever reviews it."""

from datetime import timedelta

import pytest

from governance.facts import Fact
from identity import health
from identity.models import MatchCandidate, Merge
from tests import make

pytestmark = pytest.mark.django_db

SINCE, UNTIL = make.moment("2026-01-01"), make.moment("2026-04-01")


def facts() -> dict[str, Fact]:
    found = health.WhoIsWho().facts(since=SINCE, until=UNTIL)
    return {each.what: each for each in found}


def pair(found_on: str, **said) -> MatchCandidate:
    made = make.candidate()
    MatchCandidate.objects.filter(pk=made.pk).update(
        found_at=make.moment(found_on), **said
    )
    return made


def test_with_nobody_known_nothing_waits():
    assert {what: (each.value, each.is_well) for what, each in facts().items()} == {
        "Pairs that wait for a steward": ("0", True),
        "Pairs decided": ("0", True),
        "People joined": ("0", True),
    }


@pytest.mark.parametrize(
    ("oldest", "words", "is_well"),
    [("2026-03-19", "the oldest for 13 days", True), ("2026-03-18", "the oldest for 14 days", False)],
)  # fmt: skip
def test_a_pair_that_waits_for_two_weeks_waits_too_long(oldest, words, is_well):
    pair(oldest)
    pair("2026-03-30")

    found = facts()["Pairs that wait for a steward"]

    assert (found.value, found.words, found.is_well) == ("2", words, is_well)


def test_what_was_decided_says_how_long_it_took():
    by = make.user(role="steward")
    for days in (2, 4):
        pair(
            "2026-02-01", status="different", decided_by=by,
            decided_at=make.moment("2026-02-01") + timedelta(days=days),
        )  # fmt: skip
    pair(
        "2025-02-01", status="same", decided_by=by, decided_at=make.moment("2025-12-31")
    )

    found = facts()

    assert (found["Pairs decided"].value, found["Pairs decided"].words) == (
        "2", "after 3 days on average",
    )  # fmt: skip
    assert found["Pairs that wait for a steward"].value == "0"


def test_people_joined_tells_stewards_from_rules():
    people = [make.person(make.record()) for _ in range(5)]
    for absorbed, by in zip(people[1:], (None, None, make.user(role="steward"), None), strict=True):  # fmt: skip
        Merge.objects.create(
            kept=people[0],
            absorbed=absorbed,
            at=UNTIL if absorbed == people[4] else make.moment("2026-02-01"),
            by=by,
            reason="Why.",
        )

    found = facts()["People joined"]

    assert (found.value, found.words) == ("3", "1 of them by a steward")
