"""One row of every kind a source may tell, as a file writes it and as we keep it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from governance.models import SourceStream, SourceSystem
from measurement.entities import ENTITIES
from measurement.models import Campaign, CustomerRecord, Order, Product
from tests.make import moment
from tests.measurement import loading

# Noon in UTC is the morning of the same day in New York, where our days are cut.
NOON, AT_NOON = "2026-03-02 12:00:00", moment("2026-03-02T12:00")
DAY, ON_DAY = "2026-03-02", date(2026, 3, 2)


@dataclass(frozen=True)
class Kind:
    """A row of an entity: field by field as text, and the fields that become more.

    ``made`` is what is kept where it is not the text; ``news`` is a field that may change,
    the text it changes to and what is kept then.
    """

    row: dict[str, str]
    made: dict[str, object] = field(default_factory=dict)
    news: tuple[str, str, object] | None = None

    @property
    def kept(self) -> dict[str, object]:
        return {**self.row, **self.made}


def _amounts(name: str, value: str) -> dict[str, object]:
    return {name + which: Decimal(value) for which in ("", "_shop", "_reporting")}


KINDS = {
    "customer": Kind(
        {
            "source_id": "c9", "is_guest": "yes", "first_name": "Ada",
            "last_name": "Byron", "email": "ada@mail.example", "phone": "+1 212 555 0100",
            "street": "12 Dorset Street", "postcode": "W1U 6QZ", "city": "London",
            "country": "GB", "birth_on": "1815-12-10", "status": "lapsed",
            "subscription_status": "never", "segment": "poets", "created_at": NOON,
        },
        {"is_guest": True, "birth_on": date(1815, 12, 10), "created_at": AT_NOON,
         "source_updated_at": None},
        ("segment", "engineers", "engineers"),
    ),
    "identifier": Kind({"customer": "c1", "kind": "loyalty", "value": "L-1"}),
    "product": Kind(
        {"source_id": "p9", "name": "Mug", "category": "Kitchen", "department": "Home",
         "brand": "Pine"},
        {"source_updated_at": None},
        ("category", "", ""),
    ),
    "product_cost": Kind(
        {"product": "p1", "valid_from": DAY, "cost": "1.234567", "currency": "EUR"},
        {"valid_from": ON_DAY, "cost": Decimal("1.234567")},
        ("cost", "0", Decimal(0)),
    ),
    "order": Kind(
        {"source_id": "o9", "customer": "c1", "placed_at": NOON, "status": "pending",
         "currency": "USD", "shipping": "4.90", "tax": "0.10"},
        {"placed_at": AT_NOON, "placed_offset": 0, "placed_on": ON_DAY,
         "shop_rate": None, "reporting_rate": None, "source_updated_at": None,
         **_amounts("shipping", "4.9"), **_amounts("tax", "0.1")},
        ("status", "paid", "paid"),
    ),
    "order_line": Kind(
        {"order": "o1", "source_id": "l9", "product": "p1", "title": "A mug",
         "quantity": "1.5", "unit_price": "2", "amount": "2.50",
         "retail_discount": "0.25", "coupon_discount": "0.15",
         "coupon_match_discount": "0.1", "repeats_earlier": "false"},
        {"quantity": Decimal("1.5"), "unit_price": Decimal(2), "kind": "sale",
         "retail_discount": Decimal("0.25"), "coupon_discount": Decimal("0.15"),
         "coupon_match_discount": Decimal("0.1"), "repeats_earlier": False,
         **_amounts("amount", "2.5")},
        ("title", "A cup", "A cup"),
    ),
    "payment": Kind(
        {"order": "o1", "source_id": "y9", "paid_at": NOON, "amount": "7.40",
         "currency": "USD", "method": "card"},
        {"paid_at": AT_NOON, "amount": Decimal("7.4")},
        ("method", "cash", "cash"),
    ),
    "refund": Kind(
        {"source_id": "r9", "order": "o1", "refunded_at": NOON, "amount": "1.20",
         "currency": "USD", "reason": "chipped"},
        {"refunded_at": AT_NOON, "refunded_offset": 0, "refunded_on": ON_DAY,
         "shop_rate": None, "reporting_rate": None, "source_updated_at": None,
         **_amounts("amount", "1.2")},
        ("reason", "late", "late"),
    ),
    "campaign": Kind(
        {"source_id": "k9", "name": "Spring", "kind": "mail", "starts_on": DAY,
         "ends_on": ""},
        {"starts_on": ON_DAY, "ends_on": None},
        ("ends_on", DAY, ON_DAY),
    ),
    "campaign_send": Kind(
        {"campaign": "k1", "customer": "c1", "sent_at": NOON},
        {"sent_at": AT_NOON},
        ("sent_at", "", None),
    ),
    "lifecycle_stage": Kind(
        {"customer": "c1", "started_at": NOON, "stage": "lead", "segment": "new"},
        {"started_at": AT_NOON},
        ("stage", "customer", "customer"),
    ),
    "consent_event": Kind(
        {"customer": "c1", "purpose": "marketing", "channel": "", "state": "granted",
         "at": NOON},
        {"at": AT_NOON},
        ("state", "withdrawn", "withdrawn"),
    ),
    "event": Kind(
        {"message_id": "m9", "kind": "visit", "at": NOON, "customer": "c1",
         "order": "o1", "visitor_id": "v", "utm_source": "google", "utm_medium": "cpc",
         "utm_campaign": "spring", "utm_term": "mug", "utm_content": "a",
         "landing_page": "/mugs?a=1", "referrer": "https://shop.example/"},
        {"at": AT_NOON},
        ("utm_medium", "email", "email"),
    ),
    "ad_spend": Kind(
        {"on": DAY, "campaign": "spring", "spend": "12.30", "currency": "EUR",
         "clicks": "7", "impressions": "9000000000"},
        {"on": ON_DAY, "spend": Decimal("12.3"), "clicks": 7,
         "impressions": 9_000_000_000},
        ("clicks", "0", 0),
    ),
    "crm_deal": Kind(
        {"source_id": "d9", "customer": "c1", "order_reference": "O 1",
         "amount": "-3.5", "currency": "EUR", "stage": "won", "closed_at": NOON},
        {"amount": Decimal("-3.5"), "closed_at": AT_NOON, "source_updated_at": None},
        ("stage", "lost", "lost"),
    ),
}  # fmt: skip


def parents(of: SourceSystem) -> None:
    """Make the rows the kinds point to: c1, p1, o1 and k1 of the system."""
    for model, source_id in ((CustomerRecord, "c1"), (Product, "p1"), (Campaign, "k1")):
        model._default_manager.create(system=of, source_id=source_id, run=0)
    Order.objects.create(
        system=of, source_id="o1", placed_at=AT_NOON, placed_offset=0,
        placed_on=ON_DAY, currency="USD", run=0,
    )  # fmt: skip


def stream(
    name: str, *, of: SourceSystem, also: tuple[str, ...] = (), key: str = "rows"
) -> SourceStream:
    """Return a stream whose every column is called as the field it fills."""
    fields = [*KINDS[name].row, *also]
    written = "".join(f'{each} = "{each}"\n' for each in fields)
    return loading.stream(f"[{name}]\n{written}", grain=name, of=of, key=key)


def told(*rows: dict[str, str]) -> str:
    """Return the rows as a CSV."""
    return loading.csv_of(rows[0], *(row.values() for row in rows))


def kept(name: str, *fields: str) -> list[dict[str, object]]:
    """Return what is kept of every row a file brought: its references by their ids there."""
    found = ENTITIES[name]
    references = found.references()
    columns = [*fields] or [
        each.name
        for each in found.model._meta.concrete_fields
        if each.name not in {"id", "run", "system"}
    ]
    asked = {
        each: f"{each}__source_id" if each in references else each for each in columns
    }
    rows = found.model._default_manager.filter(run__gt=0).order_by("pk")
    return [
        dict(zip(asked, row, strict=True)) for row in rows.values_list(*asked.values())
    ]


def key_of(name: str) -> list[str]:
    """Return the fields of the key that a file fills."""
    return [each for each in ENTITIES[name].key if each != "system"]


def needed(name: str) -> list[str]:
    """Return the fields without which no row can be, and that nothing stands in for."""
    return [each for each in KINDS[name].row if ENTITIES[name].needs(each)]
