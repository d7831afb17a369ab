"""How soon people come back, counted so that it does not drift as the same data ages."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby

from reporting.lifetimes.returning import Curve, Day, curve
from reporting.metrics.registry import (
    IMMATURE,
    SMALL,
    Cell,
    Row,
    fitted,
)


@fitted("repeat_within_30", view="second_purchases", days=30)
@fitted("repeat_within_60", view="second_purchases", days=60)
@fitted("repeat_within_90", view="second_purchases", days=90)
@fitted("repeat_within_180", view="second_purchases", days=180)
@fitted("repeat_within_365", view="second_purchases", days=365)
def repeat_within(rows: list[Row], min_n: int) -> Iterator[Cell]:
    """Which share of new buyers comes back within ``days`` days.

    Population: the buyers of a storefront, each for as long as anything is known of them:
    by Kaplan–Meier who has not come back yet counts until the last day known, so that a
    young buyer is no lost one. Numerator: a second purchase fewer than ``days`` days
    after the first; one on the same day counts. Grain: storefront and channel, storefront
    and segment at the first purchase, and the storefront in total. Unit: a share from 0 to
    1, with Greenwood's interval of 95 %, on the scale of log(-log). ``n`` counts the
    population: withheld below ``min_n``, and still growing while nobody has been followed
    for so long.
    """
    for place, people in _curves(rows):
        step = people.within(rows[0]["within"])
        if people.people < min_n:
            yield Cell(place, None, people.people, state=SMALL)
        elif step is None:
            yield Cell(place, None, people.people, state=IMMATURE)
        else:
            yield Cell(place, step.share, people.people, step.low, step.high)


@fitted("days_to_second_25", view="second_purchases", days=0)
def days_to_second_quarter(rows: list[Row], min_n: int) -> Iterator[Cell]:
    """After how many days a quarter of the new buyers have come back.

    Population: the buyers of a storefront, each for as long as anything is known of them.
    Numerator: the first day by which Kaplan–Meier has a quarter of them buy again; no mean
    of those who did, which grows with the age of the data alone. Grain: storefront and
    channel, storefront and segment at the first purchase, and the storefront in total.
    Unit: days. ``n`` counts the population: withheld below ``min_n``, and still growing
    where so many have never come back as far as is known.
    """
    return _days_until(rows, Decimal("0.25"), min_n)


@fitted("days_to_second_50", view="second_purchases", days=0)
def days_to_second_half(rows: list[Row], min_n: int) -> Iterator[Cell]:
    """After how many days half of the new buyers have come back.

    Population: the buyers of a storefront, each for as long as anything is known of them.
    Numerator: the first day by which Kaplan–Meier has half of them buy again: the median
    time to a second purchase. Grain: storefront and channel, storefront and segment at the
    first purchase, and the storefront in total. Unit: days. ``n`` counts the population:
    withheld below ``min_n``, and still growing where so many have never come back as far
    as is known.
    """
    return _days_until(rows, Decimal("0.5"), min_n)


def _days_until(rows: list[Row], share: Decimal, min_n: int) -> Iterator[Cell]:
    for place, people in _curves(rows):
        days = people.days_until(share)
        if people.people < min_n:
            yield Cell(place, None, people.people, state=SMALL)
        elif days is None:
            yield Cell(place, None, people.people, state=IMMATURE)
        else:
            yield Cell(place, Decimal(days), people.people)


def _curves(rows: Iterable[Row]) -> Iterator[tuple[dict[str, str | int], Curve]]:
    """Yield the curve of each channel, each segment, and everybody."""
    for (channel, segment), theirs in groupby(sorted(rows, key=_place), key=_place):
        place: dict[str, str | int] = {}
        if channel:
            place["channel"] = channel
        if segment:
            place["segment"] = segment
        yield (
            place,
            curve(
                Day(row["day"], row["came_back"], row["not_known"]) for row in theirs
            ),
        )


def _place(row: Row) -> tuple[str, str]:
    return row["channel"], row["segment"]
