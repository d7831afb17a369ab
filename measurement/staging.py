"""Bring one page of a plain file into the table ``staged``: whole lines, or row by row.

Nearly every page is clean, and PostgreSQL then splits the lines itself. A page it cannot
take, or would read otherwise than a spreadsheet does, is split here, so that each row
that is wrong can be named. Both ways stage the same.
"""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

from django.db import DataError, connection, transaction
from psycopg import sql

from measurement.mapping import Compiled, StreamMapping, compile_mapping
from measurement.models import RejectedRow, SyncRun
from measurement.sources.reading import Place, PlainFile, QuickPage, Reject, Row

_BATCH = 2_000


@dataclass(frozen=True)
class StagedPage:
    """A staged page: the statements that go on with it, its rows, where it ends.

    ``rows`` were staged; ``unsplit`` more could not be split and are rejected already.
    """

    compiled: Compiled
    rows: int
    unsplit: int
    end: Place

    @property
    def rows_in(self) -> int:
        return self.rows + self.unsplit


def stage(
    *,
    mapping: StreamMapping,
    source: PlainFile,
    run: SyncRun,
    start: Place,
    rows: int,
) -> StagedPage:
    """Stage the next ``rows`` rows of the file, from ``start`` on."""
    quick = source.quick_page(start, rows)
    if quick is not None:
        staged = _whole_lines(mapping, source, run, quick)
        if staged is not None:
            return staged
    return _row_by_row(mapping, source, run, start, rows)


def _whole_lines(
    mapping: StreamMapping, source: PlainFile, run: SyncRun, page: QuickPage
) -> StagedPage | None:
    """Copy the lines as they are; return nothing where PostgreSQL reads them otherwise."""
    compiled = compile_mapping(mapping, run_id=run.pk, with_numbers=True)
    names = [_name(compiled, column, place) for place, column in enumerate(run.columns)]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_create(compiled, names, first_line=page.first_line))
            copy = sql.SQL(
                "copy staged ({}) from stdin (format csv, delimiter {}, force_null *)"
            ).format(_listed(names), sql.Literal(source.delimiter))
            with connection.wrap_database_errors, cursor.copy(copy) as lines:
                for block in page.blocks:
                    lines.write(block)
            if cursor.rowcount != page.lines:
                raise _ReadOtherwise
    except (DataError, _ReadOtherwise):
        return None
    return StagedPage(compiled, page.lines, unsplit=0, end=page.end)


class _ReadOtherwise(Exception):
    """PostgreSQL made another number of rows of the lines than they are."""


def _row_by_row(
    mapping: StreamMapping, source: PlainFile, run: SyncRun, start: Place, rows: int
) -> StagedPage:
    """Split the rows here, stage what can be split, and reject the rest with a reason."""
    compiled = compile_mapping(mapping, run_id=run.pk)
    unsplit: list[RejectedRow] = []

    def reject(line: int, reason: str) -> None:
        unsplit.append(RejectedRow(run=run, line=line, reason=reason, text=""))

    place = Place(start.offset, start.line)
    read = source.rows(run.columns, place, reject)
    pick = _picker(compiled, run.columns)
    names = [f"c{place}" for place in range(len(compiled.staged.columns))]
    staged = 0
    with connection.cursor() as cursor:
        cursor.execute(_create(compiled, names, first_line=None))
        copying = cursor.copy(sql.SQL("copy staged from stdin (format csv)"))
        with connection.wrap_database_errors, copying as copy:
            while left := rows - staged - len(unsplit):
                batch = list(islice(read, min(_BATCH, left)))
                if not batch:
                    break
                block = _as_csv(map(pick, batch))
                if "\0" in block:
                    batch = _without_zero(batch, reject)
                    block = _as_csv(map(pick, batch))
                copy.write(block.encode())
                staged += len(batch)
    read.close()
    RejectedRow.objects.bulk_create(unsplit, batch_size=_BATCH)
    return StagedPage(compiled, staged, unsplit=len(unsplit), end=place)


def _create(
    compiled: Compiled, names: list[str], *, first_line: int | None
) -> sql.Composable:
    """Return the statement that makes ``staged``, counting lines where none are given."""
    numbers = {
        f"c{place}"
        for place, column in enumerate(compiled.staged.columns)
        if column in compiled.staged.numbers
    }
    line = sql.SQL("line bigint")
    if first_line is not None:
        line = sql.SQL(
            "line bigint generated always as identity (start with {} cache 10000)"
        ).format(sql.Literal(first_line))  # type: ignore[assignment]
    return sql.SQL("create temp table staged ({}, {}) on commit drop").format(
        line,
        sql.SQL(", ").join(
            sql.SQL("{} {}").format(
                sql.Identifier(name),
                sql.SQL("numeric" if name in numbers else "text"),
            )
            for name in names
        ),
    )


def _name(compiled: Compiled, column: str, place: int) -> str:
    """Return what a column of the file is called in ``staged``."""
    if column in compiled.staged.columns:
        return f"c{compiled.staged.columns.index(column)}"
    return f"unmapped{place}"


def _listed(names: list[str]) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _picker(
    compiled: Compiled, columns: list[str]
) -> Callable[[Row], tuple[object, ...]]:
    """Return what makes a staged row of a read one: its line, then the mapped columns."""
    places = [columns.index(name) for name in compiled.staged.columns]
    if len(places) == 1:
        only = places[0]
        return lambda row: (row[0], row[1][only])
    chosen = itemgetter(*places)
    return lambda row: (row[0], *chosen(row[1]))


def _as_csv(rows: Iterable[tuple[object, ...]]) -> str:
    block = io.StringIO()
    csv.writer(block, lineterminator="\n").writerows(rows)
    return block.getvalue()


def _without_zero(batch: list[Row], reject: Reject) -> list[Row]:
    """Leave out the rows PostgreSQL could not keep as text."""
    sound = []
    for line, fields in batch:
        if any("\0" in text for text in fields):
            reject(line, "The row has a zero byte, which no text may hold.")
        else:
            sound.append((line, fields))
    return sound
