"""From the file as it came to plain UTF-8 text in lines, without holding it in memory.

A plain file is CSV or NDJSON (one JSON object per line). What cannot be made plain is
refused in words, before a row is read.
"""

import contextlib
import errno
import gzip
import lzma
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from measurement.sources import archive, parquet, texts
from measurement.sources.archive import Part
from measurement.sources.texts import Readable
from measurement.sources.unreadable import Unreadable

_DAMAGED = (
    zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, lzma.LZMAError, EOFError,
    struct.error, OverflowError,
)  # fmt: skip


@dataclass
class Plain:
    """What the plain file is: its layout, and the parts it was joined from."""

    layout: str
    parts: list[Part] = field(default_factory=list)


def unpack(path: Path, name: str, encoding: str, to: Path) -> Plain:
    """Write the plain form of the file and return what it is.

    Raises:
        Unreadable: the archive is damaged, empty or locked, or bytes are not text.
    """
    with _damage_in_words(name), path.open("rb") as file, to.open("wb") as out:
        magic = file.read(4)
        file.seek(0)
        if magic == texts.PARQUET:
            parquet.write_csv(path, name, out)
            return Plain("csv")
        if magic in texts.ZIP:
            return Plain(*archive.join(file, name, encoding, out))
        if magic[:2] == texts.GZIP:
            with gzip.open(file) as opened:
                return _one(opened, name, encoding, out)
        return _one(file, name, encoding, out)


def extracted(path: Path) -> Iterator[Path]:
    """Yield each file of a zip, one at a time; it is gone when the next one is taken.

    Raises:
        Unreadable: it is no zip, or empty, or damaged, or locked.
    """
    if not path.is_file():
        raise Unreadable(
            f"There is no file {path}. Check the name, or where it was put."
        )
    if not zipfile.is_zipfile(path):
        raise Unreadable(
            f"{path.name} is no zip, so there is nothing in it to load one by one."
        )
    with (
        _damage_in_words(path.name),
        zipfile.ZipFile(path) as opened,
        tempfile.TemporaryDirectory() as folder,
    ):
        for member in archive.members(opened, path.name):
            found = Path(opened.extract(member, folder))
            yield found
            found.unlink()


def _one(file: Readable, name: str, encoding: str, out: IO[bytes]) -> Plain:
    """Write the plain form of a text."""
    beginning = file.read(texts.BLOCK)
    texts.copy_text(beginning, file, name, encoding, out)
    return Plain(texts.layout_of(name, beginning))


@contextlib.contextmanager
def _damage_in_words(name: str) -> Iterator[None]:
    try:
        yield
    except _DAMAGED as error:
        raise Unreadable(
            f"{name} is damaged: {error}. Fetch it again from its source."
        ) from error
    except (NotImplementedError, RuntimeError) as error:
        # What the library says of a password or of a kind of packing it does not know.
        raise Unreadable(
            f"{name} cannot be unpacked: {error}. Pack it as plain zip or gzip."
        ) from error
    except OSError as error:
        # Of bytes it cannot make sense of a library says so without a number, or looks
        # for the rest before the beginning; of a full disk the system gives its number.
        if error.errno not in {None, errno.EINVAL}:
            raise
        raise Unreadable(
            f"{name} is damaged: {error}. Fetch it again from its source."
        ) from error
