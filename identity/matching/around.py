"""One record beside those that share a key with it: compared, weighed, and decided on.

The same weights and the same rules as for all records at once; only the comparing is done
without an engine, for it takes longer to start than the rest to finish.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from identity.matching import deciding, keyed, sharing
from identity.matching.deciding import Decided
from identity.matching.keyed import Row
from identity.matching.model import Model
from identity.matching.normalise import NONE, Column, People
from identity.matching.one_pair import Pair, Side, level
from identity.matching.rules import NOTHING_SAID, Rules, Said
from identity.matching.usual import Usual

# What a record is called that nobody has given a number yet: it comes last.
NEW = 2**62


@dataclass(frozen=True, slots=True)
class Likely:
    """A record beside the new one: how they compare, how likely it is, what becomes of it."""

    record: int
    levels: Mapping[str, int]
    bits: float
    probability: float
    decision: str
    reason: str


@dataclass(frozen=True, slots=True)
class Around:
    """Whom a record may be, the likeliest first, and in words what said nothing of it."""

    likely: tuple[Likely, ...]
    set_aside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A record found by the keys of the new one, and by which kinds of them."""

    side: Side
    kinds: Collection[int]


def look(
    new: Side,
    found: Sequence[Neighbour],
    *,
    usual: Usual,
    model: Model,
    rules: Rules,
    said: Said = NOTHING_SAID,
    crowded: Collection[str] = (),
) -> Around:
    """Return whom the new record may be among those that were found.

    ``crowded`` are columns whose value more share than anybody looks at.
    """
    # What nobody set a limit for says something still, however many share it.
    full = {name for name in crowded if usual.kinds.get(name) in rules.most_records}
    lonely = {name: text for name, text in new.said.items() if name not in full}
    people, sides = _people(Side(new.record, lonely, new.is_guest), found, usual)
    people, quarantine = sharing.set_aside(people, rules)
    place = next(at for at, one in enumerate(sides) if one.record == new.record)
    kept = {name for name, one in people.columns.items() if one.codes[place] != NONE}
    aside = (
        *(f"Too many share this {name} to say who it is." for name in sorted(full)),
        *_in_words(lonely, kept, quarantine),
    )
    mine = Side(
        new.record,
        {name: text for name, text in lonely.items() if name in kept},
        new.is_guest,
    )
    # Whoever shares only what says nothing was never found.
    kinds = keyed.kinds_of(mine.said)
    others = [each.side for each in found if not kinds.isdisjoint(each.kinds)]
    if not others:
        return Around((), aside)
    levels = _levels(mine, others, sides, usual)
    bits = model.bits(levels)
    likely = model.probability(bits)
    decided = deciding.decide(
        people, levels, likely, rules, said, untaught=not model.learned_from
    )
    return Around(_in_order(others, levels, bits, decided), aside)


def _people(
    new: Side, found: Sequence[Neighbour], usual: Usual
) -> tuple[People, list[Side]]:
    sides = sorted((new, *(one.side for one in found)), key=lambda one: one.record)
    columns = {}
    for name, kind in usual.kinds.items():
        place: dict[str, int] = {}
        codes = [
            NONE if text is None else place.setdefault(text, len(place))
            for text in (one.said.get(name) for one in sides)
        ]
        values = pa.array(list(place), pa.string())
        columns[name] = Column(kind, np.array(codes, dtype=np.int32), values)
    records = np.array([one.record for one in sides], dtype=np.int64)
    guests = np.array([one.is_guest for one in sides]) if usual.knows_guests else None
    return People(records, columns, guests), sides


def _levels(
    mine: Side, others: Sequence[Side], sides: Sequence[Side], usual: Usual
) -> pa.Table:
    place = {one.record: at for at, one in enumerate(sides)}
    shared = {
        name: Counter(other.said.get(name) for other in others)[text] + 1
        for name, text in mine.said.items()
    }

    def sharing_of(field: str, value: str) -> int:
        return (shared[field] >= 3) + (shared[field] >= 5)

    columns: dict[str, list[int]] = defaultdict(list)
    compared = [(one.way, one.feature.name, one.kind) for one in usual.comparisons()]
    for other in others:
        left, right = sorted((mine, other), key=lambda one: one.record)
        columns["l"].append(place[left.record])
        columns["r"].append(place[right.record])
        pair = Pair(left, right, usual.rarity, sharing_of)
        for way, name, kind in compared:
            columns[name].append(level(way, name, kind, pair))
    return pa.table({name: np.array(numbers) for name, numbers in columns.items()})


def _in_order(
    others: Sequence[Side], levels: pa.Table, bits: np.ndarray, decided: Decided
) -> tuple[Likely, ...]:
    names = [name for name in levels.column_names if name not in {"l", "r"}]
    columns = [levels[name].to_pylist() for name in names]
    found = [
        Likely(
            other.record,
            dict(zip(names, each, strict=True)),
            float(score),
            float(probability),
            decision,
            reason,
        )
        for other, each, score, probability, decision, reason in zip(
            others,
            zip(*columns, strict=True),
            bits,
            decided.likely,
            decided.decisions().to_pylist(),
            decided.reasons().to_pylist(),
            strict=True,
        )
    ]
    return tuple(sorted(found, key=lambda one: (-one.probability, one.record)))


def _in_words(
    said: Row, kept: Collection[str], quarantine: pa.Table
) -> tuple[str, ...]:
    crowds = {
        (one["kind"], one["value"]): one["reason"] for one in quarantine.to_pylist()
    }
    return tuple(
        f"{name}: {crowds.get((name, text), sharing.BLOCKED)}"
        for name, text in sorted(said.items())
        if name not in kept
    )
