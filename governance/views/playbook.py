"""The playbook, as it stands or stood, what changed in it, and its printable edition."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control

from governance import dictionary, playbook, quarters
from governance.models import HealthReview, Version
from governance.people import asking

_ZONE = ZoneInfo(settings.REPORTING_TIME_ZONE)


def index(request: HttpRequest) -> HttpResponse:
    """Show the playbook; ``?as_of=`` as it stood."""
    at = _moment(request, "as_of")
    now = timezone.now()
    return page(
        request,
        "governance/playbook.html",
        {
            "book": playbook.read(at=at),
            "at": at,
            "as_of": request.GET.get("as_of", "").strip() if at else "",
            "printed_at": now,
            "last_quarter": quarters.begin_of(now, zone=_ZONE).astimezone(_ZONE).date(),
            "reviews": HealthReview.objects.open().defer("facts"),
        },
    )


def changes(request: HttpRequest) -> HttpResponse:
    """Show what the playbook says otherwise on ``?to=`` than on ``?from=``."""
    asking(request)
    now = timezone.now()
    earlier, later = _moment(request, "from"), _moment(request, "to")
    if earlier and (later or now) < earlier:
        earlier, later = (later or now), earlier
    return page(
        request,
        "governance/playbook_changes.html",
        {
            "changes": playbook.between(earlier, later) if earlier else None,
            "earlier": earlier,
            "later": later,
            "now": now,
            "began": _began(),
        },
    )


def page(
    request: HttpRequest, template: str, given: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """Return a page that is kept by nobody but its reader."""
    asking(request)
    answer = render(request, template, {"section": "playbook", **given}, None, status)
    patch_cache_control(answer, private=True, no_cache=True)
    return answer


def _moment(request: HttpRequest, name: str) -> datetime | None:
    try:
        return dictionary.moment_of(request.GET.get(name, ""), zone=_ZONE)
    except dictionary.Unreadable as unreadable:
        messages.warning(request, str(unreadable))
        return None


def _began() -> datetime | None:
    """Return when the first definition was agreed on."""
    first = Version.objects.filter(number=1).order_by("pk").first()
    return first.valid_during.lower if first else None
