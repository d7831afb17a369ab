"""Two records side by side, as a steward needs them to decide."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Min

from identity import contacts
from identity.models import Link, MatchCandidate
from measurement.models import CustomerRecord, Order

_NOTHING = "—"
_FIELDS = {
    "First name": "first_name",
    "Last name": "last_name",
    "E-mail": "email",
    "Phone": "phone",
    "Street": "street",
    "Postcode": "postcode",
    "Town": "city",
    "Country": "country",
    "Born on": "birth_on",
    "Status": "status",
    "Newsletter": "subscription_status",
    "Segment": "segment",
    "Created": "created_at",
    "Last changed": "source_updated_at",
}


@dataclass(frozen=True)
class Line:
    """One fact about both: ``differs`` where both say something, and not the same."""

    label: str
    left: str
    right: str
    differs: bool


@dataclass(frozen=True)
class _Around:
    """What is known of a record beside its own fields."""

    identifiers: str
    orders: str
    others: str


@dataclass(frozen=True)
class Brief:
    """One record in a line: who it says it is, where it stands, what was bought by it."""

    name: str
    system: str
    source_id: str
    created_at: datetime | None
    orders: int
    is_of_the_pair: bool


def side_by_side(
    pair: MatchCandidate, *, may_see: bool = True, as_of: datetime | None = None
) -> list[Line]:
    """Return what is known of both records, line by line; what neither says is left out.

    Contacts are masked for whoever may not see them; whether they differ is said still.
    """
    around = {record.pk: _around(record, as_of) for record in (pair.left, pair.right)}
    lines = _lines(pair.left, pair.right, around, may_see)
    return [line for line in lines if (line.left, line.right) != (_NOTHING, _NOTHING)]


def briefly(record_ids: Collection[int], *, chosen: int) -> list[Brief]:
    """Return every record of a person in a line each, the one that is compared first."""
    records = (
        CustomerRecord.objects.filter(pk__in=record_ids)
        .select_related("system")
        .annotate(bought=Count("orders"))
    )
    return [
        Brief(
            name=str(record),
            system=str(record.system),
            source_id=record.source_id,
            created_at=record.created_at,
            orders=getattr(record, "bought", 0),
            is_of_the_pair=record.pk == chosen,
        )
        for record in sorted(records, key=lambda each: (each.pk != chosen, each.pk))
    ]


def _lines(
    left: CustomerRecord,
    right: CustomerRecord,
    around: dict[int, _Around],
    may_see: bool,
) -> Iterator[Line]:
    ours, theirs = around[left.pk], around[right.pk]
    yield Line("System", str(left.system), str(right.system), differs=False)
    yield Line("Id", left.source_id, right.source_id, differs=False)
    yield Line("Kind", _kind(left), _kind(right), differs=False)
    for label, name in _FIELDS.items():
        one, other = getattr(left, name), getattr(right, name)
        differs = bool(one and other) and _plain(one) != _plain(other)
        left_shown = _shown(one, name, may_see=may_see)
        right_shown = _shown(other, name, may_see=may_see)
        yield Line(label, left_shown, right_shown, differs=differs)
    yield Line("Ids elsewhere", ours.identifiers, theirs.identifiers, differs=False)
    yield Line("Orders", ours.orders, theirs.orders, differs=False)
    yield Line("Same person as", ours.others, theirs.others, differs=False)


def _around(record: CustomerRecord, as_of: datetime | None) -> _Around:
    identifiers = record.identifiers.order_by("kind", "value")
    bought = Order.objects.filter(customer=record).aggregate(
        count=Count("pk"), first=Min("placed_on"), last=Max("placed_on")
    )
    held = Link.objects.as_of(as_of)
    person = held.filter(record=record).values("person")
    others = held.filter(person__in=person).exclude(record=record)
    return _Around(
        identifiers=", ".join(map(str, identifiers)) or _NOTHING,
        orders=_bought(bought["count"], bought["first"], bought["last"]),
        others=_named(others.select_related("record__system").order_by("record")),
    )


def _named(links: Iterable[Link]) -> str:
    found = [f"{link.record} ({link.record.system})" for link in links]
    shown, more = found[:4], len(found) - 4
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "") or _NOTHING


def _bought(count: int, first: date | None, last: date | None) -> str:
    if not count:
        return "none"
    return f"{count:,}, {first:%Y-%m-%d} to {last:%Y-%m-%d}"


def _kind(record: CustomerRecord) -> str:
    return "guest checkout" if record.is_guest else "customer"


def _shown(value: object, field: str, *, may_see: bool) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    if not value:
        return _NOTHING
    return str(value) if may_see else contacts.shown(field, value, may_see=False)


def _plain(value: object) -> str:
    return str(value).strip().casefold()
