"""The people who bought for the first time in one month, month by month."""

from decimal import Decimal

from reporting.intervals import MICROS, ratio
from reporting.metrics.registry import IMMATURE, SMALL, SURE, Cell, Row, metric, month


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


def _cohort(row: Row) -> dict[str, str | int]:
    return {"cohort": month(row["cohort"]), "segment": row["segment"]}


def _of_cohort(row: Row, value: Decimal, min_n: int) -> Cell:
    dimensions = {**_cohort(row), "month": row["month"]}
    if row["customers"] < min_n:
        return Cell(dimensions, None, row["customers"], state=SMALL)
    state = SURE if row["has_ended"] else IMMATURE
    return Cell(dimensions, value, row["customers"], state=state)
