"""Read a plain file from a place in it: its columns, and one page of its rows."""

import csv
import io
import json
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO, Protocol

from measurement.sources.unpacking import Unreadable

_SAMPLE = 1_000
_BLOCK = 1 << 20
# A field longer than this is an unclosed quote, not a field.
_LONGEST_FIELD = 1 << 20
_OTHER_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}

type Fields = list[str]
type Row = tuple[int, Fields]
type Reject = Callable[[int, str], None]


class CsvReader(Protocol):
    """What ``csv.reader`` returns."""

    @property
    def line_num(self) -> int: ...

    def __next__(self) -> Fields: ...


@dataclass
class Place:
    """Where reading has come to: bytes and lines behind it."""

    offset: int = 0
    line: int = 0


@dataclass(frozen=True)
class QuickPage:
    """Lines that PostgreSQL may split itself: each is a row, each quote plain to see."""

    blocks: list[bytes]
    lines: int
    first_line: int
    end: Place


@dataclass(frozen=True)
class PlainFile:
    """A plain file, ready to be read in pages."""

    path: Path
    name: str
    layout: str
    delimiter: str = ","

    def columns(self) -> Fields:
        """Return the names of its columns.

        Raises:
            Unreadable: there is no header, a name stands twice, or the header shows that
                the delimiter is another one.
        """
        return self._objects_columns() if self.layout == "ndjson" else self._header()

    def rows(self, columns: Fields, place: Place, reject: Reject) -> Generator[Row]:
        """Yield line number and texts of each row from the place on.

        A row that cannot be split is handed to ``reject`` with its reason. When the
        caller has had enough and closes the iterator, the place is behind the last row
        it was given.
        """
        with self.path.open("rb") as file:
            file.seek(place.offset)
            lines = _Lines(file)
            first = place.offset == 0
            try:
                if self.layout == "ndjson":
                    yield from _objects(lines, columns, place.line, reject)
                else:
                    yield from self._table(
                        lines, len(columns), place.line, reject, first
                    )
            finally:
                place.line += lines.taken
                place.offset += lines.bytes_taken()

    def quick_page(self, start: Place, rows: int) -> QuickPage | None:
        """Return the next lines, at most ``rows``, if there is no doubt how they split."""
        if self.layout != "csv":
            return None
        with self.path.open("rb") as file:
            file.seek(start.offset)
            header = b"" if start.offset else file.readline()
            blocks, lines = _whole_lines(file, rows)
        if header.count(b'"') % 2 or not all(
            _has_plain_quotes(block, self.delimiter.encode()) for block in blocks
        ):
            return None
        line = start.line + (1 if header else 0)
        length = len(header) + sum(map(len, blocks))
        return QuickPage(
            blocks, lines, line + 1, Place(start.offset + length, line + lines)
        )

    def text_of(self, start: Place, lines: set[int], until: int) -> dict[int, str]:
        """Return the text that stood at each of the lines, as it came."""
        found: dict[int, str] = {}
        number, current = start.line, 0
        with self.path.open("rb") as file:
            file.seek(start.offset)
            for raw in file:
                number += 1
                if number > until:
                    break
                if number in lines:
                    current = number
                    found[current] = raw.decode(errors="replace").rstrip("\r\n")
        return found

    def _header(self) -> Fields:
        with self.path.open("rb") as file:
            try:
                first = next(self._reader(_Lines(file)), None)
            except csv.Error as error:
                raise Unreadable(
                    f"The header of {self.name} cannot be split into columns: {error}."
                ) from error
        if not first or not any(name.strip() for name in first):
            raise Unreadable(
                f"{self.name} has no header. Its first line must name columns."
            )
        names = [name.strip() for name in first]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise Unreadable(
                f"{self.name} has the column {', '.join(twice)} more than once; which "
                f"one is meant cannot be known. Rename one in the source."
            )
        if len(names) == 1:
            for delimiter, called in _OTHER_DELIMITERS.items():
                if delimiter != self.delimiter and delimiter in names[0]:
                    raise Unreadable(
                        f"{self.name} has one column, named '{names[0][:60]}'. It seems "
                        f"separated by a {called}: say delimiter = {delimiter!r} in the "
                        f"mapping of the stream."
                    )
        return names

    def _objects_columns(self) -> Fields:
        found: dict[str, None] = {}
        with self.path.open("rb") as file:
            for raw in islice(file, _SAMPLE):
                try:
                    record = json.loads(raw)
                except ValueError:
                    continue
                if isinstance(record, dict):
                    found.update(dict.fromkeys(_flat(record)))
        if not found:
            raise Unreadable(
                f"{self.name} has no JSON object in its first {_SAMPLE} lines. Expected "
                f"is one object per line."
            )
        return list(found)

    def _reader(self, lines: Iterable[str]) -> CsvReader:
        csv.field_size_limit(_LONGEST_FIELD)
        return csv.reader(lines, delimiter=self.delimiter, strict=True)

    def _table(
        self, lines: "_Lines", width: int, before: int, reject: Reject, has_header: bool
    ) -> Iterator[Row]:
        reader = self._reader(lines)
        if has_header:
            next(reader, None)
        while True:
            began = before + reader.line_num + 1
            lines.taken = reader.line_num
            try:
                fields = next(reader)
            except StopIteration:
                lines.taken = reader.line_num
                return
            except csv.Error as error:
                reject(began, f"The row cannot be split into columns: {error}.")
                continue
            lines.taken = reader.line_num
            if len(fields) == width:
                yield began, fields
            elif fields:
                reject(
                    began,
                    f"The row has {len(fields)} columns, the header has {width}.",
                )


