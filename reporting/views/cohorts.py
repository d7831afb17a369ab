"""Cohorts: who first bought in a month, and what became of them month by month."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from reporting.boards import exported
from reporting.models import Reading
from reporting.tables import cohorts, marks
from reporting.views.standing import Standing, file, no_table, page, standing


def show(request: HttpRequest) -> HttpResponse:
    """Show one shop's cohorts; ``?measure=`` and ``?segment=`` choose what of them."""
    stands = standing(request)
    if request.GET.get("format") == "csv":
        return _file(stands, request.GET.get("segment", ""))
    return page(
        request,
        "reporting/cohorts.html",
        stands,
        lambda: _context(
            stands,
            measure_key=request.GET.get("measure", ""),
            segment=request.GET.get("segment", ""),
        ),
    )


def _context(stands: Standing, *, measure_key: str, segment: str) -> dict[str, Any]:
    measure = next(
        (one for one in cohorts.MEASURES if one.key == measure_key), cohorts.MEASURES[0]
    )
    segments = _segments(stands)
    segment = segment if segment in segments else ""
    told = marks.told(
        stands.build, [cohorts.SIZES, measure.metric], at=stands.storefront
    )
    return {
        "section": "cohorts",
        "table": _table(stands, measure, segment, told),
        "told": told,
        "marked": marks.newest(told),
        "mark": marks.newest(told).get(measure.metric),
        "measure": measure,
        "measures": cohorts.MEASURES,
        "segment": segment,
        "segments": segments,
        "steps": range(cohorts.STEPS),
    }


def _file(stands: Standing, segment: str) -> HttpResponse:
    """Return every measure of every cohort of the segment."""
    if stands.build is None or stands.storefront is None:
        return no_table(())
    text = exported.of_readings(
        "Cohorts", build=stands.build, storefront=stands.storefront,
        readings=Reading.objects.filter(
            build=stands.build, storefront=stands.storefront,
            metric__in=[cohorts.SIZES, *(one.metric for one in cohorts.MEASURES)],
            dimensions__segment=segment if segment in _segments(stands) else "",
        ),
        places=["cohort", "segment", "month"],
    )  # fmt: skip
    return file(text, f"cohorts-{stands.storefront.key}-build-{stands.build.pk}.csv")


def _segments(stands: Standing) -> list[str]:
    if stands.is_empty:
        return []
    named = Reading.objects.filter(
        build=stands.build, storefront=stands.storefront, metric=cohorts.SIZES
    ).values_list("dimensions__segment", flat=True)
    return sorted({str(segment) for segment in named.distinct() if segment})


def _table(
    stands: Standing,
    measure: cohorts.Measure,
    segment: str,
    told: Sequence[marks.Told],
) -> cohorts.Table | None:
    if stands.build is None or stands.storefront is None:
        return None
    readings = Reading.objects.filter(
        build=stands.build,
        storefront=stands.storefront,
        metric__in=[cohorts.SIZES, measure.metric],
        dimensions__segment=segment,
    )
    return cohorts.table(
        readings=readings,
        measure=measure,
        currency=stands.storefront.currency,
        panel_starts_on=stands.storefront.panel_starts_on,
        marks=[
            (marks.month_of(mark, ZoneInfo(settings.REPORTING_TIME_ZONE)), mark)
            for mark in reversed(marks.of(told, measure.metric))
        ],
    )
