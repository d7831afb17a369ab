"""Shops as tests describe them: plain values, drawn as a table or dealt by chance."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import zip_longest

from governance.models import Storefront
from identity.models import Link, OrderContext, Person
from measurement.models import (
    Campaign,
    CustomerRecord,
    Event,
    Order,
    OrderLine,
    Product,
    ProductCost,
    Refund,
)
from tests import make

# One spelling of each channel that tests use.
TAGS = {
    "paid_search": ("google", "cpc"),
    "organic_search": ("google", "organic"),
    "email": ("klaviyo", "email"),
    "direct": ("", ""),
}
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Sale:
    """An order: of which record, when, its lines and refunds in millionths.

    ``discounts`` were taken off its first lines; ``returns`` are lines of one unit that
    came back; ``unit_cost`` is what each unit cost, where that is known.
    """

    by: str | None
    at: datetime
    lines: tuple[int, ...] = (10_000_000,)
    refunds: tuple[int, ...] = ()
    discounts: tuple[int, ...] = ()
    returns: tuple[int, ...] = ()
    unit_cost: int | None = None
    status: str = "paid"
    segment: str = ""
    id: str = field(default_factory=lambda: f"{make.number()}")

    @property
    def on(self) -> date:
        return self.at.date()


@dataclass(frozen=True)
class Touch:
    """A visit of the record by the channel; a campaign it names is one the shop ran."""

    by: str
    at: datetime
    channel: str
    campaign: str = field(default="", kw_only=True)
    id: str = field(default_factory=lambda: f"{make.number()}")


@dataclass(frozen=True)
class Shop:
    """A storefront with all that happened there; ``people`` says whose a record is.

    A record that is not named there is a person of its own; one mapped to nothing has
    no person.
    """

    sales: tuple[Sale, ...]
    touches: tuple[Touch, ...] = ()
    people: Mapping[str, str | None] = field(default_factory=dict)

    def person(self, record: str | None) -> str | None:
        return None if record is None else self.people.get(record, record)

    def records(self) -> list[str]:
        named = {sale.by for sale in self.sales} | {touch.by for touch in self.touches}
        return sorted(name for name in named if name is not None)


def drawn(orders: str, touches: str = "") -> Shop:
    """Return the shop drawn as tables; a column left out is what tests do not care about.

    ``via`` puts a touch by that channel an hour before the order, of the ``campaign``.
    """
    sales, seen = [], []
    for row in _rows(orders):
        at = _moment(row["on"])
        by = row["buyer"] if row["buyer"] != "nobody" else None
        sales.append(
            Sale(
                by,
                at,
                lines=_micros(row.get("lines", "10")),
                refunds=_micros(row.get("refunds", "")),
                discounts=_micros(row.get("discounts", "")),
                unit_cost=_micros(row["cost"])[0] if row.get("cost") else None,
                status=row.get("status", "") or "paid",
                segment=row.get("segment", ""),
            )
        )
        if row.get("via"):
            assert by is not None
            seen.append(
                Touch(
                    by,
                    at - timedelta(hours=1),
                    row["via"],
                    campaign=row.get("campaign", ""),
                )
            )
    for row in _rows(touches):
        seen.append(Touch(row["visitor"], _moment(row["at"]), row["via"]))
    return Shop(tuple(sales), tuple(seen))


def write(shop: Shop, *, key: str = "") -> Storefront:
    """Write the shop into the database as one storefront; rows in the order given."""
    storefront = make.storefront(key)
    system = make.system(f"{storefront.key}-till", of=storefront)
    run = make.number()
    records = _write_records(shop, system.pk, run)
    orders = Order.objects.bulk_create(
        Order(
            system=system,
            source_id=sale.id,
            customer_id=records.get(sale.by or ""),
            placed_at=sale.at,
            placed_offset=0,
            placed_on=sale.on,
            status=sale.status,
            currency="USD",
            run=run,
        )
        for sale in shop.sales
    )
    _write_money(list(zip(orders, shop.sales, strict=True)), run)
    OrderContext.objects.bulk_create(
        OrderContext(order=order, segment=sale.segment)
        for order, sale in zip(orders, shop.sales, strict=True)
    )
    Event.objects.bulk_create(
        Event(
            system=system,
            message_id=touch.id,
            kind="visit",
            at=touch.at,
            customer_id=records[touch.by],
            utm_source=TAGS[touch.channel][0],
            utm_medium=TAGS[touch.channel][1],
            utm_campaign=touch.campaign,
            run=run,
        )
        for touch in shop.touches
    )
    Campaign.objects.bulk_create(
        Campaign(system=system, source_id=campaign, run=run)
        for campaign in sorted({touch.campaign for touch in shop.touches} - {""})
    )
    return storefront


def _write_records(shop: Shop, system_id: int, run: int) -> dict[str, int]:
    written = CustomerRecord.objects.bulk_create(
        CustomerRecord(
            system_id=system_id,
            source_id=name,
            first_name="Ada",
            last_name=f"Lovelace-{name}",
            email=f"{name}@example.com",
            phone="+12025550147",
            run=run,
        )
        for name in shop.records()
    )
    records = {record.source_id: record.pk for record in written}
    names = sorted({person for name in records if (person := shop.person(name))})
    people = dict(
        zip(
            names,
            Person.objects.bulk_create(Person(made_at=LONG_AGO) for _ in names),
            strict=True,
        )
    )
    Link.objects.bulk_create(
        Link(record_id=pk, person=people[person], started_at=LONG_AGO, reason="alone")
        for name, pk in records.items()
        if (person := shop.person(name))
    )
    return records


def _write_money(bought: list[tuple[Order, Sale]], run: int) -> None:
    products = _write_costs(bought, run)
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            product=products.get(order.pk),
            source_id=f"{nth}",
            kind="return" if quantity < 0 else "sale",
            quantity=quantity,
            amount=units(micros),
            amount_shop=units(micros),
            amount_reporting=units(micros),
            retail_discount=units(discount),
            run=run,
        )
        for order, sale in bought
        for nth, (quantity, micros, discount) in enumerate(_lines(sale))
    )
    Refund.objects.bulk_create(
        Refund(
            system=order.system,
            source_id=f"{sale.id}-{refund}",
            order=order,
            refunded_at=sale.at + timedelta(days=40),
            refunded_offset=0,
            refunded_on=sale.on + timedelta(days=40),
            amount=units(micros),
            currency="USD",
            amount_shop=units(micros),
            amount_reporting=units(micros),
            run=run,
        )
        for order, sale in bought
        for refund, micros in enumerate(sale.refunds)
    )


def _lines(sale: Sale) -> Iterable[tuple[int, int, int]]:
    """Yield quantity, amount and discount of each line."""
    for micros, discount in zip_longest(
        sale.lines, sale.discounts[: len(sale.lines)], fillvalue=0
    ):
        yield 1, micros, discount
    for micros in sale.returns:
        yield -1, -micros, 0


def _write_costs(bought: list[tuple[Order, Sale]], run: int) -> dict[int, Product]:
    """Write a product for each order whose costs are known."""
    costed = [(order, sale) for order, sale in bought if sale.unit_cost is not None]
    products = Product.objects.bulk_create(
        Product(system=order.system, source_id=f"of-{sale.id}", run=run)
        for order, sale in costed
    )
    ProductCost.objects.bulk_create(
        ProductCost(
            product=product,
            valid_from=sale.on,
            cost=units(sale.unit_cost or 0),
            currency="USD",
            run=run,
        )
        for product, (_, sale) in zip(products, costed, strict=True)
    )
    return {
        order.pk: product for product, (order, _) in zip(products, costed, strict=True)
    }


def units(micros: int) -> Decimal:
    """Return millionths of a currency unit as units."""
    return Decimal(micros).scaleb(-6)


def _rows(table: str) -> Iterable[dict[str, str]]:
    """Return the rows of a drawn table, cell by the name of its column."""
    lines = [line.strip() for line in table.strip().splitlines()]
    if not lines:
        return
    names = [name.strip() for name in lines[0].split("|")]
    for line in lines[2:]:
        cells = [cell.strip() for cell in line.split("|")]
        yield dict(zip(names, cells, strict=True))


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return at if "T" in text else at + timedelta(hours=12)


def _micros(text: str) -> tuple[int, ...]:
    return tuple(round(float(amount) * 1_000_000) for amount in text.split())
