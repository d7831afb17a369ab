"""Answers that settle nothing yet: for a second reader, for a day, for somebody."""

from datetime import date, datetime, timedelta

from governance.models import User
from identity import quarantine
from identity.models import Answer, Key, MatchCandidate, QuarantinedValue
from identity.queue.claiming import day_of, may_decide
from identity.queue.refusals import Incomplete

Said, Status, Wants = Answer.Said, MatchCandidate.Status, MatchCandidate.Wants
_DECIDED = {Status.SAME, Status.DIFFERENT, Status.HOUSEHOLD}


def put_off(
    pair: MatchCandidate,
    *,
    said: str,
    until: date | None,
    to: User | None,
    identifier: tuple[str, str] | None,
    reason: str,
    by: User,
    at: datetime,
) -> QuarantinedValue | None:
    """Let the pair wait, and return the value that was set aside with it, if one was.

    Raises:
        Incomplete: it lacks until when, to whom, or which value.
    """
    today, value, waits = day_of(at), None, Status.PENDING
    match said:
        case Said.CANT_TELL:
            waits, pair.wants = Status.DOUBTFUL, Wants.DOUBT
        case Said.HOLD:
            if until is None or until <= today:
                raise Incomplete(
                    "Say until which day it is held, a later one than today."
                )
            waits, pair.held_until = Status.HELD, until
        case Said.REFER:
            if to is None or to == by or not may_decide(to):
                raise Incomplete("Say to which other steward it is referred.")
            waits, pair.referred_to = Status.REFERRED, to
        case Said.QUARANTINE:
            value = _set_aside(pair, identifier, reason, by, at)
            waits, pair.held_until = Status.HELD, today + timedelta(days=1)
        case _:
            raise Incomplete(f"{said} is no answer to a pair.")
    # What somebody has decided before holds until it is decided otherwise.
    if pair.status not in _DECIDED:
        pair.status = waits
        pair.reason = reason
    return value


def shared_values(pair: MatchCandidate) -> list[tuple[str, str]]:
    """Return the kinds and keys by which both records are known: what may be shared."""
    theirs = Key.objects.filter(record=pair.right_id).values_list("kind", "value")
    ours = Key.objects.filter(record=pair.left_id).values_list("kind", "value")
    return sorted(set(ours) & set(theirs))


def _set_aside(
    pair: MatchCandidate,
    identifier: tuple[str, str] | None,
    reason: str,
    by: User,
    at: datetime,
) -> QuarantinedValue:
    """Set the value aside: whoever has it is read again, and it joins nobody."""
    if identifier is None or identifier not in shared_values(pair):
        raise Incomplete("Say which value both records carry that is nobody's own.")
    kind, value = identifier
    storefront = pair.left.system.storefront
    standing = QuarantinedValue.objects.standing().filter(
        storefront=storefront, kind=kind, value=value
    )
    return standing.first() or quarantine.set_aside(
        storefront=storefront, kind=kind, value=value, by=by, reason=reason, at=at
    )
