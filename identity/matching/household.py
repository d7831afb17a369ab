"""What a household shares, as one thing: a family is several people. Pure.

A surname, an address, a phone and a mailbox do not agree by chance one after another: who
shares one of them often shares all. Of each combination it is counted how many pairs are
two people, by their first names and birthdays, which are nobody else's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pyarrow as pa

from identity.matching.comparing import ALIKE_FROM, EQUAL_FROM, Comparison
from identity.matching.fields import Kind
from identity.matching.model import MISSING, Feature, Numbers, interaction
from identity.matching.patterns import Patterns, column

HOUSEHOLD = "what a household shares"
OWN = (Kind.FIRST, Kind.BIRTH)
_SHARED = (
    Kind.LAST, Kind.STREET, Kind.EMAIL, Kind.PHONE, Kind.HOUSE, Kind.POSTCODE, Kind.CITY,
    Kind.CARD,
)  # fmt: skip
_MOST_SHARED = 8
# Of so few it is also told how rare they are.
_FEW = 4


@dataclass(frozen=True, slots=True)
class Cells:
    """Which combination each pattern is, and how many pairs of each come by chance."""

    of: np.ndarray
    by_luck: Numbers

    def weights(self, of_strangers: Numbers) -> Numbers:
        """Return the bits to take away where more pairs are two people than by chance."""
        more = of_strangers / np.maximum(self.by_luck, 1e-12)
        return np.asarray(-np.log2(np.maximum(1.0, more)))


def feature(told: Sequence[Comparison]) -> Feature | None:
    """Return the joint feature of what households share, if who is who can be told apart."""
    shared = [one for kind in _SHARED for one in told if one.kind is kind]
    if not any(one.kind in OWN for one in told) or len(shared) < 2:
        return None
    shared = shared[:_MOST_SHARED]
    few = len(shared) <= _FEW
    return interaction(HOUSEHOLD, *(_coarse(one, by_rarity=few) for one in shared))


def parts(household: Feature | None) -> Iterator[tuple[str, tuple[int, ...]]]:
    if household is not None:
        yield from zip(household.of, household.coarse, strict=True)


def _coarse(
    one: Comparison, *, by_rarity: bool
) -> tuple[Feature, tuple[int, ...], tuple[str, ...]]:
    """Return into what the levels of something shared fall: it is the same, or not.

    How rare it is says much of two strangers and nothing of a family; a surname alone is
    shared by both, so of that it is kept.
    """
    levels = one.feature.levels
    equal = EQUAL_FROM[one.way]
    alike = ALIKE_FROM[one.way]
    if one.kind is Kind.LAST or (by_rarity and one.way == "text"):
        coarse = tuple(
            level - equal + 2 if level >= equal else int(level >= alike)
            for level in range(len(levels))
        )
        names = ("alike", "common", "usual", "rare", "very rare")
        return (
            one.feature,
            coarse,
            ("", *(f"{one.feature.name} {name}" for name in names)),
        )
    coarse = tuple(int(level >= alike) for level in range(len(levels)))
    return one.feature, coarse, ("", one.feature.name)


def flat(
    weights: Numbers, coarse: Sequence[int], one_person: Numbers, by_chance: Numbers
) -> Numbers:
    """Return the weights, those of levels that fall together being the same."""
    found = weights.copy()
    group = np.asarray(coarse)
    for value in range(1, int(group.max()) + 1):
        same = group == value
        found[same] = np.log2(one_person[same].sum() / by_chance[same].sum())
    return found


def cells(
    household: Feature | None,
    patterns: Patterns,
    by_chance: Mapping[str, Numbers],
    at_random: pa.Table,
    every: float,
) -> Cells:
    """Return the combination of every pattern, and what chance makes of each."""
    if household is None:
        nothing = np.zeros(len(patterns.count), dtype=np.int64)
        return Cells(nothing, np.array([every]))
    by_luck = every * _luck(household, by_chance, at_random)
    return Cells(household.column(patterns.levels), by_luck)


def _luck(
    household: Feature, by_chance: Mapping[str, Numbers], at_random: pa.Table
) -> Numbers:
    """Return how often two people share each combination, were all of it chance."""
    shares = []
    for name, coarse in zip(household.of, household.coarse, strict=True):
        known = float(np.mean(column(at_random, name) != MISSING))
        agrees = np.bincount(coarse, by_chance[name], minlength=max(coarse) + 1) * known
        agrees[0] = 1 - agrees[1:].sum()
        shares.append(agrees)
    return np.asarray(reduce(np.multiply.outer, shares)).ravel()


def strangers(
    told: Sequence[Comparison],
    by_chance: Mapping[str, Numbers],
    patterns: Patterns,
    found: Cells,
) -> Numbers:
    """Return how many pairs of each combination are two people, by what is their own."""
    count = len(found.by_luck)
    every = np.bincount(found.of, patterns.count, minlength=count)
    own = [one for kind in OWN for one in told if one.kind is kind]
    if not own:
        return np.zeros(count)
    name = own[0].feature.name
    level = patterns.levels[name]
    known = np.bincount(found.of, patterns.count * (level != MISSING), count)
    differ = np.bincount(found.of, patterns.count * (level == 1), count)
    share = differ / np.maximum(known, 1e-9) / by_chance[name][1]
    return np.asarray(every * np.clip(share, 0, 1))
