"""How likely two records of a storefront are one person, and what says so, by the weights.

The engine looks at every pair worth looking at. It joins nobody here: what it says ranks
and explains what stewards are asked, and what is surer than a given likelihood and has
nothing against it is left to the stitching. It takes a worker: a page imports none of
this.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from governance.models import SourceSystem
from identity import rows, weights
from identity.evidence import Value
from identity.matching import bands, engine
from identity.matching.fields import Kind
from identity.matching.model import Model, Weight, columns_of
from identity.matching.rules import ASK, MERGE, Rules
from identity.policy import Policy
from identity.scored import Likely

# Raised when the same records would be weighed otherwise than before.
VERSION = 2
ESTIMATED = "estimated"
_NAMES = frozenset({Kind.FIRST, Kind.MIDDLE, Kind.LAST})
# By which of its values a record is compared: without the consent it needs it is not.
_IDENTIFIER_OF = {
    "email": "email",
    "phone": "phone",
    "cross_id": "cross_id",
    "street": "address",
    "postcode": "address",
    "city": "address",
}
_SUREST_BITS = 60
_PAIR = pa.schema([("left", pa.int64()), ("right", pa.int64())])
_COLUMNS = {
    "record": pa.int64(),
    **dict.fromkeys(
        (
            "source", "first", "last", "email", "phone", "birth", "country", "street",
            "postcode", "city",
            "cross_id", "account_of",
        ),
        pa.string(),
    ),
    "is_guest": pa.bool_(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """How likely a pair is one person, every weight (they sum to its score), and a guard.

    ``guard`` says why the weights alone do not join them.
    """

    probability: float
    weights: tuple[Weight, ...]
    guard: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """Pairs of records, how likely each is one person, and by what weights.

    ``version`` names the weights: the digest of the model that was agreed on, or that they
    were estimated.
    """

    model: Model
    version: str
    pairs: pa.Table

    def likely(self) -> Iterator[tuple[int, int, float]]:
        """Yield the pairs somebody may be asked about, the smaller record first.

        Who shares nothing but a name is left out: a shop has many namesakes, and nothing
        a steward could read would tell them apart.
        """
        asked = pc.equal(self.pairs["decision"], ASK)
        more = pa.array(self._shares_more_than_a_name())
        found = self.pairs.filter(pc.and_(asked, more))
        columns = (found["left"], found["right"], found["probability"])
        yield from zip(*(column.to_pylist() for column in columns), strict=True)

    def joining(self) -> Iterator[Likely]:
        """Yield the pairs that weights join: likely enough, and nothing is against it."""
        found = self.pairs.filter(pc.equal(self.pairs["decision"], MERGE))
        if not found.num_rows:
            return
        likely = found["probability"].to_numpy().clip(1e-18, 1 - 1e-16)
        bits = np.rint(np.log2(likely / (1 - likely))).clip(max=_SUREST_BITS)
        rests_on = self._rests_on(found)
        left, right = (found[side].to_pylist() for side in ("left", "right"))
        for one, other, odds, needed in zip(left, right, bits, rests_on, strict=True):
            yield Likely(one, other, int(odds), needed, self.version)

    def _rests_on(self, pairs: pa.Table) -> list[frozenset[str]]:
        """Return by which identifiers each pair is likely: what agrees, and needs consent."""
        levels = columns_of(pairs, self.model.compared)
        needed: list[set[str]] = [set() for _ in range(pairs.num_rows)]
        for feature, bits in zip(self.model.features, self.model.weights, strict=True):
            identifier = _IDENTIFIER_OF.get(feature.name)
            if identifier is None:
                continue
            for place in np.flatnonzero(np.asarray(bits)[levels[feature.name]] > 0):
                needed[place].add(identifier)
        return [frozenset(each) for each in needed]

    def of(
        self, wanted: Iterable[tuple[int, int]]
    ) -> Mapping[tuple[int, int], Reading]:
        """Return how likely pairs are, and by what; those that were looked at, alone."""
        return {
            (row["left"], row["right"]): Reading(
                row["probability"], self.model.explain(row), row["reason"]
            )
            for row in self.compared(wanted).to_pylist()
        }

    def compared(self, wanted: Iterable[tuple[int, int]]) -> pa.Table:
        """Return those of the pairs that were looked at, with how they compare."""
        pairs = sorted(set(wanted))
        asked = pa.table(
            {
                "left": [left for left, _ in pairs],
                "right": [right for _, right in pairs],
            },
            schema=_PAIR,
        )
        return self.pairs.join(asked, ["left", "right"], join_type="inner")

    def _shares_more_than_a_name(self) -> np.ndarray:
        levels = columns_of(self.pairs, self.model.compared)
        found = np.zeros(self.pairs.num_rows, dtype=bool)
        for feature, bits in zip(self.model.features, self.model.weights, strict=True):
            if not feature.of and feature.name not in _NAMES:
                found |= np.asarray(bits)[levels[feature.name]] > 0
        return found


def weigh(
    storefront: int,
    agreed: Policy,
    *,
    aside: Collection[Value] = (),
    joins_from: float = bands.NEVER,
) -> Weighed:
    """Look at every pair of a storefront's records that is worth it.

    ``aside`` are values that say nothing of anybody; pairs from the probability
    ``joins_from`` on are left to be joined, unless something is against it.

    Raises:
        weights.UnknownModel: what was agreed on names a model that is not kept here.
    """
    kept = weights.in_force(agreed)
    model = Model.from_json(json.dumps(kept.body)) if kept else None
    found = engine.match(
        _records(storefront, agreed),
        rules=_rules(
            agreed, [each for each in aside if each[0] == storefront], joins_from
        ),
        model=model,
    )
    return Weighed(found.model, kept.digest if kept else ESTIMATED, found.pairs)


def _records(storefront: int, agreed: Policy) -> pa.Table:
    read = rows.select(
        "records_to_weigh",
        storefront=storefront,
        shop=SourceSystem.Kind.SHOP,
        cross_id=agreed.joining.cross_id_kind,
        granted="granted",
        **_purposes(agreed),
    )
    columns = {
        name: pa.array((row[place] for row in read), kind)
        for place, (name, kind) in enumerate(_COLUMNS.items())
    }
    return pa.table(columns)


def _purposes(agreed: Policy) -> dict[str, str]:
    """Return the purpose each kind of value needs consent to; nothing, where it is none."""
    needed = agreed.purposes()
    return {
        f"for_{kind}": needed.get(kind, "")
        for kind in sorted(set(_IDENTIFIER_OF.values()))
    }


def _rules(agreed: Policy, aside: Iterable[Value], joins_from: float) -> Rules:
    """Return what the engine goes by, as it was agreed on; no pattern joins here."""
    told = agreed.for_the_engine()
    blocked = defaultdict(frozenset, told["blocked"])
    for _, kind, value in aside:
        blocked[kind] |= {value}
    here = {"blocked": blocked, "merge_at": joins_from, "patterns_merge": False}
    return Rules(**{**told, **here})
