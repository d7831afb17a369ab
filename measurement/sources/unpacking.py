"""From the file as it came to plain UTF-8 text in lines, without holding it in memory.

A plain file is CSV or NDJSON (one JSON object per line). What cannot be made plain is
refused in words, before a row is read.
"""

import codecs
import gzip
import lzma
import shutil
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

_BLOCK = 1 << 20
_NDJSON_ENDINGS = (".ndjson", ".jsonl", ".json")


class Unreadable(Exception):
    """The file cannot be read; the message says why and what would help."""


@dataclass(frozen=True)
class Part:
    """Where one file inside an archive begins in the plain file."""

    name: str
    offset: int
    line: int


@dataclass
class Plain:
    """What the plain file is: its layout, and the parts it was joined from."""

    layout: str
    parts: list[Part] = field(default_factory=list)


def layout_of(name: str, beginning: bytes) -> str:
    """Return ``csv`` or ``ndjson``, by the name's ending, else by the first character.

    >>> layout_of("orders.ndjson.gz", b"")
    'ndjson'
    >>> layout_of("orders.csv", b"id,total")
    'csv'
    """
    bare = name.lower().removesuffix(".gz")
    if bare.endswith(_NDJSON_ENDINGS):
        return "ndjson"
    if bare.endswith((".csv", ".tsv", ".txt")):
        return "csv"
    return "ndjson" if beginning.lstrip(b"\xef\xbb\xbf \r\n")[:1] == b"{" else "csv"


