"""Pairs that compare alike, counted once: there are far fewer of these than pairs. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from identity.matching.model import Feature, Numbers


@dataclass(frozen=True, slots=True)
class Patterns:
    """Every combination of levels that occurs, and how often."""

    levels: dict[str, np.ndarray]
    count: Numbers


def of_pairs(levels: pa.Table, features: Sequence[Feature]) -> Patterns:
    """Return the levels of pairs that compare alike once, with how many they are."""
    columns = {feature.name: column(levels, feature.name) for feature in features}
    factors = np.random.default_rng(7).integers(
        1, 2**63, size=len(columns), dtype=np.uint64
    )
    code = np.zeros(levels.num_rows, dtype=np.uint64)
    for factor, level in zip(factors, columns.values(), strict=True):
        code += level.astype(np.uint64) * factor
    _, place, count = np.unique(code, return_index=True, return_counts=True)
    return Patterns(
        {name: level[place] for name, level in columns.items()}, count.astype(float)
    )


def column(levels: pa.Table, name: str) -> np.ndarray:
    """Return the level of every pair in what is called so."""
    return np.asarray(levels[name].to_numpy().astype(np.int64))
