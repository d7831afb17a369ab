"""Land a file, map it, save it: one file through one stream's mapping is one run.

Long work is a row with a cursor. A page is read, mapped and written, its counts and the
place where the next begins are saved, all in one transaction: a worker killed at any
moment leaves whole pages behind and loses none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from governance.models import SourceStream
from measurement import failpoints, mapping, staging
from measurement.mapping import Compiled, Writer
from measurement.models import KeptFile, RejectedRow, SeenKey, SyncRun
from measurement.sources import kept
from measurement.sources.reading import Place, PlainFile
from measurement.staging import StagedPage


class SyncError(Exception):
    """A file cannot be loaded; the message says why and what to do."""


class MissingColumn(SyncError):
    """The mapping reads a column the file does not have."""


class RowsLost(SyncError):
    """The rows of a page do not add up; nothing of it was saved."""


class AlreadyRunning(SyncError):
    """Another run of the stream has not ended."""


@dataclass(frozen=True)
class Page:
    """What became of one page of rows, and whether there is another."""

    rows_in: int
    written: int
    unchanged: int
    rejected: int
    more: bool


@transaction.atomic
def begin(*, stream: SourceStream, path: Path, at: datetime) -> SyncRun:
    """Keep the file and open a run for it; nothing is loaded yet.

    The file the stream's last run loaded, through the mapping it has today, needs no
    second run: that run is returned as it ended.

    Raises:
        Unreadable: the file is missing, damaged, or not what the stream says it is.
        MissingColumn: the mapping reads a column it does not have.
        MappingError: the stream's mapping cannot be.
        AlreadyRunning: another file of the stream is being loaded.
    """
    # One at a time: the second waits here, and then sees the first's run.
    stream = SourceStream.objects.select_for_update().get(pk=stream.pk)
    described = mapping.of_stream(stream)
    file = kept.keep(path, encoding=stream.encoding, at=at)
    failpoints.reach("file kept")
    last = stream.runs.exclude(state=SyncRun.State.FAILED).order_by("-pk").first()
    if last and last.file_id == file.pk and last.mapping_digest == described.digest:
        return last
    if last and last.state == SyncRun.State.RUNNING:
        raise AlreadyRunning(
            f"{stream} is still loading {last.file.name} (run {last.pk}). Let it end: "
            f"manage.py night resumes it."
        )
    columns = _plain_file(stream, file).columns()
    missing = [name for name in described.columns() if name not in columns]
    if missing:
        raise MissingColumn(
            f"{path.name} has no column {', '.join(map(repr, missing))}, which the "
            f"mapping of {stream} reads. The file has {', '.join(columns)}. Mend the "
            f"mapping or the export."
        )
    return SyncRun.objects.create(
        stream=stream,
        file=file,
        mapping=described.written,
        mapping_digest=described.digest,
        started_at=at,
        columns=columns,
        notes=_differences(last.columns if last else columns, columns),
    )


def is_loaded(*, stream: SourceStream, sha256: str) -> bool:
    """Return whether a run has loaded this content through today's mapping."""
    return stream.runs.filter(
        file__sha256=sha256,
        mapping_digest=mapping.of_stream(stream).digest,
        state=SyncRun.State.DONE,
    ).exists()


@transaction.atomic
def load_page(*, run_id: int, at: datetime, page_rows: int | None = None) -> Page:
    """Read, map and write the run's next page, and move its cursor, all or nothing.

    Returns:
        What became of the rows; ``more`` says whether another page follows. A run that
        has ended gives an empty page.
    """
    run = SyncRun.objects.select_for_update().select_related("file").get(pk=run_id)
    if run.state != SyncRun.State.RUNNING:
        return Page(0, 0, 0, 0, more=False)
    page_rows = page_rows or settings.SYNC_PAGE_ROWS
    stream = SourceStream.objects.get(pk=run.stream_id)
    described = mapping.describe(stream, run.mapping)
    source = _plain_file(stream, run.file)
    start = Place(run.offset, run.line)

    staged = staging.stage(
        mapping=described, source=source, run=run, start=start, rows=page_rows
    )
    failpoints.reach("page staged")
    per_entity, written = _write(staged)
    rejected = _keep_texts(source, run.pk, start, staged.end.line)
    page = Page(
        rows_in=staged.rows_in,
        written=written,
        unchanged=staged.rows_in - written - rejected,
        rejected=rejected,
        more=staged.rows_in >= page_rows,
    )
    failpoints.reach("page written")
    _advance(run, page, staged.end, per_entity, at)
    return page


def load(*, stream: SourceStream, path: Path, at: datetime) -> Iterator[SyncRun]:
    """Load a file here and now, yielding the run after each page."""
    run = begin(stream=stream, path=path, at=at)
    more = run.state == SyncRun.State.RUNNING
    while more:
        more = load_page(run_id=run.pk, at=at).more
        run.refresh_from_db()
        yield run
    yield run


