"""Keep every file as it came, under the digest of its content."""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import astuple
from datetime import datetime
from pathlib import Path

from django.conf import settings

from measurement import failpoints
from measurement.models import KeptFile
from measurement.sources import texts, unpacking
from measurement.sources.unreadable import Unreadable

_BLOCK = 1 << 20


def shown(name: str) -> str:
    """Return the name of a file as a text: of a byte that is none, a sign stands for it."""
    return name.encode(errors="surrogateescape").decode(errors="replace")


def digest_of(path: Path) -> str:
    """Return the SHA-256 of the file's bytes.

    Raises:
        Unreadable: there is no such file, it may not be read, or its name is no text.
    """
    if shown(path.name) != path.name:
        raise Unreadable(
            f"The name of {shown(path.name)} is no text: some of its bytes are not UTF-8. "
            f"Give it another name."
        )
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise Unreadable(
            f"There is no file {path}. Check the name, or where it was put."
        ) from error
    except OSError as error:
        raise Unreadable(
            f"{path} cannot be read: {error.strerror}. Name a file this user may read."
        ) from error


def keep(path: Path, *, encoding: str, at: datetime) -> KeptFile:
    """Keep the file and its plain form, and return where they are.

    The same content is kept once, however often and under whatever name it comes.

    Raises:
        Unreadable: it is missing, empty, damaged, still being written, or no text.
    """
    sha256 = digest_of(path)
    known = KeptFile.objects.filter(sha256=sha256).first()
    if known and _is_ready(known, encoding):
        return known
    size = path.stat().st_size
    if not size:
        raise Unreadable(f"{path.name} is empty. Nothing was loaded.")
    folder = settings.RAW / sha256[:2]
    folder.mkdir(parents=True, exist_ok=True)
    whole = folder / sha256
    _remove_left_behind(whole, at)
    # A file that is refused leaves nothing behind.
    with _finished(whole) as unfinished:
        _copy(path, sha256, unfinished)
        plain, described = _plain(unfinished, whole, path.name, encoding)
    return KeptFile.objects.update_or_create(
        sha256=sha256,
        defaults={
            "name": path.name,
            "size": size,
            "path": str(whole),
            "plain_path": str(plain),
            "layout": described.layout,
            "parts": [list(astuple(part)) for part in described.parts],
            "received_at": at,
        },
    )[0]


def place_of(file: KeptFile, line: int) -> str:
    """Return where a line of the plain file stands in the file as it came.

    >>> place_of(KeptFile(parts=[["1.csv", 0, 0], ["2.csv", 30, 3]]), 5)
    '2.csv line 3'
    >>> place_of(KeptFile(), 5)
    'line 5'
    """
    for place in range(len(file.parts) - 1, -1, -1):
        name, _offset, before = file.parts[place]
        if line > before:
            # The header of every part but the first was left out.
            had_header = place > 0 and file.layout != "ndjson"
            return f"{name} line {line - before + had_header}"
    return f"line {line}"


def _is_ready(known: KeptFile, encoding: str) -> bool:
    """Return whether both forms are there, the plain one made of this encoding."""
    whole, plain = Path(known.path), Path(known.plain_path)
    is_of_encoding = (
        texts.is_utf8(encoding) if plain == whole else plain == _made(whole, encoding)
    )
    return is_of_encoding and whole.exists() and plain.exists()


def _copy(path: Path, sha256: str, to: Path) -> None:
    digest = hashlib.sha256()
    with path.open("rb") as file, to.open("wb") as out:
        while block := file.read(_BLOCK):
            digest.update(block)
            out.write(block)
    if digest.hexdigest() != sha256:
        raise Unreadable(
            f"{path.name} changed while it was read. Load it when it is written to its "
            f"end."
        )


def _remove_left_behind(whole: Path, at: datetime) -> None:
    """Remove what a process that was killed had written of this file.

    Whoever is still at it has written something within the time a task may take.
    """
    for unfinished in whole.parent.glob(f"{whole.name}.*unfinished"):
        with contextlib.suppress(FileNotFoundError):
            if at.timestamp() - unfinished.stat().st_mtime > settings.TASK_SECONDS:
                unfinished.unlink()


def _made(whole: Path, encoding: str) -> Path:
    return whole.with_name(f"{whole.name}.{texts.codec(encoding)}.plain")


def _plain(
    unfinished: Path, whole: Path, name: str, encoding: str
) -> tuple[Path, unpacking.Plain]:
    if texts.is_plain(unfinished, encoding):
        texts.check_utf8(unfinished, name)
        with unfinished.open("rb") as file:
            return whole, unpacking.Plain(texts.layout_of(name, file.read(_BLOCK)))
    plain = _made(whole, encoding)
    with _finished(plain) as made:
        described = unpacking.unpack(unfinished, name, encoding, made)
        texts.check_utf8(made, name)
    return plain, described


@contextlib.contextmanager
def _finished(path: Path) -> Iterator[Path]:
    """Let a file be written aside and take its name only when it is whole."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.unfinished")
    try:
        yield unfinished
        failpoints.reach("file written aside")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
