"""Pairs that compare alike in one thing, looked at once: texts repeat, and looking is dear.

Where both say the same, how they compare is a matter of what they say; where they do not,
of the two values. Where one says nothing there is nothing to look at.
"""

from dataclasses import dataclass

import numpy as np

from identity.matching.model import MISSING
from identity.matching.normalise import NONE, Codes
from identity.matching.sets import distinct_places

type Places = np.ndarray[tuple[int], np.dtype[np.int64]]
type Levels = np.ndarray[tuple[int], np.dtype[np.int8]]

# So many kinds of pairs of the same two values there are at most.
MARKS = 4


@dataclass(frozen=True, slots=True)
class Once:
    """The pairs to look at, and those of which something is known: ``by`` which of them.

    All are places in the pairs there are.
    """

    looked_at: Places
    known: Places
    by: Places

    def spread(self, seen: Levels, count: int) -> Levels:
        """Return the level of every pair, by what was seen of those looked at."""
        found = np.full(count, MISSING, dtype=np.int8)
        found[self.known] = seen[self.by]
        return found


def each(known: np.ndarray) -> Once:
    """Look at every pair of which something is known."""
    places = np.flatnonzero(known)
    return Once(places, places, np.arange(len(places)))


def once(left: Codes, right: Codes, marks: np.ndarray) -> Once:
    """Look at every value that both sides say, and at every two that they say, once.

    ``left`` and ``right`` are which value each side says. Two different ones are looked at
    again where the ``marks`` (small numbers) differ.
    """
    known = (left != NONE) & (right != NONE)
    same = np.flatnonzero(known & (left == right))
    differ = np.flatnonzero(known & (left != right))
    stands_for = np.full(left.max(initial=NONE) + 1, NONE, dtype=np.int64)
    stands_for[left[same]] = same
    values = np.flatnonzero(stands_for != NONE)
    place_of = np.cumsum(stands_for != NONE) - 1
    count = int(right.max(initial=0)) + 1
    two = left[differ].astype(np.int64) * count + right[differ]
    first, of = distinct_places(two * MARKS + marks[differ])
    return Once(
        looked_at=np.concatenate([stands_for[values], differ[first]]),
        known=np.concatenate([same, differ]),
        by=np.concatenate([place_of[left[same]], len(values) + of]),
    )
