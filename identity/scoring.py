"""How right the joining is, where somebody knows the truth. Pure."""

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """Pairs of records: joined, joined rightly, and truly of one person."""

    joined: int
    rightly_joined: int
    truly_one: int
    largest: int

    @property
    def precision(self) -> float:
        """Return the share of joined pairs that are one person; of none, 1."""
        return self.rightly_joined / self.joined if self.joined else 1.0

    @property
    def recall(self) -> float:
        """Return the share of true pairs that were joined; of none, 1."""
        return self.rightly_joined / self.truly_one if self.truly_one else 1.0


def score[Record: Hashable](
    found: Mapping[Record, Hashable], truth: Mapping[Record, Hashable]
) -> Score:
    """Compare people found with people known, by the pairs of records both name.

    >>> found = {"a": 1, "b": 1, "c": 1, "d": 2}
    >>> counted = score(found, {"a": "Ann", "b": "Ann", "c": "Bo", "d": "Bo"})
    >>> counted.joined, counted.rightly_joined, counted.truly_one, counted.largest
    (3, 1, 2, 3)
    >>> round(counted.precision, 3), counted.recall
    (0.333, 0.5)
    """
    both = [(found[record], truth[record]) for record in found if record in truth]
    by_found = Counter(one for one, _ in both)
    by_truth = Counter(one for _, one in both)
    return Score(
        joined=_pairs(by_found),
        rightly_joined=_pairs(Counter(both)),
        truly_one=_pairs(by_truth),
        largest=max(by_found.values(), default=0),
    )


def _pairs(sizes: Mapping[Hashable, int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())
