"""Land a file, map it, save it: one file through one stream's mapping is one run.

Long work is a row with a cursor. A page is read, mapped and written, its counts and the
place where the next begins are saved, all in one transaction: a worker killed at any
moment leaves whole pages behind and loses none.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from governance.models import SourceStream
from measurement import failpoints, mapping, saving, staging
from measurement.mapping import StreamMapping
from measurement.models import KeptFile, SeenKey, SyncRun
from measurement.sources import kept
from measurement.sources.reading import Place, PlainFile

# For so long a file is loaded again when rows come that its own rows wait for.
_LATE = timedelta(days=14)


class SyncError(Exception):
    """A file cannot be loaded; the message says why and what to do."""


class MissingColumn(SyncError):
    """The mapping reads a column the file does not have."""


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
    second run: that run is returned as it ended. Unless it left rows out, or rows without
    those they name: then it is worth another try.

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
    loaded = (file.pk, described.digest)
    if last and (last.file_id, last.mapping_digest) == loaded and not _left_out(last):
        return last
    if last and last.state == SyncRun.State.RUNNING:
        _give_up(last, file, at)
    columns = columns_of(stream, file, described, name=path.name)
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
    """Return whether the last run of this content took it through today's mapping.

    An earlier one does not count: what a mapping says again that it said once was
    overwritten since. A run whose rows wait for others counts until some of those have
    come.
    """
    run = (
        stream.runs.filter(file__sha256=sha256, state=SyncRun.State.DONE)
        .order_by("-pk")
        .first()
    )
    return (
        run is not None
        and run.mapping_digest == mapping.of_stream(stream).digest
        and not _has_come(run)
    )


def _left_out(run: SyncRun) -> bool:
    return run.state == SyncRun.State.DONE and bool(run.rejected or run.waits_for)


def _has_come(run: SyncRun) -> bool:
    """Return whether a later run brought rows of a kind this run's rows wait for."""
    if not run.waits_for:
        return False
    first = run.stream.runs.filter(file=run.file_id).earliest("started_at")
    later = SyncRun.objects.filter(
        pk__gt=run.pk, started_at__lt=first.started_at + _LATE
    )
    return any(
        later.filter(
            stream__system=int(system_id), **{f"per_entity__{entity}__gt": 0}
        ).exists()
        for system_id, entity in map(str.split, run.waits_for)
    )


def _give_up(run: SyncRun, file: KeptFile, at: datetime) -> None:
    """End a run another is to follow: of the same file, mapped anew, or not one page old.

    Raises:
        AlreadyRunning: it has loaded pages of another file.
    """
    # Whoever is at a page of it holds the row; a run nobody is at is free at once.
    is_free = SyncRun.objects.select_for_update(skip_locked=True).filter(pk=run.pk)
    if not is_free or (run.file_id != file.pk and run.pages):
        raise AlreadyRunning(
            f"{run.stream} is still loading {run.file.name} (run {run.pk}, "
            f"{run.rows_in:,} rows so far). Let it end, or go on with it: manage.py load "
            f"{run.file.path} --system {run.stream.system.key} --stream {run.stream.key}"
        )
    run.state, run.ended_at = SyncRun.State.FAILED, at
    run.notes = [*run.notes, "Given up before its end; another run took over."]
    run.save(update_fields=["state", "ended_at", "notes"])
    SeenKey.objects.filter(run=run).delete()


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
    stream = SourceStream.objects.get(pk=run.stream_id)
    page = write_page(
        run, mapping.describe(stream, run.mapping), page_rows=page_rows, stream=stream
    )
    if not page.more:
        run.state = SyncRun.State.DONE
        run.ended_at = at
        run.notes = [*run.notes, *_waiting(run.waits_for)]
        SeenKey.objects.filter(run=run).delete()
    run.save()
    return page


