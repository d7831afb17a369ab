"""Numbers as people read them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Protocol

from reporting.models import Reading

NOTHING = "–"
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
# From here on cents say nothing.
_CENTS_BELOW = 1000


def whole(value: Decimal | int | None) -> str:
    """Return a count with thousands apart.

    >>> whole(1469307)
    '1,469,307'
    >>> whole(None)
    '–'
    """
    return NOTHING if value is None else f"{_rounded(Decimal(value), 0):,}"


def money(value: Decimal | None, currency: str) -> str:
    """Return an amount in its currency; cents only where they can be told apart.

    >>> money(Decimal("4596039.58"), "USD")
    '$4,596,040'
    >>> money(Decimal("-29.5"), "EUR")
    '−€29.50'
    >>> money(Decimal("12"), "SEK")
    'SEK 12.00'
    """
    if value is None:
        return NOTHING
    amount = _rounded(value, 2)
    if abs(amount) >= _CENTS_BELOW:
        amount = _rounded(amount, 0)
    return _signed(amount, currency)


def cents(value: Decimal | None, currency: str) -> str:
    """Return an amount to the cent, as one person's receipt would have it.

    >>> cents(Decimal("1234.5"), "GBP")
    '£1,234.50'
    """
    if value is None:
        return NOTHING
    return _signed(_rounded(value, 2), currency)


def percent(value: Decimal | None, places: int = 1) -> str:
    """Return a share of one as a percentage.

    >>> percent(Decimal("0.3141"))
    '31.4%'
    """
    if value is None:
        return NOTHING
    share = _rounded(value * 100, places)
    return f"{_minus(share)}{abs(share)}%"


def between(low: Decimal | None, high: Decimal | None) -> str:
    """Return the interval of a rate, or nothing where none is known.

    >>> between(Decimal("0.298"), Decimal("0.331"))
    '29.8–33.1%'
    """
    if low is None or high is None:
        return ""
    return f"{_rounded(low * 100, 1)}–{_rounded(high * 100, 1)}%"


def money_between(low: Decimal | None, high: Decimal | None, currency: str) -> str:
    """Return the interval of an amount.

    >>> money_between(Decimal("81"), Decimal("92.25"), "USD")
    '$81.00–$92.25'
    """
    if low is None or high is None:
        return ""
    return f"{money(low, currency)}–{money(high, currency)}"


def month(text: str) -> str:
    """Return a month as it stands in a table.

    >>> month("2017-01")
    'Jan 2017'
    """
    year, number = text.split("-")
    return date(int(year), int(number), 1).strftime("%b %Y")


class Number(Protocol):
    """What is said of a number: a reading says it, and so does a sum of readings."""

    @property
    def value(self) -> Decimal | None: ...
    @property
    def n(self) -> int: ...
    @property
    def low(self) -> Decimal | None: ...
    @property
    def high(self) -> Decimal | None: ...
    @property
    def state(self) -> str: ...


@dataclass(frozen=True)
class Figure:
    """One number as shown: in words, with how sure it is.

    ``state`` is one of ``Reading.State``, or empty where there is no such reading.
    """

    metric: str
    text: str
    n: str = ""
    interval: str = ""
    state: str = ""

    @property
    def is_missing(self) -> bool:
        return not self.state

    @property
    def is_immature(self) -> bool:
        return self.state == Reading.State.IMMATURE

    @property
    def is_small(self) -> bool:
        return self.state == Reading.State.SMALL

    @property
    def is_withheld(self) -> bool:
        return self.state == Reading.State.WITHHELD


def count(metric: str, reading: Number | None) -> Figure:
    """Return a count as shown."""
    if reading is None:
        return Figure(metric=metric, text=NOTHING)
    return Figure(metric=metric, text=whole(reading.value), state=reading.state)


def rate(metric: str, reading: Number | None) -> Figure:
    """Return a rate as shown: with its interval, and out of how many."""
    if reading is None:
        return Figure(metric=metric, text=NOTHING)
    return Figure(
        metric=metric,
        text=percent(reading.value),
        n=whole(reading.n),
        interval=between(reading.low, reading.high),
        state=reading.state,
    )


def amount(metric: str, reading: Number | None, currency: str) -> Figure:
    """Return an amount as shown, and out of how many it was made."""
    if reading is None:
        return Figure(metric=metric, text=NOTHING)
    return Figure(
        metric=metric,
        text=money(reading.value, currency),
        n=whole(reading.n),
        interval=money_between(reading.low, reading.high, currency),
        state=reading.state,
    )


def multiple(metric: str, reading: Number | None) -> Figure:
    """Return how often something has another thing in it, and out of how many."""
    if reading is None:
        return Figure(metric=metric, text=NOTHING)
    return Figure(
        metric=metric,
        text=times(reading.value),
        n=whole(reading.n),
        state=reading.state,
    )


def times(value: Decimal | None) -> str:
    """Return a multiple to two places.

    >>> times(Decimal("3.1415"))
    '3.14×'
    """
    return NOTHING if value is None else f"{_rounded(value, 2):,}×"


def figure(metric: str, number: Number | None, currency: str) -> Figure:
    """Return any metric's number as shown, in the metric's own unit."""
    if metric.startswith(_SHARES):
        return rate(metric, number)
    if metric.startswith(_MONEY):
        return amount(metric, number, currency)
    if metric in _RATIOS:
        return multiple(metric, number)
    return count(metric, number)


def change(metric: str, before: Decimal | None, after: Decimal | None) -> str:
    """Return by how much a number differs from what it was: of shares, in points.

    >>> change("revenue", Decimal(80), Decimal(100))
    '+25.0%'
    >>> change("repeat_rate_90", Decimal("0.3"), Decimal("0.28"))
    '−2.0 points'
    >>> change("orders", Decimal(5), Decimal(5)), change("orders", Decimal(0), Decimal(5))
    ('the same', '')
    """
    if before is None or after is None:
        return ""
    if before == after:
        return "the same"
    if metric.startswith(_SHARES):
        points = _rounded((after - before) * 100, 1)
        return f"{_way(points)}{abs(points)} points"
    if before <= 0 or after < 0:
        return ""
    share = _rounded((after - before) / before * 100, 1)
    return f"{_way(share)}{abs(share):,}%"


def unit(metric: str, currency: str) -> str:
    """Return the unit of a metric as a chart's axis needs it.

    >>> unit("revenue", "EUR"), unit("repeat_rate_90", "EUR"), unit("orders", "EUR")
    ('EUR', '%', '')
    """
    if metric.startswith(_SHARES):
        return "%"
    return currency if metric.startswith(_MONEY) else ""


def _signed(amount: Decimal, currency: str) -> str:
    symbol = _SYMBOLS.get(currency, f"{currency} ")
    return f"{_minus(amount)}{symbol}{abs(amount):,}"


def _way(rounded: Decimal) -> str:
    # What moved less than is shown moved all the same.
    return _minus(rounded) or ("+" if rounded else "±")


def _minus(rounded: Decimal) -> str:
    # Of what is shown, not of what it was: "−0" is less than nothing to a reader.
    return "−" if rounded < 0 else ""


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)


def place(storefront: str, dimensions: Iterable[tuple[str, str | int]]) -> str:
    """Return a number's place in words.

    >>> place("Till", [("month", 0), ("cohort", "2026-01"), ("segment", "")])
    'Till: cohort 2026-01, month 0'
    """
    told = sorted((name, value) for name, value in dimensions if value != "")
    said = ", ".join(f"{name} {value}" for name, value in told)
    return f"{storefront}{': ' if said else ''}{said}"


def said(metric: str, value: Decimal | None, currency: str) -> str | None:
    """Return a metric's value in its unit, to the last digit that is ever shown of it.

    >>> said("ltv_90", Decimal("12.5"), "EUR"), said("repeat_rate_90", Decimal("0.25"), "EUR")
    ('€12.50', '25.0%')
    >>> said("customers", Decimal(1200), "EUR"), said("customers", None, "EUR")
    ('1,200', None)
    """
    if value is None:
        return None
    if metric.startswith(_SHARES):
        return percent(value)
    if metric in _RATIOS:
        return times(value)
    return cents(value, currency) if metric.startswith(_MONEY) else whole(value)


_SHARES = (
    "repeat",
    "cohort_retention",
    "margin_coverage",
    "margin_rate",
    "churn",
    "discount_rate",
    "one_time",
    "refund_rate",
)
_MONEY = (
    "attributed_by",
    "attributed_revenue",
    "spend",
    "cac",
    "revenue",
    "average",
    "ltv",
    "cohort_value",
    "gross",
    "discounts",
    "returns",
    "adjustments",
    "refund",
    "net",
    "margin",
    "cost",
    "new_revenue",
    "returning_revenue",
    "unknown_revenue",
    "total_sales",
)
_RATIOS = ("roas",)
