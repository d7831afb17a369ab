"""What each comparison weighs, in bits: a pair's score is the sum, and nothing else. Pure.

A *feature* is one thing that is compared, and a *level* is how the two sides compared.
Levels are small numbers in a table of pairs: ``left``, ``right`` and a column for each
feature. An *interaction* is a feature made of others' levels, so it needs no column.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import pyarrow as pa

# Raised when a file written by an earlier one can no longer be read.
MODEL_VERSION = 1
MISSING = 0

type Numbers = np.ndarray[tuple[int], np.dtype[np.float64]]
type Levels = np.ndarray[tuple[int], np.dtype[np.int64]]


class ModelError(Exception):
    """A model says something that cannot be."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing compared, and what its levels are called, the first for "not known".

    An interaction is made ``of`` other features: ``coarse`` gives, for each of them, the
    coarser level of each of its levels. The first of them turns slowest.
    """

    name: str
    levels: tuple[str, ...]
    of: tuple[str, ...] = ()
    coarse: tuple[tuple[int, ...], ...] = ()

    def column(self, levels: Mapping[str, Levels]) -> Levels:
        """Return the feature's level of every pair."""
        if not self.of:
            return levels[self.name]
        first, *others = zip(self.of, self.coarse, strict=True)
        found = np.asarray(first[1])[levels[first[0]]]
        for name, coarse in others:
            found = found * (max(coarse) + 1) + np.asarray(coarse)[levels[name]]
        return found


@dataclass(frozen=True, slots=True)
class Weight:
    """What one level adds to the score of a pair."""

    feature: str
    level: str
    bits: float


@dataclass(frozen=True, slots=True)
class Model:
    """The weights of every level of every feature, in bits, and where the score begins.

    ``prior`` are the bits of a pair of which nothing is known. ``calibration`` are rising
    points (score, log odds in bits) between which a score is read; without any, a score
    is the log odds.
    """

    features: tuple[Feature, ...]
    weights: tuple[tuple[float, ...], ...]
    prior: float
    calibration: tuple[tuple[float, float], ...] = ()
    learned_from: int = 0
    version: int = MODEL_VERSION

    def __post_init__(self) -> None:
        for feature, weights in zip(self.features, self.weights, strict=True):
            if len(feature.levels) != len(weights):
                raise ModelError(
                    f"{feature.name} has {len(feature.levels)} levels and "
                    f"{len(weights)} weights. Give each level its weight."
                )

    @property
    def compared(self) -> tuple[Feature, ...]:
        """Return the features that stand as columns in a table of levels."""
        return tuple(feature for feature in self.features if not feature.of)

    def bits(self, levels: pa.Table) -> Numbers:
        """Return the score of every pair."""
        columns = columns_of(levels, self.compared)
        total = np.full(levels.num_rows, self.prior)
        for feature, weights in zip(self.features, self.weights, strict=True):
            total += np.asarray(weights)[feature.column(columns)]
        return total

    def probability(self, bits: Numbers) -> Numbers:
        """Return how likely pairs of such scores are one person."""
        if self.calibration:
            scores, odds = zip(*self.calibration, strict=True)
            # Beyond the points nothing was counted: there the ends hold.
            bits = np.interp(bits, scores, odds)
        return np.asarray(1 / (1 + np.exp2(-np.clip(bits, -60, 60))))

    def explain(self, pair: Mapping[str, int]) -> tuple[Weight, ...]:
        """Return every weight of one pair; they sum to its score.

        What is not known of the pair and weighs nothing is left out.
        """
        columns = {
            feature.name: np.array([pair.get(feature.name, MISSING)])
            for feature in self.compared
        }
        return (Weight("prior", "", self.prior), *self._weights(columns))

    def _weights(self, columns: Mapping[str, Levels]) -> Iterator[Weight]:
        for feature, weights in zip(self.features, self.weights, strict=True):
            level = int(feature.column(columns)[0])
            if level != MISSING or weights[level]:
                yield Weight(feature.name, feature.levels[level], weights[level])

    def to_json(self) -> str:
        """Return the model as text that ``from_json`` reads."""
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the model that ``to_json`` wrote.

        Raises:
            ModelError: another version wrote it.
        """
        said: dict[str, Any] = json.loads(text)
        if said.get("version") != MODEL_VERSION:
            raise ModelError(
                f"The model is of version {said.get('version')}, this program reads "
                f"version {MODEL_VERSION}. Learn it again."
            )
        features = tuple(
            Feature(one["name"], *(_tuples(one[key]) for key in _OF_A_FEATURE))
            for one in said.pop("features")
        )
        calibration, weights = (
            _tuples(said.pop(key)) for key in ("calibration", "weights")
        )
        return cls(features, weights, calibration=calibration, **said)


_OF_A_FEATURE = ("levels", "of", "coarse")


def columns_of(levels: pa.Table, features: Sequence[Feature]) -> dict[str, Levels]:
    """Return the levels of each feature as numbers; what has no column is not known."""
    there = set(levels.column_names)
    nothing = np.zeros(levels.num_rows, dtype=np.int64)
    return {
        feature.name: levels[feature.name].to_numpy().astype(np.int64, copy=False)
        if feature.name in there
        else nothing
        for feature in features
    }


def interaction(
    name: str, *parts: tuple[Feature, Sequence[int], Sequence[str]]
) -> Feature:
    """Return the feature of what several say together.

    Each part is a feature, the coarser level of each of its levels, and what these are
    called.

    >>> email = Feature("email", ("not known", "differs", "equal"))
    >>> phone = Feature("phone", ("not known", "differs", "equal"))
    >>> both = interaction(
    ...     "email × phone",
    ...     (email, (0, 0, 1), ("", "email")),
    ...     (phone, (0, 0, 1), ("", "phone")),
    ... )
    >>> both.levels
    ('neither', 'phone', 'email', 'email, phone')
    """
    names: list[tuple[str, ...]] = [()]
    for _, _, called in parts:
        names = [(*before, one) for before in names for one in called]
    levels = tuple(", ".join(filter(None, one)) or "neither" for one in names)
    of, coarse, _ = zip(*parts, strict=True)
    return Feature(
        name,
        levels,
        tuple(feature.name for feature in of),
        tuple(tuple(each) for each in coarse),
    )


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
