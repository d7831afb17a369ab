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
from measurement.mapping import TURN, Compiled, Grain, Writer
from measurement.models import KeptFile, SeenKey, SyncRun
from measurement.sources import kept
from measurement.sources.reading import Place, PlainFile
from measurement.staging import StagedPage

# A key told to be more things than this within a page is none.
_MOST_TURNS = 1_000


class SyncError(Exception):
    """A file cannot be loaded; the message says why and what to do."""


class MissingColumn(SyncError):
    """The mapping reads a column the file does not have."""


class RowsLost(SyncError):
    """The rows of a page do not add up; nothing of it was saved."""


class NoKey(SyncError):
    """What the mapping takes for a key names many rows."""


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
    per_entity, written = _write(run, staged)
    rejected = _keep_rejects(staged, source, run.pk, start)
    page = Page(
        rows_in=staged.rows_in,
        written=written,
        unchanged=staged.rows_in - written - rejected,
        rejected=rejected,
        more=staged.rows_in >= page_rows,
    )
    _drop_page(staged.compiled)
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


def _write(run: SyncRun, staged: StagedPage) -> tuple[dict[str, int], int]:
    """Map the staged rows and write every entity; return the rows written of each."""
    compiled = staged.compiled
    per_entity: dict[str, int] = {}
    written = 0
    with connection.cursor() as cursor:
        cursor.execute(compiled.map)
        for statement in compiled.refuse:
            cursor.execute(statement)
        cursor.execute(compiled.reject)
        sound = staged.rows - cursor.rowcount
        for writer in compiled.writers:
            if writer.number is not None:
                cursor.execute(writer.number)
            cursor.execute(writer.gather)
            if writer.grain is not None:
                written = _write_grain(cursor, writer, writer.grain, run, sound)
                per_entity[writer.name] = written
            else:
                cursor.execute(writer.merge)
                per_entity[writer.name] = cursor.rowcount
    return per_entity, written


def _write_grain(
    cursor: CursorWrapper, writer: Writer, grain: Grain, run: SyncRun, sound: int
) -> int:
    """Write the entity that each row is, and return how many rows were written."""
    gathered = _check_none_lost(cursor, writer.name, sound)
    cursor.execute(grain.doubled)
    if cursor.fetchall():
        return _write_in_turns(cursor, writer, grain)
    cursor.execute(writer.merge)
    written = cursor.rowcount
    # What this run has not written it cannot contradict.
    if run.written and written < gathered and grain.contradictions is not None:
        cursor.execute(grain.contradictions)
    return int(written)


def _write_in_turns(cursor: CursorWrapper, writer: Writer, grain: Grain) -> int:
    """Write a page in which a key stands twice, each row as if it came alone.

    Raises:
        NoKey: one key is told to be too many things.
    """
    cursor.execute(grain.turns)
    cursor.execute(
        sql.SQL("drop view {}").format(sql.Identifier(f"source_{writer.name}"))
    )
    cursor.execute(
        sql.SQL(
            "select max(turn), max(line) from {} where turn = (select max(turn)"
            " from {0})"
        ).format(sql.Identifier(f"turns_{writer.name}"))
    )
    last, line = cursor.fetchall()[0]
    if last > _MOST_TURNS:
        raise NoKey(
            f"{last:,} rows up to line {line} have the same key and say different "
            f"things. The mapping of {writer.name} names rows by a column that names "
            f"none; map another one."
        )
    cursor.execute(grain.one_turn)
    written = 0
    for turn in range(1, int(last) + 1):
        cursor.execute("select set_config(%s, %s, true)", [TURN, str(turn)])
        cursor.execute(writer.merge)
        written += cursor.rowcount
        if grain.contradictions_in_turn is not None:
            cursor.execute(grain.contradictions_in_turn)
    return int(written)


def _check_none_lost(cursor: CursorWrapper, grain: str, sound: int) -> int:
    """Return how many rows are gathered: every sound row that is one, once.

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
    return int(gathered)


def _drop_page(compiled: Compiled) -> None:
    """Drop the page's tables and views: pages may share a transaction."""
    names = ["staged", "mapped", "gone", "gone_text"]
    for writer in compiled.writers:
        names.append(f"source_{writer.name}")
        names.append(f"seen_{writer.name}")
        names.append(f"turns_{writer.name}")
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname, relkind from pg_class"
            " where relnamespace = pg_my_temp_schema() and relname = any(%s)",
            [names],
        )
        # Views first: they stand on the tables.
        for name, kind in sorted(cursor.fetchall(), key=lambda found: found[1] != "v"):
            dropped = "drop view {}" if kind == "v" else "drop table {} cascade"
            cursor.execute(sql.SQL(dropped).format(sql.Identifier("pg_temp", name)))


def _keep_rejects(
    staged: StagedPage, source: PlainFile, run_id: int, start: Place
) -> int:
    """Keep the rows that are gone, with the text that stood there; return how many."""
    with connection.cursor() as cursor:
        cursor.execute("select distinct line from gone order by line")
        lines = [line for (line,) in cursor.fetchall()]
        if not lines:
            return 0
        cursor.execute("create temp table gone_text (line bigint, text text)")
        copying = cursor.copy("copy gone_text from stdin")
        with connection.wrap_database_errors, copying as copy:
            rows = {line: staged.long_rows.get(line, 1) for line in lines}
            for line, text in source.texts(start, rows):
                copy.write_row((line, text.replace("\0", "\N{SYMBOL FOR NULL}")))
        cursor.execute(
            "insert into measurement_rejectedrow (run_id, line, field, reason, text)"
            " select distinct on (line) %s, line, field, reason, coalesce(text, '')"
            " from gone left join gone_text using (line) order by line, field, reason",
            [run_id],
        )
    return len(lines)


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
