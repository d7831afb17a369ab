"""Cohorts: who first bought in a month, and what became of them month by month."""

from django.http import HttpRequest, HttpResponse

from reporting.models import Reading
from reporting.tables import cohorts
from reporting.views.standing import Standing, page, standing, unchanged


def show(request: HttpRequest) -> HttpResponse:
    """Show one shop's cohorts; ``?measure=`` and ``?segment=`` choose what of them."""
    stands = standing(request)
    known = unchanged(request, stands)
    if known is not None:
        return known
    asked = request.GET.get("measure", "")
    measure = next(
        (one for one in cohorts.MEASURES if one.key == asked), cohorts.MEASURES[0]
    )
    segments = _segments(stands)
    segment = request.GET.get("segment", "")
    segment = segment if segment in segments else ""
    return page(
        request,
        "reporting/cohorts.html",
        stands,
        {
            "section": "cohorts",
            "table": _table(stands, measure, segment),
            "measure": measure,
            "measures": cohorts.MEASURES,
            "segment": segment,
            "segments": segments,
            "steps": range(cohorts.STEPS),
        },
    )


def _segments(stands: Standing) -> list[str]:
    if stands.is_empty:
        return []
    named = Reading.objects.filter(
        build=stands.build, storefront=stands.storefront, metric="cohort_customers"
    ).values_list("dimensions__segment", flat=True)
    return sorted({str(segment) for segment in named.distinct() if segment})


def _table(
    stands: Standing, measure: cohorts.Measure, segment: str
) -> cohorts.Table | None:
    if stands.build is None or stands.storefront is None:
        return None
    readings = Reading.objects.filter(
        build=stands.build,
        storefront=stands.storefront,
        metric__in=["cohort_customers", measure.metric],
        dimensions__segment=segment,
    )
    return cohorts.table(
        readings=readings,
        measure=measure,
        currency=stands.storefront.currency,
        panel_starts_on=stands.storefront.panel_starts_on,
    )
