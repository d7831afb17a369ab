"""When a review is due, and what it begins with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from governance import mail, quarters
from governance.models import (
    Domain,
    HealthReview,
    Kind,
    SourceSystem,
    State,
    User,
    Version,
)
from governance.reviews import measured

_ZONE = ZoneInfo(settings.REPORTING_TIME_ZONE)
# Three weeks: somebody is always on holiday.
_OPEN_FOR = timedelta(days=21)
# What was added earlier than this was reviewed with its quarter.
_STILL_NEW = timedelta(days=31)
_LOOKS_BACK = timedelta(days=90)


@dataclass(frozen=True)
class Occasion:
    """Why a review is due: by its ``key`` it is known again, and opens only one."""

    key: str
    title: str
    reason: str
    since: datetime
    until: datetime
    domains: tuple[str, ...]


def occasions(*, at: datetime) -> list[Occasion]:
    """Return every occasion there is for a review, whether it was opened or not."""
    return [*_quarterly(at), *_of_sources(at)]


def next_quarter(*, at: datetime) -> datetime:
    """Return when the next review opens by itself, if nothing happens before."""
    begin = quarters.begin_of(at, zone=_ZONE)
    return quarters.after(begin, zone=_ZONE)


@transaction.atomic
def open_due(*, at: datetime) -> list[HealthReview]:
    """Open a review for each occasion that has none, and write to who is asked to sign.

    However often and by how many it is called: one occasion opens one review.
    """
    _one_at_a_time()
    found = occasions(at=at)
    known = set(
        HealthReview.objects.filter(
            occasion__in=[each.key for each in found]
        ).values_list("occasion", flat=True)
    )
    return [_open(each, at) for each in found if each.key not in known]


def owners_of(domains: list[str]) -> list[User]:
    """Return who may sign for any of the domains."""
    groups = Domain.objects.filter(key__in=domains).values("owners")
    return list(
        User.objects.filter(
            groups__in=groups, is_active=True, is_superuser=False
        ).distinct()
    )


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('reviews', 42))")


def _open(occasion: Occasion, at: datetime) -> HealthReview:
    review = HealthReview.objects.create(
        occasion=occasion.key,
        title=occasion.title,
        reason=occasion.reason,
        since=occasion.since,
        until=occasion.until,
        opened_at=at,
        closes_by=at + _OPEN_FOR,
        domains=list(occasion.domains),
        facts=measured.facts(
            domains=occasion.domains, since=occasion.since, until=occasion.until, at=at
        ),
    )
    mail.write(
        to=owners_of(review.domains),
        occasion=f"review {review.occasion}: sign",
        subject=f"Health review: {review.title}",
        text=f"{review.reason} What was measured is ready to be read. Sign for your "
        f"domain by {review.closes_by:%d %B %Y}, and say who does what about it.",
        at=at,
    )
    return review


def _quarterly(at: datetime) -> Iterator[Occasion]:
    until = quarters.begin_of(at, zone=_ZONE)
    since = quarters.before(until, zone=_ZONE)
    # What was agreed on after the quarter ended was no part of it.
    if not Version.objects.filter(
        number=1, valid_during__startswith__lt=until
    ).exists():
        return
    name = quarters.name_of(since, zone=_ZONE)
    yield Occasion(
        key=f"quarter {since.astimezone(_ZONE):%Y-%m}",
        title=name,
        reason="A quarter is over: each domain is looked at once.",
        since=since,
        until=until,
        domains=_domains(Q()),
    )


def _of_sources(at: datetime) -> Iterator[Occasion]:
    """Yield what happened to sources lately, by the requests that were applied."""
    lately = list(
        Version.objects.filter(
            kind=Kind.SOURCE,
            valid_during__startswith__gt=at - _STILL_NEW,
            valid_during__startswith__lte=at,
            operation__revision__request__is_bootstrap=False,
        ).order_by("valid_during", "pk")
    )
    before = {
        (each.key, each.number): each
        for each in Version.objects.filter(
            kind=Kind.SOURCE, key__in=[each.key for each in lately]
        )
    }
    for version in lately:
        earlier = before.get((version.key, version.number - 1))
        why = _why(version, earlier)
        if why:
            title, reason = why
            yield Occasion(
                key=f"source {version.key} version {version.number}",
                title=title,
                reason=reason,
                since=at - _LOOKS_BACK,
                until=at,
                domains=_domains(
                    Q(kind=Kind.SOURCE, key=version.key)
                    | Q(
                        kind__in=[Kind.STREAM, Kind.MAPPING],
                        key__startswith=f"{version.key}/",
                    )
                ),
            )


def _why(version: Version, earlier: Version | None) -> tuple[str, str] | None:
    name = version.body["name"]
    if version.state == State.RETIRED:
        return None
    if earlier is None or earlier.state == State.RETIRED:
        return (
            f"New source: {name}",
            f"{name} was added: what it fills is looked at while it is new.",
        )
    if earlier.body["kind"] != version.body["kind"]:
        was, now = (
            SourceSystem.Kind(each.body["kind"]).label for each in (earlier, version)
        )
        return (
            f"New platform: {name}",
            f"{name} was of the kind {was} and is now {now}: what it fills is looked at "
            f"after the move.",
        )
    return None


def _domains(of: Q) -> tuple[str, ...]:
    held = Version.objects.current().in_use().filter(of).order_by("domain_id")
    return tuple(map(str, held.values_list("domain_id", flat=True).distinct()))
