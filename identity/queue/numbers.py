"""How the queue is: how much waits, how old, what it is worth, who does how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import median_high
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, F, FloatField, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from governance.models import User
from identity import policy
from identity.models import KNOWN, Answer, MatchCandidate, MatchCandidateQuerySet
from identity.queue import escalating, quality
from identity.queue.answering import VERDICTS
from identity.queue.claiming import day_of

_BANDS = ((0.0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 0.95), (0.95, 1.01))
_AGES = (("today", 0, 1), ("this week", 1, 7), ("this fortnight", 7, 14),
         ("longer", 14, None))  # fmt: skip
_DAYS = 7
_COMPARED = timedelta(days=90)
_SHOWN = 8


@dataclass(frozen=True)
class Band:
    """Pairs about as likely as each other: how many of which age, and their worth."""

    name: str
    counts: Sequence[int]
    total: int
    value: Decimal


@dataclass(frozen=True)
class Worker:
    """How many answers a steward gave on each of the last days, and how fast."""

    name: str
    by_day: Sequence[int]
    total: int
    seconds: float | None


@dataclass(frozen=True)
class Overview:
    """The queue at a moment, as its first page shows it."""

    waiting: int
    value: Decimal
    oldest_days: int
    bands: Sequence[Band]
    ages: Sequence[str]
    mine: Sequence[MatchCandidate]
    referred: Sequence[MatchCandidate]
    escalated: Sequence[MatchCandidate]
    escalated_in_all: int
    owners: Sequence[User]
    overdue_after: int
    days: Sequence[date]
    workers: Sequence[Worker]
    answered: int
    agreement: Sequence[quality.Agreement]
    kappa: float | None
    read_twice: int
    second: int
    held: int
    tried: int
    right: int
    waited: int | None


def overview(*, by: User, at: datetime) -> Overview:
    """Return how the queue is at the moment, and what of it is the reader's."""
    waiting = MatchCandidate.objects.open()
    whole = waiting.aggregate(
        count=Count("pk"), value=Sum("value_at_risk"), oldest=Min("found_at"),
        second=Count("pk", filter=Q(wants__in=["blind", "third", "doubt"])),
        held=Count("pk", filter=Q(held_until__gt=day_of(at))),
    )  # fmt: skip
    overdue_after = policy.now().asking.overdue_after_days
    late = escalating.late(days=overdue_after, at=at)
    readings = _readings(since=at - _COMPARED)
    days = [day_of(at) - timedelta(days=back) for back in range(_DAYS - 1, -1, -1)]
    workers = _workers(days)
    pairs = waiting.with_records()
    mine = pairs.filter(claimed_by=by, claimed_until__gt=at)
    tried, right = _tried(since=at - _COMPARED)
    return Overview(
        waiting=whole["count"],
        value=whole["value"] or Decimal(0),
        oldest_days=(at - whole["oldest"]).days if whole["oldest"] else 0,
        bands=_bands(waiting, at),
        ages=[name for name, _, _ in _AGES],
        mine=list(mine),
        referred=list(pairs.filter(referred_to=by)[:_SHOWN]),
        escalated=list(late.with_records().order_by(F("rank").desc(), "id")[:_SHOWN]),
        escalated_in_all=late.count(),
        owners=list(escalating.owners()),
        overdue_after=overdue_after,
        days=days,
        workers=workers,
        answered=sum(each.total for each in workers),
        agreement=quality.agreement(readings)[:_SHOWN],
        kappa=quality.kappa([(each.said_first, each.said_second) for each in readings]),
        read_twice=len(readings),
        second=whole["second"],
        held=whole["held"],
        tried=tried,
        right=right,
        waited=_waited(since=at - timedelta(days=_DAYS)),
    )


def stewards() -> QuerySet[User]:
    """Return who may be asked to read a pair."""
    return User.objects.filter(groups__name="steward", is_active=True).order_by(
        "first_name", "last_name", "username"
    )


