"""A population as the engine takes it, and how the engine read and compared it."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa

from benchmarks import population
from identity.matching import blocking, comparing, keyed, sharing
from identity.matching.engines import engine
from identity.matching.fields import Kind, recognise
from identity.matching.normalise import People, normalise
from identity.matching.rules import DEFAULT

_TRUTH = {"person", "value"}


@dataclass(frozen=True)
class Read:
    """What the engine made of a population."""

    typed: pa.Table
    kinds: dict[str, Kind]
    clean: list[dict[str, str]]
    people: People
    levels: pa.Table
    keys: pa.Table


def records(count: int, seed: int) -> pa.Table:
    """Return records as a storefront has them."""
    drawn = population.generate(count=count, seed=seed)
    kept = drawn.select([name for name in drawn.column_names if name not in _TRUTH])
    return kept.rename_columns(
        [
            "cross_id" if name == "shop_customer_id" else name
            for name in kept.column_names
        ]
    )


@cache
def read(count: int = 1_500, seed: int = 5) -> Read:
    """Return what the engine makes of that many, and of pairs drawn at random among them."""
    typed = records(count, seed)
    fields = recognise(typed)
    with engine() as opened:
        people = normalise(opened, typed, fields)
        clean = list(keyed.rows_of(people))
        people, _ = sharing.set_aside(people, DEFAULT)
        laid_out = comparing.lay_out(opened, people)
        pairs = _pairs(blocking.pairs(opened, people), count)
        found = comparing.comparisons(people)
        levels = comparing.levels(opened, found, laid_out, pairs)
        keys = keyed.keys(opened, people, storefront=1)
    kinds = {field.name: field.kind for field in fields}
    return Read(typed, kinds, clean, people, levels, keys)


def _pairs(found: pa.Table, count: int) -> pa.Table:
    """Return the pairs worth looking at, and as many that are not."""
    chance = np.random.default_rng(1)
    left, right = chance.integers(0, count, (2, 4_000))
    apart = left != right
    both = [np.minimum(left, right)[apart], np.maximum(left, right)[apart]]
    return pa.table(
        {
            side: np.concatenate([found[side].to_numpy(), other]).astype(np.int32)
            for side, other in zip(("l", "r"), both, strict=True)
        }
    )
