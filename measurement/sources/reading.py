"""Read a plain file from a place in it: its columns, and one page of its rows."""

import csv
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from measurement.sources import ndjson
from measurement.sources.lines import (
    LONGEST_FIELD,
    LONGEST_LINE,
    Lines,
    LineTooLong,
    splits_plainly,
    whole_lines,
)
from measurement.sources.unreadable import Unreadable

_OTHER_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
# What the parser says, and what that means to whoever looks at the row.
_UNSPLIT = {
    "field larger than field limit": (
        f"A quote opens a field that does not end within {LONGEST_FIELD:,} characters."
    ),
    "unexpected end of data": "A quote opens a field and nothing closes it.",
    "expected after '\"'": "A field goes on behind the quote that closes it.",
    "new-line character seen": "A carriage return stands in the middle of the row.",
}

type Fields = list[str]
# The line it begins at, over how many lines it goes, its texts.
type Row = tuple[int, int, Fields]


@dataclass(frozen=True, slots=True)
class Unsplit:
    """A row that could not be split into columns: where it stands, and why."""

    line: int
    lines: int
    reason: str


class CsvReader(Protocol):
    """What ``csv.reader`` returns."""

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

    def columns(self, wanted: Iterable[str] = ()) -> Fields:
        """Return the names of its columns; of objects, those wanted if any has them.

        Raises:
            Unreadable: there is no header, a name stands twice, or the header shows that
                the delimiter or the encoding is another one.
        """
        if self.layout != "ndjson":
            return self._header()
        with self.path.open("rb") as file:
            found = ndjson.columns(file, wanted)
        if not found:
            raise Unreadable(
                f"{self.name} has no JSON object in its first lines. Expected is one "
                f"object per line."
            )
        return found

    def rows(self, columns: Fields, place: Place) -> Generator[Row | Unsplit]:
        """Yield each row from the place on, in the order of the file.

        When the caller has had enough and closes the iterator, the place is behind the
        last row it was given.

        Raises:
            Unreadable: a line does not end.
        """
        with self.path.open("rb") as file:
            file.seek(place.offset)
            lines = Lines(file)
            try:
                if self.layout == "ndjson":
                    yield from _objects(lines, columns, place.line)
                else:
                    yield from self._table(lines, len(columns), place)
            except LineTooLong as error:
                raise Unreadable(
                    f"{self.name}, line {place.line + lines.settled + 1} is longer than "
                    f"{LONGEST_LINE >> 20} MB. Expected is one row per line."
                ) from error
            finally:
                place.line += lines.settled
                place.offset += lines.settled_bytes()

    def quick_page(self, start: Place, rows: int) -> QuickPage | None:
        """Return the next lines, at most ``rows``, if there is no doubt how they split."""
        if self.layout != "csv":
            return None
        with self.path.open("rb") as file:
            file.seek(start.offset)
            header = b"" if start.offset else file.readline()
            found = whole_lines(file, rows)
        if found is None or header.count(b'"') % 2:
            return None
        blocks, lines = found
        delimiter = self.delimiter.encode()
        if not all(splits_plainly(block, delimiter) for block in blocks):
            return None
        line = start.line + (1 if header else 0)
        length = len(header) + sum(map(len, blocks))
        return QuickPage(
            blocks, lines, line + 1, Place(start.offset + length, line + lines)
        )

    def texts(self, start: Place, rows: Mapping[int, int]) -> Iterator[tuple[int, str]]:
        """Yield what stood at the lines at which rows begin, as it came.

        ``rows`` gives over how many lines each of them goes.
        """
        last = max(rows, default=0)
        with self.path.open("rb") as file:
            file.seek(start.offset)
            number = start.line
            while number < last and (raw := file.readline()):
                number += 1
                if number in rows:
                    row = [raw, *(file.readline() for _ in range(1, rows[number]))]
                    yield number, b"".join(row).decode(errors="replace").rstrip("\r\n")
                    number += rows[number] - 1

    def _header(self) -> Fields:
        with self.path.open("rb") as file:
            try:
                first = next(self._reader(Lines(file)), None)
            except csv.Error as error:
                raise Unreadable(
                    f"The header of {self.name} cannot be split into columns. "
                    f"{_in_words(error)}"
                ) from error
            except LineTooLong:
                first = None
        if not first or not any(name.strip() for name in first):
            raise Unreadable(
                f"{self.name} has no header. Its first line must name columns."
            )
        if any("\0" in name for name in first):
            raise Unreadable(
                f"The header of {self.name} has zero bytes, so it is another encoding "
                f"than was said. Say which one in the mapping of the stream, for "
                f'instance encoding = "utf-16-le".'
            )
        names = [name.strip() for name in first]
        twice = sorted({name for name in names if name and names.count(name) > 1})
        if twice:
            raise Unreadable(
                f"{self.name} has the column {', '.join(twice)} more than once; which "
                f"one is meant cannot be known. Rename one in the source."
            )
        if len(names) == 1:
            self._refuse_another_delimiter(names[0])
        return names

    def _refuse_another_delimiter(self, only: str) -> None:
        for delimiter, called in _OTHER_DELIMITERS.items():
            if delimiter != self.delimiter and delimiter in only:
                raise Unreadable(
                    f"{self.name} has one column, named '{only[:60]}'. It seems "
                    f"separated by a {called}: say delimiter = {delimiter!r} in the "
                    f"mapping of the stream."
                )

    def _reader(self, lines: Iterable[str]) -> CsvReader:
        csv.field_size_limit(LONGEST_FIELD)
        return csv.reader(lines, delimiter=self.delimiter, strict=True)

    def _table(self, lines: Lines, width: int, place: Place) -> Iterator[Row | Unsplit]:
        reader = self._reader(lines)
        before = place.line
        if place.offset == 0:
            next(reader, None)
            lines.settle()
        while True:
            began = before + lines.settled + 1
            try:
                fields = next(reader)
            except StopIteration:
                lines.settle()
                return
            except csv.Error as error:
                # A quote that nothing closes takes in the rows behind it: they are rows
                # all the same, and only the one it stands in is given up.
                lines.settle_first()
                yield Unsplit(began, 1, _in_words(error))
                continue
            held = lines.settle()
            if len(fields) == width:
                yield began, held, fields
            elif fields:
                counted = f"{len(fields)} column{'s' * (len(fields) != 1)}"
                yield Unsplit(
                    began, held, f"The row has {counted}, the header has {width}."
                )


def _in_words(error: csv.Error) -> str:
    for said, meant in _UNSPLIT.items():
        if said in str(error):
            return meant
    return f"The row cannot be split into columns: {error}."


def _objects(lines: Lines, columns: Fields, before: int) -> Iterator[Row | Unsplit]:
    for line in lines:
        lines.settle()
        if not line.strip():
            continue
        number = before + lines.settled
        try:
            yield number, 1, ndjson.texts(line, columns)
        except ndjson.NotAnObject as error:
            yield Unsplit(number, 1, str(error))
