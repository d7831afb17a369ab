"""A dashboard's numbers arranged: tiles, tables with their totals, and what charts draw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from reporting.boards.cells import Cell
from reporting.boards.declared import Board, Chart, Column, Panel
from reporting.boards.source import Source
from reporting.tables import figures
from reporting.tables.definitions import NAMES
from reporting.tables.figures import Figure

# So many columns stand in half a page.
_NARROW = 3


@dataclass(frozen=True)
class Shown:
    """One number as it is, what is set beside it, and both in words for whoever reads.

    ``everybody`` is the same number of all people, where it is to be set against that.
    """

    metric: str
    currency: str
    cell: Cell | None
    beside: Cell | None = None
    everybody: Cell | None = None

    @property
    def against(self) -> str:
        """Return how it stands to that of everybody, as far as its interval tells.

        Nothing where there is no interval, or nothing it could be set against.
        """
        cell, everybody = self.cell, self.everybody
        if cell is None or cell.low is None or cell.high is None:
            return ""
        if everybody is None or everybody.value is None:
            return ""
        if cell.low > everybody.value:
            return "above"
        return "below" if cell.high < everybody.value else "alike"

    @cached_property
    def figure(self) -> Figure:
        return figures.figure(self.metric, self.cell, self.currency)

    @property
    def was(self) -> str:
        """Return what is set beside it; nothing where there is none."""
        if self.beside is None:
            return ""
        return figures.figure(self.metric, self.beside, self.currency).text

    @property
    def change(self) -> str:
        before, after = (one.value if one else None for one in (self.beside, self.cell))
        return figures.change(self.metric, before, after)


@dataclass(frozen=True)
class Tile:
    """A headline number. ``months`` are those it is of; empty where of all time."""

    metric: str
    name: str
    version: str
    shown: Shown
    months: str
    # By which version the number beside it was computed, where it was by another.
    version_beside: str = ""


@dataclass(frozen=True)
class Row:
    """One month, channel or segment; ``key`` is empty in the row of all of them."""

    key: str
    name: str
    cells: tuple[Shown, ...]
    # What is set beside a month, by its name.
    beside: str = ""


@dataclass(frozen=True)
class Table:
    """A panel as shown: its columns, its rows, and what its chart draws."""

    panel: Panel
    columns: tuple[Column, ...]
    names: tuple[str, ...]
    total: Row | None
    rows: tuple[Row, ...]
    chart: dict[str, object] | None

    @property
    def is_wide(self) -> bool:
        """Return whether it takes the whole width: beside another one it would be cut."""
        return len(self.panel.columns) > _NARROW

    @property
    def headed(self) -> list[tuple[Column, str]]:
        return list(zip(self.columns, self.names, strict=True))


@dataclass(frozen=True)
class Drawn:
    """The whole board. ``missing`` are tables of which this build has no number."""

    tiles: tuple[Tile, ...]
    tables: tuple[Table, ...]
    missing: tuple[Panel, ...]


@dataclass(frozen=True)
class Words:
    """What things are called, and the versions they were computed with."""

    currency: str
    names: Mapping[str, Mapping[str, str]]
    versions: Mapping[str, str]
    versions_beside: Mapping[str, str] = field(default_factory=dict)


def draw(board: Board, now: Source, beside: Source | None, words: Words) -> Drawn:
    """Arrange a board; ``beside`` is what each of its numbers is compared with."""
    tables = [(panel, _table(panel, now, beside, words)) for panel in board.panels]
    return Drawn(
        tiles=tuple(
            _tile(column, now, beside, words)
            for column in board.tiles
            if now.cells.metrics.intersection(column.metrics)
        ),
        tables=tuple(table for _, table in tables if table is not None),
        missing=tuple(panel for panel, table in tables if table is None),
    )


def name_of(metric: str) -> str:
    return NAMES.get(metric, metric.replace("_", " ").capitalize())


def _tile(column: Column, now: Source, beside: Source | None, words: Words) -> Tile:
    key = column.metric
    narrowed = now.narrows(column) and now.period is not None
    # Other months of a number no period narrows are the same number again.
    other = beside if beside and (narrowed or beside.cells is not now.cells) else None
    then = words.versions_beside.get(key, "")
    version = words.versions.get(key, "")
    return Tile(
        metric=key,
        name=name_of(key),
        version=version,
        shown=_shown(
            key, now.whole(column), other.whole(column) if other else None, words
        ),
        months=now.period.words if narrowed and now.period else "",
        version_beside=then if then != version else "",
    )


def _table(
    panel: Panel, now: Source, beside: Source | None, words: Words
) -> Table | None:
    columns = tuple(
        column
        for column in panel.columns
        if now.cells.metrics.intersection({column.metric, column.part} - {""})
    )
    places = _places(panel, columns, now, words)
    if not places:
        return None
    rows = tuple(_row(panel, columns, place, now, beside, words) for place in places)
    return Table(
        panel=panel,
        columns=columns,
        names=tuple(name_of(column.metric) for column in columns),
        total=_total(panel, columns, now, beside, words),
        rows=rows,
        chart=_chart(panel, columns, rows, words) if panel.chart else None,
    )


def _places(
    panel: Panel, columns: Sequence[Column], now: Source, words: Words
) -> list[tuple[str, str]]:
    """Return the key and the name of each row there is any number of."""
    if panel.by == "month":
        known = [(month, figures.month(month)) for month in now.months]
    else:
        called = words.names.get(panel.by, {})
        order = {key: place for place, key in enumerate(called)}
        keys = sorted(
            now.cells.values(panel.by),
            key=lambda key: (order.get(key, len(order)), key),
        )
        chosen = now.scope.get(panel.by)
        known = [(key, called.get(key, key)) for key in keys if chosen in (None, key)]
    return [
        (key, name)
        for key, name in known
        if any(now.at(column, panel.by, key) is not None for column in columns)
    ]


def _row(
    panel: Panel,
    columns: Sequence[Column],
    place: tuple[str, str],
    now: Source,
    beside: Source | None,
    words: Words,
) -> Row:
    key, name = place
    other = key
    everybody = now if panel.is_against_all else None
    if panel.by == "month" and beside is not None and beside.period is not None:
        other = beside.months[now.months.index(key)]
    # By channel there are no other months, only other builds.
    is_set_beside = beside is not None and (
        panel.by == "month" or beside.cells is not now.cells
    )
    return Row(
        key=key,
        name=name,
        cells=tuple(
            _shown(
                column.metric,
                now.at(column, panel.by, key),
                beside.at(column, panel.by, other)
                if beside is not None and is_set_beside
                else None,
                words,
                everybody=_everybody(everybody, column) if everybody else None,
            )
            for column in columns
        ),
        beside=figures.month(other) if is_set_beside and other != key else "",
    )


def _total(
    panel: Panel,
    columns: Sequence[Column],
    now: Source,
    beside: Source | None,
    words: Words,
) -> Row | None:
    """Return the row of all: of a month's panel the period, and else everybody."""
    if now.scope.get(panel.by):
        return None
    if panel.by == "month":
        whole = [_period(now, column) for column in columns]
        then = [_period(beside, column) if beside else None for column in columns]
        name = "All months shown"
    else:
        is_other = beside is not None and beside.cells is not now.cells
        whole = [_everybody(now, column) for column in columns]
        then = [
            _everybody(beside, column) if beside and is_other else None
            for column in columns
        ]
        name = panel.everybody or f"All {panel.by}s"
    if not any(whole):
        return None
    return Row(
        key="",
        name=name,
        cells=tuple(
            _shown(column.metric, cell, other, words)
            for column, cell, other in zip(columns, whole, then, strict=True)
        ),
    )


