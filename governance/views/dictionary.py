"""The dictionary: what every name means, for everybody who signs in."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control

from governance import dictionary, observed, usage
from governance.dictionary import Asked
from governance.models import Domain, Kind, State, Version
from governance.people import asking, may_propose, may_suggest

ROWS = 50
STEPS = 10
_LONGEST = 200


def index(request: HttpRequest) -> HttpResponse:
    """List what is defined; ``?q=`` searches, the other words leave out."""
    reader = asking(request)
    kinds = dictionary.kinds_for(reader)
    domains = list(Domain.objects.order_by("name"))
    asked = _asked(request, kinds, domains)
    counts = dictionary.counts(asked, kinds=kinds)
    everything = sum(counts.values())
    paginator = Paginator(dictionary.search(asked, kinds=kinds), ROWS)
    # Counted with the kinds already: a search as of a moment is dear.
    paginator.count = counts.get(asked.kind, 0) if asked.kind else everything
    page = paginator.get_page(request.GET.get("page"))
    rows = list(page.object_list)
    return _page(
        request,
        "governance/dictionary.html",
        {
            "asked": asked,
            "as_of": _as_written(request, asked.at),
            "kinds": [(kind, Kind(kind).label, counts.get(kind, 0)) for kind in kinds],
            "everything": everything,
            "domains": domains,
            "states": State.choices,
            "page": page,
            "rows": _in_short(rows),
            "may_suggest": may_suggest(reader),
            "near": _in_short([] if rows else dictionary.close_to(asked, kinds=kinds)),
        },
    )


def show(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Show one definition; ``?as_of=`` as it stood, ``?from=`` and ``?to=`` compare."""
    reader = asking(request)
    if not dictionary.may_read(kind, reader):
        raise Http404(f"There is no kind {kind}.")
    at = _moment(request)
    try:
        definition = dictionary.read(kind, key, at=at)
    except dictionary.NotDefined as unknown:
        raise Http404(str(unknown)) from unknown
    page, steps = _steps(kind, key, request.GET.get("page"))
    answer = _page(
        request,
        "governance/definition.html",
        {
            "definition": definition,
            "label": Kind(kind).label,
            "at": at,
            "as_of": _as_written(request, at),
            "page": page,
            "steps": steps,
            "numbers": range(page.paginator.count, 0, -1),
            "compared": _compared(request, kind, key),
            "observed": observed.of_field(key) if kind == Kind.FIELD and not at else (),
            "pending": dictionary.pending(kind, key, reader=reader),
            # What is past is not proposed on.
            "may_propose": not at and may_propose(reader),
            "may_suggest": not at and may_suggest(reader),
        },
    )
    usage.note(kind, key, on=timezone.now().date())
    return answer


def _page(
    request: HttpRequest, template: str, given: Mapping[str, Any]
) -> HttpResponse:
    response = render(request, template, {"section": "dictionary", **given})
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _in_short(versions: Iterable[Version]) -> list[tuple[Version, str]]:
    return [(version, dictionary.in_short(version)) for version in versions]


def _asked(
    request: HttpRequest, kinds: tuple[str, ...], domains: list[Domain]
) -> Asked:
    """Return what the address asks for; what it names and is not there, it does not."""
    known = {
        "kind": kinds,
        "domain": [domain.key for domain in domains],
        "state": State.values,
    }
    said = {name: request.GET.get(name, "") for name in known}
    words = request.GET.get("q", "").replace("\0", "")[:_LONGEST]
    return Asked(
        words=words,
        at=_moment(request),
        **{name: said[name] if said[name] in known[name] else "" for name in known},
    )


def _moment(request: HttpRequest) -> datetime | None:
    try:
        return dictionary.moment_of(request.GET.get("as_of", ""), zone=_zone())
    except dictionary.Unreadable as unreadable:
        messages.warning(request, str(unreadable))
        return None


def _as_written(request: HttpRequest, at: datetime | None) -> str:
    return request.GET.get("as_of", "").strip() if at else ""


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.REPORTING_TIME_ZONE)


def _steps(kind: str, key: str, number: str | None) -> tuple[Any, list[Any]]:
    """Return one page of a definition's versions, and what each of them changed."""
    every = dictionary.versions(kind, key)
    pages = Paginator(every, STEPS)
    # One more than is shown: the last one is told by what it changed.
    if not number:
        newest = list(every[: STEPS + 1])
        # They are numbered without a gap: nobody has to count them.
        pages.count = newest[0].number
        return pages.get_page(1), dictionary.steps(newest)
    page = pages.get_page(number)
    first = page.start_index() - 1
    return page, dictionary.steps(list(every[first : first + STEPS + 1]))


def _compared(
    request: HttpRequest, kind: str, key: str
) -> tuple[Version, Version, list[dictionary.Difference]] | None:
    numbers = [request.GET.get(name, "") for name in ("from", "to")]
    # Longer numbers are no version's, and no integer of the database.
    if not all(each.isascii() and each.isdigit() and len(each) < 9 for each in numbers):
        return None
    older, newer = map(int, numbers)
    return dictionary.compared(kind, key, older, newer)
