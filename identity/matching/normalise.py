"""Records as typed, made comparable: distinct values only, in SQL, the odd ones in Python."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from identity.keys import email_key
from identity.matching.engines import Engine, select
from identity.matching.fields import Field, Kind, RecordsError
from identity.matching.texts import as_texts
from identity.names import name_key

type Codes = np.ndarray[tuple[int], np.dtype[np.int32]]
NONE = -1

_CLEANED_BY = {
    Kind.FIRST: "clean_name",
    Kind.MIDDLE: "clean_name",
    Kind.LAST: "clean_name",
    Kind.EMAIL: "clean_email",
    Kind.PHONE: "clean_phone",
    Kind.BIRTH: "clean_birth",
    Kind.STREET: "clean_street",
    Kind.POSTCODE: "clean_id",
    Kind.UNIQUE: "clean_id",
    Kind.CROSS: "clean_id",
    Kind.CARD: "clean_id",
}
_READ_BY = {
    Kind.FIRST: name_key,
    Kind.MIDDLE: name_key,
    Kind.LAST: name_key,
    Kind.EMAIL: email_key,
}
_NOT_COMPARED = {Kind.RECORD, Kind.IGNORED, Kind.GUEST}


@dataclass(frozen=True, slots=True)
class Column:
    """A field of every record: which of the distinct values it has, or ``NONE``."""

    kind: Kind
    codes: Codes
    values: pa.StringArray

    def counts(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Return on how many records each value stands."""
        return np.bincount(self.codes + 1, minlength=len(self.values) + 1)[1:]

    def texts(self) -> pa.Array:
        """Return the value of every record, or null."""
        return pa.DictionaryArray.from_arrays(
            pa.array(self.codes, mask=self.codes == NONE), self.values
        )

    def without(self, codes: Codes) -> "Column":
        """Return the column, those values taken out of it."""
        if not len(codes):
            return self
        kept = np.where(np.isin(self.codes, codes), NONE, self.codes)
        return replace(self, codes=kept.astype(np.int32))


@dataclass(frozen=True, slots=True)
class People:
    """Records in the order of their ids, and their comparable columns by name.

    ``guests`` says of each whether it ordered as a guest, where that is known.
    """

    records: np.ndarray[tuple[int], np.dtype[np.int64]]
    columns: Mapping[str, Column]
    guests: np.ndarray | None = None

    def of(self, *kinds: Kind) -> list[str]:
        """Return the names of the columns of these kinds."""
        return [name for name, one in self.columns.items() if one.kind in kinds]


def normalise(opened: Engine, table: pa.Table, fields: tuple[Field, ...]) -> People:
    """Return the records with every field made comparable.

    Raises:
        RecordsError: two rows have one record id, or one is missing.
    """
    records, rows = _in_order(table, fields)
    read = [field for field in fields if field.kind not in _NOT_COMPARED]
    columns: dict[str, Column] = {}
    with ThreadPoolExecutor() as beside:
        # While the engine cleans one, the next are read.
        typed = beside.map(as_texts, [table[field.column] for field in read])
        for field, texts in zip(read, typed, strict=True):
            column = _cleaned(opened, texts, field.kind)
            columns[field.name] = replace(column, codes=column.codes[rows])
    return People(records, dict(_put_together(columns)), _guests(table, fields, rows))


def _guests(
    table: pa.Table, fields: tuple[Field, ...], rows: np.ndarray
) -> np.ndarray | None:
    named = [field.column for field in fields if field.kind is Kind.GUEST]
    if not named or not pa.types.is_boolean(table[named[0]].type):
        return None
    said = table[named[0]].fill_null(False).to_numpy(zero_copy_only=False)
    return np.asarray(said[rows])


