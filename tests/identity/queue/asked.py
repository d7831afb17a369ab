"""Pairs, readers and answers, as tests of the queue need them."""

from datetime import datetime, timedelta
from typing import Any

from governance.models import User
from identity import policy, queue
from identity.models import Answer, MatchCandidate
from identity.queue import quality
from tests import make

ASKING = policy.beginning().asking
AT = make.moment("2026-03-02T10:00")
LATER = AT + timedelta(minutes=1)
DIGEST = "as it was read"


def pair(*, is_read_again: bool = False, **said: Any) -> MatchCandidate:
    """Return a pair that waits; chosen, or not, to be read a second time when answered."""
    left, right = said.pop("left", None), said.pop("right", None)
    made = make.candidate(left, right)
    number = 0
    while said.get("evidence_digest") is None:
        digest = f"{DIGEST} {number}"
        if (
            quality.falls_among(f"blind {made.pk} {digest}", ASKING.second_read_share)
            is is_read_again
        ):
            said["evidence_digest"] = digest
        number += 1
    for name, value in said.items():
        setattr(made, name, value)
    made.save()
    made.refresh_from_db()
    return made


def steward(*, is_asked_what_is_known: bool = False) -> User:
    """Return a steward whose first pair is, or is not, one whose answer is known."""
    while True:
        somebody = make.user(role="steward")
        if (
            quality.falls_among(f"known {somebody.pk} 0", ASKING.known_answer_share)
            is is_asked_what_is_known
        ):
            return somebody


def given(of: MatchCandidate, said: str, **otherwise: Any) -> queue.Given:
    return queue.Given(
        said, of.evidence_digest, otherwise.pop("reason", "I asked them."), **otherwise
    )


def say(
    of: MatchCandidate, said: str, by: User, at: datetime = AT, **otherwise: Any
) -> Answer:
    """Claim the pair, read it and answer."""
    of.refresh_from_db()
    queue.claim(candidate_id=of.pk, by=by, at=at)
    return queue.answer(
        candidate_id=of.pk, given=given(of, said, **otherwise), by=by, at=at
    )


def state(of: MatchCandidate) -> tuple[str, str]:
    """Return what holds of the two, and what is still asked about them."""
    of.refresh_from_db()
    return of.status, of.wants
