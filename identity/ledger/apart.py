"""What people said are two: no rule joins them until somebody takes it back."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import product

from django.db import transaction

from governance.models import User
from identity import rows
from identity.ledger.breaker import read_again
from identity.ledger.refusals import HeldApart, LedgerError, require_steward, said
from identity.ledger.survivors import AN_INSTANT, OpenLink
from identity.models import Apart, IdentityEvent, MatchCandidate


class AlreadyEnded(LedgerError):
    """Somebody took it back before, or it was sent twice."""


@transaction.atomic
def keep_apart(*, left: int, right: int, by: User, reason: str, at: datetime) -> Apart:
    """Say that two records are not the same person; saying it again changes nothing.

    Where they are one person now, this alone parts nobody: the next night does.

    Raises:
        NoReason: ``reason`` says nothing.
        NotAllowed: ``by`` is no steward.
    """
    require_steward(by)
    reason = said(reason)
    first, second = sorted((left, right))
    standing = Apart.objects.as_of(None).filter(left=first, right=second).first()
    if standing is not None:
        return standing
    read_again([first, second])
    return Apart.objects.create(
        left_id=first, right_id=second, by=by, reason=reason, at=at
    )


@transaction.atomic
def end_apart(*, apart_id: int, by: User, reason: str, at: datetime) -> Apart:
    """Take back that two records are not the same person: rules may judge them again.

    Raises:
        AlreadyEnded: somebody took it back before.
        NoReason: ``reason`` says nothing.
        NotAllowed: ``by`` is no steward.
    """
    require_steward(by)
    reason = said(reason)
    standing = Apart.objects.select_for_update().get(pk=apart_id)
    if standing.ended_at is not None:
        raise AlreadyEnded(
            f"{standing.ended_by} took it back at {standing.ended_at:%Y-%m-%d %H:%M} UTC."
        )
    _end([standing], by=by, reason=reason, at=at)
    read_again([standing.left_id, standing.right_id])
    return standing


def pairs_apart(
    records: Iterable[int], *, as_of: datetime | None = None
) -> frozenset[tuple[int, int]]:
    """Return the pairs among these records that somebody said are two people."""
    return frozenset(rows.select("pairs_apart", records=list(records), as_of=as_of))


def refuse_contradiction(links: Mapping[int, OpenLink]) -> None:
    """Stop where somebody said of two of these records that they are two people.

    Raises:
        HeldApart: they did, and the records are of different people now.
    """
    apart = Apart.objects.as_of(None).among(list(links)).select_related("by")
    answered = MatchCandidate.objects.filter(
        left__in=links, right__in=links, status=MatchCandidate.Status.DIFFERENT
    ).select_related("decided_by")
    spoken: list[tuple[int, int, object, datetime | None]] = [
        *((one.left_id, one.right_id, one.by, one.at) for one in apart),
        *(
            (one.left_id, one.right_id, one.decided_by, one.decided_at)
            for one in answered
        ),
    ]
    for left, right, who, when in spoken:
        if links[left].person != links[right].person:
            raise HeldApart(
                f"{who} said on {when:%Y-%m-%d} that records {left} and {right} are not "
                f"the same person, and this would join them. Speak with {who} first."
            )


def part(
    ones: Collection[int],
    others: Collection[int],
    *,
    event: IdentityEvent,
    by: User,
    reason: str,
) -> None:
    """Say by an event that none of the ones is any of the others."""
    pairs = {tuple(sorted(two)) for two in product(ones, others)}
    pairs -= pairs_apart([*ones, *others])
    rows.copy(
        Apart,
        ["left", "right", "by", "reason", "at", "event", "ended_reason"],
        ((*pair, by.pk, reason, event.at, event.pk, "") for pair in sorted(pairs)),
    )


def join_again(event: IdentityEvent, *, by: User, reason: str, at: datetime) -> None:
    """Take back everything that was said to be two by the event."""
    standing = Apart.objects.as_of(None).filter(event=event)
    _end(list(standing), by=by, reason=reason, at=at)


def _end(standing: Collection[Apart], *, by: User, reason: str, at: datetime) -> None:
    for each in standing:
        each.ended_at = max(at, each.at + AN_INSTANT)
        each.ended_by, each.ended_reason = by, reason
    Apart.objects.bulk_update(standing, ["ended_at", "ended_by", "ended_reason"])
