"""Whom each record belongs to, since when, and whom it belonged to before.

A merge ends links and starts others; nothing is overwritten, so every earlier moment can
be asked about.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from identity import rows
from identity.models import Link, Merge, Person

# Two merges at once could leave one person in two halves; the second waits.
_MERGE_LOCK = 7_015_001


@dataclass(frozen=True, slots=True)
class OpenLink:
    """To whom a record belongs now."""

    link: int
    person: int
    started_at: datetime
    reason: str
    person_made_at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """Records that are one person from now on, and who that is: nobody yet, if None."""

    records: Sequence[int]
    person: int | None


def wait_for_other_merges() -> None:
    """Return once no other transaction moves links; others wait for the end of ours."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_MERGE_LOCK])


def person_of(*, record_id: int, as_of: datetime | None = None) -> Person | None:
    """Return whom the record belonged to at the moment; without one, belongs to now."""
    links = Link.objects.as_of(as_of).filter(record=record_id)
    link = links.select_related("person").first()
    return link.person if link else None


def people_of(
    *, record_ids: Iterable[int], as_of: datetime | None = None
) -> dict[int, int]:
    """Return the person's id by record, for those that belonged to somebody then."""
    links = Link.objects.as_of(as_of).filter(record__in=list(record_ids))
    return dict(links.values_list("record", "person"))


def records_of(*, person_id: int, as_of: datetime | None = None) -> list[int]:
    """Return the ids of the records that were the person's at the moment, in order."""
    links = Link.objects.as_of(as_of).filter(person=person_id)
    return list(links.order_by("record").values_list("record", flat=True))


def merges_of(*, person_id: int) -> list[Merge]:
    """Return every merge that led to the person, those into the absorbed, too; in order."""
    known, added = {person_id}, {person_id}
    while added:
        into = Merge.objects.filter(kept__in=added)
        added = set(into.values_list("absorbed", flat=True)) - known
        known |= added
    about = Merge.objects.filter(Q(kept__in=known) | Q(absorbed=person_id))
    return list(about.select_related("by").order_by("at", "id"))


def moment_after(at: datetime, links: Iterable[OpenLink | Link]) -> datetime:
    """Return the moment, or the first one at which all these links have begun.

    A night that began before a steward merged must not end the steward's link before it
    starts.
    """
    begun = max((link.started_at for link in links), default=None)
    return at if begun is None or begun < at else begun + timedelta(microseconds=1)


def survivors(
    groups: Sequence[Sequence[int]], links: Mapping[int, OpenLink]
) -> tuple[list[Group], dict[int, int]]:
    """Return who each group of records is, and which person goes up in which.

    A person stays where most of their records are. Of several in one group the one with
    the most records is kept, then the one made first.
    """
    share = _shares(groups, links)
    had = Counter(link.person for link in links.values())
    age = {link.person: link.person_made_at for link in links.values()}
    staying: dict[int, list[int]] = defaultdict(list)
    for person, parts in share.items():
        # Of two equal parts the person stays with the record we have known longer.
        number = min(parts, key=lambda part: (-parts[part], min(groups[part])))
        staying[number].append(person)
    kept: list[Group] = []
    absorbed: dict[int, int] = {}
    for number, records in enumerate(groups):
        ranked = sorted(staying[number], key=lambda who: (-had[who], age[who], who))
        kept.append(Group(records, ranked[0] if ranked else None))
        absorbed |= dict.fromkeys(ranked[1:], ranked[0] if ranked else 0)
    return kept, absorbed


def move(
    groups: Sequence[Group],
    links: Mapping[int, OpenLink],
    *,
    reasons: Mapping[int, str],
    at: datetime,
) -> tuple[int, datetime]:
    """Let the records of each group belong to its person from ``at`` on.

    Return how many links were started, and from which moment on.
    """
    news = iter(_new_people(sum(group.person is None for group in groups), at))
    wanted = [
        (record, next_person)
        for group in groups
        for next_person in [group.person if group.person is not None else next(news)]
        for record in group.records
        if record not in links or links[record].person != next_person
    ]
    ending = [links[record] for record, _ in wanted if record in links]
    moment = moment_after(at, ending)
    rows.change("end_links", links=[link.link for link in ending], at=moment)
    rows.copy(
        Link,
        ["record", "person", "started_at", "reason"],
        [(record, person, moment, reasons[record]) for record, person in wanted],
    )
    return len(wanted), moment


def overlapping() -> list[int]:
    """Return the records with a link that begins before the one before it has ended."""
    return [record for (record,) in rows.select("overlapping_links")]


def _shares(
    groups: Sequence[Sequence[int]], links: Mapping[int, OpenLink]
) -> dict[int, Counter[int]]:
    """Return by person how many of their records each group has."""
    share: dict[int, Counter[int]] = defaultdict(Counter)
    for number, records in enumerate(groups):
        for record in records:
            if record in links:
                share[links[record].person][number] += 1
    return share


def _new_people(count: int, at: datetime) -> list[int]:
    if not count:
        return []
    numbers = [number for (number,) in rows.select("next_people", people=count)]
    rows.copy(Person, ["id", "made_at"], [(number, at) for number in numbers])
    return numbers
