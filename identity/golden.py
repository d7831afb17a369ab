"""One person out of all their records: each field by who owns it, and which of theirs counts.

Nothing is written. Ownership says whose value counts and whose where the owner has none;
survivorship says which of several records of that system. Both are agreed on like any
other definition.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from identity.models import Link
from measurement.mapping import ownership
from measurement.mapping.ownership import Ownership
from measurement.models import ConsentEvent, CustomerRecord

_NEVER = datetime.min.replace(tzinfo=UTC)
_ALWAYS = datetime.max.replace(tzinfo=UTC)

# What of a record is about the person, and not about the record itself.
FIELDS = {
    "first_name": "First name",
    "last_name": "Last name",
    "email": "E-mail",
    "phone": "Phone",
    "country": "Country",
    "birth_on": "Born on",
    "status": "Status",
    "subscription_status": "Newsletter",
    "segment": "Segment",
    "created_at": "Customer since",
}

_SURVIVED = {
    "newest": "changed last",
    "oldest": "is known longest",
    "longest": "says most",
    "owner": "is the registered account",
}
_NEWEST = "newest"
_ENTITY = "customer."


@dataclass(frozen=True)
class GoldenField:
    """What is taken for the person's value of a field, which record says so, and why.

    ``others`` is how many records say something else.
    """

    name: str
    label: str
    value: str | date | datetime
    record: CustomerRecord
    why: str
    others: int


@dataclass(frozen=True)
class GoldenConsent:
    """Whether all records of the person that spoke of a purpose say yes last."""

    purpose: str
    is_granted: bool
    why: str


@dataclass(frozen=True)
class GoldenRecord:
    """A person as all their records together say they are."""

    fields: Sequence[GoldenField]
    consents: Sequence[GoldenConsent]


def of_person(person_id: int, *, as_of: datetime | None = None) -> GoldenRecord:
    """Return the golden record out of the records that were theirs at the moment.

    The records are read as they are today: what a source overwrote is not kept in them.
    """
    links = Link.objects.as_of(as_of).filter(person=person_id)
    return of_records(links.values_list("record", flat=True))


def of_records(record_ids: Iterable[int]) -> GoldenRecord:
    """Return what the golden record would be if these records were one person's."""
    records = list(
        CustomerRecord.objects.filter(pk__in=list(record_ids))
        .select_related("system")
        .order_by("system__key", "source_id")
    )
    agreed = ownership.agreed()
    return GoldenRecord(
        fields=[
            field
            for name in FIELDS
            if (field := golden_field(name, records, agreed.get(_ENTITY + name)))
        ],
        consents=list(_consents(records)),
    )


def golden_field(
    name: str, records: Collection[CustomerRecord], agreed: Ownership | None
) -> GoldenField | None:
    """Return the field's golden value; None where no record says anything."""
    saying = [record for record in records if getattr(record, name)]
    if not saying:
        return None
    nearest = min(_rank(record, agreed) for record in saying)
    among = [record for record in saying if _rank(record, agreed) == nearest]
    of_several = agreed.survivorship if agreed else _NEWEST
    record = min(among, key=_order(name, of_several))
    value = getattr(record, name)
    return GoldenField(
        name=name,
        label=FIELDS[name],
        value=value,
        record=record,
        why=_whose(record, agreed) + _which(among, of_several),
        others=sum(_plain(getattr(each, name)) != _plain(value) for each in saying),
    )


def _rank(record: CustomerRecord, agreed: Ownership | None) -> int:
    """Return how many speak of the field before the record's system does.

    What a system said before it was another's to say stands behind everybody's.
    """
    if agreed is None:
        return 0
    rank = agreed.rank(record.system)
    return len(agreed.fallbacks) + 1 if rank is None else rank


def _order(name: str, of_several: str) -> Callable[[CustomerRecord], Any]:
    """Return by what records of one system are ordered, the one that counts first.

    Records that tie are told apart by their place, so any order of arrival gives the same.
    """

    def key(record: CustomerRecord) -> tuple[Any, ...]:
        changed = (record.source_updated_at or _NEVER).timestamp()
        if of_several == "oldest":
            return (record.created_at or _ALWAYS, *_place(record))
        if of_several == "longest":
            return (-len(str(getattr(record, name))), -changed, *_place(record))
        if of_several == "owner":
            return (record.is_guest, -changed, *_place(record))
        return (-changed, *_place(record))

    return key


def _whose(record: CustomerRecord, agreed: Ownership | None) -> str:
    if agreed is None:
        return "Nobody owns it yet"
    rank = _rank(record, agreed)
    if rank == 0:
        return f"{record.system.name} owns it"
    if rank <= len(agreed.fallbacks):
        return f"{agreed.owner} owns it and says nothing; {record.system.name} is next"
    return f"Who owns it says nothing; {record.system.name} spoke of it once"


def _which(among: Sequence[CustomerRecord], of_several: str) -> str:
    if len(among) == 1:
        return "."
    return f"; of {len(among)} records this one {_SURVIVED[of_several]}."


def _consents(records: Sequence[CustomerRecord]) -> Iterable[GoldenConsent]:
    """Yield each purpose anybody spoke of: a person takes the stricter of their answers."""
    said = (
        ConsentEvent.objects.filter(customer__in=records)
        .order_by("purpose", "customer", "channel", "-at")
        .distinct("purpose", "customer", "channel")
        .select_related("customer__system")
    )
    by_purpose: dict[str, list[ConsentEvent]] = {}
    for event in said:
        by_purpose.setdefault(event.purpose, []).append(event)
    for purpose, events in by_purpose.items():
        against = [each for each in events if each.state != ConsentEvent.State.GRANTED]
        yield GoldenConsent(purpose, not against, _why_consent(events, against))


def _why_consent(
    events: Sequence[ConsentEvent], against: Sequence[ConsentEvent]
) -> str:
    if not against:
        return "Every record that was asked said yes last."
    last = max(against, key=lambda event: event.at)
    whose = f"{last.customer} ({last.customer.system}) said no on {last.at:%d %B %Y}"
    return f"{whose}." if len(events) == 1 else f"{whose}; the stricter answer counts."


def _plain(value: object) -> str:
    return str(value).strip().casefold()


def _place(record: CustomerRecord) -> tuple[str, str]:
    return (record.system.key, record.source_id)