def write_page(
    run: SyncRun,
    described: StreamMapping,
    *,
    stream: SourceStream,
    page_rows: int | None = None,
) -> Page:
    """Read, map and write the run's next page, and count it on the run; save no run."""
    page_rows = page_rows or settings.SYNC_PAGE_ROWS
    source = plain_file(stream, run.file)
    start = Place(run.offset, run.line)
    staged = staging.stage(
        mapping=described, source=source, run=run, start=start, rows=page_rows
    )
    failpoints.reach("page staged")
    written = saving.write(run, staged)
    rejected = saving.keep_rejects(staged, source, run.pk, start)
    page = Page(
        rows_in=staged.rows_in,
        written=written.rows,
        unchanged=staged.rows_in - written.rows - rejected,
        rejected=rejected,
        more=staged.rows_in >= page_rows,
    )
    saving.drop_page(staged.compiled)
    failpoints.reach("page written")
    _advance(run, page, staged.end, written)
    return page


def load(*, stream: SourceStream, path: Path, at: datetime) -> Iterator[SyncRun]:
    """Load a file here and now, yielding the run after each page, or as it had ended."""
    run = begin(stream=stream, path=path, at=at)
    more = True
    while more:
        more = load_page(run_id=run.pk, at=at).more
        run.refresh_from_db()
        yield run


def columns_of(
    stream: SourceStream, file: KeptFile, described: StreamMapping, *, name: str = ""
) -> list[str]:
    """Return the columns of a kept file, which now came under another ``name`` maybe.

    Raises:
        MissingColumn: the mapping reads a column it does not have.
    """
    wanted = described.columns()
    columns = plain_file(stream, file).columns(wanted)
    missing = [name for name in wanted if name not in columns]
    if missing:
        raise MissingColumn(
            f"{name or file.name} has no column {', '.join(map(repr, missing))}, which the "
            f"mapping of {stream} reads. The file has {', '.join(columns)}. Mend the "
            f"mapping or the export."
        )
    return columns


def plain_file(stream: SourceStream, file: KeptFile) -> PlainFile:
    """Return a kept file as rows of the stream are read from it."""
    return PlainFile(Path(file.plain_path), file.name, file.layout, stream.delimiter)


def _differences(before: list[str], now: list[str]) -> list[str]:
    """Say which columns came and went since the last run.

    >>> _differences(["id", "total"], ["id", "net"])
    ["Column 'net' is new.", "Column 'total' is gone."]
    """
    came = [f"Column {name!r} is new." for name in now if name not in before]
    went = [f"Column {name!r} is gone." for name in before if name not in now]
    return came + went


def _advance(run: SyncRun, page: Page, place: Place, written: saving.Written) -> None:
    run.offset, run.line = place.offset, place.line
    run.pages += 1
    run.rows_in += page.rows_in
    run.written += page.written
    run.unchanged += page.unchanged
    run.rejected += page.rejected
    run.per_entity = _added(run.per_entity, written.per_entity)
    run.waits_for = _added(run.waits_for, written.waits_for)


def _waiting(waits_for: dict[str, int]) -> list[str]:
    """Say how many rows are written, or rejected, without the row they name.

    >>> _waiting({"7 order_line": 1200})
    ['1,200 rows wait for their order line: no file has brought it yet.']
    >>> _waiting({"7 product": 1})
    ['1 row waits for its product: no file has brought it yet.']
    """
    rows: Counter[str] = Counter()
    for place, count in waits_for.items():
        rows[place.split()[1].replace("_", " ")] += count
    return [
        f"{count:,} {'row waits for its' if count == 1 else 'rows wait for their'} "
        f"{name}: no file has brought it yet."
        for name, count in rows.items()
    ]


def _added(so_far: dict[str, int], more: dict[str, int]) -> dict[str, int]:
    """Return the sums of what is counted under each name.

    >>> _added({"order": 2}, {"order": 1, "customer": 0})
    {'order': 3, 'customer': 0}
    """
    return {
        name: so_far.get(name, 0) + more.get(name, 0) for name in {**so_far, **more}
    }
