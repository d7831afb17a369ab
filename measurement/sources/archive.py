"""The files of a zip as one: in the order of their names, under one header."""

import codecs
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from measurement.sources.texts import BLOCK, copy_text, layout_of
from measurement.sources.unreadable import Unreadable

# The bit with which a zip says that a file in it takes a password.
_LOCKED = 0x1


@dataclass(frozen=True)
class Part:
    """Where one file inside an archive begins in the plain file."""

    name: str
    offset: int
    line: int


def members(archive: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    """Return the files of an archive by name, without what a desktop put beside them.

    Two may have one name: each is a file.

    Raises:
        Unreadable: there is none, or one is locked.
    """
    found = [
        file
        for file in archive.infolist()
        if not file.is_dir()
        and not file.filename.startswith("__MACOSX/")
        and not PurePosixPath(file.filename).name.startswith(".")
    ]
    if not found:
        raise Unreadable(f"{name} holds no file.")
    for file in found:
        if file.flag_bits & _LOCKED:
            raise Unreadable(
                f"{name}: {file.filename} is locked with a password. Pack it without."
            )
    return sorted(found, key=lambda file: file.filename)


def join(
    file: IO[bytes], name: str, encoding: str, out: IO[bytes]
) -> tuple[str, list[Part]]:
    """Write the files of an archive as one; return its layout, and where each begins.

    Raises:
        Unreadable: it is empty, or its files are not all of one kind.
    """
    with zipfile.ZipFile(file) as archive:
        joined = _Joined(out, name)
        for member in members(archive, name):
            called = member.filename
            with archive.open(member) as packed:
                beginning = packed.read(BLOCK)
                joined.begin(called, layout_of(called, beginning))
                copy_text(beginning, packed, called, encoding, joined)
            joined.end()
        return joined.layout, joined.parts


class _Joined:
    """Files written one behind the other, the header of every one but the first left out."""

    def __init__(self, out: IO[bytes], archive: str) -> None:
        self._out = out
        self._archive = archive
        self._header = self._first_line = self._last = b""
        self._in_first_line = False
        self._bytes = self._lines = 0
        self.layout = ""
        self.parts: list[Part] = []

    def begin(self, name: str, layout: str) -> None:
        """Let the next file follow.

        Raises:
            Unreadable: it is of another kind than the first.
        """
        self.layout = self.layout or layout
        if layout != self.layout:
            raise Unreadable(
                f"{self._archive}: {name} is {layout.upper()}, {self.parts[0].name} is "
                f"{self.layout.upper()}. Load files of one kind together."
            )
        self.parts.append(Part(name, self._bytes, self._lines))
        self._first_line = b""
        self._in_first_line = True

    def write(self, block: bytes) -> int:
        given = len(block)
        while block and self._in_first_line:
            line, newline, block = block.partition(b"\n")
            self._first_line += line + newline
            # A name in quotes may go over two lines.
            is_open = self.layout == "csv" and self._first_line.count(b'"') % 2
            if newline and (not is_open or len(self._first_line) > BLOCK):
                self._end_first_line()
        self._put(block)
        return given

    def end(self) -> None:
        """Close the last line of a file, so that the next begins one of its own.

        Raises:
            Unreadable: the file is empty.
        """
        if not self._first_line:
            raise Unreadable(
                f"{self._archive}: {self.parts[-1].name} is empty. Leave it out."
            )
        if self._in_first_line:
            self._end_first_line()
        if self._last != b"\n":
            self._put(b"\n")

    def _end_first_line(self) -> None:
        self._in_first_line = False
        line = self._first_line.removeprefix(codecs.BOM_UTF8)
        if self.layout == "ndjson":
            self._put(line)
            return
        header = line.rstrip(b"\r\n")
        if len(self.parts) == 1:
            self._header = header
            self._put(line)
        elif header != self._header:
            raise Unreadable(
                f"{self._archive}: {self.parts[-1].name} has other columns than "
                f"{self.parts[0].name}. Load files of one kind together."
            )

    def _put(self, block: bytes) -> None:
        if block:
            self._out.write(block)
            self._bytes += len(block)
            self._lines += block.count(b"\n")
            self._last = block[-1:]
