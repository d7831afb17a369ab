"""What the numbers mean: the definition of every metric, as the code has it."""

from django.http import HttpRequest, HttpResponse

from reporting.tables import definitions
from reporting.views.standing import page, standing


def show(request: HttpRequest) -> HttpResponse:
    """Show every metric with its definition and the version the build was made with."""
    stands = standing(request)
    return page(
        request,
        "reporting/definitions.html",
        stands,
        lambda: {
            "section": "definitions",
            "entries": definitions.entries(stands.build),
            "common": definitions.common(),
        },
    )
