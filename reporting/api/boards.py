"""A whole dashboard for programs: all its charts and tables in one answer."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from governance.api.addresses import asked as said_in
from governance.api.addresses import one_of
from governance.models import Storefront
from reporting.api.again import Published
from reporting.api.published import (
    READS,
    answered,
    of_build,
    published,
    standing_of,
    text,
)
from reporting.api.readings import BuildOut
from reporting.boards import reading
from reporting.boards.asked import asked
from reporting.boards.declared import BOARDS
from reporting.boards.drawn import Row, Shown, Table, Tile
from reporting.boards.reading import Read
from reporting.models import Build

_ASKS = ("storefront", "from", "to", "channel", "segment", "against")


class NumberOut(serializers.Serializer[Any]):
    """One number, and what it is set beside."""

    value = serializers.DecimalField(max_digits=24, decimal_places=8, allow_null=True)
    n = serializers.IntegerField()
    low = serializers.DecimalField(max_digits=24, decimal_places=8, allow_null=True)
    high = serializers.DecimalField(max_digits=24, decimal_places=8, allow_null=True)
    state = serializers.CharField()
    beside = serializers.DecimalField(max_digits=24, decimal_places=8, allow_null=True)


class TileOut(serializers.Serializer[Any]):
    """A headline number. ``months`` is empty where it is of all that is known."""

    metric = serializers.CharField()
    version = serializers.CharField()
    months = serializers.CharField()
    number = NumberOut(allow_null=True)


class RowOut(serializers.Serializer[Any]):
    """One month, channel or segment; ``key`` is empty in the row of all of them."""

    key = serializers.CharField()
    numbers = NumberOut(many=True, allow_null=True)


class TableOut(serializers.Serializer[Any]):
    """What one chart draws, and the table under it shows."""

    key = serializers.CharField()
    by = serializers.CharField()
    metrics = serializers.ListField(child=serializers.CharField())
    rows = RowOut(many=True)


class BoardOut(serializers.Serializer[Any]):
    """A dashboard as its page shows it."""

    board = serializers.CharField()
    build = BuildOut()
    storefront = serializers.CharField()
    currency = serializers.CharField()
    months = serializers.ListField(child=serializers.CharField())
    beside = serializers.CharField()
    tiles = TileOut(many=True)
    tables = TableOut(many=True)


class OneBoard(Published):
    """One dashboard of one shop."""

    needs: ClassVar = {"GET": READS}

    @extend_schema(
        operation_id="board",
        parameters=[
            OpenApiParameter(name, OpenApiTypes.STR, description=words)
            for name, words in (
                ("storefront", "The key of a shop; the first one, if it is not said."),
                ("from", "The first month, as in 2017-03."),
                ("to", "The last month."),
                ("channel", "Only who came by this channel first."),
                ("segment", "Only who is in this segment."),
                ("against", "before, year, or the number of an earlier build."),
            )
        ],
        responses={200: BoardOut},
    )
    def get(self, request: Request, board: str) -> HttpResponse:
        """Return all that a dashboard's page draws, for one shop and some months."""
        said = said_in(request, *_ASKS)
        if board not in BOARDS:
            raise Http404(f"There is no such board. There are {', '.join(BOARDS)}.")
        build, storefront = published(), _storefront(said["storefront"])

        def body() -> dict[str, Any]:
            return _told(
                reading.read(
                    BOARDS[board],
                    build=Build.objects.get(pk=build.pk),
                    storefront=storefront,
                    asked=asked(said),
                    channels=(),
                )
            )

        return answered(request, build, body, standing_of(storefront))


def _storefront(key: str) -> Storefront:
    shops = list(Storefront.objects.order_by("is_generated", "key"))
    if not shops:
        raise Http404("There is no storefront yet.")
    one_of("storefront", key, [one.key for one in shops])
    return next((one for one in shops if one.key == key), shops[0])


def _told(read: Read) -> dict[str, Any]:
    return {
        "board": read.board.key,
        "build": of_build(read.build),
        "storefront": read.storefront.key,
        "currency": read.storefront.currency,
        "months": read.period.months if read.period else (),
        "beside": read.beside,
        "tiles": [_tile(one) for one in read.drawn.tiles],
        "tables": [_table(one) for one in read.drawn.tables],
    }


def _tile(tile: Tile) -> dict[str, Any]:
    return {
        "metric": tile.metric,
        "version": tile.version,
        "months": tile.months,
        "number": _number(tile.shown),
    }


def _table(table: Table) -> dict[str, Any]:
    rows: Sequence[Row] = [*([table.total] if table.total else []), *table.rows]
    return {
        "key": table.panel.key,
        "by": table.panel.by,
        "metrics": [column.metric for column in table.columns],
        "rows": [
            {"key": row.key, "numbers": [_number(one) for one in row.cells]}
            for row in rows
        ],
    }


def _number(shown: Shown) -> dict[str, Any] | None:
    cell = shown.cell
    if cell is None:
        return None
    return {
        "value": text(cell.value),
        "n": cell.n,
        "low": text(cell.low),
        "high": text(cell.high),
        "state": cell.state,
        "beside": text(shown.beside.value) if shown.beside else None,
    }
