"""Weights while nobody has answered yet: estimated from how often the levels occur.

Two records drawn at random are two people, which says how often each level comes about by
chance (u). Among the pairs that were looked at the rest is one person's doing (m); both
are told apart by expectation and maximisation. What a household shares does not come about
by chance, so it has a weight of its own: without it a family is one person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from identity.matching import household, patterns
from identity.matching.comparing import (
    EQUAL_FROM,
    Comparison,
    rarity_of,
    sharing_of,
)
from identity.matching.model import MISSING, Feature, Model, Numbers
from identity.matching.normalise import Column, People
from identity.matching.patterns import Patterns, column

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
    together = household.feature(told)
    counted = patterns.of_pairs(looked_at, features)
    every = len(people.records) * (len(people.records) - 1) / 2
    cells = household.cells(together, counted, by_chance, at_random, every)
    weights, shared, prior = _settle(told, people, by_chance, counted, together, cells)
    learned = [
        tuple(weights[feature.name].tolist())
        if feature.name in weights
        else (0.0,) * len(feature.levels)
        for feature in features
    ]
    if together is None:
        return Model(features, tuple(learned), prior)
    return Model((*features, together), (*learned, tuple(shared.tolist())), prior)


def _settle(
    told: Sequence[Comparison],
    people: People,
    by_chance: Mapping[str, Numbers],
    counted: Patterns,
    together: Feature | None,
    cells: household.Cells,
) -> tuple[dict[str, Numbers], Numbers, float]:
    """Return weights, the household's weights and the prior, when they no longer move."""
    split = {one.feature.name: _split(one, people) for one in told}
    one_person = {
        one.feature.name: split[one.feature.name](_EXPECTED[one.way]) for one in told
    }
    every = len(people.records) * (len(people.records) - 1) / 2
    prior = _prior(0.2 * len(people.records), every)
    # Begin by believing that who has another first name is another person.
    strangers = household.strangers(told, by_chance, counted, cells)
    weights: dict[str, Numbers] = {}
    shared = np.zeros(len(cells.by_luck))
    for _ in range(_ROUNDS):
        weights = _all_weights(told, one_person, by_chance, together)
        if together is not None:
            shared = cells.weights(strangers)
        bits = prior + shared[cells.of]
        for name, weight in weights.items():
            bits = bits + weight[counted.levels[name]]
        likely = counted.count / (1 + np.exp2(-np.clip(bits, -60, 60)))
        strangers = np.bincount(
            cells.of, counted.count - likely, minlength=len(cells.by_luck)
        )
        before, prior = prior, _prior(float(likely.sum()), every)
        one_person = {
            one.feature.name: _one_person(one, counted, likely, split[one.feature.name])
            for one in told
        }
        if abs(prior - before) < 1e-4:
            break
    return weights, shared, prior


def _prior(pairs: float, every: float) -> float:
    """Return the bits of a pair of which nothing is known, if so many are one person."""
    return min(_MOST_LIKELY, float(np.log2(max(pairs, 0.5) / every)))


def _all_weights(
    told: Sequence[Comparison],
    one_person: Mapping[str, Numbers],
    by_chance: Mapping[str, Numbers],
    together: Feature | None,
) -> dict[str, Numbers]:
    weights = {
        one.feature.name: _weights(
            one_person[one.feature.name], by_chance[one.feature.name], one.way
        )
        for one in told
    }
    for name, coarse in household.parts(together):
        weights[name] = household.flat(
            weights[name], coarse, one_person[name], by_chance[name]
        )
    return weights


def _one_person(
    one: Comparison, patterns: Patterns, likely: Numbers, split: "_Split"
) -> Numbers:
    """Return how often one person's records compare at each level."""
    counted = np.bincount(
        patterns.levels[one.feature.name], likely, minlength=len(one.feature.levels)
    )
    first = split.first
    grouped = np.append(counted[1:first], counted[first:].sum())
    grouped += _WORTH * np.asarray(_EXPECTED[one.way])
    grouped /= grouped.sum()
    if one.kind in household.OWN and grouped[0] > _MOST_DIFFERENT:
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
    said_of = people.columns[one.feature.name]
    levels = len(one.feature.levels)
    counts = said_of.counts().astype(float)
    shares = np.bincount(
        _equal_level(one, said_of) - first, counts, minlength=levels - first
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
    drawn = np.bincount(column(at_random, one.feature.name), minlength=levels)
    drawn = drawn.astype(float)
    drawn[MISSING] = 0
    said_of = people.columns[one.feature.name]
    counts = said_of.counts().astype(float)
    said = max(2.0, counts.sum())
    equal = np.bincount(
        _equal_level(one, said_of), counts * (counts - 1), minlength=levels
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
