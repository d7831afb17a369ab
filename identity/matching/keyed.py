"""The keys by which a record is found without looking at the others: one or all at once.

They are those of ``blocking.always``, each with a number that never changes, for it is
written down with the hash.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import itemgetter
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from identity.key_hash import BETWEEN, beginning, hash_of
from identity.matching import blocking
from identity.matching.blocking import Block
from identity.matching.engines import Engine, statement
from identity.matching.fields import Kind
from identity.matching.normalise import People

# A number is given once. What is no longer blocked on leaves a gap.
KINDS: Mapping[str, int] = {
    "email": 1,
    "phone": 2,
    "cross_id": 3,
    "national_id": 4,
    "loyalty": 5,
    "case when length(email_mailbox) > 5 then email_mailbox end": 6,
    "birth, left(last, 3)": 11,
    "birth, left(first, 3)": 12,
    "first, last, postcode": 13,
    "first, last, city": 14,
    "last, street, house": 15,
    "first, street, house": 16,
    "first, last, street": 17,
    "left(first, 1), left(last, 3), postcode, house": 18,
}
KEYS = pa.schema([("kind", pa.int16()), ("hash", pa.int64()), ("row", pa.int64())])

type Row = Mapping[str, str]

_LEFT = re.compile(r"left\((\w+), (\d+)\)")
_LEAST_MAILBOX = 5


class Key(NamedTuple):
    """A key of one record. ``most`` are so many records as may share it, itself included.

    ``of`` is the column it is, where it is one.
    """

    kind: int
    hash: int
    most: int
    of: str | None = None


@dataclass(frozen=True, slots=True)
class _Way:
    """A way to share a key: what it takes of a record, and how that is read of it."""

    kind: int
    most: int
    of: str | None
    needs: frozenset[str]
    parts: tuple[Callable[[Row], str], ...]

    def read(self, row: Row) -> list[str] | None:
        """Return what the record says of each part; None, if nothing of one."""
        found = [part(row) for part in self.parts]
        return found if all(found) else None


def keys_of(row: Row, storefront: int) -> list[Key]:
    """Return the keys of one record, by its comparable values."""
    return [
        Key(way.kind, hash_of(BETWEEN.join((begins, *parts))), way.most, way.of)
        for begins, way in _open(storefront, frozenset(row))
        if (parts := way.read(row)) is not None
    ]


def kinds_of(row: Row) -> set[int]:
    """Return of which kinds the record has a key."""
    there = _open(0, frozenset(row))
    return {way.kind for _, way in there if way.read(row) is not None}


def limits() -> Mapping[int, int]:
    """Return how many records may share a key, by its kind."""
    return {way.kind: way.most for way in _ways()}


def columns() -> Mapping[int, str]:
    """Return which column a key is, by its kind, of those that are one."""
    return {way.kind: way.of for way in _ways() if way.of}


def keys(opened: Engine, people: People, storefront: int) -> pa.Table:
    """Return the keys of all the people who were laid out, ordered as an index is."""
    columns = {name: one.kind for name, one in people.columns.items()}
    found = [
        _of_all(opened, block, KINDS[block.key], storefront)
        for block in blocking.always(columns)
        if block.key in KINDS
    ]
    both = pa.concat_tables(found) if found else KEYS.empty_table()
    return both.sort_by([("kind", "ascending"), ("hash", "ascending")])


def mailbox_of(email: str) -> str:
    """Return the mailbox without dots and tag: some providers read none of these.

    >>> mailbox_of("a.da+shop@northmail.example")
    'ada'
    """
    mailbox, at, _ = email.partition("@")
    return (mailbox.partition("+")[0] if at else email).replace(".", "")


def _of_all(opened: Engine, block: Block, kind: int, storefront: int) -> pa.Table:
    filled = {
        "key": block.key,
        "given": block.given,
        "beginning": beginning(storefront, kind),
    }
    found = opened.sql(statement("key", filled)).to_arrow_table()
    # The same 64 bits, read as a signed number: PostgreSQL knows no other.
    hashes = found["hash"].to_numpy().view(np.int64)
    rows = found["row"].cast(pa.int64())
    kinds = pa.array(np.full(len(hashes), kind, dtype=np.int16))
    return pa.table([kinds, pa.array(hashes), rows], schema=KEYS)


@lru_cache(maxsize=10_000)
def _open(storefront: int, said: frozenset[str]) -> tuple[tuple[str, _Way], ...]:
    """Return the ways that are open to who says these, each with what its keys begin with.

    Many records say the same columns.
    """
    return tuple(
        (beginning(storefront, way.kind), way) for way in _ways() if way.needs <= said
    )


@cache
def _ways() -> tuple[_Way, ...]:
    every = {str(kind): kind for kind in Kind}
    return tuple(
        _Way(
            KINDS[block.key],
            block.most,
            block.key if block.key in every else None,
            frozenset(_column(part) for part in block.parts),
            tuple(map(_reader, block.parts)),
        )
        for block in blocking.always(every)
        if block.key in KINDS
    )


def _column(part: str) -> str:
    """Return the column that a part of a key is made of.

    >>> [_column(part) for part in ("last", "left(last, 3)", "case when … end")]
    ['last', 'last', 'email']
    """
    cut = _LEFT.fullmatch(part)
    return cut[1] if cut else "email" if part.startswith("case") else part


def _reader(part: str) -> Callable[[Row], str]:
    """Return what reads the part of a record that says something in its column."""
    if cut := _LEFT.fullmatch(part):
        name, length = cut[1], int(cut[2])
        return lambda row: row[name][:length]
    return _long_mailbox if part.startswith("case") else itemgetter(part)


def _long_mailbox(row: Row) -> str:
    mailbox = mailbox_of(row["email"])
    return mailbox if len(mailbox) > _LEAST_MAILBOX else ""


def rows_of(people: People) -> Iterator[dict[str, str]]:
    """Yield what each record says, by column, as it is compared."""
    columns = [
        (name, [*one.values.to_pylist(), None], one.codes.tolist())
        for name, one in people.columns.items()
    ]
    for place in range(len(people.records)):
        yield {
            name: said
            for name, values, codes in columns
            if (said := values[codes[place]]) is not None
        }
