"""Weights while nobody has answered yet: estimated from how often the levels occur.

Two records drawn at random are two people, which says how often each level comes about by
chance (u). Among the pairs that were looked at the rest is one person's doing (m); both
are told apart by expectation and maximisation. What a household shares (a surname, an
address, a phone, a mailbox) does not come about by chance: of each combination of these it
is counted how many pairs are two people, by their first names and birthdays, which are
nobody else's. That joint count is a weight of its own; without it a family is one person.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pyarrow as pa

from identity.matching.comparing import (
    ALIKE_FROM,
    EQUAL_FROM,
    Comparison,
    rarity_of,
    sharing_of,
)
from identity.matching.fields import Kind
from identity.matching.model import MISSING, Feature, Model, Numbers, interaction
from identity.matching.normalise import Column, People

HOUSEHOLD = "what a household shares"
SAMPLE = 100_000
_ROUNDS = 40
# What is expected before anything was counted, worth so many pairs.
_EXPECTED: Mapping[str, tuple[float, ...]] = {
    "name": (0.02, 0.03, 0.04, 0.06, 0.05, 0.01, 0.79),
    "birth": (0.02, 0.02, 0.03, 0.03, 0.01, 0.89),
    "email": (0.15, 0.02, 0.04, 0.02, 0.02, 0.75),
    "phone": (0.28, 0.02, 0.70),
    "id": (0.10, 0.08, 0.82),
    "text": (0.12, 0.05, 0.08, 0.75),
}
_WORTH = 20.0
# Two records of which nothing is known are two people's, however few there are.
_MOST_LIKELY = -4.0
# Namesakes are alike in this as one person is: until somebody answers, it weighs nothing.
_SAYS_NOTHING = {"email": 2}
# One person's first name or birthday hardly ever differs altogether, whatever was counted.
_MOST_DIFFERENT = 0.10
_OWN = (Kind.FIRST, Kind.BIRTH)
_SHARED = (
    Kind.LAST, Kind.STREET, Kind.EMAIL, Kind.PHONE, Kind.HOUSE, Kind.POSTCODE, Kind.CITY,
    Kind.CARD,
)  # fmt: skip
_MOST_SHARED = 8
# Of so few it is also told how rare they are.
_FEW = 4


@dataclass(slots=True)
class _Patterns:
    """Every combination of levels that occurs, and how often."""

    levels: dict[str, np.ndarray]
    count: Numbers


def sample(count: int) -> pa.Table:
    """Return pairs of rows drawn at random, the same ones every time."""
    every = count * (count - 1) // 2
    if every <= SAMPLE:
        left, right = np.triu_indices(count, 1)
    else:
        drawn = np.random.default_rng(20_250).integers(0, count, (2, SAMPLE))
        drawn = drawn[:, drawn[0] != drawn[1]]
        left, right = drawn.min(axis=0), drawn.max(axis=0)
    return pa.table({"l": left.astype(np.int32), "r": right.astype(np.int32)})


def estimate(
    found: Sequence[Comparison],
    people: People,
    looked_at: pa.Table,
    at_random: pa.Table,
) -> Model:
    """Return the model of these people, without a single answer.

    Args:
        found: what is compared.
        people: the records, for how rare their values are.
        looked_at: the levels of the pairs that were looked at.
        at_random: the levels of pairs drawn at random.
    """
    told = [one for one in found if one.way in _EXPECTED]
    features = tuple(one.feature for one in found)
    by_chance = {one.feature.name: _by_chance(one, people, at_random) for one in told}
    if not looked_at.num_rows or not told:
        nothing = tuple((0.0,) * len(feature.levels) for feature in features)
        return Model(features, nothing, prior=-10.0)
    household = _household(told)
    patterns = _patterns(looked_at, features)
    every = len(people.records) * (len(people.records) - 1) / 2
    weights, shared, prior = _settle(
        told, people, by_chance, patterns, household, at_random, every
    )
    learned = [
        tuple(weights[feature.name].tolist())
        if feature.name in weights
        else (0.0,) * len(feature.levels)
        for feature in features
    ]
    if household is None:
        return Model(features, tuple(learned), prior)
    return Model((*features, household), (*learned, tuple(shared.tolist())), prior)


def _settle(
    told: Sequence[Comparison],
    people: People,
    by_chance: Mapping[str, Numbers],
    patterns: _Patterns,
    household: Feature | None,
    at_random: pa.Table,
    every: float,
) -> tuple[dict[str, Numbers], Numbers, float]:
    """Return weights, the household's weights and the prior, when they no longer move."""
    split = {one.feature.name: _split(one, people) for one in told}
    if household is None:
        cell, by_luck = (
            np.zeros(len(patterns.count), dtype=np.int64),
            np.ones(1) * every,
        )
    else:
        cell = household.column(patterns.levels)
        by_luck = every * _luck(household, by_chance, at_random)
    # Begin by believing that who has another first name is another person.
    strangers = _strangers(told, by_chance, patterns, cell, len(by_luck))
    share = max(1.0, 0.2 * len(people.records)) / every
    prior = min(_MOST_LIKELY, float(np.log2(share)))
    one_person = {
        one.feature.name: split[one.feature.name](_EXPECTED[one.way]) for one in told
    }
    weights = {}
    shared = np.zeros(len(by_luck))
    for _ in range(_ROUNDS):
        weights = {
            one.feature.name: _weights(
                one_person[one.feature.name], by_chance[one.feature.name], one.way
            )
            for one in told
        }
        for name, coarse in _parts(household):
            weights[name] = _flat(
                weights[name], coarse, one_person[name], by_chance[name]
            )
        if household is not None:
            shared = -np.log2(np.maximum(1.0, strangers / np.maximum(by_luck, 1e-12)))
        bits = prior + shared[cell]
        for name, weight in weights.items():
            bits = bits + weight[patterns.levels[name]]
        likely = patterns.count / (1 + np.exp2(-np.clip(bits, -60, 60)))
        strangers = np.bincount(cell, patterns.count - likely, minlength=len(by_luck))
        share = max(likely.sum(), 0.5) / every
        before, prior = prior, min(_MOST_LIKELY, float(np.log2(share)))
        for one in told:
            one_person[one.feature.name] = _one_person(
                one, patterns, likely, split[one.feature.name]
            )
        if abs(prior - before) < 1e-4:
            break
    return weights, shared, prior


