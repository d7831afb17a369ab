"""What advertising cost, what a new buyer cost, and what came back for it.

Spend is given in the storefront's currency at the rate of its day, and belongs to the
channel of the visits that carry the campaign's tag; where they came by none or by several it
is ``unplaced``. What is not known is never taken for zero: without a rate of the day there
is no spend to tell, nor any sum it would be in.
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from governance.taxonomy import UNATTRIBUTED
from reporting.attribution.crediting import UNPLACED
from reporting.intervals import MICROS, money, ratio
from reporting.metrics.attribution import primary
from reporting.metrics.registry import SMALL, Cell, Row, by_channel, fitted, metric


@metric("spend", view="spending")
def spend(row: Row, _min_n: int) -> Cell | None:
    """What was paid for advertising.

    Population: the bills of a storefront's advertising accounts, one per campaign and day.
    Numerator: what they charge, at the rate of the day. Grain: storefront and channel, and
    the storefront in total. Unit: the storefront's currency. Time: every day of which any
    spend is known. ``n`` counts the bills. Never withheld; not told where no bill is known,
    or one of them cannot be converted.
    """
    if not row["bills"] or row["unknown"]:
        return None
    return Cell(by_channel(row), money(row["amount"]), row["bills"])


@metric("cac", view="spending")
def cost_per_new_buyer(row: Row, min_n: int) -> Cell | None:
    """What advertising cost per new buyer.

    Population: buyers whose first purchase lies in a month between the first and the last
    of which any spend is known. Numerator: ``spend``; denominator: the population, by the
    channel of their first touch. Grain: storefront and channel, and the storefront in total.
    Unit: the storefront's currency per new buyer. Time: those months. ``n`` counts the
    population: withheld below ``min_n``. Not told where the spend is not.
    """
    if not row["bills"] or row["unknown"] or not row["customers"]:
        return None
    n = row["customers"]
    if n < min_n:
        return Cell(by_channel(row), None, n, state=SMALL)
    return Cell(by_channel(row), ratio(row["amount"], MICROS * n), n)


@fitted("roas", view="returns_on_spend")
def return_on_spend(rows: list[Row], min_n: int) -> Iterator[Cell]:
    """What came back for each unit of advertising.

    Population: the sales of the months between the first and the last of which any spend is
    known. Numerator: net sales that the primary model credits to channels money was spent
    on; denominator: ``spend``. Grain: storefront and channel, and the storefront in total.
    Unit: units of currency per unit spent. Time: those months. ``n`` counts the purchases
    credited: withheld below ``min_n``. Not told where the spend is not.
    """
    spent = _spent(rows)
    if not spent:
        return
    months = [row["month"] for row in rows if row["bills"]]
    credit: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for (channel, month), (value, orders) in primary(rows).items():
        if channel != UNATTRIBUTED and min(months) <= month <= max(months):
            before = credit[channel]
            credit[channel] = (before[0] + value, before[1] + orders)
    for channel, amount in sorted(spent.items()):
        # What is placed nowhere can have brought nothing anywhere.
        if amount and channel != UNPLACED:
            yield _returned({"channel": channel}, *credit[channel], amount, min_n)
    total = sum(amount or 0 for amount in spent.values())
    if total and None not in spent.values():
        value = sum(credit[channel][0] for channel in spent)
        orders = sum(credit[channel][1] for channel in spent)
        yield _returned({}, value, orders, total, min_n)


def _spent(rows: list[Row]) -> dict[str, int | None]:
    """Return what was spent by channel; None where one bill of it is not known."""
    found: dict[str, int | None] = {}
    for row in rows:
        if not row["bills"]:
            continue
        before = found.get(row["channel"], 0)
        known = before is not None and not row["unknown"]
        found[row["channel"]] = (before or 0) + row["amount"] if known else None
    return found


def _returned(
    place: dict[str, str | int], value: int, orders: int, amount: int, min_n: int
) -> Cell:
    n = round(Decimal(orders) / MICROS)
    if n < min_n:
        return Cell(place, None, n, state=SMALL)
    return Cell(place, ratio(value, amount), n)
