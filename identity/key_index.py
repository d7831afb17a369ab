"""The index of keys: by what one new record, or a few, are found without reading the rest.

It holds what the engine compared when all records were read, and is kept up with each
record that comes or changes. How usual values are is as of that reading.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
from django.db import connection, transaction
from psycopg import sql

from identity import rows
from identity.key_hash import KEY_HASH_VERSION
from identity.keys import KEYS_VERSION
from identity.matching import comparing, keyed, sharing
from identity.matching.engines import engine
from identity.matching.fields import recognise
from identity.matching.normalise import People, normalise
from identity.matching.one_pair import Side
from identity.matching.rules import DEFAULT, Rules
from identity.matching.usual import Usual
from identity.models import IndexedKey, IndexedRecord, IndexedStorefront

VERSION = f"{KEYS_VERSION} {KEY_HASH_VERSION}"
# So many rows at a time are written out for COPY.
_AT_ONCE = 1_000_000
_BEGINS, _ENDS = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
# A row of three numbers as COPY reads it: each with how long it is before it.
_ROW = np.dtype(
    [
        ("fields", ">i2"),
        ("kind_size", ">i4"), ("kind", ">i2"),
        ("hash_size", ">i4"), ("hash", ">i8"),
        ("record_size", ">i4"), ("record", ">i8"),
    ]
)  # fmt: skip


class NotIndexed(Exception):
    """Nothing can be found yet: the records of the storefront were never read together."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """What the index knows of a storefront."""

    storefront: int
    usual: Usual
    read_at: datetime


@transaction.atomic
def read_all(
    storefront: int, records: pa.Table, *, at: datetime, rules: Rules = DEFAULT
) -> Indexed:
    """Make the index of a storefront anew, out of all its records.

    ``records`` are as the engine takes them; values that too many share, and those that
    are blocked, do not get into the index.
    """
    gone = [
        record
        for (record,) in rows.select("records_of_storefront", storefront=storefront)
    ]
    rows.change("forget_indexed_storefront", storefront=storefront)
    rows.change("forget_indexed_records", records=rows.numbers(gone))
    with engine() as opened:
        people = normalise(opened, records, recognise(records))
        people, _ = sharing.set_aside(people, rules)
        comparing.lay_out(opened, people)
        found = keyed.keys(opened, people, storefront)
    _copy_keys(found, people.records)
    _copy_records(people)
    usual = Usual.of(people)
    IndexedStorefront.objects.update_or_create(
        storefront_id=storefront,
        defaults={"usual": usual.to_json(), "version": VERSION, "read_at": at},
    )
    return Indexed(storefront, usual, at)


def of(storefront: int) -> Indexed:
    """Return what the index knows of the storefront.

    Raises:
        NotIndexed: its records were never read together, or by an earlier version.
    """
    kept = IndexedStorefront.objects.filter(storefront=storefront).first()
    if kept is None or kept.version != VERSION:
        raise NotIndexed(
            f"Storefront {storefront} has no index of keys of version {VERSION}. Read all "
            f"its records once (key_index.read_all)."
        )
    return Indexed(storefront, Usual.from_json(kept.usual), kept.read_at)


@transaction.atomic
def keep(indexed: Indexed, sides: Collection[Side]) -> None:
    """Let the index hold what these records say now, and no longer what they said.

    Each says what is comparable of it. Doing it again changes nothing.
    """
    forget(indexed, [one.record for one in sides])
    rows.copy(
        IndexedRecord,
        ["record", "said", "is_guest"],
        ((one.record, json.dumps(dict(one.said)), one.is_guest) for one in sides),
    )
    kept = _keys(indexed, sides)
    _copy_keys(kept, np.array([one.record for one in sides], dtype=np.int64))


@transaction.atomic
def forget(indexed: Indexed, records: Collection[int]) -> None:
    """Take records out of the index: nobody finds them any more."""
    sides = held(records)
    if not sides:
        return
    gone = _keys(indexed, sides)
    numbers = np.array([one.record for one in sides], dtype=np.int64)
    rows.change(
        "forget_indexed_keys",
        kinds=rows.numbers(gone["kind"].to_pylist()),
        hashes=rows.numbers(gone["hash"].to_pylist()),
        records=rows.numbers(numbers[gone["row"].to_numpy()].tolist()),
    )
    rows.change("forget_indexed_records", records=rows.numbers(numbers.tolist()))


def held(records: Collection[int]) -> list[Side]:
    """Return what the index holds of these records."""
    found = rows.select("indexed_records", records=rows.numbers(records))
    return [Side(record, said_of(said), is_guest) for record, said, is_guest in found]


def said_of(said: str | Mapping[str, str]) -> Mapping[str, str]:
    """Return what a row of the index says: a driver may have read it, or not."""
    return json.loads(said) if isinstance(said, str) else said


def _keys(indexed: Indexed, sides: Iterable[Side]) -> pa.Table:
    """Return the keys of records in the order of the index.

    So each page of it is read once, and not once per key.
    """
    found = sorted(
        (key.kind, key.hash, row)
        for row, one in enumerate(sides)
        for key in keyed.keys_of(one.said, indexed.storefront)
    )
    kinds, hashes, places = zip(*found, strict=True) if found else ((), (), ())
    return pa.table([kinds, hashes, places], schema=keyed.KEYS)


def _copy_keys(keys: pa.Table, records: np.ndarray) -> None:
    """Write keys as PostgreSQL reads them fastest: in the order of their index, in binary."""
    table = sql.Identifier(IndexedKey._meta.db_table)
    statement = sql.SQL(
        "copy {} (kind, hash, record_id) from stdin (format binary)"
    ).format(table)
    with connection.cursor() as cursor, cursor.copy(statement) as into:
        into.write(_BEGINS)
        for begin in range(0, keys.num_rows, _AT_ONCE):
            into.write(_as_rows(keys.slice(begin, _AT_ONCE), records))
        into.write(_ENDS)


def _as_rows(keys: pa.Table, records: np.ndarray) -> bytes:
    found = np.empty(keys.num_rows, dtype=_ROW)
    found["fields"], found["kind_size"] = 3, 2
    found["hash_size"] = found["record_size"] = 8
    found["kind"] = keys["kind"].to_numpy()
    found["hash"] = keys["hash"].to_numpy()
    found["record"] = records[keys["row"].to_numpy()]
    return found.tobytes()


def _copy_records(people: People) -> None:
    guests: Sequence[bool] = (
        people.guests.tolist()
        if people.guests is not None
        else [False] * len(people.records)
    )
    rows.copy(
        IndexedRecord,
        ["record", "said", "is_guest"],
        (
            (record, json.dumps(said), is_guest)
            for record, said, is_guest in zip(
                people.records.tolist(), keyed.rows_of(people), guests, strict=True
            )
        ),
    )
