"""Acquisition to LTV: where customers came from first, and what they were worth after."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from governance.models import Channel, Kind, Version
from reporting.boards import exported
from reporting.models import Reading
from reporting.tables import acquisition, marks
from reporting.tables.definitions import NAMES
from reporting.tables.figures import Figure
from reporting.views.standing import (
    Standing,
    file,
    no_table,
    page,
    standing,
)


def show(request: HttpRequest) -> HttpResponse:
    """Show one shop's customers, revenue, repeat rate and lifetime value by channel."""
    stands = standing(request)
    if request.GET.get("format") == "csv":
        return _file(stands)
    channels = list(Channel.objects.all())
    return page(
        request,
        "reporting/acquisition.html",
        stands,
        lambda: _context(stands, channels),
        beside=[
            *((one.key, one.name, one.position) for one in channels),
            stands.held,
        ],
    )


def _context(stands: Standing, channels: list[Channel]) -> dict[str, Any]:
    told = marks.told(stands.build, acquisition.METRICS, at=stands.storefront)
    marked = marks.newest(told)
    windows = _windows(stands)
    table = _table(stands, channels, marked, windows)
    return {
        "section": "acquisition",
        "known_to": stands.known_to,
        "held": stands.held,
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
    return acquisition.table(
        readings=_readings(stands),
        channels=channels,
        currency=stands.storefront.currency,
        marked={metric: mark.words for metric, mark in marked.items()},
        windows=windows,
    )


def _readings(stands: Standing) -> QuerySet[Reading]:
    return Reading.objects.filter(
        build=stands.build,
        storefront=stands.storefront,
        metric__in=acquisition.METRICS,
        # By month they stand on the boards.
    ).exclude(dimensions__has_key="month")


def _file(stands: Standing) -> HttpResponse:
    if stands.build is None or stands.storefront is None:
        return no_table(())
    text = exported.of_readings(
        "Acquisition to LTV", build=stands.build, storefront=stands.storefront,
        readings=_readings(stands), places=["channel"],
    )  # fmt: skip
    return file(
        text, f"acquisition-{stands.storefront.key}-build-{stands.build.pk}.csv"
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
