"""How right it was, where the truth is known: by pairs, by record, by what was promised."""

from dataclasses import dataclass

import numpy as np

_BINS = 10
_LOOKED_AT_FROM = 0.2


@dataclass(frozen=True, slots=True)
class Right:
    """Pairs found, rightly found, and truly there; precision and recall of these."""

    found: int
    rightly: int
    truly: int

    @property
    def precision(self) -> float:
        """Return the share of found pairs that are one person; of none, 1."""
        return self.rightly / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Return the share of true pairs that were found; of none, 1."""
        return self.rightly / self.truly if self.truly else 1.0

    @property
    def f1(self) -> float:
        """Return their harmonic mean.

        >>> Right(found=4, rightly=3, truly=6).f1
        0.6
        """
        both = self.found + self.truly
        return 2 * self.rightly / both if both else 1.0


@dataclass(frozen=True, slots=True)
class Band:
    """Pairs of one range of probability: what was promised, and what was so."""

    low: float
    high: float
    pairs: int
    promised: float
    true: float


@dataclass(frozen=True, slots=True)
class Grouped:
    """How right groups are: by pairs, and by record (B cubed)."""

    pairs: Right
    b3_precision: float
    b3_recall: float
    largest: int

    @property
    def b3_f1(self) -> float:
        total = self.b3_precision + self.b3_recall
        return 2 * self.b3_precision * self.b3_recall / total if total else 0.0


def true_pairs(truth: np.ndarray) -> int:
    """Return how many pairs of records are one person.

    >>> true_pairs(np.array([0, 0, 0, 1]))
    3
    """
    return _pairs(np.unique(truth, return_counts=True)[1])


def of_pairs(chosen: np.ndarray, is_one: np.ndarray, truly: int) -> Right:
    """Return how right the chosen pairs are."""
    return Right(int(chosen.sum()), int((chosen & is_one).sum()), truly)


def of_groups(groups: np.ndarray, truth: np.ndarray) -> Grouped:
    """Return how right groups are, of which each record has one, and one in truth.

    >>> found = of_groups(np.array([1, 1, 1, 2]), np.array([7, 7, 8, 8]))
    >>> found.pairs
    Right(found=3, rightly=1, truly=2)
    >>> round(found.b3_precision, 3), found.b3_recall, found.largest
    (0.667, 0.75, 3)
    """
    if not len(groups):
        return Grouped(Right(0, 0, 0), 1.0, 1.0, 0)
    _, group, in_group = np.unique(groups, return_inverse=True, return_counts=True)
    _, true, in_truth = np.unique(truth, return_inverse=True, return_counts=True)
    both = group.ravel().astype(np.int64) * len(in_truth) + true.ravel()
    _, place, in_both = np.unique(both, return_inverse=True, return_counts=True)
    shared = in_both[place.ravel()]
    return Grouped(
        Right(_pairs(in_group), _pairs(in_both), _pairs(in_truth)),
        float(np.mean(shared / in_group[group.ravel()])),
        float(np.mean(shared / in_truth[true.ravel()])),
        int(in_group.max()),
    )


def calibration_error(likely: np.ndarray, is_one: np.ndarray) -> float:
    """Return by how much pairs above 0.2 are one person more or less often than promised.

    The mean over ten equal ranges of probability, each weighed by its pairs.

    >>> calibration_error(np.array([0.9, 0.9, 0.1]), np.array([True, False, True]))
    0.4
    """
    chosen = likely >= _LOOKED_AT_FROM
    if not chosen.any():
        return 0.0
    found = bands(likely[chosen], is_one[chosen], np.linspace(0, 1, _BINS + 1))
    total = sum(band.pairs for band in found)
    off = sum(band.pairs * abs(band.promised - band.true) for band in found)
    return round(off / total, 12)


def bands(
    likely: np.ndarray, is_one: np.ndarray, edges: np.ndarray
) -> tuple[Band, ...]:
    """Return the ranges between the edges that any pair is in, the lowest first."""
    place = np.clip(np.searchsorted(edges, likely, side="right") - 1, 0, len(edges) - 2)
    found = []
    for band in range(len(edges) - 1):
        here = place == band
        if here.any():
            found.append(
                Band(
                    float(edges[band]),
                    float(edges[band + 1]),
                    int(here.sum()),
                    float(likely[here].mean()),
                    float(is_one[here].mean()),
                )
            )
    return tuple(found)


def _pairs(sizes: np.ndarray) -> int:
    sizes = sizes.astype(np.int64)
    return int((sizes * (sizes - 1) // 2).sum())
