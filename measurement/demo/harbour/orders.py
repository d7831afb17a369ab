"""The shop's orders, their lines, and what was paid back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

from measurement.demo.harbour.catalogue import Product, Shelf
from measurement.demo.harbour.guests import SIGNED_IN, Guest, checkout
from measurement.demo.harbour.refunds import Refund, refunds
from measurement.demo.harbour.season import ENDS_AT, LONDON, sale
from measurement.demo.harbour.shoppers import Purchase, Shopper
from measurement.demo.truth import Truth
from measurement.demo.writing import csv_file, money, write_csv

_MOST_LINES = 7
_CANCELLED = 0.03
_STUCK = 0.002
_PENDING_LATELY = 0.25
_LATELY = timedelta(days=3)
_PAYS_IN_EURO = 0.85
_EURO_PER_POUND = 1.18
_FREE_SHIPPING_FROM = 50_00
_BOUGHT_SINGLY_FROM = 40_00
_FIRST_ORDER_CODE = 0.25
_PERCENT_BY_CODE = 10


class OrderRow(NamedTuple):
    """One checkout. The moment is London's, and does not say so."""

    order_id: str
    customer_id: str
    email: str
    phone: str
    first_name: str
    last_name: str
    created_at: str
    currency: str
    status: str
    shipping: str
    tax: str


class LineRow(NamedTuple):
    """So many of one product, in one order."""

    line_id: str
    order_id: str
    sku: str
    quantity: int
    unit_price: str
    discount: str
    amount: str


@dataclass(frozen=True, slots=True)
class Bought:
    """What goes into a line; amounts in pence or cents."""

    sku: str
    quantity: int
    unit_price: int
    discount: int

    @property
    def amount(self) -> int:
        """Return what is paid for the line."""
        return self.quantity * self.unit_price - self.discount


def write(
    folder: Path,
    shoppers: Sequence[Shopper],
    products: Sequence[Product],
    *,
    seed: int,
    truth: Truth,
) -> None:
    """Write the three files in the order of time, and tell who is behind each guest."""
    rng = Random(f"{seed} harbour orders")
    shelf = Shelf(products)
    paid_back: list[Refund] = []
    with (
        csv_file(folder / "orders.csv.gz", OrderRow._fields) as write_orders,
        csv_file(folder / "order_lines.csv.gz", LineRow._fields) as write_lines,
    ):
        for purchase, shopper in _numbered(shoppers):
            currency = _currency(shopper, rng)
            bought = _bought(purchase, shopper, currency, shelf, rng)
            guest = SIGNED_IN
            if purchase.account is None:
                guest = checkout(shopper, rng)
                truth.add("harbour_shop", f"guest:{purchase.order_id}", shopper.person)
            status = _status(purchase.at, shopper, rng)
            amounts = [one.amount for one in bought]
            write_orders([_order(purchase, guest, currency, status, sum(amounts))])
            write_lines(_lines(purchase.order_id, bought))
            if status == "paid" and rng.random() < shopper.habit.refunded:
                paid_back.extend(refunds(purchase, currency, amounts, rng))
    paid_back.sort(key=lambda refund: (refund.refunded_at, refund.refund_id))
    write_csv(folder / "refunds.csv", Refund._fields, paid_back)


def _numbered(shoppers: Sequence[Shopper]) -> Iterator[tuple[Purchase, Shopper]]:
    """Yield every purchase in the order of time, with a number of its own."""
    purchases = [
        (purchase.at, shopper.person.key, purchase, shopper)
        for shopper in shoppers
        for purchase in shopper.purchases
    ]
    purchases.sort(key=lambda one: one[:2])
    for number, (_, _, purchase, shopper) in enumerate(purchases, start=100_001):
        purchase.order_id = f"HP{number}"
        yield purchase, shopper


def _bought(
    purchase: Purchase, shopper: Shopper, currency: str, shelf: Shelf, rng: Random
) -> list[Bought]:
    """Return the lines of one order, each of another product."""
    habit = shopper.habit
    wanted: dict[str, Product] = {}
    while True:
        product = shelf.pick(habit.spends, rng)
        wanted[product.sku] = product
        if rng.random() >= habit.adds_a_line or len(wanted) == _MOST_LINES:
            break
    percent = _percent_off(purchase, shopper, rng)
    on = purchase.at.date()
    return [
        _one(product, product.price(on), currency, percent, rng)
        for product in wanted.values()
    ]


def _one(
    product: Product, pence: int, currency: str, percent: int, rng: Random
) -> Bought:
    several = pence < _BOUGHT_SINGLY_FROM and rng.random() < 0.4
    quantity = rng.choice((2, 2, 2, 3, 4, 4, 6)) if several else 1
    unit = round(pence * _EURO_PER_POUND) if currency == "EUR" else pence
    return Bought(product.sku, quantity, unit, quantity * unit * percent // 100)


def _percent_off(purchase: Purchase, shopper: Shopper, rng: Random) -> int:
    by_code = shopper.habit.percent_off
    first = purchase is shopper.purchases[0]
    if first and rng.random() < _FIRST_ORDER_CODE:
        by_code = max(by_code, _PERCENT_BY_CODE)
    return max(by_code, sale(purchase.at))


def _currency(shopper: Shopper, rng: Random) -> str:
    abroad = shopper.person.country != "GB"
    return "EUR" if abroad and rng.random() < _PAYS_IN_EURO else "GBP"


def _status(at: datetime, shopper: Shopper, rng: Random) -> str:
    if shopper.is_staff:
        return "test"
    if rng.random() < _CANCELLED:
        return "cancelled"
    pending = _PENDING_LATELY if ENDS_AT - at < _LATELY else _STUCK
    return "pending" if rng.random() < pending else "paid"


def _order(
    purchase: Purchase, guest: Guest, currency: str, status: str, subtotal: int
) -> OrderRow:
    at_home = currency == "GBP"
    shipping = 0 if subtotal >= _FREE_SHIPPING_FROM else 395
    shipping = shipping if at_home else 995
    return OrderRow(
        order_id=purchase.order_id,
        customer_id=purchase.account.account_id if purchase.account else "",
        email=guest.email,
        phone=guest.phone,
        first_name=guest.first,
        last_name=guest.last,
        created_at=f"{purchase.at.astimezone(LONDON):%Y-%m-%d %H:%M:%S}",
        currency=currency,
        status=status,
        shipping=money(shipping),
        # Prices include 20 % tax: a sixth of what is paid.
        tax=money(round((subtotal + shipping) / 6)),
    )


def _lines(order_id: str, bought: Sequence[Bought]) -> Iterator[LineRow]:
    for nth, one in enumerate(bought, start=1):
        yield LineRow(
            line_id=f"{order_id}-{nth}",
            order_id=order_id,
            sku=one.sku,
            quantity=one.quantity,
            unit_price=money(one.unit_price),
            discount=money(one.discount),
            amount=money(one.amount),
        )
