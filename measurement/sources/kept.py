"""Keep every file as it came, under the digest of its content."""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import astuple
from datetime import datetime
from pathlib import Path

from django.conf import settings

from measurement.models import KeptFile
from measurement.sources import unpacking
from measurement.sources.unpacking import Unreadable

_BLOCK = 1 << 20


def digest_of(path: Path) -> str:
    """Return the SHA-256 of the file's bytes.

    Raises:
        Unreadable: there is no such file, or it may not be read.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except FileNotFoundError as error:
        raise Unreadable(
            f"There is no file {path}. Check the name, or where it was put."
        ) from error
    except (IsADirectoryError, PermissionError) as error:
        raise Unreadable(
            f"{path} cannot be read: {error.strerror}. Name a file this user may read."
        ) from error
    return digest.hexdigest()


def keep(path: Path, *, encoding: str, at: datetime) -> KeptFile:
    """Keep the file and its plain form, and return where they are.

    The same content is kept once, however often and under whatever name it comes.

    Raises:
        Unreadable: it is missing, empty, damaged, or no text.
    """
    sha256 = digest_of(path)
    known = KeptFile.objects.filter(sha256=sha256).first()
    if known and Path(known.path).exists() and Path(known.plain_path).exists():
        return known
    size = path.stat().st_size
    if not size:
        raise Unreadable(f"{path.name} is empty. Nothing was loaded.")
    folder = settings.RAW / sha256[:2]
    folder.mkdir(parents=True, exist_ok=True)
    whole = folder / sha256
    with _finished(whole) as unfinished:
        shutil.copyfile(path, unfinished)
    plain, described = _plain(whole, path.name, encoding)
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


def _plain(whole: Path, name: str, encoding: str) -> tuple[Path, unpacking.Plain]:
    if unpacking.is_plain(whole, name, encoding):
        unpacking.check_utf8(whole, name)
        with whole.open("rb") as file:
            return whole, unpacking.Plain(unpacking.layout_of(name, file.read(_BLOCK)))
    plain = whole.with_suffix(".plain")
    with _finished(plain) as unfinished:
        described = unpacking.unpack(whole, name, encoding, unfinished)
        unpacking.check_utf8(unfinished, name)
    return plain, described


@contextlib.contextmanager
def _finished(path: Path) -> Iterator[Path]:
    """Let a file be written aside and take its name only when it is whole."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.unfinished")
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
