"""What waits too long for an answer, or is worth too much to wait: its owners hear of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Q, QuerySet

from governance import mail
from governance.models import Domain, User
from identity import policy
from identity.models import MatchCandidate, MatchCandidateQuerySet
from identity.queue.claiming import day_of

# In the reporting currency.
TOO_DEAR = Decimal(1_000)
_DOMAIN = "customer"
_NAMED = 10


@dataclass(frozen=True)
class Escalated:
    """How many pairs were newly told of, and to how many."""

    pairs: int
    owners: int


@transaction.atomic
def escalate(*, at: datetime) -> Escalated:
    """Mark what is late and was not told of, and write each owner one letter of it all.

    A pair is told of once: running it again tells of nothing twice.
    """
    days = policy.now().asking.overdue_after_days
    found = late(days=days, at=at).filter(escalated_at=None)
    new = list(
        found.with_records()
        .select_related("referred_to")
        .order_by(F("rank").desc(), "id")
        .select_for_update(of=("self",), skip_locked=True)
    )
    if not new:
        return Escalated(0, 0)
    MatchCandidate.objects.filter(pk__in=[each.pk for each in new]).update(
        escalated_at=at
    )
    to = list(owners())
    mail.write(
        to=to,
        occasion=f"pairs that wait, {at:%Y-%m-%d %H:%M}",
        subject=f"{_pairs(len(new))} for you: nobody has settled whether they are one",
        text="\n\n".join(_letter(new, days, at)),
        at=at,
    )
    return Escalated(len(new), len(to))


def late(*, days: int, at: datetime) -> MatchCandidateQuerySet:
    """Return what waits for more than so many days, moves much, or was referred.

    What is held waits for its day, and not for somebody.
    """
    return (
        MatchCandidate.objects.open()
        .due(day_of(at))
        .filter(
            Q(found_at__lte=at - timedelta(days=days))
            | Q(value_at_risk__gte=TOO_DEAR)
            | Q(referred_to__isnull=False)
        )
    )


def owners() -> QuerySet[User]:
    """Return who answers for customers, and is told of what waits too long."""
    groups = Domain.objects.filter(key=_DOMAIN).values("owners")
    return User.objects.filter(groups__in=groups, is_active=True).order_by("username")


def _letter(new: Sequence[MatchCandidate], days: int, at: datetime) -> Iterator[str]:
    worth = sum((each.value_at_risk for each in new), Decimal(0))
    yield (
        f"{_pairs(len(new))} newly wait for more than {days} days, move much, or were "
        f"referred. Together they put {worth:,.0f} at risk."
    )
    yield "\n".join(
        f"- {each}: {_why(each, days, at)}\n  {mail.address('identity:pair', each.pk)}"
        for each in new[:_NAMED]
    )
    if len(new) > _NAMED:
        yield f"And {len(new) - _NAMED:,} more."
    yield f"Stewards read them here: {mail.address('identity:queue')}"


def _why(pair: MatchCandidate, days: int, at: datetime) -> str:
    """Return why a pair is told of, the most telling first."""
    if pair.referred_to is not None:
        return f"referred to {pair.referred_to}: {pair.reason}"
    waits = (at - pair.found_at).days
    if waits >= days:
        return f"waits for {waits} days"
    return f"{pair.value_at_risk:,.0f} at risk"


def _pairs(number: int) -> str:
    return "1 pair" if number == 1 else f"{number:,} pairs"
