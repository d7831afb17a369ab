"""Where a board's numbers are taken from: one build, some months of it, some people."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reporting.boards.asked import Period
from reporting.boards.cells import SMALL, Cell, Cells
from reporting.boards.declared import Column
from reporting.intervals import ratio
from reporting.metrics import MIN_N


@dataclass(frozen=True)
class Source:
    """What numbers are taken from: cells, of which months of them, of whom.

    Without a period they are of all that is known.
    """

    cells: Cells
    period: Period | None
    scope: Mapping[str, str] = field(default_factory=dict)

    @property
    def months(self) -> tuple[str, ...]:
        return self.period.months if self.period else ()

    @property
    def is_all(self) -> bool:
        """Return whether the period leaves nothing out that is known."""
        known = self.cells.values("month")
        if not known or self.period is None:
            return True
        return self.period.first <= known[0] and known[-1] <= self.period.last

    def whole(self, column: Column) -> Cell | None:
        """Return a column's number over the whole period."""
        own = self.cells.at(column.metric, dict(self.scope))
        if column.adds_up and (own is None or not self.is_all):
            return self.cells.over(column.metric, self.months, dict(self.scope))
        if column.part and (own is None or not self.is_all):
            part = self.cells.over(column.part, self.months, dict(self.scope))
            whole = self.cells.over(column.whole, self.months, dict(self.scope))
            return _quotient(part, whole)
        return own

    def at(self, column: Column, by: str, value: str) -> Cell | None:
        """Return a column's number of one month, channel or segment."""
        place = {**self.scope, by: value}
        own = self.cells.at(column.metric, place)
        if own is not None or not column.part:
            return own
        part, whole = (
            self.cells.at(each, place) for each in (column.part, column.whole)
        )
        return _quotient(part, whole)

    def narrows(self, column: Column) -> bool:
        """Return whether the period narrows the column's number."""
        return column.adds_up or bool(column.part)


def _quotient(part: Cell | None, whole: Cell | None) -> Cell | None:
    """Return one sum by another; of fewer than are spoken of, nothing."""
    if part is None or whole is None:
        return None
    if part.value is None or whole.value is None or not whole.value:
        return Cell(None, whole.n, state=whole.state)
    if whole.n < MIN_N:
        return Cell(None, whole.n, state=SMALL)
    return Cell(ratio(part.value, whole.value), whole.n, state=whole.state)
