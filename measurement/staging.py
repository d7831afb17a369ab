"""Bring one page of a plain file into the table ``staged``: whole lines, or row by row.

Nearly every page is clean, and PostgreSQL then splits the lines itself. A page it cannot
take, or would read otherwise than a spreadsheet does, is split here, so that each row
that is wrong can be named. Both ways stage the same.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter

from django.db import DataError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from measurement.mapping import Compiled, StreamMapping, compile_mapping
from measurement.models import SyncRun
from measurement.sources.reading import Place, PlainFile, QuickPage, Row, Unsplit

_BATCH = 2_000
# A table of PostgreSQL has no more, and the line is one of them.
_MOST_COLUMNS = 1_500


@dataclass(frozen=True)
class StagedPage:
    """A staged page: the statements that go on with it, its rows, where it ends.

    ``rows`` were staged; ``unsplit`` more could not be, and wait in ``gone`` with the
    reason. ``long_rows`` says over how many lines a row goes, where it is not one.
    """

    compiled: Compiled
    rows: int
    unsplit: int
    end: Place
    long_rows: Mapping[int, int] = field(default_factory=dict)

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
    """Stage the next ``rows`` rows of the file, from ``start`` on.

    Beside ``staged`` an empty ``gone`` is made, for the rows that are rejected on the way.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "create temp table gone (line bigint, field text, reason text)"
            " on commit drop"
        )
    # Of one column, COPY takes a blank line for a row.
    if 1 < len(run.columns) < _MOST_COLUMNS:
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
    end = Place(start.offset, start.line)
    read = source.rows(run.columns, end)
    pick = _picker(compiled, run.columns)
    names = [f"c{place}" for place in range(len(compiled.staged.columns))]
    unsplit: list[Unsplit] = []
    long_rows: dict[int, int] = {}
    taken = 0
    with connection.cursor() as cursor:
        cursor.execute(_create(compiled, names, first_line=None))
        copying = cursor.copy(sql.SQL("copy staged from stdin (format csv)"))
        with connection.wrap_database_errors, copying as copy:
            while batch := list(islice(read, min(_BATCH, rows - taken))):
                taken += len(batch)
                split = [row for row in batch if isinstance(row, tuple)]
                if len(split) < len(batch):
                    unsplit += [row for row in batch if isinstance(row, Unsplit)]
                long_rows.update((line, held) for line, held, _ in split if held > 1)
                copy.write(_as_csv(split, pick, unsplit))
        read.close()
        _reject(cursor, unsplit)
    long_rows.update((row.line, row.lines) for row in unsplit if row.lines > 1)
    return StagedPage(compiled, taken - len(unsplit), len(unsplit), end, long_rows)


def _reject(cursor: CursorWrapper, unsplit: list[Unsplit]) -> None:
    if not unsplit:
        return
    copying = cursor.copy("copy gone from stdin")
    with connection.wrap_database_errors, copying as copy:
        for row in unsplit:
            copy.write_row((row.line, "", row.reason))


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
        return lambda row: (row[0], row[2][only])
    chosen = itemgetter(*places)
    return lambda row: (row[0], *chosen(row[2]))


def _as_csv(
    rows: list[Row], pick: Callable[[Row], tuple[object, ...]], unsplit: list[Unsplit]
) -> bytes:
    """Return the rows as COPY takes them; those no text may hold become unsplit."""
    try:
        return _encoded(map(pick, rows))
    except _NoText:
        sound = []
        for row in rows:
            try:
                _encoded([pick(row)])
            except _NoText as error:
                unsplit.append(Unsplit(row[0], row[1], str(error)))
            else:
                sound.append(row)
        return _encoded(map(pick, sound))


class _NoText(Exception):
    """PostgreSQL could not keep it as text."""


def _encoded(rows: Iterable[tuple[object, ...]]) -> bytes:
    block = io.StringIO()
    csv.writer(block, lineterminator="\r\n").writerows(rows)
    text = block.getvalue()
    if "\0" in text:
        raise _NoText("The row has a zero byte, which no text may hold.")
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise _NoText(
            "The row has half of a character that is written in two; no text may hold it."
        ) from error