def _bands(waiting: MatchCandidateQuerySet, at: datetime) -> list[Band]:
    counted: dict[str, Count | Sum] = {}
    for number, (low, high) in enumerate(_BANDS):
        within = Q(score__gte=low, score__lt=high)
        counted[f"value_{number}"] = Sum("value_at_risk", filter=within)
        for age, (_, since, until) in enumerate(_AGES):
            aged = Q(found_at__lte=at - timedelta(days=since)) if since else Q()
            if until is not None:
                aged &= Q(found_at__gt=at - timedelta(days=until))
            counted[f"count_{number}_{age}"] = Count("pk", filter=within & aged)
    found = waiting.aggregate(**counted)
    bands = []
    for number, (low, high) in enumerate(_BANDS):
        counts = [found[f"count_{number}_{age}"] for age in range(len(_AGES))]
        name = f"{low:.0%} to {min(high, 1):.0%}"
        value = found[f"value_{number}"] or Decimal(0)
        bands.append(Band(name, counts, sum(counts), value))
    return bands


def _workers(days: Sequence[date]) -> list[Worker]:
    zone = ZoneInfo(settings.REPORTING_TIME_ZONE)
    begin = datetime(days[0].year, days[0].month, days[0].day, tzinfo=zone)
    given = (
        Answer.objects.filter(at__gte=begin)
        .exclude(said=Answer.Said.UNDONE)
        .values("by", on=TruncDate("at", tzinfo=zone))
        .annotate(
            count=Count("pk"),
            took=Sum("seconds", output_field=FloatField()),
            timed=Count("seconds"),
            last=Max("at"),
        )
    )
    rows: dict[int, list[Any]] = {}
    for each in given:
        rows.setdefault(each["by"], []).append(each)
    names = {user.pk: _named(user) for user in User.objects.filter(pk__in=rows)}
    found = [_worker(names[who], of, days) for who, of in rows.items()]
    return sorted(found, key=lambda each: (-each.total, each.name))


def _worker(name: str, rows: Sequence[Any], days: Sequence[date]) -> Worker:
    counts = {each["on"]: each["count"] for each in rows}
    timed = sum(each["timed"] for each in rows)
    took = sum(each["took"] or 0.0 for each in rows)
    return Worker(
        name=name,
        by_day=[counts.get(on, 0) for on in days],
        total=sum(counts.values()),
        seconds=took / timed if timed else None,
    )


def _readings(*, since: datetime) -> list[quality.Reading]:
    """Return what two read of one pair without knowing of each other."""
    verdicts = [str(said) for said in VERDICTS]
    second = Answer.objects.filter(
        read_as="blind", said__in=verdicts, undone_by=None, at__gte=since
    ).select_related("by")
    pairs = [each.candidate_id for each in second]
    first = Answer.objects.filter(
        candidate__in=pairs, read_as__in=["first", "again"], said__in=verdicts,
        undone_by=None,
    )  # fmt: skip
    said = {each.candidate_id: each for each in first.select_related("by")}
    return [
        quality.Reading(
            _named(said[each.candidate_id].by), said[each.candidate_id].said,
            _named(each.by), each.said,
        )
        for each in second
        if each.candidate_id in said
    ]  # fmt: skip


def _tried(*, since: datetime) -> tuple[int, int]:
    """Return how many answers were to a pair whose answer is known, and how many right."""
    given = Answer.objects.filter(read_as=KNOWN, undone_by=None, at__gte=since).exclude(
        said=Answer.Said.UNDONE
    )
    right = Count("pk", filter=Q(said=F("candidate__known_answer")))
    found = given.aggregate(tried=Count("pk"), right=right)
    return found["tried"], found["right"]


def _waited(*, since: datetime) -> int | None:
    """Return how many days half of what was first answered since had waited at most."""
    given = Answer.objects.filter(
        read_as="first", undone_by=None, at__gte=since, said__in=list(VERDICTS)
    )
    waits = [
        (at - found).days
        for at, found in given.values_list("at", "candidate__found_at")
    ]
    return median_high(waits) if waits else None


def _named(user: User) -> str:
    return user.get_full_name() or user.get_username()
