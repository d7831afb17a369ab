"""Sales and touches as the facts see them, and what they are to say, in plain Python."""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction

from reporting import engine
from reporting.attribution import crediting
from reporting.attribution.crediting import Model
from reporting.attribution.markov import LOST, SOLD, START

MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE
CHANNELS = ("direct", "email", "paid_search", "social")


@dataclass(frozen=True)
class Sold:
    """A sale: whose, when, and its net sales in millionths."""

    by: int | None
    at: int
    net: int = 10_000_000
    refunds: int = 0
    is_purchase: int = 1


@dataclass(frozen=True)
class Seen:
    """A touch of somebody by a channel."""

    by: int
    at: int
    channel: str


def credited(
    sales: Sequence[Sold], touches: Sequence[Seen], *models: Model
) -> dict[str, dict[tuple[int, str], tuple[int, int]]]:
    """Return what the statement says: by model, of each sale and channel, money and share."""
    with _told(sales, touches, models) as views:
        rows = views.rows("facts/credits")
        terms = sorted({model.terms for model in models})
        names = dict(enumerate(["unattributed", *CHANNELS]))
        return {
            model.key: {
                (row["order_id"], names[row["place"]]): (
                    row[model.formula],
                    row[f"{model.formula}_orders"],
                )
                for row in rows
                if row["lookback"] == terms.index(model.terms)
                and (row[model.formula] or row[f"{model.formula}_orders"])
            }
            for model in models
        }


def steps(
    sales: Sequence[Sold], touches: Sequence[Seen], model: Model
) -> Counter[tuple[str, str]]:
    """Return how often the statement sees each step."""
    names = {-1: "(start)", -2: "(sold)", -3: "(lost)"} | dict(
        enumerate(["unattributed", *CHANNELS])
    )
    with _told(sales, touches, [model]) as views:
        return Counter(
            (names[row["came_from"]], names[row["towards"]])
            for row in views.rows("facts/steps")
        )


@contextmanager
def _told(
    sales: Sequence[Sold], touches: Sequence[Seen], models: Sequence[Model]
) -> Iterator[engine.Engine]:
    with engine.database() as connection:
        views = engine.Engine(connection)
        given = crediting.tables(models, CHANNELS)
        for table, (columns, rows) in given.items():
            views.give(table, columns, rows)
        views.give("orders", _ORDERS, list(_orders(sales)))
        views.give("touches", _TOUCHES, list(_touches(touches)))
        yield views


_ORDERS = dict.fromkeys(("order_id", "storefront_id", "owner", "person_id", "placed_us", "month", "sales", "refunds", "is_purchase"), "bigint")  # fmt: skip
_TOUCHES = {
    **dict.fromkeys(
        ("touch_id", "storefront_id", "owner", "person_id", "touched_us"), "bigint"
    ),
    "channel": "varchar",
}


def _orders(sales: Iterable[Sold]) -> Iterable[tuple[object, ...]]:
    for nth, sale in enumerate(sales):
        owner = -nth if sale.by is None else sale.by
        money = (sale.net + sale.refunds, sale.refunds, sale.is_purchase)
        yield (nth, 1, owner, sale.by, sale.at, 24_000, *money)


def _touches(touches: Iterable[Seen]) -> Iterable[tuple[object, ...]]:
    for nth, touch in enumerate(touches):
        yield (nth, 1, touch.by, touch.by, touch.at, touch.channel)


def path(sale: Sold, touches: Sequence[Seen], model: Model) -> list[Seen]:
    """Return the touches that led to the sale, the first one first."""
    if not sale.is_purchase or sale.by is None:
        return []
    days = model.lookback_days or 10**6
    return sorted(
        (
            touch
            for touch in touches
            if touch.by == sale.by and sale.at - days * DAY < touch.at <= sale.at
        ),
        key=lambda touch: (touch.at, touch.channel),
    )


def shares(sale: Sold, led: Sequence[Seen], model: Model) -> Mapping[str, Fraction]:
    """Return which share of the sale each channel has."""
    if not led:
        return {"unattributed": Fraction(1)}
    weights = _WEIGHTS[model.formula](sale, led, model)
    found: dict[str, Fraction] = {}
    for touch, weight in zip(led, weights, strict=True):
        found[touch.channel] = found.get(touch.channel, Fraction(0)) + weight
    whole = sum(found.values())
    return {channel: share / whole for channel, share in found.items() if share}


def parts(amount: int, shares: Mapping[str, Fraction]) -> dict[str, int]:
    """Return the amount in whole parts: up to each channel, what is theirs rounded down."""
    sign, size = (-1 if amount < 0 else 1), abs(amount)
    found, so_far, given = {}, Fraction(0), 0
    for channel in sorted(shares):
        so_far += shares[channel]
        found[channel] = sign * (int(size * so_far) - given)
        given = int(size * so_far)
    return found


