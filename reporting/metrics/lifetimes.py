"""Who came back, and what a buyer brought in their first days."""

from reporting.intervals import MICROS, mean, ratio, wilson
from reporting.metrics.registry import (
    IMMATURE,
    SMALL,
    SURE,
    Cell,
    Row,
    by_channel,
    metric,
)


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
        return Cell(by_channel(row), None, n, state=state)
    low, high = wilson(row["came_back"], n)
    return Cell(by_channel(row), ratio(row["came_back"], n), n, low, high, state)


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
        return Cell(by_channel(row), None, n, state=state)
    between = mean(int(row["net"]), int(row["net_squared"]), n)
    low, high = between or (None, None)
    return Cell(by_channel(row), ratio(row["net"], MICROS * n), n, low, high, state)


def _maturity(row: Row, min_n: int) -> str:
    """Return how far a window of days may be judged, by who has lived through it."""
    if not row["mature"]:
        return IMMATURE
    if row["mature"] < min_n:
        return SMALL
    return IMMATURE if 2 * row["mature"] < row["buyers"] else SURE
