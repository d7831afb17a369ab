"""Whom records belong to, since when, and whom they belonged to before.

Every question takes ``as_of``; without a moment it is asked of now.
"""

import sys
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from identity import rows
from identity.ledger.survivors import OpenLink
from identity.models import Link, Merge, Person


@dataclass(frozen=True, slots=True)
class Graph:
    """Which record was whose: two columns side by side, in no particular order."""

    records: array[int]
    people: array[int]

    def as_dict(self) -> dict[int, int]:
        """Return the person's id by record."""
        return dict(zip(self.records, self.people, strict=True))


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
    found = rows.select("records_of_person", person=person_id, as_of=as_of)
    return [record for (record,) in found]


def graph(*, as_of: datetime | None = None) -> Graph:
    """Return whose every record was at the moment: a million in a fraction of a second."""
    both = array("q")
    # One value per thousand people and not one row per record: rows are what costs.
    for (some,) in rows.select_as_bytes("graph", as_of=as_of):
        both.frombytes(some)
    if sys.byteorder == "little":
        both.byteswap()
    return Graph(both[::2], both[1::2])


def open_links(*, people: Iterable[int]) -> dict[int, OpenLink]:
    """Return the links of every record that is one of these people's, by record."""
    found = rows.select("open_links", people=rows.numbers(people))
    return {record: OpenLink(*link) for record, *link in found}


def known_as(*, public_id: UUID, as_of: datetime | None = None) -> Person | None:
    """Return who somebody of that public id was at the moment: nobody we ever knew, None.

    Whoever was absorbed is whom they went up in, and so on; whoever was taken out again
    is themselves.
    """
    found = [
        person
        for (person,) in rows.select("known_as", public_id=public_id, as_of=as_of)
    ]
    return Person.objects.get(pk=found[0]) if found else None


def aliases_of(*, person_id: int, as_of: datetime | None = None) -> list[UUID]:
    """Return the public ids that lead to the person at the moment, but for their own."""
    return [alias for (alias,) in rows.select("aliases", person=person_id, as_of=as_of)]


def merges_of(*, person_id: int) -> list[Merge]:
    """Return every merge that led to the person, those into the absorbed, too; in order."""
    known, added = {person_id}, {person_id}
    while added:
        into = Merge.objects.filter(kept__in=added)
        added = set(into.values_list("absorbed", flat=True)) - known
        known |= added
    about = Merge.objects.filter(Q(kept__in=known) | Q(absorbed=person_id))
    return list(about.select_related("by").order_by("at", "id"))


def replay(*, until: datetime | None = None) -> dict[int, int]:
    """Fold the ledger up to the moment: whose every record was, by what was written.

    It reads no link: links are made from the ledger, and equal this at every moment.
    """
    return dict(rows.select("replay", until=until))


def differing(*, as_of: datetime | None = None) -> list[int]:
    """Return the records of which the links say something else than the ledger did then."""
    return [record for (record,) in rows.select("differing", as_of=as_of)]


def overlapping() -> list[int]:
    """Return the records with a link that begins before the one before it has ended."""
    return [record for (record,) in rows.select("overlapping_links")]
