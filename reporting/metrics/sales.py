"""What was sold, to how many, by the channel they came by first."""

from decimal import Decimal

from governance.taxonomy import UNATTRIBUTED
from reporting.intervals import MICROS, money, ratio
from reporting.metrics.registry import SMALL, Cell, Row, by_channel, metric


@metric("customers", view="sales", no_touch=UNATTRIBUTED)
def customers(row: Row, _min_n: int) -> Cell:
    """How many people have bought.

    Population: the buyers of a storefront. Numerator: each counts once, on their first
    purchase. Grain: storefront and channel, and the storefront in total. Unit: people.
    Time: everything known. ``n`` is the same count. Never withheld.
    """
    return Cell(by_channel(row), Decimal(row["customers"]), row["customers"])


@metric("orders", view="sales", no_touch=UNATTRIBUTED)
def orders(row: Row, _min_n: int) -> Cell:
    """How many purchases there were.

    Population: the purchases of a storefront. Numerator: each counts once; those whose
    buyer is unknown count as ``unattributed``. Grain: storefront and channel of the
    buyer, and the storefront in total. Unit: purchases. Time: everything known. ``n`` is
    the same count. Never withheld.
    """
    return Cell(by_channel(row), Decimal(row["orders"]), row["orders"])


@metric("revenue", view="sales", no_touch=UNATTRIBUTED)
def revenue(row: Row, _min_n: int) -> Cell:
    """What was sold, refunds gone.

    Population: the sales of a storefront. Numerator: their net sales, so that a refund
    lowers the day of its sale and not the day it was paid; sales that are no buyer's
    count as ``unattributed``. Grain: storefront and channel of the buyer, and the
    storefront in total: the channels sum to it exactly. Unit: the storefront's currency.
    Time: everything known. ``n`` counts the purchases. Never withheld.
    """
    return Cell(by_channel(row), money(row["revenue"]), row["orders"])


@metric("average_order_value", view="sales", no_touch=UNATTRIBUTED)
def average_order_value(row: Row, min_n: int) -> Cell:
    """What one purchase brought.

    Population: the purchases of a storefront. Numerator: net sales, credits gone;
    denominator: the purchases. Grain: storefront and channel of the buyer, and the
    storefront in total. Unit: the storefront's currency per purchase. Time: everything
    known. ``n`` counts the purchases; below ``min_n`` the value is withheld.
    """
    purchases = row["orders"]
    if purchases < min_n:
        return Cell(by_channel(row), None, purchases, state=SMALL)
    return Cell(by_channel(row), ratio(row["revenue"], MICROS * purchases), purchases)
