"""Text of any encoding as UTF-8 with line feeds, a block at a time."""

import codecs
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from measurement.sources.unreadable import Unreadable

BLOCK = 1 << 20
PARQUET = b"PAR1"
ZIP = {b"PK\x03\x04", b"PK\x05\x06"}
GZIP = b"\x1f\x8b"
# The marks with which texts of wide letters begin. One of them begins another.
_WIDE = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_NDJSON_ENDINGS = (".ndjson", ".jsonl", ".json")


class Readable(Protocol):
    """Bytes that can be read from."""

    def read(self, size: int = -1, /) -> bytes: ...


class Writable(Protocol):
    """Something bytes can be written to."""

    def write(self, block: bytes, /) -> int: ...


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


def is_plain(path: Path, encoding: str) -> bool:
    """Return whether the file may be read as it is."""
    with path.open("rb") as file:
        beginning = file.read(BLOCK)
    return not (
        _is_packed(beginning)
        or _marked(beginning)
        or _has_odd_lines(beginning)
        or not is_utf8(encoding)
    )


def copy_text(
    beginning: bytes,
    file: Readable,
    name: str,
    encoding: str,
    out: Writable,
) -> None:
    """Copy a text whose beginning has been read as UTF-8 with line feeds.

    Raises:
        Unreadable: it is packed once more, or not of that encoding.
    """
    if _is_packed(beginning):
        raise Unreadable(f"{name} is packed twice. Unpack it once before it is loaded.")
    encoding = _marked(beginning) or encoding
    rest = _Reread(beginning, file)
    has_odd_lines = _has_odd_lines(beginning)
    if is_utf8(encoding) and not has_odd_lines:
        shutil.copyfileobj(rest, out, BLOCK)
        return
    for text in _decoded(rest, name, encoding):
        # Line ends stay as they are, unless they are of the odd kind.
        out.write((text.replace("\r", "\n") if has_odd_lines else text).encode())


def check_utf8(path: Path, name: str) -> None:
    """Refuse a file whose bytes are not UTF-8, naming the line.

    Raises:
        Unreadable: some bytes are not UTF-8.
    """
    with path.open("rb") as file:
        for _text_of_block in _decoded(file, name, "utf-8"):
            pass


def is_utf8(encoding: str) -> bool:
    """Return whether the encoding reads UTF-8 as it is.

    Raises:
        Unreadable: there is no such encoding.
    """
    return codec(encoding) in {"utf-8", "utf-8-sig", "ascii"}


def codec(encoding: str) -> str:
    """Return the one name of an encoding that has many.

    >>> codec("Latin1"), codec("UTF8")
    ('iso8859-1', 'utf-8')

    Raises:
        Unreadable: there is no such encoding.
    """
    try:
        "".encode(encoding)
    except (LookupError, ValueError) as error:
        raise Unreadable(
            f"There is no encoding '{encoding}'. Known are utf-8, cp1252, latin-1, "
            f"utf-16 and what else Python calls by name."
        ) from error
    return codecs.lookup(encoding).name


def _is_packed(beginning: bytes) -> bool:
    return beginning[:4] == PARQUET or beginning[:4] in ZIP or beginning[:2] == GZIP


def _marked(beginning: bytes) -> str:
    """Return the encoding a text says it has by how it begins, or nothing."""
    return next(
        (name for mark, name in _WIDE.items() if beginning.startswith(mark)), ""
    )


def _has_odd_lines(beginning: bytes) -> bool:
    """Return whether lines end as nobody ends them any more: with a carriage return."""
    return b"\n" not in beginning and b"\r" in beginning


def _decoded(file: Readable, name: str, encoding: str) -> Iterator[str]:
    """Yield the texts of the file's blocks.

    Raises:
        Unreadable: some bytes are not of that encoding; it names the line.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    try:
        while block := file.read(BLOCK):
            text = decoder.decode(block)
            yield text
            lines += text.count("\n")
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        if isinstance(error, UnicodeDecodeError):
            before = error.object[: error.start]
            lines += before.decode(encoding, errors="replace").count("\n")
        other = "cp1252" if codec(encoding) != "cp1252" else "utf-8"
        raise Unreadable(
            f"{name}, line {lines}: the bytes are not {encoding}. Say which encoding "
            f'they are in, in the mapping of the stream, for instance encoding = "{other}".'
        ) from error


class _Reread:
    """A file whose beginning has been read already."""

    def __init__(self, beginning: bytes, rest: Readable) -> None:
        self._beginning = beginning
        self._rest = rest

    def read(self, size: int = -1, /) -> bytes:
        if self._beginning:
            given, self._beginning = self._beginning, b""
            return given
        return self._rest.read(size)