def _in_order(
    table: pa.Table, fields: tuple[Field, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the record ids, the smallest first, and where each of them stands."""
    named = [field.column for field in fields if field.kind is Kind.RECORD]
    if not named or not pa.types.is_integer(table[named[0]].type):
        rows = np.arange(table.num_rows)
        return rows.astype(np.int64), rows
    given = table[named[0]]
    if given.null_count:
        raise RecordsError(
            f"{given.null_count:,} rows have no {named[0]}. Give every record its id."
        )
    ids = given.to_numpy().astype(np.int64)
    rows = np.argsort(ids, kind="stable")
    records = ids[rows]
    again = np.flatnonzero(records[1:] == records[:-1])
    if len(again):
        raise RecordsError(
            f"{named[0]} {records[again[0]]} stands on more than one row. "
            f"Give every record its own id."
        )
    return records, rows


def _cleaned(opened: Engine, typed: pa.DictionaryArray, kind: Kind) -> Column:
    distinct = typed.dictionary
    clean = _CLEANED_BY.get(kind, "clean_text")
    said = select(
        opened,
        clean,
        {"typed": pa.table({"place": np.arange(len(distinct)), "value": distinct})},
        _day_and_month(distinct) if kind is Kind.BIRTH else None,
    ).combine_chunks()
    values, place = said["said"].combine_chunks(), said["place"].to_numpy()
    if kind in _READ_BY:
        odd = said["odd"].combine_chunks()
        texts = distinct.take(pa.array(place[odd.to_numpy(zero_copy_only=False)]))
        values = _with_odd(values, odd, texts, kind)
    found, codes = _each_once(values)
    # The last place is that of who says nothing.
    code_of = np.full(len(distinct) + 1, NONE, dtype=np.int32)
    code_of[place] = codes
    typed_codes = typed.indices.fill_null(NONE).to_numpy(zero_copy_only=False)
    return Column(kind, code_of[typed_codes], found)


def _each_once(values: pa.Array) -> tuple[pa.StringArray, Codes]:
    """Return the distinct values, and which of them each one is.

    An empty value is none: two records must not meet in what neither says.
    """
    encoded = values.dictionary_encode()
    codes = encoded.indices.fill_null(NONE).to_numpy(zero_copy_only=False)
    empty = pc.index(encoded.dictionary, "").as_py()
    if empty == NONE:
        return encoded.dictionary, codes
    codes = np.where(codes == empty, NONE, codes - (codes > empty))
    return encoded.dictionary.filter(pc.not_equal(encoded.dictionary, "")), codes


def _with_odd(values: pa.Array, odd: pa.Array, texts: pa.Array, kind: Kind) -> pa.Array:
    """Return the values, those that are odd read from their texts by a function."""
    read = _READ_BY[kind]
    found = [read(text) for text in texts.to_pylist()]
    return pc.replace_with_mask(values, odd, pa.array(found, pa.string()))


def _day_and_month(distinct: pa.Array) -> dict[str, str]:
    """Return which part of 03/04/1980 is the month: the one that is never above 12."""
    seconds = pc.extract_regex(
        distinct, r"^\s*(?P<one>\d{1,2})[^0-9](?P<two>\d{1,2})[^0-9]\d{4}"
    ).drop_null()
    if len(seconds):
        largest = pc.max(pc.struct_field(seconds, "two").cast(pa.int64())).as_py()
        if largest > 12:
            return {"day": "2", "month": "1"}
    return {"day": "1", "month": "2"}


def _put_together(columns: Mapping[str, Column]) -> Iterator[tuple[str, Column]]:
    """Yield the columns as they are compared: names apart, dates whole, houses on their own."""
    parts = [columns.get(name) for name in ("year", "month", "day")]
    for name, column in columns.items():
        if column.kind is Kind.FULL:
            yield from _name_apart(column)
        elif column.kind is Kind.YEAR and "birth" not in columns:
            yield "birth", _whole_birth(parts)
        elif column.kind in {Kind.YEAR, Kind.MONTH, Kind.DAY}:
            continue
        elif column.kind is Kind.STREET:
            street, house = _house_apart(column, columns.get("house"))
            yield name, street
            yield "house", house
        elif column.kind is not Kind.HOUSE or "street" not in columns:
            yield name, column


def _name_apart(column: Column) -> Iterator[tuple[str, Column]]:
    """Yield first and last names of whole ones, "Byron, Ada" as "Ada Byron"."""
    apart = []
    for text in column.values.to_pylist():
        last, comma, first = text.partition(",")
        if not comma:
            first, _, last = text.rpartition(" ")
        apart.append((name_key(first), name_key(last)))
    yield "first", _again(Kind.FIRST, column, [first for first, _ in apart])
    yield "last", _again(Kind.LAST, column, [last for _, last in apart])


def _house_apart(street: Column, house: Column | None) -> tuple[Column, Column]:
    """Return streets without their numbers, and the numbers where none stood apart."""
    found = [_number_of(text) for text in street.values.to_pylist()]
    bare = _again(Kind.STREET, street, [text for text, _ in found])
    numbers = _again(Kind.HOUSE, street, [number for _, number in found])
    if house is None:
        return bare, numbers
    values = [*house.values.to_pylist(), *numbers.values.to_pylist()]
    from_street = np.where(
        numbers.codes == NONE, NONE, numbers.codes + len(house.values)
    )
    codes = np.where(house.codes == NONE, from_street, house.codes)
    both = Column(Kind.HOUSE, codes.astype(np.int32), pa.array(values, pa.string()))
    return bare, _again(Kind.HOUSE, both, values)


def _number_of(text: str) -> tuple[str | None, str | None]:
    words = text.split()
    for place in (-1, 0):
        if len(words) > 1 and words[place][0].isdigit():
            number = words.pop(place)
            return " ".join(words), number
    return text, None


def _whole_birth(parts: list[Column | None]) -> Column:
    """Return birthdays out of columns of years, months and days."""
    there = [column for column in parts if column is not None]
    codes = np.stack([column.codes for column in there], axis=1)
    distinct, place = np.unique(codes, axis=0, return_inverse=True)
    texts = [
        "".join(
            _digits(column, code, width)
            for column, code, width in zip(
                parts, _spread(parts, row), (4, 2, 2), strict=True
            )
        )
        for row in distinct.tolist()
    ]
    whole = Column(Kind.BIRTH, place.ravel().astype(np.int32), pa.array(texts))
    return _again(
        Kind.BIRTH, whole, [text if text.strip("0") else None for text in texts]
    )


def _spread(parts: list[Column | None], row: list[int]) -> list[int]:
    given = iter(row)
    return [NONE if column is None else next(given) for column in parts]


def _digits(column: Column | None, code: int, width: int) -> str:
    text = "" if column is None or code == NONE else str(column.values[code])
    digits = "".join(filter(str.isdigit, text.removesuffix(".0")))
    return digits.rjust(width, "0")[:width]


def _again(kind: Kind, column: Column, values: list[str | None]) -> Column:
    """Return the column with other values, each of them once."""
    place: dict[str, int] = {}
    code_of = [
        NONE if not value else place.setdefault(value, len(place)) for value in values
    ]
    codes = np.array([*code_of, NONE], dtype=np.int32)[column.codes]
    return Column(kind, codes, pa.array(list(place), pa.string()))
