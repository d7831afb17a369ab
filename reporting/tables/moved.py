"""Why numbers moved since the build before: each number, and what each cause did to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from reporting.models import Movement
from reporting.tables import figures
from reporting.tables.definitions import NAMES, place

CAUSES = tuple(Movement.Cause)


@dataclass(frozen=True)
class Row:
    """One number: where it stands, what it was, what each cause did, and what it is.

    A cause that did nothing has no words. Where a number appears or is withheld, no
    difference can be told, and the words say that.
    """

    metric: str
    name: str
    of: str
    before: str
    causes: tuple[str, ...]
    after: str


def rows(movements: Iterable[Movement], currency: str) -> list[Row]:
    """Return the numbers in the order in which pages show metrics."""
    ordered = sorted(
        movements,
        key=lambda one: (place(one.metric), sorted(map(str, one.dimensions.items()))),
    )
    return [_row(one, currency) for one in ordered]


def _row(movement: Movement, currency: str) -> Row:
    steps = [
        movement.before,
        *(None if each is None else Decimal(each) for each in movement.steps),
    ]
    return Row(
        metric=movement.metric,
        name=NAMES.get(movement.metric, movement.metric),
        of=", ".join(
            f"{name} {value}" for name, value in movement.dimensions.items() if value
        ),
        before=_said(movement.metric, steps[0], currency),
        causes=tuple(
            _moved(movement.metric, old, new, currency) for old, new in pairwise(steps)
        ),
        after=_said(movement.metric, steps[-1], currency),
    )


def _said(metric: str, value: Decimal | None, currency: str) -> str:
    return figures.said(metric, value, currency) or figures.NOTHING


def _moved(metric: str, old: Decimal | None, new: Decimal | None, currency: str) -> str:
    if old == new:
        return ""
    if old is None or new is None:
        return "appears" if old is None else "is withheld"
    moved = figures.said(metric, new - old, currency) or ""
    return moved if new < old else f"+{moved}"
