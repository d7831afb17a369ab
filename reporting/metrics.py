"""What is measured. A metric is a function; its docstring is its definition.

Each takes one row of its view, which holds counts and exact sums, and returns one cell:
rates are computed here, last. Words that hold for all of them:

* A *sale* is an order that is neither a test nor cancelled. A *purchase* is a sale that
  is no credit: a credit is money given back as a document of its own, a sale below zero
  on its own day, and nobody placed it.
* *Net sales* are what the order's lines took minus every refund given on that order,
  whenever it was given, in the storefront's currency, without shipping and tax.
* A *buyer* of a storefront is a person, as identity knows them at the build's moment,
  with a purchase there. A sale that is no buyer's counts as a sale of nobody.
* The *channel* is that of the person's earliest touch of the storefront at or before
  their first purchase there; ``unattributed`` where no such touch is known.
* Days and months are those of the reporting time zone. Windows are half-open: day 90
  after the first purchase lies outside the first 90 days.
* A storefront is *known until* the day of its last sale.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from inspect import cleandoc
from typing import Any

from governance.taxonomy import UNATTRIBUTED
from reporting.intervals import MICROS, mean, money, ratio, wilson
from reporting.models import Reading

# A rate or a mean of fewer people than this says more about them than about the shop.
# Counts are shown however small they are.
MIN_N = 30

SURE, IMMATURE, SMALL = Reading.State.SURE, Reading.State.IMMATURE, Reading.State.SMALL


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of a metric, before it belongs to a build."""

    dimensions: Mapping[str, str | int]
    value: Decimal | None
    n: int
    low: Decimal | None = None
    high: Decimal | None = None
    state: str = SURE


# One row of a view.
type Row = Mapping[str, Any]
# Of a row, and of how many at least a rate is shown. Returns no cell for a row the metric
# says nothing about.
type Reader = Callable[[Row, int], Cell | None]


@dataclass(frozen=True, slots=True)
class Metric:
    """A definition under its key: which view it reads, and with what parameters.

    What stands here is how the code has it; what counts is what was agreed, see
    ``reporting.agreed``.
    """

    key: str
    version: str
    view: str
    parameters: Mapping[str, int | str]
    read: Reader
    min_n: int = 0

    def cell(self, row: Row) -> Cell | None:
        """Return what the metric says of a row of its view."""
        return self.read(row, self.min_n)

    @property
    def definition(self) -> str:
        """Return what the metric means, in words."""
        return cleandoc(self.read.__doc__ or "")


METRICS: dict[str, Metric] = {}


def metric(
    key: str, *, version: str = "1", view: str, **parameters: int | str
) -> Callable[[Reader], Reader]:
    """Enter the function below into the registry under that key."""

    def enter(read: Reader) -> Reader:
        METRICS[key] = Metric(key, version, view, parameters, read)
        return read

    return enter


@metric("customers", view="sales", no_touch=UNATTRIBUTED)
def customers(row: Row, _min_n: int) -> Cell:
    """How many people have bought.

    Population: the buyers of a storefront. Numerator: each counts once, on their first
    purchase. Grain: storefront and channel, and the storefront in total. Unit: people.
    Time: everything known. ``n`` is the same count. Never withheld.
    """
    return Cell(_channel(row), Decimal(row["customers"]), row["customers"])


@metric("orders", view="sales", no_touch=UNATTRIBUTED)
def orders(row: Row, _min_n: int) -> Cell:
    """How many purchases there were.

    Population: the purchases of a storefront. Numerator: each counts once; those whose
    buyer is unknown count as ``unattributed``. Grain: storefront and channel of the
    buyer, and the storefront in total. Unit: purchases. Time: everything known. ``n`` is
    the same count. Never withheld.
    """
    return Cell(_channel(row), Decimal(row["orders"]), row["orders"])


@metric("revenue", view="sales", no_touch=UNATTRIBUTED)
def revenue(row: Row, _min_n: int) -> Cell:
    """What was sold, refunds gone.

    Population: the sales of a storefront. Numerator: their net sales, so that a refund
    lowers the day of its sale and not the day it was paid; sales that are no buyer's
    count as ``unattributed``. Grain: storefront and channel of the buyer, and the
    storefront in total: the channels sum to it exactly. Unit: the storefront's currency.
    Time: everything known. ``n`` counts the purchases. Never withheld.
    """
    return Cell(_channel(row), money(row["revenue"]), row["orders"])


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
        return Cell(_channel(row), None, purchases, state=SMALL)
    return Cell(_channel(row), ratio(row["revenue"], MICROS * purchases), purchases)


