"""Rows of the review queue that the database refuses, by the rule that refuses them."""

from collections.abc import Callable
from typing import Any

from identity.models import Answer, Batch, Household, HouseholdLink, MatchCandidate
from tests import make

MONDAY, TUESDAY = make.moment("2026-03-02"), make.moment("2026-03-03")


def pair(**said: Any) -> MatchCandidate:
    """Return a pair of new records that waits, but for what is said otherwise."""
    made = make.candidate()
    for name, value in said.items():
        setattr(made, name, value)
    made.save()
    return made


def answer(**said: Any) -> Answer:
    return Answer.objects.create(
        **{
            "candidate": make.candidate(),
            "by": make.user(role="steward"),
            "said": "not_same",
            "reason": "Father and son.",
            "at": MONDAY,
            **said,
        }
    )


def lives(record=None, **said: Any) -> HouseholdLink:
    return HouseholdLink.objects.create(
        household=Household.objects.create(made_at=MONDAY),
        record=record or make.record(),
        started_at=MONDAY,
        reason="One letter box.",
        **said,
    )


def batch(**said: Any) -> Batch:
    return Batch.objects.create(
        **{
            "evidence_digest": "as it was read",
            "pattern": "email equal",
            "by": make.user(role="steward"),
            "opened_at": MONDAY,
            "samples": [],
            **said,
        }
    )


def sent_twice():
    steward = make.user(role="steward")
    answer(by=steward, sent_as="4711")
    answer(by=steward, sent_as="4711")


def lives_in_two():
    record = make.record()
    lives(record)
    lives(record)


REFUSED: dict[str, Callable[[], object]] = {
    "undecided_pair_is_still_asked_about": lambda: pair(wants=""),
    "held_pair_says_until_when_and_referred_to_whom": lambda: pair(status="held"),
    "claim_names_who_and_until_when": lambda: pair(claimed_until=MONDAY),
    "score_is_a_probability": lambda: pair(score=1.01),
    "answer_says_why": lambda: answer(reason=""),
    "only_an_undone_answer_undoes": lambda: answer(said="undone"),
    "nobody_answers_before_they_look": lambda: answer(seconds=-1),
    "what_is_sent_twice_counts_once": sent_twice,
    "answered_batch_says_what_and_when": lambda: batch(said="merge"),
    "one_household_per_record_now": lives_in_two,
    "household_link_ends_after_it_starts": lambda: lives(ended_at=MONDAY),
}
