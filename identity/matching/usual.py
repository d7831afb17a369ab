"""What a record is compared by beside the other one: how usual values are where it came.

Counted when all records are read together. Only what many have has to be remembered: at
most fifteen hundred values of a field can each be on one record in fifteen hundred.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import pyarrow as pa

from identity.matching.comparing import Comparison, comparisons, rarity_of
from identity.matching.fields import Kind
from identity.matching.normalise import Column, People

_VERY_RARE = 3
_LEAST_COMMON_BIRTHS = 5

type Counted = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Usual:
    """Which columns there are, and how rare each value that many have is."""

    kinds: Mapping[str, Kind]
    rarities: Counted
    knows_guests: bool = False

    @classmethod
    def of(cls, people: People) -> Self:
        """Return what is usual among all these people."""
        told = {
            one.feature.name: one.way
            for one in comparisons(people)
            if one.way in {"name", "text", "birth"}
        }
        return cls(
            {name: column.kind for name, column in people.columns.items()},
            {name: _common(people.columns[name], way) for name, way in told.items()},
            people.guests is not None,
        )

    def rarity(self, field: str, value: str) -> int:
        """Return how rare the value is: as the engine tells the levels of what is equal."""
        found = self.rarities.get(field, {})
        if self.kinds.get(field) is Kind.BIRTH:
            return found.get(value, 0)
        return found.get(value, _VERY_RARE)

    @cached_property
    def compared(self) -> tuple[Comparison, ...]:
        """Return what is compared there."""
        nothing = np.array([], dtype=np.int32)
        columns = {
            name: Column(kind, nothing, pa.array([], pa.string()))
            for name, kind in self.kinds.items()
        }
        return comparisons(People(np.array([], dtype=np.int64), columns))

    def to_json(self) -> dict[str, Any]:
        """Return what ``from_json`` reads."""
        return {
            "kinds": {name: str(kind) for name, kind in self.kinds.items()},
            "rarities": {name: dict(of) for name, of in self.rarities.items()},
            "knows_guests": self.knows_guests,
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        """Return what ``to_json`` wrote."""
        kinds = {name: Kind(kind) for name, kind in said["kinds"].items()}
        return cls(kinds, said["rarities"], said["knows_guests"])


def _common(column: Column, way: str) -> dict[str, int]:
    rarity = rarity_of(column)
    if way == "birth":
        common = (column.counts() >= _LEAST_COMMON_BIRTHS) & (rarity < 2)
        return _named(column, np.flatnonzero(common), common.astype(np.int8))
    return _named(column, np.flatnonzero(rarity < _VERY_RARE), rarity)


def _named(column: Column, places: np.ndarray, of: np.ndarray) -> dict[str, int]:
    values = column.values.take(pa.array(places)).to_pylist()
    return dict(zip(values, of[places].tolist(), strict=True))