def _one_person(
    one: Comparison, patterns: _Patterns, likely: Numbers, split: "_Split"
) -> Numbers:
    """Return how often one person's records compare at each level."""
    counted = np.bincount(
        patterns.levels[one.feature.name], likely, minlength=len(one.feature.levels)
    )
    first = split.first
    grouped = np.append(counted[1:first], counted[first:].sum())
    grouped += _WORTH * np.asarray(_EXPECTED[one.way])
    grouped /= grouped.sum()
    if one.kind in _OWN and grouped[0] > _MOST_DIFFERENT:
        grouped[1:] *= (1 - _MOST_DIFFERENT) / grouped[1:].sum()
        grouped[0] = _MOST_DIFFERENT
    return split(grouped, counted[first:])


@dataclass(frozen=True, slots=True)
class _Split:
    """How the levels that are equal divide: as the records' values do, by how rare."""

    first: int
    shares: Numbers
    is_fixed: bool

    def __call__(
        self, grouped: Sequence[float] | Numbers, counted: Numbers | None = None
    ) -> Numbers:
        shares = self.shares
        if not self.is_fixed and counted is not None:
            shares = counted + _WORTH * shares
            shares = shares / shares.sum()
        return np.concatenate([[0.0], np.asarray(grouped)[:-1], grouped[-1] * shares])


def _split(one: Comparison, people: People) -> _Split:
    first = EQUAL_FROM[one.way]
    column = people.columns[one.feature.name]
    levels = len(one.feature.levels)
    counts = column.counts().astype(float)
    shares = np.bincount(
        _equal_level(one, column) - first, counts, minlength=levels - first
    )
    total = shares.sum()
    shares = shares / total if total else np.full(levels - first, 1 / (levels - first))
    return _Split(first, np.maximum(shares, 1e-4), one.way in {"name", "text"})


def _equal_level(one: Comparison, column: Column) -> np.ndarray:
    """Return the level of two records that both have the value, for each value."""
    if one.way in {"name", "text"}:
        return EQUAL_FROM[one.way] + rarity_of(column)
    top = len(one.feature.levels) - 1
    if one.way == "birth":
        common = (column.counts() >= 5) & (rarity_of(column) < 2)
        return top - common.astype(np.int64)
    return top - sharing_of(column).astype(np.int64)


