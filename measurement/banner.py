"""What every page says at its top until somebody has put it right."""

from django.http import HttpRequest


def banner(request: HttpRequest) -> dict[str, object]:
    """Give the templates the warnings of this installation, most serious first."""
    return {"installation_warnings": []}