def is_plain(path: Path, name: str, encoding: str) -> bool:
    """Return whether the file may be read as it is."""
    with path.open("rb") as file:
        beginning = file.read(_BLOCK)
    packed = beginning[:4] == b"PAR1" or beginning[:2] in {b"\x1f\x8b", b"PK"}
    wide = beginning[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
    odd_lines = b"\n" not in beginning and b"\r" in beginning
    return not (packed or wide or odd_lines) and _is_utf8(encoding)


def unpack(path: Path, name: str, encoding: str, to: Path) -> Plain:
    """Write the plain form of the file and return what it is.

    Raises:
        Unreadable: the archive is damaged, empty or locked, or bytes are not text.
    """
    try:
        with path.open("rb") as file, to.open("wb") as out:
            magic = file.read(4)
            file.seek(0)
            if magic == b"PAR1":
                return _parquet(path, out)
            if magic[:2] == b"PK":
                return _zip(file, name, encoding, out)
            if magic[:2] == b"\x1f\x8b":
                with gzip.open(file) as opened:
                    return Plain(_text(opened, name, encoding, out))
            return Plain(_text(file, name, encoding, out))
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise Unreadable(
            f"{name} is damaged: {error}. Fetch it again from its source."
        ) from error
    except (lzma.LZMAError, NotImplementedError, RuntimeError) as error:
        raise Unreadable(
            f"{name} cannot be unpacked: {error}. Pack it as plain zip or gzip."
        ) from error


def check_utf8(path: Path, name: str) -> None:
    """Refuse a file whose bytes are not UTF-8, naming the line.

    Raises:
        Unreadable: some bytes are not UTF-8.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = 1
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                lines += block[: error.start].count(b"\n")
                raise _undecodable(name, lines, "utf-8") from error
            lines += block.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _undecodable(name, lines, "utf-8") from error


def _undecodable(name: str, line: int, encoding: str) -> Unreadable:
    return Unreadable(
        f"{name}, line {line}: the bytes are not {encoding}. Say the encoding in the "
        f'mapping of the stream, for instance encoding = "cp1252".'
    )


def _is_utf8(encoding: str) -> bool:
    return codecs.lookup(encoding).name in {"utf-8", "utf-8-sig", "ascii"}


def _text(
    file: "Readable", name: str, encoding: str, out: "IO[bytes] | _Counting"
) -> str:
    """Copy text as UTF-8 with line feeds; return its layout."""
    beginning = file.read(_BLOCK)
    rest = _Joined(beginning, file)
    if beginning[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        encoding = "utf-16"
    odd_lines = b"\n" not in beginning and b"\r" in beginning
    if _is_utf8(encoding) and not odd_lines:
        shutil.copyfileobj(rest, out, _BLOCK)
    else:
        _transcode(rest, name, encoding, out, odd_lines=odd_lines)
    return layout_of(name, beginning)


def _transcode(
    file: "_Joined",
    name: str,
    encoding: str,
    out: "IO[bytes] | _Counting",
    *,
    odd_lines: bool,
) -> None:
    # Line ends stay as they are, unless they are of the kind nobody reads any more.
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 0
    try:
        while block := file.read(_BLOCK):
            text = decoder.decode(block)
            out.write((text.replace("\r", "\n") if odd_lines else text).encode())
            lines += text.count("\n")
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise _undecodable(name, lines + 1, encoding) from error


class Readable(Protocol):
    """Bytes that can be read from."""

    def read(self, size: int = -1, /) -> bytes: ...


class _Joined:
    """A file whose beginning has been read already."""

    def __init__(self, beginning: bytes, rest: Readable) -> None:
        self._beginning = beginning
        self._rest = rest

    def read(self, size: int = -1, /) -> bytes:
        if self._beginning:
            given, self._beginning = self._beginning, b""
            return given
        return self._rest.read(size)


def _zip(file: IO[bytes], name: str, encoding: str, out: IO[bytes]) -> Plain:
    """Join the files of an archive, in the order of their names, under one header.

    Raises:
        Unreadable: it is empty, or two of its files have different columns.
    """
    with zipfile.ZipFile(file) as archive:
        members = sorted(
            member
            for member in archive.namelist()
            if not member.endswith("/") and not member.startswith("__MACOSX/")
        )
        if not members:
            raise Unreadable(f"{name} holds no file.")
        plain = Plain("csv")
        counted = _Counting(out)
        for member in members:
            plain.parts.append(Part(member, counted.bytes, counted.lines))
            counted.begin(keep_first_line=len(plain.parts) == 1)
            with archive.open(member) as packed:
                plain.layout = _text(packed, member, encoding, counted)
            counted.end()
            if plain.layout == "csv" and counted.first_line != counted.header:
                raise Unreadable(
                    f"{name}: {member} has other columns than {members[0]}. Load files "
                    f"of one kind together."
                )
        return plain


class _Counting:
    """Writes on, counts, and leaves out the header of every file but the first."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self.bytes = self.lines = 0
        self.header = self.first_line = b""
        self._in_first_line = self._keep_first_line = True

    def begin(self, *, keep_first_line: bool) -> None:
        self.first_line = b""
        self._in_first_line = True
        self._keep_first_line = keep_first_line

    def write(self, block: bytes) -> int:
        given = len(block)
        if self._in_first_line:
            head, found, rest = block.partition(b"\n")
            self.first_line += head
            self._in_first_line = not found
            if not self._keep_first_line and not self.first_line.startswith(b"{"):
                block = rest
        self._out.write(block)
        self.bytes += len(block)
        self.lines += block.count(b"\n")
        return given

    def end(self) -> None:
        """Close the last line of a file, so that the next begins one of its own."""
        self.first_line = self.first_line.removeprefix(codecs.BOM_UTF8).rstrip(b"\r")
        self.header = self.header or self.first_line
        self.write(b"\n")


def _parquet(path: Path, out: IO[bytes]) -> Plain:
    """Write a Parquet file as CSV, a batch at a time, every value as exact text."""
    import pyarrow as arrow
    import pyarrow.csv
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(path)
    except arrow.ArrowException as error:
        raise Unreadable(f"{path.name} is no sound Parquet file: {error}.") from error

    try:
        # Moments as short as nothing is lost: shorter texts are quicker to read back.
        for unit in ("s", "ms", "us", "ns"):
            out.seek(0)
            out.truncate()
            schema = _with_moments(file.schema_arrow, unit)
            try:
                with pyarrow.csv.CSVWriter(out, schema) as writer:
                    for batch in file.iter_batches(65_536):
                        writer.write_batch(batch.cast(schema))
                break
            except arrow.ArrowInvalid:
                if unit == "ns":
                    raise
    except arrow.ArrowException as error:
        raise Unreadable(
            f"{path.name} has a column that is no plain value: {error}. Flatten it first."
        ) from error
    return Plain("csv")


def _with_moments(schema: Any, unit: str) -> Any:
    import pyarrow as arrow

    return arrow.schema(
        [
            (field.name, arrow.timestamp(unit, field.type.tz))
            if arrow.types.is_timestamp(field.type)
            else (field.name, field.type)
            for field in schema
        ]
    )
