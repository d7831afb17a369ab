"""What every model credits, for a browser to look at."""

from collections.abc import Iterator
from decimal import Decimal

from governance.models import Storefront
from reporting.attribution.crediting import FORMULAS
from reporting.models import Build, Reading

SHARES = {
    "paid_search": 0.24,
    "email": 0.21,
    "organic_search": 0.17,
    "direct": 0.14,
    "paid_social": 0.09,
    "unattributed": 0.15,
}
SPENT = {"paid_search": 61_300, "paid_social": 38_950, "unplaced": 4_120}


def credited(build: Build, of: Storefront, *, revenue: int, orders: int) -> None:
    """Say who gets the credit for what was sold, and what it cost."""
    Reading.objects.bulk_create(
        Reading(
            build=build, storefront=of, metric=metric, dimensions=place,
            value=None if value is None else Decimal(str(round(value, 4))),
            n=round(n), state="sure" if value is not None else "small",
        )
        for metric, place, value, n in _said(revenue, orders)
    )  # fmt: skip


def _said(
    revenue: int, orders: int
) -> Iterator[tuple[str, dict[str, str], float | None, float]]:
    yield "attributed_revenue", {}, revenue, orders
    yield "attributed_orders", {}, orders, orders
    for turn, model in enumerate(FORMULAS):
        for nth, (channel, share) in enumerate(SHARES.items()):
            leaning = 1 if channel == "unattributed" else 1 + (turn * nth % 5 - 2) / 16
            place, part = {"model": model, "channel": channel}, share * leaning
            yield "attributed_revenue", place, revenue * part, orders * part
            yield "attributed_orders", place, orders * part, orders * part
    for channel, share in SHARES.items():
        for month in range(1, 13):
            place = {"channel": channel, "month": f"2017-{month:02}"}
            part = share * (0.07 + month / 600)
            yield "attributed_by_order_day", place, revenue * part, orders * part
    whole = sum(SPENT.values())
    yield "spend", {}, whole, 96
    yield "roas", {}, revenue * 0.33 / whole, orders * 0.33
    yield "cac", {}, whole / 2469, 2469
    for channel, amount in SPENT.items():
        yield "spend", {"channel": channel}, amount, 32
    for channel, amount in list(SPENT.items())[:1]:
        yield "roas", {"channel": channel}, revenue * 0.24 / amount, orders * 0.24
        yield "cac", {"channel": channel}, amount / 640, 640
    yield "roas", {"channel": "paid_social"}, None, 12
