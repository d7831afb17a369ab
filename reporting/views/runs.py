"""Runs: each night, what its steps read and wrote, and what they turned away."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_cache_control

from governance import people
from identity import contacts
from identity.effects import NOT_MEASURED, Effect
from identity.models import HeldRun, IdentityEvent
from measurement.models import Night, RejectedRow, SyncRun
from reporting import merges
from reporting.models import Build
from reporting.tables import nights

NIGHTS = 20
REJECTS = 50
# Of those a night joined or parted; what else it did stands on their pages.
TURNED = 20
# How soon a page that shows a running night asks again.
REFRESH_SECONDS = 3


def index(request: HttpRequest) -> HttpResponse:
    """List the nights, the last one first."""
    ran = Night.objects.prefetch_related("steps")
    shown = Paginator(ran, NIGHTS).get_page(request.GET.get("page"))
    now = timezone.now()
    rows = [
        nights.night_row(night, night.steps.all(), now=now)
        for night in shown.object_list
    ]
    return render(
        request,
        "reporting/runs.html",
        {
            "section": "runs",
            "page": shown,
            "rows": rows,
            "is_held": HeldRun.objects.filter(passed_at=None).exists(),
            "refresh": _refresh(rows),
        },
    )


def night(request: HttpRequest, night_id: int) -> HttpResponse:
    """Show one night: its steps, the files it loaded, and the rows it turned away."""
    ran = get_object_or_404(Night.objects.prefetch_related("steps"), pk=night_id)
    row = nights.night_row(ran, ran.steps.all(), now=timezone.now())
    loads = list(_loads(ran).select_related("stream__system", "file"))
    rejects = (
        RejectedRow.objects.filter(run__in=loads)
        .select_related("run__stream__system")
        .order_by("run", "line")
    )
    response = render(
        request,
        "reporting/night.html",
        {
            "section": "runs",
            "row": row,
            "loads": loads,
            "page": Paginator(rejects, REJECTS).get_page(request.GET.get("page")),
            # A row's text is as personal as the customer in it.
            "shows_text": contacts.may_see(people.asking(request)),
            "refresh": _refresh([row]),
            "turned": _turned(ran)[:TURNED],
            "turned_in_all": _turned(ran).count(),
            "effect": _effect(ran),
        },
    )
    patch_cache_control(response, private=True, no_store=True)
    return response


def _loads(night: Night) -> QuerySet[SyncRun]:
    """Return the files loaded while the night ran, in the order they were begun."""
    loads = SyncRun.objects.filter(started_at__gte=night.started_at)
    if night.ended_at is not None:
        loads = loads.filter(started_at__lte=night.ended_at)
    return loads.order_by("started_at", "pk")


def _turned(night: Night) -> QuerySet[IdentityEvent]:
    """Return what the night did to people there were: whom it joined and parted."""
    done = IdentityEvent.objects.filter(
        run=f"night {night.pk}", kind__in=IdentityEvent.OF_TWO
    )
    return done.select_related("person", "other").order_by("pk")


def _effect(night: Night) -> Effect:
    """Return what who is who alone moved of what the night published."""
    build = Build.objects.filter(night=night, published_at__isnull=False).first()
    return merges.of_build(build) if build else NOT_MEASURED


def _refresh(rows: list[nights.NightRow]) -> int:
    """Return after how many seconds to ask again; 0 where nothing is going on."""
    return REFRESH_SECONDS if any(row.is_running for row in rows) else 0
