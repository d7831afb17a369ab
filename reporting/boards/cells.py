"""The readings of one build and shop, found by metric and place, and summed over months."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from typing import Any

from reporting.models import Reading

type Place = tuple[tuple[str, str | int], ...]

SURE, IMMATURE, SMALL = Reading.State.SURE, Reading.State.IMMATURE, Reading.State.SMALL
# What of a reading a board asks the database for.
FIELDS = ("metric", "dimensions", "value", "n", "low", "high", "state")


@dataclass(frozen=True, slots=True)
class Cell:
    """One number, as its build has it or as a sum of such."""

    value: Decimal | None
    n: int
    low: Decimal | None = None
    high: Decimal | None = None
    state: str = SURE


class Cells:
    """Where a number is asked for by what it is of."""

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Take rows of ``FIELDS``."""
        self._at: dict[tuple[str, Place], Cell] = {}
        self._values: dict[str, set[str]] = {}
        self.metrics: set[str] = set()
        for metric, dimensions, *said in rows:
            place = _place(dimensions)
            self._at[metric, place] = Cell(*said)
            self.metrics.add(metric)
            for name, value in place:
                self._values.setdefault(name, set()).add(str(value))

    def at(self, metric: str, place: Mapping[str, str]) -> Cell | None:
        """Return the number of a place; no place is the storefront as a whole."""
        return self._at.get((metric, _place(place)))

    def values(self, name: str) -> list[str]:
        """Return all that is said by one name of a place, as ``month``, in order."""
        return sorted(self._values.get(name, ()))

    def over(
        self, metric: str, months: Sequence[str], place: dict[str, str]
    ) -> Cell | None:
        """Return the sum of months, as sure as the least sure of them.

        A month without a number has none of it. Of a number that is withheld the sum is
        withheld too.
        """
        each = [self.at(metric, {**place, "month": month}) for month in months]
        found = [cell for cell in each if cell is not None]
        if not found:
            return None
        states = {cell.state for cell in found}
        state = next((one for one in (SMALL, IMMATURE) if one in states), SURE)
        n = sum(cell.n for cell in found)
        values = [cell.value for cell in found if cell.value is not None]
        if len(values) < len(found):
            return Cell(None, n, state=state)
        return Cell(sum(values, Decimal(0)), n, state=state)


def _place(dimensions: Mapping[str, str | int]) -> Place:
    """Return a place as it is looked up: what is empty says nothing."""
    said = [one for one in dimensions.items() if one[1] != ""]
    return tuple(said) if len(said) < 2 else tuple(sorted(said, key=itemgetter(0)))