def _whole_lines(file: IO[bytes], most: int) -> tuple[list[bytes], int]:
    """Return the next lines of the file in blocks, at most so many, and their number."""
    blocks: list[bytes] = []
    lines = 0
    carry = b""
    while lines < most and (block := file.read(_BLOCK)):
        whole, newline, carry = (carry + block).rpartition(b"\n")
        whole += newline
        held = whole.count(b"\n")
        if lines + held > most:
            end = 0
            for _line in range(most - lines):
                end = whole.index(b"\n", end) + 1
            whole, carry, held = whole[:end], b"", most - lines
        blocks.append(whole)
        lines += held
    if carry and lines < most:
        blocks.append(carry)
        lines += 1
    return blocks, lines


def _has_plain_quotes(block: bytes, delimiter: bytes) -> bool:
    """Return whether every quote opens or closes a field, and none stands inside.

    >>> _has_plain_quotes(b'1,"a, b",2', b","), _has_plain_quotes(b'1,5" x 3",2', b",")
    (True, False)
    """
    quotes = block.count(b'"')
    if not quotes:
        return True
    block = b"\n" + block + b"\n"
    opening = block.count(delimiter + b'"') + block.count(b'\n"')
    closing = block.count(b'"' + delimiter) + sum(
        block.count(b'"' + end) for end in (b"\n", b"\r\n")
    )
    return opening == closing and opening + closing == quotes


class _Lines:
    """The lines of a file as text, read in blocks: a loop over them stays in C.

    ``taken`` is how many of them the reader has made rows of.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._blocks: list[bytes] = []
        self._carry = b""
        self.taken = 0

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self._texts())

    def _texts(self) -> Iterator[io.StringIO]:
        beginning = self._file.tell() == 0
        while block := self._file.read(_BLOCK):
            whole, newline, self._carry = (self._carry + block).rpartition(b"\n")
            if newline:
                yield self._text(whole + newline, beginning)
                beginning = False
        if self._carry:
            yield self._text(self._carry, beginning)

    def _text(self, block: bytes, beginning: bool) -> io.StringIO:
        self._blocks.append(block)
        text = block.decode()
        return io.StringIO(text.removeprefix("\ufeff") if beginning else text, "\n")

    def bytes_taken(self) -> int:
        """Return how long the lines taken are."""
        left, length = self.taken, 0
        for block in self._blocks:
            held = block.count(b"\n") + (not block.endswith(b"\n"))
            if held <= left:
                left -= held
                length += len(block)
                continue
            end = 0
            for _line in range(left):
                end = block.index(b"\n", end) + 1
            return length + end
        return length


def _objects(
    lines: _Lines, columns: Fields, before: int, reject: Reject
) -> Iterator[Row]:
    for number, text in enumerate(lines, start=1):
        lines.taken = number
        if not text.strip():
            continue
        try:
            # Numbers stay the text they were: ids pass 2**53, money is exact.
            record = json.loads(text, parse_float=str, parse_int=str)
        except ValueError as error:
            reject(before + number, f"The line is not JSON: {error}.")
            continue
        if not isinstance(record, dict):
            reject(before + number, "The line is JSON, but not an object.")
            continue
        flat = _flat(record)
        yield before + number, [flat.get(column, "") for column in columns]


def _flat(record: dict[str, object], prefix: str = "") -> dict[str, str]:
    """Return the object with dotted names and every value as text.

    >>> _flat({"id": "7", "billing": {"email": "a@b.example"}, "test": False})
    {'id': '7', 'billing.email': 'a@b.example', 'test': 'false'}
    """
    found: dict[str, str] = {}
    for name, value in record.items():
        match value:
            case dict():
                found.update(_flat(value, f"{prefix}{name}."))
            case None:
                found[prefix + name] = ""
            case str():
                found[prefix + name] = value
            case _:
                found[prefix + name] = json.dumps(value)
    return found
