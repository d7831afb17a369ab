"""A table as a file that spreadsheets open, with where its numbers come from on top."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from governance.exchange.as_csv import harmless
from governance.models import Storefront
from reporting.boards.cells import Cell
from reporting.boards.drawn import Row, Table
from reporting.boards.reading import Read
from reporting.models import Build, Reading


def written(header: Iterable[Sequence[str]], rows: Iterable[Sequence[object]]) -> str:
    """Return a file: lines that say what it is, then a line of names, then the rows.

    Numbers are exact, and empty where nothing may be said; text is made harmless.
    """
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    for line in header:
        lines.writerow([f"# {line[0]}", *(harmless(one) for one in line[1:])])
    for row in rows:
        lines.writerow([_said(one) for one in row])
    return text.getvalue()


def of_table(read: Read, table: Table) -> str:
    """Return one table of a board with exactly the rows and numbers its page shows."""
    return written(_header(read, table), [_names(table), *map(_line, _rows(table))])


def of_readings(
    title: str,
    *,
    build: Build,
    storefront: Storefront,
    readings: Iterable[Reading],
    places: Sequence[str],
) -> str:
    """Return readings one by one, each with its definition's version and its place."""
    rows = sorted(
        readings,
        key=lambda one: (one.metric, [str(one.dimensions.get(at, "")) for at in places]),
    )  # fmt: skip
    names = ["metric", "version", *places, "value", "n", "low", "high", "state"]
    return written(
        [("table", title), *_standing(build, storefront)],
        [names, *(_of_reading(one, build, places) for one in rows)],
    )


def _of_reading(one: Reading, build: Build, places: Sequence[str]) -> list[object]:
    version = str(build.definitions.get(one.metric, ""))
    place = [one.dimensions.get(name, "") for name in places]
    said = [one.value, one.n, one.low, one.high, one.state]
    return [one.metric, version, *place, *said]


def _standing(build: Build, storefront: Storefront) -> Iterable[Sequence[str]]:
    yield "storefront", storefront.name, storefront.currency
    yield "build", str(build.pk)
    yield "data to", build.data_moment.isoformat()
    yield "identities as of", build.identity_moment.isoformat()


def _header(read: Read, table: Table) -> Iterable[Sequence[str]]:
    build = read.build
    yield "table", f"{read.board.title}: {table.panel.title}"
    yield from _standing(build, read.storefront)
    if read.period:
        yield "months", read.period.first, read.period.last
    yield from read.asked.scope
    if read.beside:
        yield "set beside", read.beside
    for column in table.columns:
        for metric in column.metrics:
            version = str(build.definitions.get(metric, ""))
            yield "definition", metric, f"version {version}" if version else ""


def _names(table: Table) -> list[str]:
    names = [table.panel.by]
    for column in table.columns:
        key = column.metric
        names += [key, f"{key} n", f"{key} low", f"{key} high", f"{key} state"]
        names += [f"{key} beside"]
    return names


def _rows(table: Table) -> list[Row]:
    return [*table.rows, *([table.total] if table.total else [])]


def _line(row: Row) -> list[object]:
    line: list[object] = [row.key or row.name]
    for shown in row.cells:
        line += [*_numbers(shown.cell), shown.beside.value if shown.beside else None]
    return line


def _numbers(cell: Cell | None) -> list[object]:
    if cell is None:
        return [None] * 5
    return [cell.value, cell.n, cell.low, cell.high, cell.state]


def _said(one: object) -> object:
    if one is None:
        return ""
    if isinstance(one, Decimal):
        return f"{one:f}"
    return one if isinstance(one, int) else harmless(str(one))
