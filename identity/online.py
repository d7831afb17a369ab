"""Who is this: one record that just came, beside those that are there already.

One question to the index, and the same weights and rules as at night. It decides nothing:
what it says of a pair, the night says again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg import Cursor

from identity import key_index
from identity.key_index import Indexed
from identity.matching import around, keyed
from identity.matching.around import Around, Neighbour
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
