"""Who gets the credit for what was sold, as each agreed model shares it out.

Credit is never lost or made: what the channels get and what is ``unattributed`` is, of every
model, what was sold, to the millionth.
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from governance.taxonomy import UNATTRIBUTED
from reporting.attribution import markov
from reporting.intervals import MICROS, money, ratio
from reporting.metrics.registry import Cell, Row, fitted, month

# What moves when a model does.
CREDITED = (
    "attributed_revenue",
    "attributed_orders",
    "attributed_by_order_day",
    "roas",
)

# Of one model: by channel and month, money and purchases in millionths.
type Credit = dict[tuple[str, int], tuple[int, int]]


@fitted("attributed_revenue", view="attribution")
def attributed_revenue(rows: list[Row], _min_n: int) -> Iterator[Cell]:
    """What was sold, by the channels that a model says led to it.

    Population: the sales of a storefront. Numerator: their net sales, each shared out among
    the person's touches of the storefront at or before the purchase and younger than the
    model's look back; a sale without such a touch, and of nobody, is ``unattributed``.
    Grain: storefront, model and channel, and the storefront in total: the channels of each
    model sum to it exactly. Unit: the storefront's currency. Time: everything known, on the
    day of the sale. ``n`` counts the purchases credited, shares of them added up.
    Never withheld.
    """
    for model, credit in _by_model(rows).items():
        for channel, (value, orders) in _by_channel(credit).items():
            yield Cell(_place(model, channel), money(value), _whole(orders))
    yield from _total(rows, money_first=True)


@fitted("attributed_orders", view="attribution")
def attributed_orders(rows: list[Row], _min_n: int) -> Iterator[Cell]:
    """How many purchases a model credits to a channel, parts of them added up.

    Population: the purchases of a storefront. Numerator: each is shared out as in
    ``attributed_revenue``, and its shares sum to one. Grain: storefront, model and channel,
    and the storefront in total: the channels of each model sum to it exactly. Unit:
    purchases. Time: everything known. ``n`` is the same, rounded. Never withheld.
    """
    for model, credit in _by_model(rows).items():
        for channel, (_, orders) in _by_channel(credit).items():
            yield Cell(_place(model, channel), ratio(orders, MICROS), _whole(orders))
    yield from _total(rows, money_first=False)


@fitted("attributed_by_order_day", view="attribution")
def attributed_by_order_day(rows: list[Row], _min_n: int) -> Iterator[Cell]:
    """What the primary model credits, in the month in which it was sold: cash.

    Population: the sales of a storefront. Numerator: their net sales, shared out as in
    ``attributed_revenue`` by the model that budgets follow. Grain: storefront, channel and
    month of the sale. Unit: the storefront's currency. Time: everything known, on the day of the
    sale. ``n`` counts the purchases credited, shares of them added up. Never withheld.
    """
    for (channel, nth), (value, orders) in primary(rows).items():
        place = {"channel": channel, "month": month(nth)}
        yield Cell(place, money(value), _whole(orders))


def primary(rows: list[Row]) -> Credit:
    """Return the credit of the model that budgets follow."""
    theirs = [row for row in rows if row["is_primary"]]
    return next(iter(_by_model(theirs).values()), {})


def _by_model(rows: list[Row]) -> dict[str, Credit]:
    """Return what each model credits, the primary model first."""
    found: dict[str, Credit] = {}
    steps: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for row in sorted(rows, key=lambda row: (-row["is_primary"], row["model"])):
        if row["towards"]:
            steps[row["model"]][row["channel"], row["towards"]] = row["steps"]
        else:
            credit = found.setdefault(row["model"], {})
            credit[row["channel"], row["month"]] = (row["credit"], row["orders"])
    return {
        model: _by_removal(credit, steps[model]) if model in steps else credit
        for model, credit in found.items()
    }


def _by_removal(credit: Credit, steps: markov.Steps) -> Credit:
    """Return the credit shared out anew, month by month, by what removing would cost."""
    led: dict[int, tuple[int, int]] = {}
    found: Credit = {}
    for (channel, nth), (value, orders) in credit.items():
        if channel == UNATTRIBUTED:
            found[channel, nth] = (value, orders)
            continue
        before = led.get(nth, (0, 0))
        led[nth] = (before[0] + value, before[1] + orders)
    for nth, (value, orders) in led.items():
        values = markov.credits(steps, value)
        shares = markov.credits(steps, orders)
        found |= {(key, nth): (values[key], shares[key]) for key in values}
    return found


def _by_channel(credit: Credit) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for (channel, _), (value, orders) in sorted(credit.items()):
        before = found.get(channel, (0, 0))
        found[channel] = (before[0] + value, before[1] + orders)
    return found


def _total(rows: list[Row], *, money_first: bool) -> Iterator[Cell]:
    credit = primary(rows)
    if credit:
        value = sum(each for each, _ in credit.values())
        orders = sum(each for _, each in credit.values())
        said = money(value) if money_first else ratio(orders, MICROS)
        yield Cell({}, said, _whole(orders))


def _place(model: str, channel: str) -> dict[str, str | int]:
    return {"model": model, "channel": channel}


def _whole(orders: int) -> int:
    return round(Decimal(orders) / MICROS)
