"""The shop's generated files: accounts, refunds, and what the products cost."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

from measurement.demo.journey.baskets import ENDS_AT, NEW_YORK, Basket, Panel, Sold
from measurement.demo.journey.residents import Resident, Residents
from measurement.demo.people import typed_phone
from measurement.demo.writing import money, write_csv

_REASONS = ("damaged", "wrong item", "quality", "changed mind", "price difference")
_REFUNDED = 0.0225
_IN_FULL = 0.55
_WITHOUT_COST = 0.04
_COST_CHANGED = 0.08
_BEFORE_THE_PANEL = date(2016, 12, 1)


class Account(NamedTuple):
    """Somebody who may sign in at the shop."""

    household_id: str
    first_name: str
    last_name: str
    email: str
    phone: str
    created_at: str
    updated_at: str


class Refund(NamedTuple):
    """Money given back for a basket."""

    refund_id: str
    basket_id: str
    refunded_at: str
    amount: str
    reason: str


class Cost(NamedTuple):
    """What one unit of a product costs the shop from a day on."""

    product_id: str
    valid_from: str
    cost: str


def write(folder: Path, residents: Residents, panel: Panel, *, seed: int) -> None:
    """Write the three files."""
    rng = Random(f"{seed} journey accounts")
    accounts = [_account(resident, rng) for resident in residents.all]
    write_csv(folder / "accounts.csv", Account._fields, accounts)
    rng = Random(f"{seed} journey refunds")
    write_csv(folder / "refunds.csv", Refund._fields, _refunds(panel, rng))
    rng = Random(f"{seed} journey costs")
    costs = (cost for sold in panel.sold for cost in _costs(sold, rng))
    write_csv(folder / "product_costs.csv", Cost._fields, costs)


def _account(resident: Resident, rng: Random) -> Account:
    person = resident.person
    created = resident.created_at
    quiet = (ENDS_AT - created) * rng.random() if rng.random() < 0.4 else timedelta()
    return Account(
        household_id=resident.household_id,
        first_name=person.first,
        last_name=person.last,
        email=person.email if rng.random() < 0.985 else "",
        phone=typed_phone(person.phone, rng),
        created_at=_shop_time(created),
        updated_at=_shop_time(created + quiet),
    )


def _refunds(panel: Panel, rng: Random) -> Iterator[Refund]:
    """Yield refunds by date. What would fall after the panel's end has not happened."""
    given: list[tuple[datetime, Basket, int]] = []
    for baskets in panel.baskets.values():
        for basket in baskets:
            if basket.cents < 100 or rng.random() >= _REFUNDED:
                continue
            at = basket.at + timedelta(days=1, seconds=rng.randrange(29 * 86_400))
            share = 1.0 if rng.random() < _IN_FULL else rng.uniform(0.05, 0.8)
            if at < ENDS_AT:
                given.append((at, basket, max(1, int(basket.cents * share))))
    for number, (at, basket, cents) in enumerate(sorted(given), start=1):
        yield Refund(
            refund_id=f"R{number:06d}",
            basket_id=basket.basket_id,
            refunded_at=_shop_time(at),
            amount=money(cents),
            reason=rng.choice(_REASONS),
        )


def _costs(sold: Sold, rng: Random) -> Iterator[Cost]:
    """Yield no cost, one, or a second one from some day of the year on."""
    price = sold.cents / 100 / sold.units
    # A tenth of a cent is the least a cost can say; fuel is sold by such units.
    if price < 0.0005 or rng.random() < _WITHOUT_COST:
        return
    cost = max(price * rng.uniform(0.58, 0.82), 0.0001)
    yield Cost(sold.product_id, _BEFORE_THE_PANEL.isoformat(), f"{cost:.4f}")
    if rng.random() < _COST_CHANGED:
        since = date(2017, 2, 1) + timedelta(days=rng.randrange(300))
        changed = max(cost * rng.uniform(0.97, 1.09), 0.0001)
        yield Cost(sold.product_id, since.isoformat(), f"{changed:.4f}")


def _shop_time(at: datetime) -> str:
    return at.astimezone(NEW_YORK).isoformat(timespec="seconds")
