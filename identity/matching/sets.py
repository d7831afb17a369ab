"""Sets of whole numbers, sorted: by the million, sorting is many times as quick as hashing.

Pairs of rows are such numbers: the left row times how many rows there are, plus the right.
"""

import numpy as np

type Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]


def distinct(numbers: Numbers) -> Numbers:
    """Return the numbers in order, each once.

    >>> distinct(np.array([3, 1, 3, 2])).tolist()
    [1, 2, 3]
    """
    ordered = np.sort(numbers)
    return np.asarray(ordered[_begins(ordered)])


def distinct_places(numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Return where each number stands first, in their order, and of all the place in it.

    >>> places, of = distinct_places(np.array([7, 5, 7, 6]))
    >>> places.tolist(), of.tolist()
    ([1, 3, 0], [2, 0, 2, 1])
    """
    # Stable, so that of equal numbers the first comes first.
    order = np.argsort(numbers, kind="stable")
    begins = _begins(numbers[order])
    of = np.empty(len(numbers), dtype=np.int64)
    of[order] = np.cumsum(begins) - 1
    return order[begins], of


def without(numbers: Numbers, others: Numbers) -> Numbers:
    """Return the numbers that are none of the others, in order, each once.

    >>> without(np.array([4, 1, 4, 2]), np.array([2, 9])).tolist()
    [1, 4]
    """
    kept, ordered = distinct(numbers), np.sort(others)
    if not len(ordered):
        return kept
    place = np.searchsorted(ordered, kept).clip(max=len(ordered) - 1)
    return np.asarray(kept[ordered[place] != kept])


def _begins(ordered: Numbers) -> np.ndarray:
    """Return where in the ordered numbers another one begins."""
    begins = np.ones(len(ordered), dtype=bool)
    begins[1:] = ordered[1:] != ordered[:-1]
    return begins
