"""People as a list and one by one: their names, records and moments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from zoneinfo import ZoneInfo

from identity import contacts
from identity.golden import GoldenRecord
from identity.models import Link
from measurement.models import CustomerRecord
from reporting.models import Buyer
from reporting.tables import figures
from reporting.timeline import Moment

NO_NAME = "No name known"

# The sign of each kind of moment: the file under templates/icons.
SIGNS = {
    "order": "order",
    "refund": "refund",
    "touch": "visit",
    "event": "visit",
    "send": "crm",
    "stage": "stage",
    "consent": "consent",
}

# Why a record is theirs, by the rule that said so.
REASONS = {
    "alone": "no other record agreed with it",
    "cross_id": "another system's id, and a name that agrees",
    "email": "the same e-mail and first name",
    "steward": "a steward decided so",
}


@dataclass(frozen=True)
class BuyerRow:
    """One person in the list of a shop's buyers."""

    public_id: str
    name: str
    records: int
    channel: str
    segment: str
    orders: str
    revenue: str
    buyer: Buyer


@dataclass(frozen=True)
class RecordCard:
    """What one system says of the person; contacts masked unless the reader may see."""

    title: str
    system: str
    source_id: str
    is_guest: bool
    is_generated: bool
    email: str
    phone: str
    since: datetime
    reason: str


@dataclass(frozen=True)
class GoldenRow:
    """One field of the person, whose value that is, and how many records say otherwise."""

    label: str
    value: str
    said_by: str
    why: str
    others: int


@dataclass(frozen=True)
class MomentRow:
    """One moment as shown."""

    moment: Moment
    sign: str
    day: str
    time: str
    amount: str


@dataclass(frozen=True)
class Month:
    """The moments of one month; those without a moment stand under a name of their own."""

    name: str
    rows: tuple[MomentRow, ...]


def name_of(records: Iterable[CustomerRecord]) -> str:
    """Return what to call a person: the fullest name, and of those the oldest record's."""
    names = [
        f"{record.first_name} {record.last_name}".strip()
        for record in sorted(records, key=lambda record: record.pk)
    ]
    return max(names, key=lambda name: (" " in name, bool(name)), default="") or NO_NAME


def buyer_rows(buyers: Sequence[Buyer], links: Iterable[Link]) -> list[BuyerRow]:
    """Arrange one page of buyers; ``links`` are those of the build's identity moment."""
    records: dict[int, list[CustomerRecord]] = {}
    for link in links:
        records.setdefault(link.person_id, []).append(link.record)
    return [
        BuyerRow(
            public_id=str(buyer.person.public_id),
            name=name_of(records.get(buyer.person_id, [])),
            records=len(records.get(buyer.person_id, [])),
            channel=buyer.channel.name,
            segment=buyer.segment,
            orders=figures.whole(buyer.orders),
            revenue=figures.cents(buyer.revenue, buyer.storefront.currency),
            buyer=buyer,
        )
        for buyer in buyers
    ]


def record_cards(
    links: Iterable[Link], *, made_up_runs: set[int], may_see: bool
) -> list[RecordCard]:
    """Arrange the records of one person, the earliest first."""
    return [
        _card(link, made_up_runs, may_see)
        for link in sorted(links, key=lambda link: link.record_id)
    ]


def golden_rows(golden: GoldenRecord, *, may_see: bool) -> list[GoldenRow]:
    """Arrange the golden record: the fields, then what was consented to."""
    fields = [
        GoldenRow(
            label=field.label,
            value=contacts.shown(field.name, field.value, may_see=may_see),
            said_by=f"{field.record.system.name} {field.record.source_id}",
            why=field.why,
            others=field.others,
        )
        for field in golden.fields
    ]
    consents = [
        GoldenRow(
            label=f"Consent: {consent.purpose.replace('_', ' ')}",
            value="yes" if consent.is_granted else "no",
            said_by="",
            why=consent.why,
            others=0,
        )
        for consent in golden.consents
    ]
    return [*fields, *consents]


def months(moments: Iterable[Moment], *, zone: ZoneInfo) -> list[Month]:
    """Arrange moments by the month they fall into, in the order given."""
    grouped = groupby(moments, key=lambda moment: _month(moment, zone))
    return [
        Month(name=name, rows=tuple(_row(moment, zone) for moment in of_month))
        for name, of_month in grouped
    ]


def _card(link: Link, made_up_runs: set[int], may_see: bool) -> RecordCard:
    record = link.record
    return RecordCard(
        title=name_of([record]),
        system=record.system.name,
        source_id=record.source_id,
        is_guest=record.is_guest,
        is_generated=(
            record.system.storefront.is_generated or record.run in made_up_runs
        ),
        email=record.email if may_see else contacts.masked_email(record.email),
        phone=record.phone if may_see else contacts.masked_phone(record.phone),
        since=link.started_at,
        reason=REASONS.get(link.reason, link.reason.replace("_", " ")),
    )


def _row(moment: Moment, zone: ZoneInfo) -> MomentRow:
    here = moment.at.astimezone(zone) if moment.at else None
    return MomentRow(
        moment=moment,
        sign=f"icons/{SIGNS.get(moment.kind, 'dot')}.html",
        day=f"{here.day} {here:%b}" if here else "",
        time=f"{here:%H:%M}" if here else "",
        amount=_amount(moment.amount, moment.currency),
    )


def _amount(amount: Decimal | None, currency: str) -> str:
    return "" if amount is None else figures.cents(amount, currency)


def _month(moment: Moment, zone: ZoneInfo) -> str:
    return f"{moment.at.astimezone(zone):%B %Y}" if moment.at else "Without a date"
