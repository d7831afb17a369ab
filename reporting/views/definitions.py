"""What the numbers mean: the definition of every metric, as the code has it."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from reporting.tables import definitions, marks
from reporting.views.standing import page, standing


def show(request: HttpRequest) -> HttpResponse:
    """Show every metric with its definition and the version the build was made with."""
    stands = standing(request)

    def context() -> dict[str, Any]:
        entries = definitions.entries(stands.build)
        told = marks.told(stands.build, [entry.key for entry in entries])
        return {
            "section": "definitions",
            "entries": [(entry, marks.of(told, entry.key)) for entry in entries],
            "common": definitions.common(),
        }

    return page(
        request,
        "reporting/definitions.html",
        stands,
        context,
    )
