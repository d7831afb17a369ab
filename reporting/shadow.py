"""Compute readings that nobody publishes, on data of the moment."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from governance.taxonomy import Rule, TaxonomyError
from reporting import engine, facts, publish, snapshot
from reporting.agreed import Agreed
from reporting.engine import Engine
from reporting.metrics import Cell
from reporting.models import Reading

# Readings are kept to so many decimals: what moves less does not move.
_KEPT = Decimal(1).scaleb(-Reading._meta.get_field("value").decimal_places)

# A number's place: its storefront, its metric, its dimensions.
type Place = tuple[int, str, tuple[tuple[str, str | int], ...]]
# Its value as it is published, and of how many.
type Number = tuple[str | None, int]


class CannotCompute(Exception):
    """The readings cannot be computed; the message says why."""


def numbers(
    versions: Sequence[Agreed], *, moment: datetime
) -> list[dict[Place, Number]]:
    """Return every number as each of these would have it, on the same rows.

    Raises:
        CannotCompute: the data, or a view, is not such that numbers can be made of it.
    """
    try:
        # A statement that fails must not take the caller's transaction with it.
        with transaction.atomic(), ExitStack() as stack:
            # Rules alone decide what is written down; nearly always they are the same.
            folders = {
                rules: stack.enter_context(snapshot.aside(moment=moment, rules=rules))
                for rules in {agreed.rules for agreed in versions}
            }
            views = {
                (rules, wanted): stack.enter_context(_views(folders[rules], wanted))
                for rules, wanted in {_asked(agreed) for agreed in versions}
            }
            return [_numbers(views[_asked(agreed)], agreed) for agreed in versions]
    except (snapshot.SnapshotError, engine.EngineError, TaxonomyError) as error:
        raise CannotCompute(str(error)) from error


def _asked(agreed: Agreed) -> tuple[tuple[Rule, ...], facts.Wanted]:
    return agreed.rules, facts.wanted(agreed)


@contextmanager
def _views(folder: Path, wanted: facts.Wanted) -> Iterator[Engine]:
    with engine.over(folder) as views:
        facts.lay(views, wanted)
        yield views


def _numbers(views: Engine, agreed: Agreed) -> dict[Place, Number]:
    return {
        (storefront, key, tuple(cell.dimensions.items())): number(cell)
        for storefront, key, cell in publish.cells(views, agreed)
    }


def number(cell: Cell) -> Number:
    """Return a cell's value as it is published, and of how many."""
    if cell.value is None:
        return (None, cell.n)
    return (f"{cell.value.quantize(_KEPT):f}", cell.n)
