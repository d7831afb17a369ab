"""What every page of a report stands on: the published build, and the shop in view."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_cache_control

from governance import desk, people
from governance.models import Storefront
from measurement.banner import banner
from reporting.boards import reading
from reporting.models import Build


@dataclass(frozen=True)
class Standing:
    """The build whose numbers are shown, the shops there are, and the one in view.

    Without a published build, or a shop, there is nothing to show yet.
    """

    build: Build | None
    storefronts: tuple[Storefront, ...]
    storefront: Storefront | None

    @cached_property
    def held(self) -> int | None:
        """Return the build that a check holds back while this older one stays up."""
        if self.build is None:
            return None
        newer = Build.objects.filter(
            state=Build.State.HELD, made_at__gt=self.build.made_at
        )
        return newer.values_list("pk", flat=True).first()

    @property
    def known_to(self) -> date | None:
        """Return the last day the shop's numbers know of."""
        if self.build is None or self.storefront is None:
            return None
        return reading.known_to(self.build, self.storefront)

    @property
    def is_empty(self) -> bool:
        return self.build is None or self.storefront is None


def standing(request: HttpRequest) -> Standing:
    """Return what the page stands on; ``?storefront=`` names the shop.

    An unknown name gets the first shop: real ones come before generated ones.
    """
    storefronts = tuple(Storefront.objects.order_by("is_generated", "key"))
    asked = request.GET.get("storefront", "")
    storefront = next(
        (one for one in storefronts if one.key == asked),
        storefronts[0] if storefronts else None,
    )
    build = Build.objects.filter(state=Build.State.PUBLISHED).first()
    return Standing(build=build, storefronts=storefronts, storefront=storefront)


def page(
    request: HttpRequest,
    template: str,
    standing: Standing,
    context: Callable[[], Mapping[str, Any]],
    *,
    beside: Sequence[object] = (),
) -> HttpResponse:
    """Return a page that stays as it is until the next build.

    A reader who has this very page already is told so, and ``context`` is not asked for.
    ``beside`` is what else the page shows that may change while the build stays.
    """
    etag = _etag(request, standing, beside)
    known = None
    if not len(get_messages(request)):
        known = get_conditional_response(request, etag=etag)
    response = known or render(request, template, {"standing": standing, **context()})
    response["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    return response


def file(text: str, name: str) -> HttpResponse:
    """Return a table as a file to take away."""
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    patch_cache_control(answer, private=True, no_cache=True)
    return answer


def no_table(known: Iterable[str]) -> HttpResponse:
    """Return in words that there is no such table, and which there are."""
    return HttpResponse(
        f"There is no such table here. There are: {', '.join(known) or 'none yet'}.\n",
        content_type="text/plain; charset=utf-8",
        status=404,
    )


def personal_page(
    request: HttpRequest,
    template: str,
    standing: Standing,
    context: Mapping[str, Any],
) -> HttpResponse:
    """Return a page about people: no copy of it is left behind."""
    response = render(request, template, {"standing": standing, **context})
    patch_cache_control(response, private=True, no_store=True)
    return response


def _etag(request: HttpRequest, standing: Standing, beside: Sequence[object]) -> str:
    build, reader = standing.build, people.asking(request)
    parts = [
        _release(),
        settings.REPORTING_TIME_ZONE,
        banner(request),
        desk.told(request),
        # The session, because its secret stands in the sign-out form; who the reader is
        # and may be, because the frame of the page says so.
        request.session.session_key,
        (reader.get_username(), reader.get_full_name()),
        (reader.is_staff, reader.is_superuser),
        sorted(reader.groups.values_list("name", flat=True)),
        request.get_full_path(),
        (build.pk, build.published_at) if build else None,
        [sorted(model_to_dict(one).items()) for one in standing.storefronts],
        beside,
    ]
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


@cache
def _release() -> str:
    """Return a digest of what draws the pages: a new release draws them anew."""
    digest = hashlib.sha256()
    here = Path(__file__).resolve().parent.parent
    for folder in (settings.BASE_DIR / "templates", here):
        for file in sorted(folder.rglob("*")):
            if file.suffix in {".html", ".css", ".js", ".py"}:
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
