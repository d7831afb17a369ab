"""How far credit has moved between two builds, on the sales that both of them know.

A swing is the total variation distance of the channels' shares: half the sum of what each
gained or lost, so the part of all credit that went elsewhere. Pure.
"""

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction

# What each channel is credited with, in any unit.
type Credit = Mapping[str, int]


class NothingCredited(Exception):
    """There are no shares to compare: nothing was credited, or less than nothing."""


def swing(before: Credit, after: Credit) -> Fraction:
    """Return which part of the credit went to other channels.

    >>> swing({"email": 60, "social": 40}, {"email": 45, "social": 55})
    Fraction(3, 20)

    Raises:
        NothingCredited: one of the two sums to nothing.
    """
    return sum(map(abs, _moves(before, after).values()), Fraction(0)) / 2


def causes(steps: Sequence[tuple[str, Credit]]) -> dict[str, Fraction]:
    """Return how much of a swing each cause brought about; together they are the swing.

    ``steps`` are the credit before, and after one cause more each time, by the causes'
    names; the first name is not looked at. A cause that moved credit against the whole
    swing counts below zero. Which cause comes first may change what is left to the next:
    name them in the same order always.

    >>> causes([
    ...     ("before", {"email": 60, "social": 40}),
    ...     ("new touches", {"email": 40, "social": 60}),
    ...     ("identity", {"email": 45, "social": 55}),
    ... ])
    {'new touches': Fraction(1, 5), 'identity': Fraction(-1, 20)}

    Raises:
        NothingCredited: one of them sums to nothing.
    """
    _, before = steps[0]
    _, after = steps[-1]
    whole = _moves(before, after)
    found: dict[str, Fraction] = {}
    for (_, earlier), (cause, later) in itertools.pairwise(steps):
        moved = _moves(earlier, later)
        along = sum(
            (_sign(whole, key) * move for key, move in moved.items()), Fraction(0)
        )
        found[cause] = found.get(cause, Fraction(0)) + along / 2
    return found


def _moves(before: Credit, after: Credit) -> dict[str, Fraction]:
    """Return by how much of all credit each channel's share grew."""
    was, becomes = _shares(before), _shares(after)
    nothing = Fraction(0)
    return {
        key: becomes.get(key, nothing) - was.get(key, nothing)
        for key in sorted({*was, *becomes})
    }


def _shares(credit: Credit) -> dict[str, Fraction]:
    whole = sum(credit.values())
    if whole <= 0:
        raise NothingCredited(
            "Nothing was credited on the sales both builds know, so no share can have moved."
        )
    return {key: Fraction(part, whole) for key, part in credit.items()}


def _sign(moves: Mapping[str, Fraction], key: str) -> int:
    move = moves.get(key, Fraction(0))
    return (move > 0) - (move < 0)
