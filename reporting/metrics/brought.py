"""What kind of customers came: by channel, by campaign, by segment, and all of them.

The *campaign* is that of the person's earliest touch of the storefront at or before their
first purchase there; none where the touch names none we know. The *segment* is the one the
CRM had the buyer in at their first purchase. Whatever they bought ever after counts, so that
campaigns, and segments, are judged by the people and not by the first basket.
"""

from decimal import Decimal

from reporting.intervals import (
    MICROS,
    Interval,
    Squares,
    mean,
    money,
    quotient,
    ratio,
    wilson,
)
from reporting.metrics.registry import IMMATURE, SMALL, SURE, Cell, Row, metric

_BY = ("channel", "campaign", "segment")


@metric("buyers", view="brought")
def buyers(row: Row, _min_n: int) -> Cell:
    """How many people have bought.

    Population: the buyers of a storefront. Numerator: each counts once. Grain: storefront
    and channel, storefront and campaign, storefront and segment at the first purchase, and
    the storefront in total. Unit: people. Time: everything known. ``n`` is the same count.
    Never withheld.
    """
    return Cell(_place(row), Decimal(row["buyers"]), row["buyers"])


@metric("one_time_share", view="brought_back", days=180)
def one_time_share(row: Row, min_n: int) -> Cell:
    """Which share of new buyers had bought nothing more ``days`` days later.

    Population: buyers whose first purchase lies at least ``days`` days before the day until
    which the storefront is known: who came last week is no one-time buyer yet. Numerator:
    those of them without a second purchase fewer than ``days`` days after the first. Grain:
    as for ``buyers``. Unit: a share from 0 to 1, with its Wilson interval of 95 %. ``n``
    counts the population: withheld below ``min_n``, and said to be still growing while it is
    less than half of all buyers.
    """
    return _of_mature(row, row["mature"] - row["came_back"], min_n)


@metric("repeat_of_buyers_90", view="brought_back", days=90)
def repeat_of_buyers(row: Row, min_n: int) -> Cell:
    """Which share of new buyers came back within ``days`` days, by what brought them.

    Population: as for ``one_time_share``. Numerator: those with a second purchase fewer than
    ``days`` days after the first; one on the same day counts. Grain: as for ``buyers``.
    Unit: a share from 0 to 1, with its Wilson interval of 95 %. ``n`` counts the population:
    withheld below ``min_n``, and said to be still growing while it is less than half of all
    buyers.
    """
    return _of_mature(row, row["came_back"], min_n)


@metric("net_of_buyers", view="brought")
def net_of_buyers(row: Row, min_n: int) -> Cell:
    """What buyers brought, refunds gone.

    Population: the buyers of a storefront. Numerator: net sales of all they bought, credits
    gone. Grain: as for ``buyers``. Unit: the storefront's currency. Time: everything known,
    on the day of the sale. ``n`` counts the buyers: withheld below ``min_n``.
    """
    return _sum(row, row["sales"] - row["refunds"], min_n)


@metric("returns_of_buyers", view="brought")
def returns_of_buyers(row: Row, min_n: int) -> Cell:
    """What buyers sent back or were paid back.

    Population: the buyers of a storefront. Numerator: what lines of a quantity below zero
    gave back, and their refunds, above zero both. Grain: as for ``buyers``. Unit: the
    storefront's currency. Time: everything known, on the day of the sale. ``n`` counts the
    buyers: withheld below ``min_n``.
    """
    return _sum(row, row["given_back"], min_n)


@metric("refund_rate_of_buyers", view="brought")
def refund_rate_of_buyers(row: Row, min_n: int) -> Cell | None:
    """Which share of what buyers paid was refunded to them.

    Population: the buyers of a storefront. Numerator: their refunds; denominator: what
    their lines took, discounts and returns gone. Grain: as for ``buyers``. Unit: a share
    from 0 to 1, with the interval of 95 % of a quotient of two sums over people. Time:
    everything known. ``n`` counts the buyers: withheld below ``min_n``, and not told where
    nothing was taken.
    """
    return _share(
        row,
        row["refunds"],
        row["sales"],
        ("refunds", "refunds_by_sales", "sales"),
        min_n,
    )


@metric("discount_rate_of_buyers", view="brought")
def discount_rate_of_buyers(row: Row, min_n: int) -> Cell | None:
    """How much buyers depend on discounts: which share of the list price they were given.

    Population: the buyers of a storefront. Numerator: the shop's discounts on what they
    bought; denominator: that at list price. Grain: as for ``buyers``. Unit: a share from 0
    to 1, with the interval of 95 % of a quotient of two sums over people. Time: everything
    known. ``n`` counts the buyers: withheld below ``min_n``, and not told where nothing was
    sold.
    """
    return _share(
        row,
        row["discounts"],
        row["gross"],
        ("discounts", "discounts_by_gross", "gross"),
        min_n,
    )