def _plain_file(stream: SourceStream, file: KeptFile) -> PlainFile:
    return PlainFile(Path(file.plain_path), file.name, file.layout, stream.delimiter)


def _differences(before: list[str], now: list[str]) -> list[str]:
    """Say which columns came and went since the last run.

    >>> _differences(["id", "total"], ["id", "net"])
    ["Column 'net' is new.", "Column 'total' is gone."]
    """
    came = [f"Column {name!r} is new." for name in now if name not in before]
    went = [f"Column {name!r} is gone." for name in before if name not in now]
    return came + went


def _write(staged: StagedPage) -> tuple[dict[str, int], int]:
    """Map the staged rows and write every entity; return the rows written of each."""
    compiled = staged.compiled
    per_entity: dict[str, int] = {}
    written = 0
    with connection.cursor() as cursor:
        cursor.execute(compiled.map)
        for statement in compiled.missing_rates:
            cursor.execute(statement)
        cursor.execute(compiled.reject)
        unsound = cursor.rowcount
        for writer in compiled.writers:
            if writer.number is not None:
                cursor.execute(writer.number)
            cursor.execute(writer.look or writer.prepare)
            if writer.is_grain:
                _check_none_lost(cursor, writer.name, staged.rows - unsound)
            if writer.orphans is not None:
                cursor.execute(writer.orphans)
            if writer.doubled is not None and writer.keep_last is not None:
                cursor.execute(writer.doubled)
                if cursor.fetchall():
                    _settle(cursor, writer)
            cursor.execute(writer.merge)
            per_entity[writer.name] = cursor.rowcount
            if writer.is_grain:
                written = cursor.rowcount
        _drop_page(cursor, compiled)
    return per_entity, written


def _settle(cursor: CursorWrapper, writer: Writer) -> None:
    """Leave one row of each key, in a table: rows are to be taken out."""
    assert writer.keep_last is not None
    if writer.look is not None:
        cursor.execute(
            sql.SQL("drop view {}").format(sql.Identifier(f"source_{writer.name}"))
        )
        cursor.execute(writer.prepare)
    cursor.execute(writer.keep_last)


def _check_none_lost(cursor: CursorWrapper, grain: str, sound: int) -> None:
    """Hold every sound row to be there once when the grain is gathered.

    Raises:
        RowsLost: a join lost rows or multiplied them.
    """
    cursor.execute(
        sql.SQL(
            "select (select count(*) from mapped),"
            " (select count(*) from mapped where {}), (select count(*) from {})"
        ).format(sql.Identifier(f"{grain}__on"), sql.Identifier(f"source_{grain}"))
    )
    mapped, applying, gathered = cursor.fetchall()[0]
    if mapped != sound or gathered != applying:
        raise RowsLost(
            f"Of {sound} sound rows {mapped} were mapped, and of {applying} that are a "
            f"{grain} {gathered} gathered. Nothing of the page was saved. An id stands "
            f"twice in a table the mapping looks rows up in."
        )


def _drop_page(cursor: CursorWrapper, compiled: Compiled) -> None:
    """Drop the page's tables and views: pages may share a transaction."""
    names = ["staged", "mapped"]
    for writer in compiled.writers:
        names.append(f"source_{writer.name}")
        names.append(f"seen_{writer.name}")
    cursor.execute(
        "select relname, relkind from pg_class"
        " where relnamespace = pg_my_temp_schema() and relname = any(%s)",
        [names],
    )
    # Views first: they stand on the tables.
    for name, kind in sorted(cursor.fetchall(), key=lambda found: found[1] != "v"):
        dropped = "drop view {}" if kind == "v" else "drop table {} cascade"
        cursor.execute(sql.SQL(dropped).format(sql.Identifier("pg_temp", name)))


def _keep_texts(source: PlainFile, run_id: int, start: Place, until: int) -> int:
    """Give the page's rejected rows the text that stood there; return how many."""
    rows = list(RejectedRow.objects.filter(run=run_id, line__gt=start.line))
    texts = source.text_of(start, {row.line for row in rows}, until) if rows else {}
    for row in rows:
        row.text = texts.get(row.line, "")
    RejectedRow.objects.bulk_update(rows, ["text"], batch_size=2_000)
    return len(rows)


def _advance(
    run: SyncRun, page: Page, place: Place, per_entity: dict[str, int], at: datetime
) -> None:
    run.offset, run.line = place.offset, place.line
    run.pages += 1
    run.rows_in += page.rows_in
    run.written += page.written
    run.unchanged += page.unchanged
    run.rejected += page.rejected
    for name, rows in per_entity.items():
        run.per_entity[name] = run.per_entity.get(name, 0) + rows
    if not page.more:
        run.state = SyncRun.State.DONE
        run.ended_at = at
        SeenKey.objects.filter(run=run).delete()
    run.save()