def _only(nth: int, led: Sequence[Seen]) -> list[Fraction]:
    return [Fraction(int(place == nth)) for place in range(len(led))]


def _last_told(_sale: Sold, led: Sequence[Seen], _model: Model) -> list[Fraction]:
    told = [nth for nth, touch in enumerate(led) if touch.channel != "direct"]
    return _only(told[-1] if told else len(led) - 1, led)


def _positions(_sale: Sold, led: Sequence[Seen], model: Model) -> list[Fraction]:
    first, last = Fraction(model.first_share), Fraction(model.last_share)
    if len(led) == 1:
        return [Fraction(1)]
    if len(led) == 2:
        return [first, last]
    between = (100 - first - last) / (len(led) - 2)
    return [first, *[between] * (len(led) - 2), last]


def _decay(sale: Sold, led: Sequence[Seen], model: Model) -> list[Fraction]:
    return [
        Fraction(
            max(
                1,
                round(
                    4096 * 2 ** (-((sale.at - one.at) // DAY) / model.half_life_days)
                ),
            )
        )
        for one in led
    ]


def _once_each(_sale: Sold, led: Sequence[Seen], _model: Model) -> list[Fraction]:
    channels = [touch.channel for touch in led]
    return [
        Fraction(int(channel not in channels[:nth]))
        for nth, channel in enumerate(channels)
    ]


_WEIGHTS = {
    "first_touch": lambda sale, led, model: _only(0, led),
    "last_touch": lambda sale, led, model: _only(len(led) - 1, led),
    "last_non_direct": _last_told,
    "linear": lambda sale, led, model: [Fraction(1)] * len(led),
    "position_based": _positions,
    "time_decay": _decay,
    "shapley": _once_each,
}


def walked(
    sales: Sequence[Sold],
    touches: Sequence[Seen],
    model: Model,
    *,
    closed_at: int | None = None,
) -> Counter[tuple[str, str]]:
    """Return the steps of every journey, one journey after the other.

    With ``closed_at``, of journeys that led to no sale only the steps from touches up to
    then: later ones may yet lead to one.
    """
    found: Counter[tuple[str, str]] = Counter()
    led = [path(sale, touches, model) for sale in sales]
    for journey in led:
        if journey:
            _walk(found, journey, "(sold)")
    used = [touch for journey in led for touch in journey]
    for by in {touch.by for touch in touches}:
        theirs = [touch for touch in touches if touch.by == by]
        theirs.sort(key=lambda touch: (touch.at, touch.channel))
        journey: list[Seen] = []
        for touch in theirs:
            is_lost = touch not in used
            is_late = journey and touch.at - journey[-1].at >= (
                (model.lookback_days or 10**6) * DAY
            )
            if journey and (is_late or not is_lost):
                _walk(found, journey, "(lost)", closed_at)
                journey = []
            if is_lost:
                journey.append(touch)
        if journey:
            _walk(found, journey, "(lost)", closed_at)
    return found


def _walk(
    found: Counter[tuple[str, str]],
    journey: Sequence[Seen],
    end: str,
    closed_at: int | None = None,
) -> None:
    closed = [touch for touch in journey if closed_at is None or touch.at <= closed_at]
    if not closed:
        return
    then = journey[len(closed)].channel if len(closed) < len(journey) else end
    stops = ["(start)", *(touch.channel for touch in closed), then]
    for step in itertools.pairwise(stops):
        found[step] += 1


def by_taking_away(counted: Counter[tuple[str, str]]) -> dict[str, Fraction]:
    """Return the effects by removing one channel after the other, in exact fractions."""
    channels = sorted({each for step in counted for each in step} - {START, SOLD, LOST})
    whole = _sold(counted, channels, without=None)
    return {
        channel: 1 - _sold(counted, channels, without=channel) / whole
        if whole
        else Fraction(0)
        for channel in channels
    }


def _sold(
    counted: Counter[tuple[str, str]], channels: list[str], without: str | None
) -> Fraction:
    """Return the chance of a sale from the start, by elimination."""
    states = [START, *(each for each in channels if each != without)]
    left = {
        state: Fraction(sum(n for (came, _), n in counted.items() if came == state))
        for state in states
    }
    # chance(state) - sum of step(state, other) * chance(other) = step(state, sold)
    rows = [
        [
            Fraction(int(state == other)) - counted[state, other] / left[state]
            for other in states
        ]
        + [counted[state, SOLD] / left[state]]
        for state in states
    ]
    for nth in range(len(rows)):
        pivot = next(row for row in rows[nth:] if row[nth])
        rows[rows.index(pivot)], rows[nth] = rows[nth], pivot
        for other in rows:
            if other is not pivot and other[nth]:
                times = other[nth] / pivot[nth]
                other[:] = [a - times * b for a, b in zip(other, pivot, strict=True)]
    return rows[0][-1] / rows[0][0]
