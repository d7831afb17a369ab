"""What must not be shown beside a number of too few people, lest it be worked out. Pure.

A rate of too few people is withheld. Where the rate of all is shown, with how many each is
of, the withheld one is what is left over: the whole times its people, less every part
times its own. So a second one is withheld with it, that of the fewest people, until those
withheld together are enough to be spoken of, and at least two.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

type Place = frozenset[tuple[str, str | int]]

# These do not part the people of a total: each value has all of them.
_NO_PARTS = frozenset({"model", "days", "day"})


class Told(Protocol):
    """A number of a metric: where it is of, of how many, and whether it is said."""

    @property
    def dimensions(self) -> Mapping[str, str | int]: ...
    @property
    def value(self) -> Decimal | None: ...
    @property
    def n(self) -> int: ...


@dataclass(frozen=True)
class Line:
    """A total and the parts that make it up, each by its place; how many it is short of.

    People who are in no part are a part of their own, which nobody shows.
    """

    total: Place
    parts: tuple[Place, ...]
    rest: int


def beside_small(cells: Sequence[Told], *, least: int) -> frozenset[Place]:
    """Return the places of one metric that are withheld beside those of too few people."""
    people = {place_of(cell): cell.n for cell in cells}
    small = frozenset(place_of(cell) for cell in cells if cell.value is None and cell.n)
    return withheld(people, small, least=least)


def place_of(cell: Told) -> Place:
    """Return where a number is of; what is empty says nothing."""
    return frozenset((k, v) for k, v in cell.dimensions.items() if v != "")


def withheld(
    people: Mapping[Place, int], small: frozenset[Place], *, least: int
) -> frozenset[Place]:
    """Return the places that are to be withheld beside those of too few people.

    ``people`` says of how many each number is. With what is returned and ``small`` left
    out, no number left out can be worked out from those that are shown; and those left out
    of one total are together at least ``least``, unless all of it is fewer.
    """
    lines = _lines(people)
    hidden = small
    while True:
        more = frozenset(
            place
            for line in lines
            if (place := _leaks(line, people, hidden, least)) is not None
        )
        if not more:
            return hidden - small
        hidden |= more


def _leaks(
    line: Line, people: Mapping[Place, int], hidden: frozenset[Place], least: int
) -> Place | None:
    """Return what is to be withheld next for this line, if it tells what it must not."""
    gone = [place for place in line.parts if place in hidden and people[place]]
    together = sum(people[place] for place in gone) + line.rest
    if line.total in hidden:
        # A withheld total is worked out of its parts, where these are shown.
        tells = together < least
    else:
        is_touched = bool(gone) or 0 < line.rest < least
        tells = is_touched and (len(gone) + bool(line.rest) < 2 or together < least)
    if not tells:
        return None
    left = [place for place in line.parts if place not in hidden and people[place]]
    if not left and line.total not in hidden and len(gone) + bool(line.rest) < 2:
        return line.total
    return min(left, key=lambda place: (people[place], _words(place)), default=None)


def _lines(people: Mapping[Place, int]) -> list[Line]:
    """Return every total with its parts: a place, and those that say one thing more."""
    parts: dict[tuple[Place, str], list[Place]] = defaultdict(list)
    for place in people:
        for name, value in place:
            total = place - {(name, value)}
            if name not in _NO_PARTS and total in people:
                parts[total, name].append(place)
    found = []
    for (total, _name), places in parts.items():
        rest = people[total] - sum(people[place] for place in places)
        # More than there are: these are no parts, people stand in several.
        if rest >= 0:
            found.append(Line(total, tuple(sorted(places, key=_words)), rest))
    return found


def _words(place: Place) -> list[str]:
    return sorted(map(str, place))
