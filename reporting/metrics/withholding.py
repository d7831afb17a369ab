"""Withhold, beside a number of too few people, what it could be worked out of.

Done once, as a number is computed: what is withheld stands in no build, so no page, no file
and no program can tell it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

from reporting.metrics.registry import Cell
from reporting.models import Reading
from reporting.suppression import beside_small, place_of


def shown(
    said: Iterable[tuple[int, Cell]], *, least: int
) -> Iterator[tuple[int, Cell]]:
    """Yield the cells of one metric with what must not be shown beside small ones empty.

    ``least`` is of how many people a number is said; 0 where it is said of any.
    """
    if not least:
        yield from said
        return
    by_storefront = sorted(said, key=itemgetter(0))
    for storefront, theirs in groupby(by_storefront, key=itemgetter(0)):
        cells = [cell for _, cell in theirs]
        beside = beside_small(cells, least=least)
        for cell in cells:
            yield storefront, _withheld(cell) if place_of(cell) in beside else cell


def _withheld(cell: Cell) -> Cell:
    return replace(cell, value=None, low=None, high=None, state=Reading.State.WITHHELD)
