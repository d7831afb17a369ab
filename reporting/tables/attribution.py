"""The readings of "Attribution", one row per channel: the primary model's, and others'."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from governance.models import Channel
from governance.taxonomy import UNATTRIBUTED
from reporting.attribution.crediting import UNPLACED, Model
from reporting.models import Reading
from reporting.tables import figures
from reporting.tables.figures import Figure

CREDIT, ORDERS = "attributed_revenue", "attributed_orders"
BY_MONTH = "attributed_by_order_day"
CREDITED = (CREDIT, ORDERS, BY_MONTH)
SPENDING = ("spend", "roas", "cac")
METRICS = (*CREDITED, *SPENDING)

# The drawings inside cells are this wide, in their own units.
WIDTH = 100

_ALL = "All channels"
_NO_CHANNEL = {
    UNATTRIBUTED: "Unattributed",
    UNPLACED: "Spend of no known channel",
}

type Cells = Mapping[tuple[str, str, str], Reading]


@dataclass(frozen=True)
class Row:
    """What the primary model gives one channel, and what the channel cost."""

    channel: str
    name: str
    credit: Figure
    share: str
    share_width: float
    orders: Figure
    spending: tuple[Figure, ...]

    @property
    def is_total(self) -> bool:
        return not self.channel

    @property
    def is_no_channel(self) -> bool:
        return self.channel in _NO_CHANNEL


@dataclass(frozen=True)
class Beside:
    """One channel as every model sees it: what each gives, with its share of all."""

    name: str
    cells: tuple[tuple[Figure, str], ...]
    is_no_channel: bool = False


@dataclass(frozen=True)
class Month:
    """What the primary model credits in one month, channel by channel."""

    name: str
    credits: tuple[Figure, ...]


@dataclass(frozen=True)
class Table:
    """What the page shows of one storefront."""

    headline: tuple[Figure, ...]
    unattributed_share: str
    total: Row
    rows: tuple[Row, ...]
    beside: tuple[Beside, ...]
    channels: tuple[str, ...]
    months: tuple[Month, ...]
    chart: dict[str, object]


def table(
    *,
    readings: Iterable[Reading],
    models: Sequence[Model],
    channels: Sequence[Channel],
    currency: str,
) -> Table | None:
    """Arrange the readings of one storefront, the channel with most credit first.

    Returns:
        None where nothing was credited: nothing was computed.
    """
    kept = list(readings)
    cells = {_key(one): one for one in kept if "month" not in one.dimensions}
    if not models or (CREDIT, "", "") not in cells:
        return None
    primary = models[0].key
    names = {one.key: one.name for one in channels} | _NO_CHANNEL
    present = _present(cells, primary, channels)
    total = _row(cells, primary, "", _ALL, currency)
    rows = tuple(_row(cells, primary, key, names[key], currency) for key in present)
    credited = [key for key in present if key != UNPLACED]
    return Table(
        headline=(
            _credited(cells, primary, currency),
            *total.spending,
        ),
        unattributed_share=next(
            (row.share for row in rows if row.channel == UNATTRIBUTED),
            figures.percent(Decimal(0)),
        ),
        total=total,
        rows=rows,
        beside=tuple(
            _beside(cells, models, key, names[key], currency) for key in credited
        ),
        channels=tuple(names[key] for key in credited),
        months=_months(kept, credited, currency),
        chart=_chart(cells, primary, credited, names, currency),
    )


def _key(reading: Reading) -> tuple[str, str, str]:
    said = reading.dimensions
    return reading.metric, str(said.get("model", "")), str(said.get("channel", ""))


def _present(cells: Cells, primary: str, channels: Sequence[Channel]) -> list[str]:
    """Return the channels there is anything to say of, what is no channel last."""
    known = {key for metric, model, key in cells if key and model in ("", primary)}
    place = {one.key: nth for nth, one in enumerate(channels)}
    return sorted(
        known & ({*place} | {*_NO_CHANNEL}),
        key=lambda key: (
            key == UNPLACED,
            key == UNATTRIBUTED,
            -_value(cells, primary, key),
            place.get(key, 0),
        ),
    )


def _row(cells: Cells, primary: str, key: str, name: str, currency: str) -> Row:
    model = primary if key else ""
    share = _share(cells, model, key)
    return Row(
        channel=key,
        name=name,
        credit=figures.amount(CREDIT, cells.get((CREDIT, model, key)), currency),
        share=figures.percent(share),
        share_width=round(max(0.0, float(share or 0)) * WIDTH, 1),
        orders=figures.count(ORDERS, cells.get((ORDERS, model, key))),
        spending=tuple(
            figures.figure(metric, cells.get((metric, "", key)), currency)
            for metric in SPENDING
        ),
    )


def _credited(cells: Cells, primary: str, currency: str) -> Figure:
    """Return what is credited to channels: all that was sold, less what is nobody's."""
    whole = cells[CREDIT, "", ""]
    lost = cells.get((CREDIT, primary, UNATTRIBUTED))
    value = (whole.value or Decimal(0)) - ((lost and lost.value) or Decimal(0))
    return Figure(metric=CREDIT, text=figures.money(value, currency), state=whole.state)


def _value(cells: Cells, model: str, key: str) -> Decimal:
    reading = cells.get((CREDIT, model, key))
    return (reading.value if reading else None) or Decimal(0)


def _share(cells: Cells, model: str, key: str) -> Decimal | None:
    whole = cells[CREDIT, "", ""].value
    part = cells.get((CREDIT, model, key))
    if not whole or part is None or part.value is None:
        return None
    return part.value / whole


def _beside(
    cells: Cells, models: Sequence[Model], key: str, name: str, currency: str
) -> Beside:
    return Beside(
        name=name,
        cells=tuple(
            (
                figures.amount(CREDIT, cells.get((CREDIT, model.key, key)), currency),
                figures.percent(_share(cells, model.key, key)),
            )
            for model in models
        ),
        is_no_channel=key in _NO_CHANNEL,
    )


def _months(
    readings: Iterable[Reading], channels: Sequence[str], currency: str
) -> tuple[Month, ...]:
    found = {
        (str(one.dimensions["month"]), str(one.dimensions["channel"])): one
        for one in readings
        if one.metric == BY_MONTH
    }
    return tuple(
        Month(
            name=figures.month(month),
            credits=tuple(
                figures.amount(BY_MONTH, found.get((month, channel)), currency)
                for channel in channels
            ),
        )
        for month in sorted({month for month, _ in found}, reverse=True)
    )


def _chart(
    cells: Cells,
    primary: str,
    channels: Sequence[str],
    names: Mapping[str, str],
    currency: str,
) -> dict[str, object]:
    return {
        "kind": "bars",
        "title": "Revenue credited",
        "summary": "What the primary model credits to each channel; the table below has "
        "every figure.",
        "unit": currency,
        "names": [names[key] for key in channels],
        "values": [float(_value(cells, primary, key)) for key in channels],
    }