@metric("margin_of_buyers", view="brought")
def margin_of_buyers(row: Row, min_n: int) -> Cell | None:
    """What was left of buyers' purchases when the goods were paid.

    Population: the sales to buyers of a storefront all of whose lines have a known cost on
    the day of the sale. Numerator: their net sales minus the cost of the units that were
    kept. An unknown cost is unknown and never zero. Grain: as for ``buyers``. Unit: the
    storefront's currency. Time: everything known. ``n`` counts the buyers, covered or not:
    withheld below ``min_n``, and not told where no cost is known.
    """
    if not row["costed"] and not row["margin"]:
        return None
    return _sum(row, row["margin"], min_n)


@metric("margin_coverage_of_buyers", view="brought")
def margin_coverage_of_buyers(row: Row, min_n: int) -> Cell | None:
    """How much of what buyers brought has a known cost.

    Population: the buyers of a storefront. Numerator: net sales of those sales all of whose
    lines have a known cost; denominator: ``net_of_buyers``. Grain: as for ``buyers``. Unit:
    a share, from 0 to 1 where nothing was sold below zero. Time: everything known. ``n``
    counts the buyers: withheld below ``min_n``, and not told where they brought nothing.
    """
    costed, net = row["costed"], row["sales"] - row["refunds"]
    n = row["buyers"]
    if net <= 0:
        return None
    if n < min_n:
        return Cell(_place(row), None, n, state=SMALL)
    return Cell(_place(row), ratio(costed, net), n)


@metric("margin_rate_of_buyers", view="brought")
def margin_rate_of_buyers(row: Row, min_n: int) -> Cell | None:
    """Which share of buyers' net sales was left when the goods were paid.

    Population: the sales of ``margin_of_buyers``. Numerator: their margin; denominator:
    their net sales. Grain: as for ``buyers``. Unit: a share of at most 1, with the interval
    of 95 % of a quotient of two sums over people. Time: everything known. ``n`` counts the
    buyers, covered or not: withheld below ``min_n``, and not told where no cost is known.
    """
    return _share(
        row,
        row["margin"],
        row["costed"],
        ("margin", "margin_by_costed", "costed"),
        min_n,
    )


@metric("margin_per_buyer", view="brought")
def margin_per_buyer(row: Row, min_n: int) -> Cell | None:
    """What one buyer was worth when the goods were paid.

    Population: buyers of a storefront whose net sales of known cost are all their net sales.
    Numerator: their margin; denominator: the population. Grain: as for ``buyers``. Unit: the
    storefront's currency per buyer, with the normal interval of 95 % of the mean. Time:
    everything known. ``n`` counts the population: withheld below ``min_n``, and not told
    where it is empty.
    """
    n = row["costed_buyers"]
    if not n:
        return None
    if n < min_n:
        return Cell(_place(row), None, n, state=SMALL)
    total = int(row["margin_of_costed"])
    between = mean(total, int(row["margin_of_costed_squared"]), n)
    return _sure(row, ratio(total, MICROS * n), n, between)


def _of_mature(row: Row, count: int, min_n: int) -> Cell:
    n = row["mature"]
    if not n:
        return Cell(_place(row), None, n, state=IMMATURE)
    if n < min_n:
        return Cell(_place(row), None, n, state=SMALL)
    low, high = wilson(count, n)
    state = IMMATURE if 2 * n < row["buyers"] else SURE
    return Cell(_place(row), ratio(count, n), n, low, high, state)


def _sum(row: Row, micros: int, min_n: int) -> Cell:
    n = row["buyers"]
    if n < min_n:
        return Cell(_place(row), None, n, state=SMALL)
    return Cell(_place(row), money(micros), n)


def _share(
    row: Row, part: int, whole: int, columns: tuple[str, str, str], min_n: int
) -> Cell | None:
    """Return one sum by another with its interval; ``columns`` name both, and between."""
    n = row["buyers"]
    squares = Squares(
        part=int(row[f"{columns[0]}_squared"]),
        product=int(row[columns[1]]),
        whole=int(row[f"{columns[2]}_squared"]),
    )
    if whole <= 0:
        return None
    if n < min_n:
        return Cell(_place(row), None, n, state=SMALL)
    return _sure(row, ratio(part, whole), n, quotient(part, whole, squares, n))


def _sure(row: Row, value: Decimal, n: int, between: Interval | None) -> Cell:
    low, high = between or (None, None)
    return Cell(_place(row), value, n, low, high)


def _place(row: Row) -> dict[str, str | int]:
    return {name: row[name] for name in _BY if row[name]}
