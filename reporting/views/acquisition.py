"""Acquisition to LTV: where customers came from first, and what they were worth after."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from governance.models import Channel, Kind, Version
from reporting.models import Reading
from reporting.tables import acquisition, marks
from reporting.tables.definitions import NAMES
from reporting.tables.figures import Figure
from reporting.views.standing import Standing, page, standing


def show(request: HttpRequest) -> HttpResponse:
    """Show one shop's customers, revenue, repeat rate and lifetime value by channel."""
    stands = standing(request)
    channels = list(Channel.objects.all())
    return page(
        request,
        "reporting/acquisition.html",
        stands,
        lambda: _context(stands, channels),
        beside=[(one.key, one.name, one.position) for one in channels],
    )


def _context(stands: Standing, channels: list[Channel]) -> dict[str, Any]:
    told = marks.told(stands.build, acquisition.METRICS, at=stands.storefront)
    marked = marks.newest(told)
    windows = _windows(stands)
    table = _table(stands, channels, marked, windows)
    return {
        "section": "acquisition",
        "table": table,
        "headline": _headline(stands, table, marked),
        "told": told,
        "marked": marked,
        "windows": windows,
        "lifetimes": [
            (
                metric,
                acquisition.days_in_name(metric),
                marked.get(metric),
                windows.get(metric),
            )
            for metric in acquisition.LIFETIMES
        ],
        "lifetime_marks": [
            marked[metric] for metric in acquisition.LIFETIMES if metric in marked
        ],
    }


def _headline(
    stands: Standing,
    table: acquisition.Table | None,
    marked: Mapping[str, marks.Mark],
) -> list[tuple[str, str, Figure, marks.Mark | None]]:
    """Return each headline figure: its name, its definition's version, what changed."""
    if stands.build is None or table is None:
        return []
    versions = stands.build.definitions
    return [
        (
            NAMES[figure.metric],
            str(versions.get(figure.metric, "")),
            figure,
            marked.get(figure.metric),
        )
        for figure in table.headline
    ]


def _table(
    stands: Standing,
    channels: list[Channel],
    marked: Mapping[str, marks.Mark],
    windows: acquisition.Windows,
) -> acquisition.Table | None:
    if stands.build is None or stands.storefront is None:
        return None
    readings = Reading.objects.filter(
        build=stands.build,
        storefront=stands.storefront,
        metric__in=acquisition.METRICS,
    )
    return acquisition.table(
        readings=readings,
        channels=channels,
        currency=stands.storefront.currency,
        marked={metric: mark.words for metric, mark in marked.items()},
        windows=windows,
    )


def _windows(stands: Standing) -> dict[str, int]:
    """Return over how many days a metric was counted whose name says otherwise."""
    numbers = stands.build.versions.get(Kind.KPI, {}) if stands.build else {}
    windowed = (*acquisition.RATES, *acquisition.LIFETIMES)
    said = Version.objects.filter(kind=Kind.KPI, key__in=windowed).values_list(
        "key", "number", "body__window_days"
    )
    return {
        key: days
        for key, number, days in said
        if number == numbers.get(key) and days != acquisition.days_in_name(key)
    }
