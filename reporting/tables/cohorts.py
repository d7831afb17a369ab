"""The readings of "Cohorts": one row per month of first purchase."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from reporting.models import Reading
from reporting.tables import figures
from reporting.tables.marks import Mark

STEPS = 9
SIZES = "cohort_customers"


@dataclass(frozen=True)
class Measure:
    """What the cells of the heat map may show."""

    key: str
    metric: str
    name: str
    is_money: bool


MEASURES = (
    Measure("retention", "cohort_retention", "Retention", is_money=False),
    Measure("value", "cohort_value", "Value per customer", is_money=True),
)


@dataclass(frozen=True)
class Cell:
    """One cohort, so many months after its first purchase.

    ``step`` is which of the nine colours; without one nothing may be said. ``is_given``
    means that it could be nothing else: everybody bought in the month of their first
    purchase.
    """

    text: str
    step: int | None
    state: str
    is_given: bool = False

    @property
    def is_small(self) -> bool:
        return self.state == Reading.State.SMALL

    @property
    def is_withheld(self) -> bool:
        return self.state == Reading.State.WITHHELD

    @property
    def is_immature(self) -> bool:
        return self.state == Reading.State.IMMATURE


@dataclass(frozen=True)
class Row:
    """The people who first bought in one month. A cell is None where time has not come."""

    name: str
    customers: str
    were_customers_already: bool
    cells: tuple[Cell | None, ...]
    # What changed in this month under the numbers: from here on they were said so.
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Table:
    """The heat map, and the ends of its scale in words."""

    months: tuple[int, ...]
    rows: tuple[Row, ...]
    lowest: str
    highest: str
    # What changed after the last month shown.
    marks: tuple[Mark, ...] = ()

    @property
    def across(self) -> int:
        """Return how many columns it has: the month's name, its people, what became."""
        return len(self.months) + 2


def table(
    *,
    readings: Iterable[Reading],
    measure: Measure,
    currency: str,
    panel_starts_on: date | None,
    marks: Sequence[tuple[str, Mark]] = (),
) -> Table | None:
    """Arrange the readings of one storefront and segment, the earliest cohort first.

    The scale leaves out month 0 where everybody counts by definition: against 100% of
    retention every later month would look the same. ``marks`` are what changed under the
    numbers, with the month in which it did.

    Returns:
        None where there is no cohort.
    """
    sizes, cells = _sorted(readings, measure)
    if not sizes:
        return None
    months = tuple(range(max((month for _, month in cells), default=0) + 1))
    top = _top(cells, measure)
    panel = panel_starts_on.strftime("%Y-%m") if panel_starts_on else ""

    def row(earlier: str, cohort: str) -> Row:
        return Row(
            name=figures.month(cohort),
            customers=figures.whole(sizes[cohort].value),
            were_customers_already=cohort == panel,
            cells=tuple(
                _cell(cells.get((cohort, month)), month, measure, currency, top)
                for month in months
            ),
            marks=_marks(marks, earlier, cohort),
        )

    return Table(
        months=months,
        rows=tuple(row(*two) for two in pairwise(["", *sorted(sizes)])),
        lowest=_words(Decimal(0), measure, currency),
        highest=_words(top, measure, currency),
        marks=_marks(marks, max(sizes), "9999-99"),
    )


def _sorted(
    readings: Iterable[Reading], measure: Measure
) -> tuple[dict[str, Reading], dict[tuple[str, int], Reading]]:
    """Return the size of each cohort, and its cells by month."""
    sizes: dict[str, Reading] = {}
    cells: dict[tuple[str, int], Reading] = {}
    for reading in readings:
        cohort = str(reading.dimensions["cohort"])
        if reading.metric == SIZES:
            sizes[cohort] = reading
        elif reading.metric == measure.metric:
            cells[cohort, int(reading.dimensions["month"])] = reading
    return sizes, cells


def _marks(
    marks: Sequence[tuple[str, Mark]], after: str, until: str
) -> tuple[Mark, ...]:
    return tuple(mark for month, mark in marks if after < month <= until)


def step(value: Decimal, top: Decimal) -> int:
    """Return which of the nine colours a value has on a scale from zero to ``top``.

    >>> step(Decimal("0"), Decimal("0.5")), step(Decimal("0.5"), Decimal("0.5"))
    (0, 8)
    >>> step(Decimal("1"), Decimal("0.5"))
    8
    """
    if top <= 0 or value <= 0:
        return 0
    return min(int(value / top * STEPS), STEPS - 1)


def _top(cells: dict[tuple[str, int], Reading], measure: Measure) -> Decimal:
    values = [
        reading.value
        for (_, month), reading in cells.items()
        if reading.value is not None and (month > 0 or measure.is_money)
    ]
    return max(values, default=Decimal(0))


def _cell(
    reading: Reading | None,
    month: int,
    measure: Measure,
    currency: str,
    top: Decimal,
) -> Cell | None:
    if reading is None:
        return None
    if reading.value is None:
        return Cell(text=figures.NOTHING, step=None, state=reading.state)
    return Cell(
        text=_words(reading.value, measure, currency),
        step=step(reading.value, top),
        state=reading.state,
        is_given=month == 0 and not measure.is_money,
    )


def _words(value: Decimal, measure: Measure, currency: str) -> str:
    if measure.is_money:
        return figures.money(value.quantize(Decimal(1)), currency).removesuffix(".00")
    return figures.percent(value, places=0)
