"""How much was sold, to how many: by the channel they came by first, and by month."""

from decimal import Decimal

from governance.taxonomy import UNATTRIBUTED
from reporting.intervals import MICROS, money, ratio
from reporting.metrics.registry import (
    SMALL,
    Cell,
    Row,
    by_channel,
    by_month,
    metric,
    until_ended,
)


@metric("customers", view="sales", no_touch=UNATTRIBUTED)
def customers(row: Row, _min_n: int) -> Cell | None:
    """How many people have bought.

    Population: the buyers of a storefront. Numerator: each counts once, on their first
    purchase. Grain: storefront and channel, and the storefront in total. Unit: people.
    Time: everything known. ``n`` is the same count. Never withheld.
    """
    if row["customers"] is None:
        return None
    return Cell(by_channel(row), Decimal(row["customers"]), row["customers"])


@metric("orders", view="sales", no_touch=UNATTRIBUTED)
def orders(row: Row, _min_n: int) -> Cell:
    """How many purchases there were.

    Population: the purchases of a storefront. Numerator: each counts once; those whose
    buyer is unknown count as ``unattributed``. Grain: storefront and channel of the
    buyer, storefront and month, and the storefront in total. Unit: purchases. Time:
    everything known. ``n`` is the same count. Never withheld; a month grows until its
    last day is known.
    """
    return Cell(
        _place(row), Decimal(row["orders"]), row["orders"], state=until_ended(row)
    )


@metric("revenue", view="sales", no_touch=UNATTRIBUTED)
def revenue(row: Row, _min_n: int) -> Cell:
    """What was sold, refunds gone.

    Population: the sales of a storefront. Numerator: their net sales, so that a refund
    lowers the day of its sale and not the day it was paid; sales that are no buyer's
    count as ``unattributed``. Grain: storefront and channel of the buyer, storefront and
    month, and the storefront in total: channels and months sum to it exactly. Unit: the
    storefront's currency. Time: everything known. ``n`` counts the purchases. Never
    withheld; a month grows until its last day is known.
    """
    return Cell(
        _place(row), money(row["revenue"]), row["orders"], state=until_ended(row)
    )


@metric("average_order_value", view="sales", no_touch=UNATTRIBUTED)
def average_order_value(row: Row, min_n: int) -> Cell:
    """What one purchase brought.

    Population: the purchases of a storefront. Numerator: net sales, credits gone;
    denominator: the purchases. Grain: storefront and channel of the buyer, storefront and
    month, and the storefront in total. Unit: the storefront's currency per purchase.
    Time: everything known. ``n`` counts the purchases; below ``min_n`` the value is
    withheld. A month grows until its last day is known.
    """
    purchases = row["orders"]
    if purchases < min_n:
        return Cell(_place(row), None, purchases, state=SMALL)
    value = ratio(row["revenue"], MICROS * purchases)
    return Cell(_place(row), value, purchases, state=until_ended(row))


def _place(row: Row) -> dict[str, str | int]:
    return {**by_channel(row), **by_month(row)}
