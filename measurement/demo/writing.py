"""Write rows to a file that appears under its name only once it is complete.

The same rows give the same bytes: no clock, no user and no path goes into a file.
"""

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast

type WriteRows = Callable[[Iterable[Sequence[object]]], None]

_UNFINISHED = ".part"
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_csv(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write a table; ``.gz`` is compressed, ``.zip`` holds one file named as the zip."""
    with csv_file(path, columns) as write:
        write(rows)


@contextmanager
def csv_file(path: Path, columns: Sequence[str]) -> Iterator[WriteRows]:
    """Open a table to add rows to as they are made."""
    with _text(path) as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        yield writer.writerows


def write_ndjson(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Write one JSON object a line; ``.gz`` is compressed."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    with _text(path) as out:
        out.writelines(f"{encode(row)}\n" for row in rows)


def write_text(path: Path, text: str) -> None:
    """Write a text as it is."""
    with _text(path) as out:
        out.write(text)


def moment(at: datetime) -> str:
    """Return a moment the way machines write it.

    >>> moment(datetime(2025, 3, 1, 9, 30, 5, tzinfo=UTC))
    '2025-03-01T09:30:05Z'
    """
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def money(minor: int) -> str:
    """Return pence or cents as an amount.

    >>> money(1205), money(-5)
    ('12.05', '-0.05')
    """
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02d}"


@contextmanager
def _text(path: Path) -> Iterator[IO[str]]:
    with _whole(path) as whole, _packed(path, whole) as packed:
        text = io.TextIOWrapper(packed, encoding="utf-8", newline="")
        yield text
        text.flush()
        text.detach()


@contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    """Write beside the file and rename: a reader meets all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + _UNFINISHED)
    try:
        with unfinished.open("wb") as out:
            yield out
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _packed(path: Path, whole: IO[bytes]) -> Iterator[IO[bytes]]:
    if path.suffix == ".gz":
        with gzip.GzipFile("", "wb", compresslevel=6, fileobj=whole, mtime=0) as packed:
            yield cast(IO[bytes], packed)
    elif path.suffix == ".zip":
        member = zipfile.ZipInfo(path.stem, date_time=_ZIP_EPOCH)
        member.compress_type = zipfile.ZIP_DEFLATED
        with (
            zipfile.ZipFile(whole, "w") as archive,
            archive.open(member, "w") as packed,
        ):
            yield packed
    else:
        yield whole
