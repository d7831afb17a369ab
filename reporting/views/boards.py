"""The dashboards: one board, as its address asks for it, as a page or as a file."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Max
from django.http import HttpRequest, HttpResponse

from governance import people
from governance.models import Channel
from reporting import notes
from reporting.boards import exported, happened, reading
from reporting.boards.asked import Asked, asked
from reporting.boards.declared import BOARDS, Board
from reporting.boards.reading import Read
from reporting.models import Note
from reporting.tables import marks
from reporting.views.standing import (
    Standing,
    file,
    no_table,
    page,
    standing,
)


def show(request: HttpRequest, board: str) -> HttpResponse:
    """Show a dashboard; its address names the shop, the months, whom, and beside what.

    ``?format=csv&table=`` gives one of its tables as a file.
    """
    chosen, stands = BOARDS[board], standing(request)
    channels = list(Channel.objects.all())
    ask = asked(request.GET.dict())
    if request.GET.get("format") == "csv":
        return _file(chosen, stands, ask, channels, request.GET.get("table", ""))
    return page(
        request,
        "reporting/board.html",
        stands,
        lambda: _context(request, chosen, stands, ask, channels),
        beside=[
            [(one.key, one.name, one.position) for one in channels],
            Note.objects.aggregate(last=Max("pk"), back=Max("taken_back_at")),
            stands.held,
        ],
    )


def _context(
    request: HttpRequest,
    board: Board,
    stands: Standing,
    ask: Asked,
    channels: Sequence[Channel],
) -> dict[str, Any]:
    shared = {"section": board.key, "board": board}
    read = _read(board, stands, ask, channels)
    if read is None or stands.storefront is None:
        return {**shared, "read": None}
    told = marks.told(read.build, sorted(board.metrics()), at=stands.storefront)
    events = happened.happened(
        build=read.build, storefront=stands.storefront, told=told
    )
    asker = people.asking(request)
    return {
        **shared,
        "read": read,
        "tables": [(table, _chart(read, table, events)) for table in read.drawn.tables],
        "marked": marks.newest(told),
        "told": told,
        "events": [one for one in reversed(events) if one.kind != "definition"],
        "taken_back_by_you": {
            one.note.pk
            for one in events
            if one.note and notes.may_take_back(one.note, asker)
        },
        "months": reading.months_named(read.months),
        "channels": channels,
        "builds": reading.earlier_builds(read.build),
        "held": stands.held,
    }


def _read(
    board: Board, stands: Standing, ask: Asked, channels: Sequence[Channel]
) -> Read | None:
    if stands.build is None or stands.storefront is None:
        return None
    read = reading.read(
        board,
        build=stands.build,
        storefront=stands.storefront,
        asked=ask,
        channels=channels,
    )
    return None if read.is_empty else read


def _chart(
    read: Read, table: Any, events: Sequence[happened.Happening]
) -> dict[str, Any] | None:
    """Return what the chart draws, with its marks where it goes by month."""
    if table.chart is None:
        return None
    marked = (
        happened.marks_of(events, [row.key for row in table.rows])
        if table.panel.by == "month"
        else []
    )
    return {
        **table.chart,
        "id": f"{table.panel.key}-data",
        "marks": marked,
        "beside_short": str(read.earlier).lower() if read.earlier else "before",
    }


def _file(
    board: Board,
    stands: Standing,
    ask: Asked,
    channels: Sequence[Channel],
    key: str,
) -> HttpResponse:
    read = _read(board, stands, ask, channels)
    tables = read.drawn.tables if read else ()
    table = next((one for one in tables if one.panel.key == key), None)
    if read is None or table is None:
        return no_table(one.panel.key for one in tables)
    name = f"{board.key}-{key}-{read.storefront.key}-build-{read.build.pk}.csv"
    return file(exported.of_table(read, table), name)