def _period(source: Source, column: Column) -> Cell | None:
    """Return the number of the months shown; what no period narrows is of all of them."""
    is_of_these = source.narrows(column) or source.is_all
    return source.whole(column) if is_of_these else None


def _everybody(source: Source, column: Column) -> Cell | None:
    return source.cells.at(column.metric, dict(source.scope))


def _shown(
    metric: str,
    cell: Cell | None,
    beside: Cell | None,
    words: Words,
    everybody: Cell | None = None,
) -> Shown:
    return Shown(metric, words.currency, cell, beside, everybody)


def _chart(
    panel: Panel, columns: Sequence[Column], rows: Sequence[Row], words: Words
) -> dict[str, object] | None:
    assert isinstance(panel.chart, Chart)
    drawn = [
        (place, column)
        for place, column in enumerate(columns)
        if column.metric in panel.chart.columns
    ]
    if not drawn:
        return None
    return {
        "kind": "months" if panel.by == "month" else "bars",
        "shape": panel.chart.kind,
        "title": name_of(drawn[0][1].metric),
        "summary": f"{panel.title}; the table below has every figure.",
        "unit": figures.unit(drawn[0][1].metric, words.currency),
        "names": [row.name for row in rows],
        "series": [
            {
                "name": name_of(column.metric),
                "values": [_plain(row.cells[place].cell) for row in rows],
                "growing": [_is_growing(row.cells[place].cell) for row in rows],
                "beside": [_plain(row.cells[place].beside) for row in rows]
                if any(row.cells[place].beside for row in rows)
                else [],
            }
            for place, column in drawn
        ],
        # What ``bars`` draws, as the page by channel has it.
        "values": [_plain(row.cells[drawn[0][0]].cell) for row in rows],
    }


def _plain(cell: Cell | None) -> float | None:
    value: Decimal | None = None if cell is None else cell.value
    return None if value is None else float(value)


def _is_growing(cell: Cell | None) -> bool:
    return cell is not None and cell.state == "immature"
