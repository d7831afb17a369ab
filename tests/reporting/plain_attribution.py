"""Every model's credit once more, slowly, in plain Python."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from reporting.attribution.crediting import DEFAULTS, MARKOV, Model
from tests.reporting.attribution import journeys
from tests.reporting.attribution.journeys import DAY, Seen, Sold
from tests.reporting.builds import Place
from tests.reporting.shops import Sale, Shop

type Told = tuple[Decimal | None, int, Decimal | None, Decimal | None, str]
# By channel and month, in money and in purchases, in millionths both.
type Credit = dict[tuple[str, str], tuple[int, int]]


def readings(shop: Shop, sales: Sequence[Sale]) -> Iterator[tuple[Place, Told]]:
    """Yield every reading of credit under its metric and dimensions."""
    names = sorted({name for name in map(shop.person, shop.records()) if name})
    numbers = {name: nth for nth, name in enumerate(names)}
    touches = [
        Seen(numbers[name], _micros(touch.at), touch.channel)
        for touch in shop.touches
        if (name := shop.person(touch.by)) is not None
    ]
    sold = [
        Sold(
            by=numbers.get(shop.person(sale.by) or ""),
            at=_micros(sale.at),
            net=sum(sale.lines) - sum(sale.returns) - sum(sale.refunds),
            is_purchase=int(sale.status != "credit"),
        )
        for sale in sales
    ]
    months = [f"{sale.on:%Y-%m}" for sale in sales]
    for model in DEFAULTS:
        credit = _credit(sold, months, touches, model)
        yield from _by_channel(credit, model)
        if model.is_primary:
            yield from _primary(credit)


def _credit(
    sold: Sequence[Sold], months: Sequence[str], touches: Sequence[Seen], model: Model
) -> Credit:
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    led: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for sale, month in zip(sold, months, strict=True):
        path = journeys.path(sale, touches, model)
        orders = 1_000_000 * sale.is_purchase
        if model.formula == MARKOV and path:
            led[month][0] += sale.net
            led[month][1] += orders
            continue
        for touch in path:
            # A channel that took part is told of, even where it gets nothing.
            found[touch.channel, month][0] += 0
        shares = journeys.shares(sale, path, model)
        for nth, amount in enumerate((sale.net, orders)):
            for channel, part in journeys.parts(amount, shares).items():
                found[channel, month][nth] += part
    if led:
        latest = max(sale.at for sale in sold) - model.lookback_days * DAY
        effects = journeys.by_taking_away(
            journeys.walked(sold, touches, model, closed_at=latest)
        )
        for month, amounts in led.items():
            for nth, amount in enumerate(amounts):
                for channel, part in _largest_remainders(amount, effects).items():
                    found[channel, month][nth] += part
    return {place: (money, orders) for place, (money, orders) in found.items()}


def _largest_remainders(amount: int, effects: dict[str, Fraction]) -> dict[str, int]:
    weights = {key: round(effect * 10**12) for key, effect in effects.items()}
    whole, size = sum(weights.values()), abs(amount)
    exact = {key: Fraction(size * weight, whole) for key, weight in weights.items()}
    parts = {key: int(part) for key, part in exact.items()}
    in_turn = sorted(exact, key=lambda key: (parts[key] - exact[key], key))
    for key in in_turn[: size - sum(parts.values())]:
        parts[key] += 1
    return {key: part if amount >= 0 else -part for key, part in parts.items()}


def _by_channel(credit: Credit, model: Model) -> Iterator[tuple[Place, Told]]:
    for channel in {channel for channel, _ in credit}:
        theirs = [each for (key, _), each in credit.items() if key == channel]
        cell = (("channel", channel), ("model", model.key))
        money, orders = (sum(each[nth] for each in theirs) for nth in (0, 1))
        yield ("attributed_revenue", cell), _told(money, orders)
        yield ("attributed_orders", cell), _told(orders, orders)


def _primary(credit: Credit) -> Iterator[tuple[Place, Told]]:
    money, orders = (sum(each[nth] for each in credit.values()) for nth in (0, 1))
    yield ("attributed_revenue", ()), _told(money, orders)
    yield ("attributed_orders", ()), _told(orders, orders)
    for (channel, month), (value, purchases) in credit.items():
        cell = (("channel", channel), ("month", month))
        yield ("attributed_by_order_day", cell), _told(value, purchases)


def _told(micros: int, orders: int) -> Told:
    value = Decimal(micros).scaleb(-6).quantize(Decimal("0.00000001")) + 0
    return (value, round(Fraction(orders, 10**6)), None, None, "sure")


def _micros(at) -> int:  # type: ignore[no-untyped-def]
    return round(at.timestamp()) * 1_000_000