@metric("repeat_rate_90", view="repeat_rate", days=90)
def repeat_rate(row: Row, min_n: int) -> Cell:
    """Which share of new buyers came back within ``days`` days.

    Population: buyers whose first purchase lies at least ``days`` days before the day
    until which the storefront is known. Numerator: those of them with a second purchase
    fewer than ``days`` days after the first; one on the same day counts. Grain:
    storefront and channel, and the storefront in total. Unit: a share from 0 to 1, with
    its Wilson interval of 95 %. ``n`` counts the population: withheld below ``min_n``, and said
    to be still growing while it is less than half of all buyers.
    """
    n, state = row["mature"], _maturity(row, min_n)
    if state == SMALL or not n:
        return Cell(_channel(row), None, n, state=state)
    low, high = wilson(row["came_back"], n)
    return Cell(_channel(row), ratio(row["came_back"], n), n, low, high, state)


@metric("ltv_365", view="lifetime_value", days=365)
@metric("ltv_90", view="lifetime_value", days=90)
@metric("ltv_60", view="lifetime_value", days=60)
@metric("ltv_30", view="lifetime_value", days=30)
def lifetime_value(row: Row, min_n: int) -> Cell:
    """What a new buyer brought in their first ``days`` days.

    Population: buyers whose first purchase lies at least ``days`` days before the day
    until which the storefront is known. Numerator: net sales of theirs from the day of
    the first purchase on, for ``days`` days, credits of those days gone; denominator:
    the population. Grain: storefront and channel, and the storefront in total. Unit: the
    storefront's currency per buyer, with the normal interval of 95 % of the mean. ``n``
    counts the population: withheld below ``min_n``, and said to be still growing while it is
    less than half of all buyers.
    """
    n, state = row["mature"], _maturity(row, min_n)
    if state == SMALL or not n:
        return Cell(_channel(row), None, n, state=state)
    between = mean(int(row["net"]), int(row["net_squared"]), n)
    low, high = between or (None, None)
    return Cell(_channel(row), ratio(row["net"], MICROS * n), n, low, high, state)


@metric("cohort_customers", view="cohorts")
def cohort_customers(row: Row, _min_n: int) -> Cell | None:
    """How many people bought for the first time in a month.

    Population: the buyers of a storefront. Numerator: each counts in the month of their
    first purchase. Grain: storefront, month and the segment the buyer was in at the
    first purchase; an empty segment is everybody. Unit: people. ``n`` is the same count.
    Still growing until the month's last day is known. Never withheld.
    """
    if row["month"]:
        return None
    count = row["customers"]
    state = SURE if row["has_ended"] else IMMATURE
    return Cell(_cohort(row), Decimal(count), count, state=state)


@metric("cohort_retention", view="cohorts")
def cohort_retention(row: Row, min_n: int) -> Cell:
    """Which share of a month's new buyers bought in a later month.

    Population: the people of ``cohort_customers``. Numerator: those with a purchase in
    the calendar month so many months after the month of their first; month 0 is always
    1. Grain: storefront, month of the first purchase, months since, and segment at the
    first purchase; an empty segment is everybody. Unit: a share from 0 to 1. ``n``
    counts the population: withheld below ``min_n``. Still growing until that month's last day
    is known.
    """
    return _of_cohort(row, ratio(row["active"], row["customers"]), min_n)


@metric("cohort_value", view="cohorts")
def cohort_value(row: Row, min_n: int) -> Cell:
    """What a month's new buyers had brought by the end of a later month, per head.

    Population: the people of ``cohort_customers``. Numerator: their net sales from the
    month of the first purchase to the end of the calendar month so many months later;
    denominator: the population. Grain: storefront, month of the first purchase, months
    since, and segment at the first purchase; an empty segment is everybody. Unit: the
    storefront's currency per buyer. ``n`` counts the population: withheld below ``min_n``.
    Still growing until that month's last day is known.
    """
    value = ratio(row["net_so_far"], MICROS * row["customers"])
    return _of_cohort(row, value, min_n)


def _channel(row: Row) -> dict[str, str | int]:
    return {"channel": row["channel"]} if row["channel"] else {}


def _cohort(row: Row) -> dict[str, str | int]:
    year, month = divmod(row["cohort"], 12)
    return {"cohort": f"{year:04}-{month + 1:02}", "segment": row["segment"]}


def _maturity(row: Row, min_n: int) -> str:
    """Return how far a window of days may be judged, by who has lived through it."""
    if not row["mature"]:
        return IMMATURE
    if row["mature"] < min_n:
        return SMALL
    return IMMATURE if 2 * row["mature"] < row["buyers"] else SURE


def _of_cohort(row: Row, value: Decimal, min_n: int) -> Cell:
    dimensions = {**_cohort(row), "month": row["month"]}
    if row["customers"] < min_n:
        return Cell(dimensions, None, row["customers"], state=SMALL)
    state = SURE if row["has_ended"] else IMMATURE
    return Cell(dimensions, value, row["customers"], state=state)
