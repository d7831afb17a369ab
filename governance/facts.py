"""What the apps above know of how well things are: asked when a review is opened.

Governance loads no files and joins no people. An app that does registers what it
``Knows``; its answer is kept with the review, as it was on that day.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Fact:
    """One thing that was measured: in a word or a number, and what it comes to.

    ``rows`` name what it is made of, where somebody has to look.
    """

    what: str
    value: str
    words: str = ""
    is_well: bool = True
    rows: tuple[tuple[str, str], ...] = ()


class Knows(Protocol):
    """What an app can say of the health of what it does."""

    title: str

    def facts(self, *, since: datetime, until: datetime) -> Iterable[Fact]:
        """Return what was so during that time. Cheap: a person waits for nothing else."""


type Formula = Callable[[str], str]

_knowing: list[Knows] = []
_formulas: list[Formula] = []


def register(knows: Knows) -> None:
    """Ask here too; registering the same kind of answer again changes nothing."""
    if not any(type(known) is type(knows) for known in _knowing):
        _knowing.append(knows)


def told(*, since: datetime, until: datetime) -> list[tuple[str, list[Fact]]]:
    """Return all that the apps above say of that time, each under its title."""
    return [
        (each.title, list(each.facts(since=since, until=until))) for each in _knowing
    ]


def formulas_by(formula: Formula) -> None:
    """Have calculations told in words by whoever runs them, from now on."""
    _formulas[:] = [formula]


def formula_in_words(key: str) -> str:
    """Return what a calculation does, in words; nothing where nobody runs it."""
    return _formulas[0](key) if _formulas else ""
