"""The keys by which a record is found without looking at the others: one or all at once.

They are those of ``blocking.always``, each with a number that never changes, for it is
written down with the hash.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa

from identity.key_hash import beginning, key_hash
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
_DOTS_AND_TAG = re.compile(r"(\+[^@]*)?@.*$", re.DOTALL)
_LEAST_MAILBOX = 5


@dataclass(frozen=True, slots=True)
class Key:
    """A key of one record. ``most`` are so many records as may share it, itself included.

    ``of`` is the column it is, where it is one.
    """

    kind: int
    hash: int
    most: int
    of: str | None = None


def keys_of(row: Row, storefront: int) -> list[Key]:
    """Return the keys of one record, by its comparable values."""
    return [
        Key(kind, key_hash(storefront, kind, parts), block.most, column)
        for kind, block, column in _numbered()
        if (parts := _parts(block, row)) is not None
    ]


def kinds_of(row: Row) -> set[int]:
    """Return of which kinds the record has a key."""
    return {kind for kind, block, _ in _numbered() if _parts(block, row) is not None}


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
    return _DOTS_AND_TAG.sub("", email).replace(".", "")


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


@cache
def _numbered() -> tuple[tuple[int, Block, str | None], ...]:
    every = {str(kind): kind for kind in Kind}
    return tuple(
        (KINDS[block.key], block, block.key if block.key in every else None)
        for block in blocking.always(every)
        if block.key in KINDS
    )


def _parts(block: Block, row: Row) -> list[str] | None:
    """Return what the record says of each part of the key; None, if not of all."""
    found = []
    for part in block.parts:
        said = _part(part, row)
        if not said:
            return None
        found.append(said)
    return found


def _part(part: str, row: Row) -> str | None:
    if part in row:
        return row[part]
    if cut := _cut(part):
        name, length = cut
        return row[name][:length] if name in row else None
    if part.startswith("case") and "email" in row:
        mailbox = mailbox_of(row["email"])
        return mailbox if len(mailbox) > _LEAST_MAILBOX else None
    return None


@cache
def _cut(part: str) -> tuple[str, int] | None:
    found = _LEFT.fullmatch(part)
    return (found[1], int(found[2])) if found else None


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
