"""Who is this: one record that just came, beside those that are there already.

One question to the index, and the same weights and rules as at night. It decides nothing:
what it says of a pair, the night says again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.db import connection
from psycopg import Cursor

from identity import key_index, rows
from identity.key_index import Indexed
from identity.matching import around, keyed, sharing
from identity.matching.around import Around, Neighbour
from identity.matching.model import Model
from identity.matching.one_pair import Side
from identity.matching.rules import DEFAULT, NOTHING_SAID, Rules, Said
from identity.matching.typed import comparable
from identity.matching.usual import Usual

# Two records, the smaller first, and which kinds of keys they share.
type Found = dict[tuple[int, int], Collection[int]]


@dataclass(frozen=True, slots=True)
class Online:
    """What one record is asked with: the index of its storefront, weights and rules."""

    indexed: Indexed
    model: Model
    rules: Rules = DEFAULT

    def whose(
        self,
        typed: Mapping[str, str | None],
        *,
        is_guest: bool = False,
        record: int | None = None,
        said: Said = NOTHING_SAID,
    ) -> Around:
        """Return whom the record may be, the likeliest first.

        Args:
            typed: what it says, as it was typed, by column (``matching.fields``).
            is_guest: whether it ordered as a guest.
            record: its own id, where it is kept already; it does not find itself.
            said: what people said of pairs.
        """
        own = around.NEW if record is None else record
        clean = comparable(typed, self.usual.kinds)
        new = Side(own, clean, is_guest)
        found, crowded = _neighbours(new, self.indexed.storefront)
        return around.look(
            new,
            found,
            usual=self.usual,
            model=self.model,
            rules=self.rules,
            said=said,
            crowded=crowded,
        )

    def candidates_of(
        self, records: Collection[int], *, said: Said = NOTHING_SAID
    ) -> pa.Table:
        """Return the pairs of these records and all others, weighed and decided on.

        The records are in the index already (``key_index.keep``), so they find each
        other, too. The columns are those of ``rules.PAIRS``, and the levels.
        """
        asked = key_index.held(records)
        found, full = self._shared(asked)
        people, sides = around.people_of(
            self._both_sides(asked, found, full), self.usual
        )
        left, _ = sharing.set_aside(people, self.rules)
        said_less = {
            one.record: one for one in around.without_set_aside(sides, people, left)
        }
        known = {one.record: said_less.get(one.record, one) for one in sides}
        # A key that was set aside finds nobody any more.
        silenced = full.keys() | said_less.keys()
        kept = [
            (known[one], known[other])
            for (one, other), kinds in found.items()
            if silenced.isdisjoint((one, other))
            or _still_share(known[one], known[other], kinds)
        ]
        shared = around.sharing_of(left, self.usual)
        levels = around.levels_of(
            kept, sides, self.usual, lambda name, text: shared[name][text]
        )
        return around.decided(left, levels, self.model, self.rules, said)

    @property
    def usual(self) -> Usual:
        return self.indexed.usual

    def _both_sides(
        self, asked: Iterable[Side], found: Found, full: Mapping[int, Collection[str]]
    ) -> Iterator[Side]:
        """Yield who shares a key, without what too many share of it."""
        known = {record for two in found for record in two}
        ours = {one.record: one for one in asked if one.record in known}
        for one in (*ours.values(), *key_index.held(known - ours.keys())):
            yield one.without(full[one.record]) if one.record in full else one

    def _shared(self, asked: Collection[Side]) -> tuple[Found, dict[int, set[str]]]:
        """Return who shares which kinds of keys, and what of whom too many share."""
        keys = [
            (one.record, *key[:2])
            for one in asked
            for key in keyed.keys_of(one.said, self.indexed.storefront)
        ]
        records, kinds, hashes = zip(*keys, strict=True) if keys else ((), (), ())
        limits, columns = keyed.limits(), keyed.columns()
        found: Found = {}
        full: dict[int, set[str]] = defaultdict(set)
        for record, other, shared in rows.select(
            "probe_many_keys",
            records=rows.numbers(records),
            kinds=rows.numbers(kinds),
            hashes=rows.numbers(hashes),
            limited=list(limits),
            most=list(limits.values()),
        ):
            if other is not None:
                found[min(record, other), max(record, other)] = shared
                continue
            named = (columns.get(kind, "") for kind in shared)
            full[record] |= {
                name
                for name in named
                if self.usual.kinds.get(name) in self.rules.most_records
            }
        return found, {record: names for record, names in full.items() if names}


def _still_share(one: Side, other: Side, kinds: Collection[int]) -> bool:
    ours = keyed.kinds_of(one.said) & keyed.kinds_of(other.said)
    return not ours.isdisjoint(kinds)


def probe(indexed: Indexed, typed: Mapping[str, str | None]) -> int:
    """Return how many records share a key with one that says this: the question alone."""
    new = Side(around.NEW, comparable(typed, indexed.usual.kinds))
    return len(_neighbours(new, indexed.storefront)[0])


def _neighbours(new: Side, storefront: int) -> tuple[list[Neighbour], frozenset[str]]:
    """Return who shares a key, and the columns that too many share."""
    keys = keyed.keys_of(new.said, storefront)
    found = _select(
        kinds=rows.numbers(key.kind for key in keys),
        hashes=rows.numbers(key.hash for key in keys),
        # Of so many as may share a key, the new one is one.
        most=rows.numbers(key.most - 1 for key in keys),
        record=new.record,
    )
    neighbours, crowded = [], frozenset[str]()
    for record, kinds, said, is_guest in found:
        if record is None:
            crowded = frozenset(key.of for key in keys if key.of and key.kind in kinds)
        else:
            side = Side(record, key_index.said_of(said), is_guest)
            neighbours.append(Neighbour(side, kinds))
    return neighbours, crowded


def _select(**parameters: Any) -> Sequence[tuple[Any, ...]]:
    """Ask the one question, prepared: to plan it takes as long as to answer it."""
    connection.ensure_connection()
    with Cursor(connection.connection) as cursor:
        cursor.execute(_question(), parameters, prepare=True)
        return cursor.fetchall()


@cache
def _question() -> str:
    return (Path(__file__).parent / "sql" / "probe_keys.sql").read_text()
