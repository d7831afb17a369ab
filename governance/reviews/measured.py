"""What a review begins with: measured when it opens, and kept as it was."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, Max, Q

from governance import budget, usage
from governance import facts as told_above
from governance.changes.way import OPEN_FOR
from governance.facts import Fact
from governance.models import (
    ChangeRequest,
    Decision,
    Domain,
    Kind,
    Verification,
    Version,
)

# Nobody reads what a request does to the numbers in less.
RUBBER_STAMP = timedelta(seconds=10)
_NAMED = 5
_SERVES = (Kind.FIELD, Kind.KPI)

States = ChangeRequest.State


def facts(
    *, domains: Sequence[str], since: datetime, until: datetime, at: datetime
) -> dict[str, Any]:
    """Return what was so in that time, as a review keeps it."""
    sections = [
        ("Definitions", [*_definitions(since, until), *_needed(at)]),
        ("Requests", [*_requests(since, until, at)]),
        ("Log", [*_log()]),
        *told_above.told(since=since, until=until),
    ]
    return {
        "domains": [*_of_domains(domains, since, until, at)],
        "sections": [
            {"title": title, "facts": [asdict(each) for each in found]}
            for title, found in sections
        ],
    }


def _definitions(since: datetime, until: datetime) -> Iterator[Fact]:
    held = Version.objects.current().in_use()
    total, undecided, unshown = (
        held.count(),
        held.filter(_WITHOUT_DECISION).count(),
        held.filter(_WITHOUT_EXAMPLE).count(),
    )
    unowned = Domain.objects.exclude(owners__user__is_active=True)
    ownerless = held.filter(domain__in=unowned).count()
    yield Fact("In use", f"{total:,}", "definitions in force today")
    yield Fact(
        "Without an owner", f"{ownerless:,}", "their domain has nobody who may sign",
        ownerless == 0,
    )  # fmt: skip
    yield Fact(
        "Without a decision they serve", f"{undecided:,}", "fields and KPIs",
        undecided == 0,
    )  # fmt: skip
    yield Fact("Fields without an example", f"{unshown:,}", "", unshown == 0)
    changed = (
        Version.objects.filter(_begun(since, until), number__gt=1)
        .values("kind", "key")
        .annotate(n=Count("pk"), last=Max("number"))
        .order_by("-n", "kind", "key")
    )
    most = [
        (f"{Kind(each['kind']).label} {each['key']}", f"{each['n']} times")
        for each in changed[:_NAMED]
        if each["n"] > 1
    ]
    yield Fact(
        "Changed", f"{len(changed):,}", "definitions that say something else than before",
        not most, tuple(most),
    )  # fmt: skip


def _needed(at: datetime) -> Iterator[Fact]:
    spent = [each for each in budget.budgets() if each.is_spent]
    yield Fact(
        "Entities over their budget of fields", f"{len(spent)}", "",
        not spent,
        tuple((each.entity, f"{each.has} of {each.most}") for each in spent),
    )  # fmt: skip
    unread = usage.unread(at=at)
    yield Fact(
        "Fields nobody reads", f"{len(unread)}",
        f"not looked up for {usage.UNREAD_AFTER.days} days, and read by no step",
        not unread,
        tuple((each.key, each.domain_id) for each in unread[:_NAMED]),
    )  # fmt: skip


def _requests(since: datetime, until: datetime, at: datetime) -> Iterator[Fact]:
    asked = ChangeRequest.objects.filter(is_bootstrap=False)
    opened = asked.filter(made_at__gte=since, made_at__lt=until)
    yield Fact("Asked for", f"{opened.count():,}", "requests opened in that time")
    decisions = _decisions(since, until)
    yield _pace(decisions)
    yield _rubber_stamps(decisions)
    forced = asked.filter(
        decisions__verdict=Decision.Verdict.OVERRIDE,
        decisions__at__gte=since,
        decisions__at__lt=until,
    ).distinct()
    owed = forced.filter(review_due_at__isnull=False)
    late = owed.filter(review_due_at__lt=at)
    yield Fact(
        "Applied in an emergency", f"{forced.count()}",
        f"{owed.count()} still to be reviewed, {late.count()} of them late",
        not owed.exists(),
        tuple((f"Request {each.pk}", each.title) for each in owed[:_NAMED]),
    )  # fmt: skip
    expired = asked.filter(
        state=States.EXPIRED, expires_at__gte=since, expires_at__lt=until
    )
    yield Fact(
        "Ran out undecided", f"{expired.count()}", "", not expired.exists(),
        tuple((f"Request {each.pk}", each.title) for each in expired[:_NAMED]),
    )  # fmt: skip


def _decisions(since: datetime, until: datetime) -> list[Decision]:
    """Return what was decided in that time, of requests as they were last put to review."""
    found = Decision.objects.filter(at__gte=since, at__lt=until).exclude(
        verdict=Decision.Verdict.OVERRIDE
    )
    return [
        each
        for each in found.select_related("request").order_by("at", "pk")
        if each.cycle == each.request.cycle
    ]


def _pace(decisions: Sequence[Decision]) -> Fact:
    """Return how long a request waits for the last word said of it."""
    last = {each.request_id: each for each in decisions}
    took = [(each.at - _put_to_review(each)).total_seconds() for each in last.values()]
    return Fact(
        "Time to a decision",
        _for_people(timedelta(seconds=median(took))) if took else "nothing decided",
        f"median of {len(took)}, from being put to review to the last word",
    )


def _rubber_stamps(decisions: Sequence[Decision]) -> Fact:
    """Return how many said yes to what moves numbers in less time than reading takes.

    Counted from when it could first be read, or from what the same person decided before.
    """
    weighed, stamped = 0, []
    before: dict[int, datetime] = {}
    for each in decisions:
        began = max(_put_to_review(each), before.get(each.by_id, _put_to_review(each)))
        before[each.by_id] = each.at
        is_yes = each.verdict == Decision.Verdict.APPROVE
        if is_yes and each.request.risk == ChangeRequest.Risk.HIGH:
            weighed += 1
            if each.at - began < RUBBER_STAMP:
                stamped.append(each)
    share = f"{len(stamped) / weighed:.0%}" if weighed else "none decided"
    by_request = Counter(f"Request {each.request_id}" for each in stamped)
    return Fact(
        "Rubber stamps", share,
        f"{len(stamped)} of {weighed} approvals at high risk came in less than "
        f"{RUBBER_STAMP.seconds} seconds",
        not stamped,
        tuple((name, f"{n} of its approvals") for name, n in by_request.most_common(_NAMED)),
    )  # fmt: skip


def _log() -> Iterator[Fact]:
    looked = Verification.objects.first()
    if looked is None:
        yield Fact("Whole", "never looked at", "a worker looks every hour", False)
        return
    yield Fact(
        "Whole", "yes" if looked.is_whole else "no",
        looked.finding or f"{looked.events:,} events, {looked.unsealed} not sealed yet",
        looked.is_whole,
    )  # fmt: skip


def _of_domains(
    domains: Sequence[str], since: datetime, until: datetime, at: datetime
) -> Iterator[dict[str, Any]]:
    """Yield what each owner signs for, in numbers."""
    held = Version.objects.current().in_use()
    counted = held.values("domain").annotate(
        n=Count("pk"),
        undecided=Count("pk", filter=_WITHOUT_DECISION),
        unshown=Count("pk", filter=_WITHOUT_EXAMPLE),
    )
    of: dict[str, Any] = {str(each["domain"]): each for each in counted.order_by()}
    begun = Version.objects.filter(_begun(since, until), number__gt=1)
    changed: Counter[Any] = Counter(begun.values_list("domain", flat=True))
    unread = Counter(each.domain_id for each in usage.unread(at=at))
    for domain in Domain.objects.filter(key__in=domains).order_by("name"):
        known = of.get(domain.key, {})
        yield {
            "key": domain.key,
            "name": domain.name,
            "definitions": known.get("n", 0),
            "undecided": known.get("undecided", 0),
            "unshown": known.get("unshown", 0),
            "changed": changed[domain.key],
            "unread": unread[domain.key],
        }


def _begun(since: datetime, until: datetime) -> Q:
    return Q(valid_during__startswith__gte=since, valid_during__startswith__lt=until)


def _put_to_review(decision: Decision) -> datetime:
    """Return when the request was last put to review, by when it was given its time."""
    return decision.request.expires_at - OPEN_FOR


def _for_people(took: timedelta) -> str:
    """Return a time as people say it, in the unit that fits.

    >>> _for_people(timedelta(seconds=40)), _for_people(timedelta(hours=30))
    ('40 seconds', '30 hours')
    """
    seconds = took.total_seconds()
    for unit, length, least in (
        ("days", 86_400, 3),
        ("hours", 3_600, 3),
        ("minutes", 60, 3),
    ):
        if seconds >= length * least:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"


_WITHOUT_DECISION = Q(kind__in=_SERVES, body__decision="")
_WITHOUT_EXAMPLE = Q(kind=Kind.FIELD, body__example="")
