"""Some rows of a plain file, from all over it, at a cost its length does not change."""

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import IO

from measurement.sources import ndjson
from measurement.sources.lines import LONGEST_FIELD
from measurement.sources.reading import Fields, PlainFile

ROWS = 1_000
_PLACES = 20
_BLOCK = 64 << 10


def spread(file: PlainFile, columns: Fields) -> list[Fields]:
    """Return at most ``ROWS`` rows from places spread evenly over the file.

    A row that cannot be split is left out: those are counted where the file is loaded. So
    is one a place begins within.
    """
    size = file.path.stat().st_size
    places = min(_PLACES, max(1, size // _BLOCK))
    # No place reads into the next one.
    length = min(_BLOCK * _PLACES, size) // places + 1
    found: list[Fields] = []
    with file.path.open("rb") as opened:
        for place in range(places):
            lines = _lines(opened, size * place // places, length)
            found += islice(
                _rows(file, lines, columns, is_first=not place), ROWS // places
            )
    return found


def _lines(file: IO[bytes], offset: int, length: int) -> str:
    """Return the whole lines behind the offset, within the length."""
    file.seek(offset)
    block = file.read(length)
    if offset:
        block = block.partition(b"\n")[2]
    if file.read(1):
        block = block[: block.rfind(b"\n") + 1]
    return block.decode(errors="replace").removeprefix("\ufeff")


def _rows(
    file: PlainFile, lines: str, columns: Fields, *, is_first: bool
) -> Iterator[Fields]:
    if file.layout == "ndjson":
        yield from _objects(lines, columns)
        return
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(io.StringIO(lines, newline=""), delimiter=file.delimiter)
    if is_first:
        next(reader, None)
    try:
        for row in reader:
            if len(row) == len(columns):
                yield row
    except csv.Error:
        # Of what lies behind an unclosed quote nothing is known here.
        return


def _objects(lines: str, columns: Fields) -> Iterator[Fields]:
    for line in lines.split("\n"):
        if not line.strip():
            continue
        try:
            yield ndjson.texts(line, columns)
        except ndjson.NotAnObject:
            continue
