"""What a metric is, and where it is entered."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from inspect import cleandoc
from itertools import groupby
from operator import itemgetter
from typing import Any

from reporting.models import Reading

# A rate or a mean of fewer people than this says more about them than about the shop.
# Counts are shown however small they are.
MIN_N = 30

SURE, IMMATURE, SMALL = Reading.State.SURE, Reading.State.IMMATURE, Reading.State.SMALL


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of a metric, before it belongs to a build."""

    dimensions: Mapping[str, str | int]
    value: Decimal | None
    n: int
    low: Decimal | None = None
    high: Decimal | None = None
    state: str = SURE


# One row of a view.
type Row = Mapping[str, Any]
# Of a row, and of how many at least a rate is shown. Returns no cell for a row the metric
# says nothing about.
type Reader = Callable[[Row, int], Cell | None]
# Of all rows of one storefront at once, for what is fitted to them together.
type Fitter = Callable[[list[Row], int], Iterable[Cell]]


@dataclass(frozen=True, slots=True)
class Metric:
    """A definition under its key: which view it reads, and with what parameters.

    What stands here is how the code has it; what counts is what was agreed, see
    ``reporting.agreed``.
    """

    key: str
    version: str
    view: str
    parameters: Mapping[str, int | str]
    read: Reader | None = None
    fit: Fitter | None = None
    min_n: int = 0

    def cells(self, rows: Iterable[Row]) -> Iterator[tuple[int, Cell]]:
        """Yield what the metric says of its view's rows, each with its storefront."""
        if self.fit is not None:
            by_storefront = sorted(rows, key=_STOREFRONT)
            for storefront, theirs in groupby(by_storefront, key=_STOREFRONT):
                for cell in self.fit(list(theirs), self.min_n):
                    yield storefront, cell
            return
        for row in rows:
            said = self.cell(row)
            if said is not None:
                yield row["storefront_id"], said

    def cell(self, row: Row) -> Cell | None:
        """Return what the metric says of one row of its view."""
        assert self.read is not None, f"{self.key} is fitted to many rows at once."
        return self.read(row, self.min_n)

    @property
    def made_by(self) -> Callable[..., Any]:
        """Return the function that says what the metric is."""
        made_by = self.read or self.fit
        assert made_by is not None
        return made_by

    @property
    def definition(self) -> str:
        """Return what the metric means, in words."""
        return cleandoc(self.made_by.__doc__ or "")


# By key, in the order in which the modules were read; see ``reporting.metrics``.
ENTERED: dict[str, Metric] = {}

_STOREFRONT = itemgetter("storefront_id")


def metric(
    key: str, *, version: str = "1", view: str, **parameters: int | str
) -> Callable[[Reader], Reader]:
    """Enter the function below into the registry: it reads one row of the view."""

    def enter(read: Reader) -> Reader:
        ENTERED[key] = Metric(key, version, view, parameters, read=read)
        return read

    return enter


def fitted(
    key: str, *, version: str = "1", view: str, **parameters: int | str
) -> Callable[[Fitter], Fitter]:
    """Enter the function below: it is fitted to all rows of a storefront at once."""

    def enter(fit: Fitter) -> Fitter:
        ENTERED[key] = Metric(key, version, view, parameters, fit=fit)
        return fit

    return enter


def by_channel(row: Row) -> dict[str, str | int]:
    """Return the dimensions of a row by channel; the total has none."""
    return {"channel": row["channel"]} if row["channel"] else {}


def by_month(row: Row) -> dict[str, str | int]:
    """Return the dimensions of a row by month; the total has none."""
    return {} if row["month"] is None else {"month": month(row["month"])}


def until_ended(row: Row) -> str:
    """Return how sure a sum is: a month grows until its last day is known."""
    return SURE if row["has_ended"] else IMMATURE


def month(number: int) -> str:
    """Return a month counted from year 0 as readings name it.

    >>> month(2017 * 12)
    '2017-01'
    """
    year, nth = divmod(number, 12)
    return f"{year:04}-{nth + 1:02}"
