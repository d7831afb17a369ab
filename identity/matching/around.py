"""One record beside those that share a key with it: compared, weighed, and decided on.

The same weights and the same rules as for all records at once; only the comparing is done
without an engine, for it takes longer to start than the rest to finish.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from identity.matching import comparing, deciding, keyed, sharing
from identity.matching.deciding import Decided
from identity.matching.keyed import Row
from identity.matching.model import Model
from identity.matching.normalise import NONE, Column, People
from identity.matching.one_pair import Pair, Side, levels
from identity.matching.rules import NOTHING_SAID, Rules, Said
from identity.matching.usual import Usual

# What a record is called that nobody has given a number yet: it comes last.
NEW = 2**62
# Of what is compared so it is asked on how many records it stands.
_SHARED_WAYS = frozenset({"email", "phone", "id"})


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
    mine = new.without(full)
    people, sides = people_of((mine, *(one.side for one in found)), usual)
    aside = [f"Too many share this {name} to say who it is." for name in sorted(full)]
    if _may_be_set_aside(mine, found, usual, rules):
        people, quarantine = sharing.set_aside(people, rules)
        place = next(at for at, one in enumerate(sides) if one.record == new.record)
        kept = {
            name for name, one in people.columns.items() if one.codes[place] != NONE
        }
        aside += _in_words(mine.said, kept, quarantine)
        mine = mine.without(mine.said.keys() - kept)
    # Whoever shares only what says nothing was never found.
    kinds = keyed.kinds_of(mine.said)
    others = [each.side for each in found if not kinds.isdisjoint(each.kinds)]
    if not others:
        return Around((), tuple(aside))
    levels = _levels(mine, others, sides, usual)
    bits = model.bits(levels)
    likely = model.probability(bits)
    decided = deciding.decide(
        people, levels, likely, rules, said, untaught=not model.learned_from
    )
    return Around(_in_order(others, levels, bits, decided), tuple(aside))


def decided(
    people: People, levels: pa.RecordBatch, model: Model, rules: Rules, said: Said
) -> pa.Table:
    """Return pairs by their records, how they compare, and what becomes of them."""
    bits = model.bits(levels)
    likely = model.probability(bits)
    found = deciding.decide(
        people, levels, likely, rules, said, untaught=not model.learned_from
    )
    columns = {
        "left": pa.array(people.records[levels["l"].to_numpy()]),
        "right": pa.array(people.records[levels["r"].to_numpy()]),
        "bits": pa.array(bits),
        "probability": pa.array(found.likely),
        "decision": found.decisions().cast(pa.string()),
        "reason": found.reasons().cast(pa.string()),
    }
    compared = {
        name: levels[name] for name in levels.schema.names if name not in {"l", "r"}
    }
    return pa.table(columns | compared)


def _may_be_set_aside(
    new: Side, found: Sequence[Neighbour], usual: Usual, rules: Rules
) -> bool:
    """Return whether it has to be counted who shares what: nearly always few do."""
    if any(rules.blocked.values()) or any(rules.blocked_patterns.values()):
        return True
    for name, kind in usual.kinds.items():
        most = rules.most_records.get(kind)
        if most is not None and (text := new.said.get(name)) is not None:
            sharing_it = sum(each.side.said.get(name) == text for each in found) + 1
            if sharing_it > min(most, rules.most_surnames):
                return True
    return False


def people_of(given: Iterable[Side], usual: Usual) -> tuple[People, list[Side]]:
    """Return records as the engine holds people, in the order of their ids."""
    sides = sorted(given, key=lambda one: one.record)
    codes = {name: [NONE] * len(sides) for name in usual.kinds}
    places: dict[str, dict[str, int]] = {name: {} for name in usual.kinds}
    for at, one in enumerate(sides):
        for name, text in one.said.items():
            if name in codes:
                place = places[name]
                codes[name][at] = place.setdefault(text, len(place))
    columns = {
        name: Column(
            kind,
            np.array(codes[name], dtype=np.int32),
            pa.array(list(places[name]), pa.string()),
        )
        for name, kind in usual.kinds.items()
    }
    records = np.array([one.record for one in sides], dtype=np.int64)
    guests = np.array([one.is_guest for one in sides]) if usual.knows_guests else None
    return People(records, columns, guests), sides


def without_set_aside(
    sides: Sequence[Side], people: People, left: People
) -> Iterator[Side]:
    """Yield those of the sides of whom something was set aside, and without it."""
    gone: dict[int, set[str]] = defaultdict(set)
    for name, column in left.columns.items():
        before = people.columns[name]
        if column is not before:
            for place in np.flatnonzero(column.codes != before.codes).tolist():
                gone[place].add(name)
    for place, names in gone.items():
        yield sides[place].without(names)


def sharing_of(people: People, usual: Usual) -> Mapping[str, Mapping[str, int]]:
    """Return how many share what is asked of it, by column and value."""
    asked = [one.feature.name for one in usual.compared if one.way in _SHARED_WAYS]
    columns = {name: people.columns[name] for name in asked}
    return {
        name: dict(
            zip(
                column.values.to_pylist(),
                comparing.sharing_of(column).tolist(),
                strict=True,
            )
        )
        for name, column in columns.items()
    }


def _levels(
    mine: Side, others: Sequence[Side], sides: Sequence[Side], usual: Usual
) -> pa.RecordBatch:
    shared = {
        name: sum(other.said.get(name) == text for other in others) + 1
        for name, text in mine.said.items()
    }
    return levels_of(
        [(mine, other) for other in others],
        sides,
        usual,
        lambda field, _: (shared[field] >= 3) + (shared[field] >= 5),
    )


def levels_of(
    pairs: Iterable[tuple[Side, Side]],
    sides: Sequence[Side],
    usual: Usual,
    sharing_of: Callable[[str, str], int],
) -> pa.RecordBatch:
    """Return how each pair compares, by the places of its two sides."""
    place = {one.record: at for at, one in enumerate(sides)}
    looked_at = [
        Pair(one, other, usual.rarity, sharing_of)
        if one.record < other.record
        else Pair(other, one, usual.rarity, sharing_of)
        for one, other in pairs
    ]
    columns = {
        "l": [place[each.left.record] for each in looked_at],
        "r": [place[each.right.record] for each in looked_at],
    } | {
        one.feature.name: levels(one.way, one.feature.name, one.kind, looked_at)
        for one in usual.compared
    }
    numbers = {
        name: pa.array(np.array(found, dtype=np.int64))
        for name, found in columns.items()
    }
    # One batch, and no table of pieces: each column is asked for many times.
    return pa.record_batch(numbers)


def _in_order(
    others: Sequence[Side], levels: pa.RecordBatch, bits: np.ndarray, decided: Decided
) -> tuple[Likely, ...]:
    names = [name for name in levels.schema.names if name not in {"l", "r"}]
    columns = zip(*(levels[name].to_pylist() for name in names), strict=True)
    verdicts = zip(
        bits.tolist(), decided.likely.tolist(), decided.verdicts(), strict=True
    )
    found = [
        Likely(
            other.record,
            dict(zip(names, each, strict=True)),
            score,
            probability,
            decision,
            reason,
        )
        for other, each, (score, probability, (decision, reason)) in zip(
            others, columns, verdicts, strict=True
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
