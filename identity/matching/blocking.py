"""Which pairs are looked at: records that share a key, whatever else they say.

There are more ways to share a key than anybody can look at the pairs of, so the ways are
taken in order, the surest first, as long as the pairs are not too many.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pyarrow as pa

from identity.matching.engines import Engine, statement
from identity.matching.fields import Kind
from identity.matching.normalise import NONE, People
from identity.matching.sets import distinct

type Rows = np.ndarray[tuple[int], np.dtype[np.int64]]

# So few records are compared each with each.
ALL_PAIRS_UP_TO = 600_000
_LEAST_BUDGET, _PAIRS_PER_RECORD = 1_500_000, 2.5
_FEW = 100_000
_SURE = (Kind.EMAIL, Kind.PHONE, Kind.CROSS, Kind.UNIQUE, Kind.CARD)
_MOST = 60
# What of a field survives a slip: its beginning.
_LOOSE = {
    Kind.FIRST: "left({x}, 3)",
    Kind.LAST: "left({x}, 4)",
    Kind.BIRTH: "{x}",
    Kind.EMAIL: "left({x}, 6)",
    Kind.PHONE: "right({x}, 6)",
    Kind.UNIQUE: "left({x}, 5)",
    Kind.STREET: "left({x}, 6)",
    Kind.CITY: "left({x}, 5)",
    Kind.POSTCODE: "{x}",
    Kind.HOUSE: "{x}",
    Kind.PLACE: "{x}",
    Kind.TEXT: "left({x}, 6)",
    Kind.MIDDLE: "left({x}, 3)",
}
_TOGETHER = (
    ("birth", "left(last, 3)"),
    ("birth", "left(first, 3)"),
    ("first", "last", "postcode"),
    ("first", "last", "city"),
    ("last", "street", "house"),
    ("first", "street", "house"),
    ("first", "last", "street"),
    ("left(first, 1)", "left(last, 3)", "postcode", "house"),
)
_LAST_DIGITS = ("right(national_id, 5)", "right(phone, 7)")


@dataclass(frozen=True, slots=True)
class Block:
    """A key in SQL, and how many records may share a value of it."""

    parts: tuple[str, ...]
    most: int

    @property
    def key(self) -> str:
        return ", ".join(self.parts)

    @property
    def given(self) -> str:
        return " and ".join(f"{part} is not null" for part in self.parts)


def pairs(
    opened: Engine,
    people: People,
    *,
    clean: Sequence[str] = (),
    besides: Rows | None = None,
) -> pa.Table:
    """Return the pairs of rows to compare: ``l`` < ``r``, each once.

    ``clean`` are sources in which nobody stands twice: their records are compared with
    others' only. ``besides`` are pairs to look at whatever they share.
    """
    count = len(people.records)
    if count * (count - 1) // 2 <= ALL_PAIRS_UP_TO:
        left, right = np.triu_indices(count, 1)
        found = left * count + right
    else:
        found = _found(opened, people)
    if besides is not None and len(besides):
        found = distinct(np.concatenate([found, besides[:, 0] * count + besides[:, 1]]))
    left, right = np.divmod(found, max(1, count))
    kept = _across(people, left, right, clean)
    return pa.table(
        {"l": left[kept].astype(np.int32), "r": right[kept].astype(np.int32)}
    )


def _across(
    people: People, left: Rows, right: Rows, clean: Sequence[str]
) -> np.ndarray:
    if not clean or "source" not in people.columns:
        return np.ones(len(left), dtype=bool)
    sources = people.columns["source"]
    is_clean = np.array(
        [value in set(clean) for value in sources.values.to_pylist()] + [False]
    )
    same = sources.codes[left] == sources.codes[right]
    return np.asarray(~(same & is_clean[sources.codes[left]]))


def _found(opened: Engine, people: People) -> Rows:
    count = len(people.records)
    budget = max(_LEAST_BUDGET, int(count * _PAIRS_PER_RECORD))
    found: list[Rows] = []
    spent = 0
    blocks = list(_blocks(people))
    with ThreadPoolExecutor(max_workers=1) as beside:
        # While some are grouped, the engine works out the keys of the next.
        grouped = [
            beside.submit(_shared, *_keys(opened, one), one.most) for one in blocks
        ]
        for each in grouped:
            offsets, members = each.result()
            sizes = np.diff(offsets)
            more = int((sizes * (sizes - 1) // 2).sum())
            if found and spent + more > budget:
                continue
            spent += more
            found.append(_within(offsets, members, count))
    return distinct(np.concatenate(found)) if found else np.array([], dtype=np.int64)


def _keys(opened: Engine, block: Block) -> tuple[Rows, np.ndarray]:
    """Return the key of every row that has one, and which row that is."""
    filled = {"key": block.key, "given": block.given}
    keyed = opened.sql(statement("block", filled)).to_arrow_table()
    return keyed["key"].to_numpy().view(np.int64), keyed["row"].to_numpy()


def _shared(key: Rows, row: np.ndarray, most: int) -> tuple[Rows, Rows]:
    """Return the rows that share a key, where they are not too many; and where one ends."""
    # Most rows are alone with their key: what falls into a bin of its own is not sorted.
    in_bin = key & ((1 << (2 * len(key)).bit_length()) - 1)
    perhaps = np.flatnonzero(np.bincount(in_bin)[in_bin] > 1)
    order = perhaps[np.argsort(key[perhaps])]
    ordered = key[order]
    begins = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    sizes = np.diff(np.append(begins, len(ordered)))
    fits = (sizes >= 2) & (sizes <= most)
    members = row[order[np.repeat(fits, sizes)]].astype(np.int64)
    return np.concatenate([[0], np.cumsum(sizes[fits])]), members


def _within(offsets: Rows, members: Rows, count: int) -> Rows:
    """Return every pair within a block as one number: left times the count, plus right."""
    sizes = np.diff(offsets)
    found = []
    for size in distinct(sizes).tolist():
        starts = offsets[:-1][sizes == size]
        one, other = np.triu_indices(size, 1)
        left = members[(starts[:, None] + one).ravel()]
        right = members[(starts[:, None] + other).ravel()]
        found.append(np.minimum(left, right) * count + np.maximum(left, right))
    return np.concatenate(found) if found else np.array([], dtype=np.int64)


def _blocks(people: People) -> Iterator[Block]:
    yield from always({name: one.kind for name, one in people.columns.items()})
    if len(people.records) <= _FEW:
        yield from _any_two(people)


def always(columns: Mapping[str, Kind]) -> Iterator[Block]:
    """Yield the ways to share a key that are tried however many records there are."""
    for name, kind in columns.items():
        if kind in _SURE:
            yield Block((name,), _MOST)
    if Kind.EMAIL in columns.values():
        yield Block(("case when length(email_mailbox) > 5 then email_mailbox end",), 20)
    for parts in _TOGETHER:
        if {_column_of(part) for part in parts} <= set(columns):
            yield Block(parts, _MOST)


def _any_two(people: People) -> Iterator[Block]:
    """Yield what is left over where records are few: any field, and any two of them."""
    loose = [
        _LOOSE[column.kind].replace("{x}", f'"{name}"')
        for name, column in people.columns.items()
        if column.kind in _LOOSE and np.any(column.codes != NONE)
    ]
    loose += [part for part in _LAST_DIGITS if _column_of(part) in people.columns]
    if {"first", "last"} <= set(people.columns):
        yield Block(("least(first, last)", "greatest(first, last)"), _MOST)
    yield from (Block((part,), 30) for part in loose)
    for two in combinations(loose, 2):
        if _column_of(two[0]) != _column_of(two[1]):
            yield Block(two, _MOST)


def _column_of(part: str) -> str:
    column = part.partition("(")[2].partition(",")[0] if "(" in part else part
    return column.strip('"')
