"""What may merge by itself: bands of probability, and how often audits found each right.

A probability is a promise. An audit is a pair drawn at random and read by a steward; a
band merges by itself once the audits leave no doubt that it is right often enough.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from identity.matching.audits import (
    APPROVED,
    EDGES,
    NEVER,
    Band,
    audits_needed,
    merge_at,
    wilson,
)
from identity.matching.model import Numbers

__all__ = [
    "APPROVED",
    "EDGES",
    "NEVER",
    "Band",
    "audits_needed",
    "count",
    "merge_at",
    "wilson",
]


def count(
    probabilities: Numbers,
    audited: Numbers,
    right: np.ndarray,
    edges: Sequence[float] = EDGES,
) -> list[Band]:
    """Return the bands, the lowest first.

    Args:
        probabilities: of every pair there is.
        audited: probabilities of the pairs that were drawn at random and answered.
        right: of each of these, whether it was one person.
    """
    edges = (*edges[:-1], np.nextafter(edges[-1], 2))
    of_pairs = np.histogram(probabilities, edges)[0]
    of_audits = np.histogram(audited, edges)[0]
    of_right = np.histogram(audited[np.asarray(right, dtype=bool)], edges)[0]
    return [
        Band(low, min(high, 1.0), *map(int, counted))
        for (low, high), counted in zip(
            pairwise(edges),
            zip(of_pairs, of_audits, of_right, strict=True),
            strict=True,
        )
    ]