def _by_chance(one: Comparison, people: People, at_random: pa.Table) -> Numbers:
    """Return how often two people's records compare at each level.

    What is equal is counted over all pairs, for among those drawn it hardly occurs.
    """
    levels = len(one.feature.levels)
    drawn = np.bincount(_column(at_random, one.feature.name), minlength=levels)
    drawn = drawn.astype(float)
    drawn[MISSING] = 0
    column = people.columns[one.feature.name]
    counts = column.counts().astype(float)
    said = max(2.0, counts.sum())
    equal = np.bincount(
        _equal_level(one, column), counts * (counts - 1), minlength=levels
    ) / (said * (said - 1))
    exact = np.arange(levels) >= EQUAL_FROM[one.way]
    rest = np.where(exact, 0, drawn + 0.5)
    rest[MISSING] = 0
    found = np.where(exact, np.maximum(equal, 0.5 / said**2), 0)
    return np.asarray(found + rest / rest.sum() * max(1e-6, 1 - found.sum()))


def _weights(one_person: Numbers, by_chance: Numbers, way: str) -> Numbers:
    """Return the bits of each level; what is not known weighs nothing."""
    found = np.zeros(len(one_person))
    found[1:] = np.log2(
        np.maximum(one_person[1:], 1e-5) / np.maximum(by_chance[1:], 1e-12)
    )
    found[_SAYS_NOTHING.get(way, MISSING)] = 0.0
    return found


def _household(told: Sequence[Comparison]) -> Feature | None:
    """Return the joint feature of what households share, if who is who can be told apart."""
    shared = [one for kind in _SHARED for one in told if one.kind is kind]
    if not any(one.kind in _OWN for one in told) or len(shared) < 2:
        return None
    shared = shared[:_MOST_SHARED]
    few = len(shared) <= _FEW
    return interaction(HOUSEHOLD, *(_coarse(one, by_rarity=few) for one in shared))


def _parts(household: Feature | None) -> Iterator[tuple[str, tuple[int, ...]]]:
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


def _flat(
    weights: Numbers, coarse: Sequence[int], one_person: Numbers, by_chance: Numbers
) -> Numbers:
    """Return the weights, those of levels that fall together being the same."""
    found = weights.copy()
    group = np.asarray(coarse)
    for value in range(1, int(group.max()) + 1):
        same = group == value
        found[same] = np.log2(one_person[same].sum() / by_chance[same].sum())
    return found


def _luck(
    household: Feature, by_chance: Mapping[str, Numbers], at_random: pa.Table
) -> Numbers:
    """Return how often two people share each combination, were all of it chance."""
    shares = []
    for name, coarse in zip(household.of, household.coarse, strict=True):
        known = float(np.mean(_column(at_random, name) != MISSING))
        agrees = np.bincount(coarse, by_chance[name], minlength=max(coarse) + 1) * known
        agrees[0] = 1 - agrees[1:].sum()
        shares.append(agrees)
    return np.asarray(reduce(np.multiply.outer, shares)).ravel()


def _strangers(
    told: Sequence[Comparison],
    by_chance: Mapping[str, Numbers],
    patterns: _Patterns,
    cell: np.ndarray,
    cells: int,
) -> Numbers:
    """Return how many pairs of each combination are two people, by what is their own."""
    every = np.bincount(cell, patterns.count, minlength=cells)
    for kind in _OWN:
        for one in told:
            if one.kind is kind:
                level = patterns.levels[one.feature.name]
                known = np.bincount(cell, patterns.count * (level != MISSING), cells)
                differ = np.bincount(cell, patterns.count * (level == 1), cells)
                share = (
                    differ / np.maximum(known, 1e-9) / by_chance[one.feature.name][1]
                )
                return np.asarray(every * np.clip(share, 0, 1))
    return np.zeros(cells)


def _patterns(levels: pa.Table, features: Sequence[Feature]) -> _Patterns:
    """Return the levels of pairs that compare alike once, with how many they are."""
    columns = {feature.name: _column(levels, feature.name) for feature in features}
    factors = np.random.default_rng(7).integers(
        1, 2**63, size=len(columns), dtype=np.uint64
    )
    code = np.zeros(levels.num_rows, dtype=np.uint64)
    for factor, column in zip(factors, columns.values(), strict=True):
        code += column.astype(np.uint64) * factor
    _, place, count = np.unique(code, return_index=True, return_counts=True)
    return _Patterns(
        {name: column[place] for name, column in columns.items()}, count.astype(float)
    )


def _column(levels: pa.Table, name: str) -> np.ndarray:
    return np.asarray(levels[name].to_numpy().astype(np.int64))
