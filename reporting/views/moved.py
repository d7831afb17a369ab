"""Why did this number move? Each cause by itself, and all of them the whole way."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from reporting.models import Movement
from reporting.tables import moved
from reporting.tables.definitions import NAMES
from reporting.views.standing import Standing, page, standing


def show(request: HttpRequest) -> HttpResponse:
    """Show what moved since the build before; ``?metric=`` shows one place by place."""
    stands = standing(request)
    metric = request.GET.get("metric", "")
    return page(
        request,
        "reporting/moved.html",
        stands,
        lambda: _context(stands, metric if metric in NAMES else ""),
        # It is found out a while after the build is up.
        beside=[_found(stands).count()],
    )


def _context(stands: Standing, metric: str) -> dict[str, Any]:
    found = _found(stands)
    shown = found.filter(metric=metric) if metric else found.filter(dimensions={})
    first = found.select_related("build_before").first()
    return {
        "section": "moved",
        "metric": metric,
        "name": NAMES.get(metric, ""),
        "before": first.build_before if first else None,
        "causes": [cause.label for cause in moved.CAUSES],
        "rows": moved.rows(
            shown, stands.storefront.currency if stands.storefront else ""
        ),
    }


def _found(stands: Standing) -> Any:
    return Movement.objects.filter(build=stands.build, storefront=stands.storefront)
