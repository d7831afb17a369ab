"""Who is this: one record that just came, beside those that are there already.

One question to the index, and the same weights and rules as at night. It decides nothing:
what it says of a pair, the night says again.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
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
from identity.matching.keyed import Row
from identity.matching.model import Model
from identity.matching.one_pair import Side
from identity.matching.rules import DEFAULT, NOTHING_SAID, Rules, Said
from identity.matching.typed import comparable


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
        clean = comparable(typed, self.indexed.usual.kinds)
        new = Side(own, clean, is_guest)
        found, crowded = _neighbours(new, self.indexed.storefront)
        return around.look(
            new,
            found,
            usual=self.indexed.usual,
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
        known = {record for two in found for record in two}
        sides = {one.record: one for one in key_index.held(known)}
        for record, names in full.items():
            if record in sides:
                sides[record] = _without(sides[record], names)
        people, placed = around.people_of(sides.values(), self.indexed.usual)
        people, _ = sharing.set_aside(people, self.rules)
        left_of = dict(zip(people.records.tolist(), keyed.rows_of(people), strict=True))
        placed = [replace(one, said=left_of[one.record]) for one in placed]
        sides = {one.record: one for one in placed}
        # A key that was set aside finds nobody any more.
        kept = [
            (sides[one], sides[other])
            for one, other in found
            if _share_a_key(sides[one].said, sides[other].said)
        ]
        counted = {
            name: Counter(one.said.get(name) for one in placed)
            for name in self.indexed.usual.kinds
        }
        levels = around.levels_of(
            kept,
            placed,
            self.indexed.usual,
            lambda name, text: (counted[name][text] >= 3) + (counted[name][text] >= 5),
        )
        return around.decided(people, levels, self.model, self.rules, said)

    def _shared(
        self, asked: Collection[Side]
    ) -> tuple[set[tuple[int, int]], dict[int, set[str]]]:
        """Return who shares a key, and of which records which columns too many share."""
        keys = [
            (one.record, key)
            for one in asked
            for key in keyed.keys_of(one.said, self.indexed.storefront)
        ]
        limits = {key.kind: key.most for _, key in keys}
        columns = {key.kind: key.of for _, key in keys}
        found: set[tuple[int, int]] = set()
        full: dict[int, set[str]] = defaultdict(set)
        for record, other, kind in rows.select(
            "probe_many_keys",
            records=[record for record, _ in keys],
            kinds=[key.kind for _, key in keys],
            hashes=[key.hash for _, key in keys],
            limited=list(limits),
            most=list(limits.values()),
        ):
            name = columns.get(kind)
            if other is not None:
                found.add((min(record, other), max(record, other)))
            elif name and self.indexed.usual.kinds.get(name) in self.rules.most_records:
                full[record].add(name)
        return found, full


def _without(one: Side, names: Collection[str]) -> Side:
    return replace(
        one, said={name: text for name, text in one.said.items() if name not in names}
    )


def _share_a_key(one: Row, other: Row) -> bool:
    ours = {(key.kind, key.hash) for key in keyed.keys_of(one, 0)}
    return any((key.kind, key.hash) in ours for key in keyed.keys_of(other, 0))


def probe(indexed: Indexed, typed: Mapping[str, str | None]) -> int:
    """Return how many records share a key with one that says this: the question alone."""
    new = Side(around.NEW, comparable(typed, indexed.usual.kinds))
    return len(_neighbours(new, indexed.storefront)[0])


def _neighbours(new: Side, storefront: int) -> tuple[list[Neighbour], frozenset[str]]:
    """Return who shares a key, and the columns that too many share."""
    keys = keyed.keys_of(new.said, storefront)
    found = _select(
        kinds=[key.kind for key in keys],
        hashes=[key.hash for key in keys],
        # Of so many as may share a key, the new one is one.
        most=[key.most - 1 for key in keys],
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
