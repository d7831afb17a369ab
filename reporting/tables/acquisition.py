"""The readings of "Acquisition to LTV", one row per first-touch channel."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from governance.models import Channel
from reporting.models import Reading
from reporting.tables import figures
from reporting.tables.figures import Figure

COUNTS = ("customers", "orders")
MONEY = ("revenue", "average_order_value")
RATES = ("repeat_rate_90",)
LIFETIMES = ("ltv_30", "ltv_60", "ltv_90", "ltv_365")
METRICS = (*COUNTS, *MONEY, *RATES, *LIFETIMES)

# More lines than this cannot be told apart in one chart; the table has them all.
LINES = 5

# The drawings inside cells are this wide, in their own units.
WIDTH = 100

Cells = Mapping[tuple[str, str], Reading]
# Over how many days a metric was counted, where that is not what its name says.
Windows = Mapping[str, int]


@dataclass(frozen=True)
class Range:
    """Where an interval lies on a scale all rows share, in units of the drawing."""

    low: float
    value: float
    high: float
    of_all: float | None


@dataclass(frozen=True)
class Row:
    """One channel, or all of them together where ``channel`` is empty."""

    channel: str
    name: str
    customers: Figure
    share: str
    share_width: float
    revenue: Figure
    average_order_value: Figure
    repeat: Figure
    repeat_range: Range | None
    lifetimes: tuple[Figure, ...]


@dataclass(frozen=True)
class Table:
    """What the page shows of one storefront."""

    headline: tuple[Figure, ...]
    total: Row
    rows: tuple[Row, ...]
    revenue_chart: dict[str, object]
    lifetime_chart: dict[str, object]


def table(
    *,
    readings: Iterable[Reading],
    channels: Sequence[Channel],
    currency: str,
    marked: Mapping[str, str] = {},
    windows: Mapping[str, int] = {},
) -> Table | None:
    """Arrange the readings of one storefront, the channel with most customers first.

    ``marked`` says in words what changed under a metric; ``windows``, over how many days
    one was counted whose name says otherwise.

    Returns:
        None where there is no reading of all channels together: nothing was computed.
    """
    cells = {
        (reading.metric, str(reading.dimensions.get("channel", ""))): reading
        for reading in readings
    }
    if ("customers", "") not in cells:
        return None
    present = [one for one in channels if ("customers", one.key) in cells]
    present.sort(key=lambda one: (-_value(cells, "customers", one.key), one.position))
    reach = _reach(cells)
    total = _row(cells, "", "All channels", currency, reach)
    rows = tuple(_row(cells, one.key, one.name, currency, reach) for one in present)
    return Table(
        headline=(
            total.customers,
            total.revenue,
            figures.count("orders", cells.get(("orders", ""))),
            total.average_order_value,
            total.repeat,
        ),
        total=total,
        rows=rows,
        revenue_chart=_revenue_chart(cells, present, currency),
        lifetime_chart=_lifetime_chart(cells, present, currency, marked, windows),
    )


def days_in_name(metric: str) -> int:
    """Return how many days a metric's name says.

    >>> days_in_name("repeat_rate_90")
    90
    """
    return int(metric.rpartition("_")[2])


def _row(cells: Cells, key: str, name: str, currency: str, reach: Decimal) -> Row:
    share = _share(cells, key)
    return Row(
        channel=key,
        name=name,
        customers=figures.count("customers", cells.get(("customers", key))),
        share=figures.percent(share),
        share_width=round(float(share or 0) * WIDTH, 1),
        revenue=figures.amount("revenue", cells.get(("revenue", key)), currency),
        average_order_value=figures.amount(
            "average_order_value", cells.get(("average_order_value", key)), currency
        ),
        repeat=figures.rate("repeat_rate_90", cells.get(("repeat_rate_90", key))),
        repeat_range=_range(cells, key, reach),
        lifetimes=tuple(
            figures.amount(metric, cells.get((metric, key)), currency)
            for metric in LIFETIMES
        ),
    )


def _value(cells: Cells, metric: str, key: str) -> Decimal:
    reading = cells.get((metric, key))
    return (reading.value if reading else None) or Decimal(0)


def _share(cells: Cells, key: str) -> Decimal | None:
    everyone = _value(cells, "customers", "")
    return _value(cells, "customers", key) / everyone if everyone else None


def _reach(cells: Cells) -> Decimal:
    """Return the highest end of any interval of the repeat rate: where the scale ends."""
    ends = [
        reading.high
        for (metric, _), reading in cells.items()
        if metric == "repeat_rate_90" and reading.high is not None
    ]
    return max(ends, default=Decimal(1)) or Decimal(1)


def _range(cells: Cells, key: str, reach: Decimal) -> Range | None:
    reading = cells.get(("repeat_rate_90", key))
    if reading is None or None in (reading.value, reading.low, reading.high):
        return None
    everyone = cells.get(("repeat_rate_90", ""))
    of_all = everyone.value if everyone and key else None
    return Range(
        low=_place(reading.low, reach),
        value=_place(reading.value, reach),
        high=_place(reading.high, reach),
        of_all=None if of_all is None else _place(of_all, reach),
    )


def _place(value: Decimal | None, reach: Decimal) -> float:
    # A margin keeps the dot of an extreme row inside its drawing.
    return round(4 + float((value or Decimal(0)) / reach) * (WIDTH - 8), 1)


def _revenue_chart(
    cells: Cells, channels: Sequence[Channel], currency: str
) -> dict[str, object]:
    by_revenue = sorted(channels, key=lambda one: -_value(cells, "revenue", one.key))
    values = [float(_value(cells, "revenue", one.key)) for one in by_revenue]
    return {
        "kind": "bars",
        "title": "Revenue",
        "summary": "Revenue by first-touch channel; the table below has every figure.",
        "unit": currency,
        "names": [one.name for one in by_revenue],
        "values": values,
    }


def _lifetime_chart(
    cells: Cells,
    channels: Sequence[Channel],
    currency: str,
    marked: Mapping[str, str],
    windows: Windows,
) -> dict[str, object]:
    days = {metric: windows.get(metric, days_in_name(metric)) for metric in LIFETIMES}
    drawn = [("", "All channels"), *((one.key, one.name) for one in channels[:LINES])]
    settled = [
        metric
        for metric in sorted(LIFETIMES, key=lambda one: days[one])
        if any(_sure(cells.get((metric, key))) is not None for key, _ in drawn)
    ]
    return {
        "kind": "lines",
        "title": "Lifetime value",
        "summary": "Lifetime value per customer by days since the first order and by "
        "first-touch channel; the table below has every figure.",
        "unit": currency,
        "days": [days[metric] for metric in settled],
        "marks": [
            {"day": days[metric], "words": marked[metric]}
            for metric in settled
            if metric in marked
        ],
        "series": [
            {
                "name": name,
                "is_total": not key,
                "values": [_sure(cells.get((metric, key))) for metric in settled],
            }
            for key, name in drawn
        ],
    }


def _sure(reading: Reading | None) -> float | None:
    """Return the value where it is settled: a growing one would bend the line."""
    if reading is None or reading.value is None:
        return None
    return float(reading.value) if reading.state == Reading.State.SURE else None
