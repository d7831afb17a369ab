"""What is published, and an ETag of the answer before any number is read."""

import hashlib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from governance.api.who import Need, Scope
from governance.models import Storefront
from reporting.lately import Lately
from reporting.models import Build

READS = Need(Scope.READ, "reporting.view_reading")
# Answers as they were sent: a published build never changes.
_kept = Lately[str, bytes](256)


def published() -> Build:
    """Return the published build, without what it was computed from.

    Raises:
        Http404: nothing is published yet.
    """
    build = (
        Build.objects.filter(state=Build.State.PUBLISHED)
        .defer("inputs", "versions")
        .first()
    )
    if build is None:
        raise Http404("Nothing is published yet.")
    return build


def answered(
    request: Request, build: Build, body: Callable[[], Any], *beside: object
) -> HttpResponse:
    """Answer from what was answered before; who has it already is told so, in 304.

    The ETag is made of the published build, of what was asked, of what it takes to be
    told, and of ``beside``: what else may change while the build stays.
    """
    tag = _tag(request._request, build, beside)
    known = get_conditional_response(request._request, etag=quote_etag(tag))
    if known is not None:
        return known
    told = _kept.of(tag, lambda: JSONRenderer().render(body()))
    answer = HttpResponse(told, content_type="application/json")
    answer["ETag"] = quote_etag(tag)
    return answer


def of_build(build: Build) -> dict[str, Any]:
    """Return which build numbers are of, and as of when."""
    return {
        "id": build.pk,
        "published_at": build.published_at,
        "data_moment": build.data_moment,
        "identity_moment": build.identity_moment,
    }


def text(value: Decimal | None) -> str | None:
    """Return an amount as programs are told it, digit for digit.

    >>> text(Decimal("12.50000000")), text(None)
    ('12.50000000', None)
    """
    return None if value is None else f"{value:f}"


def standing_of(storefront: Storefront) -> list[object]:
    """Return what of a shop an answer tells."""
    return [storefront.pk, storefront.key, storefront.name, storefront.currency]


def _tag(request: HttpRequest, build: Build, beside: tuple[object, ...]) -> str:
    asked = [
        build.pk,
        build.digest,
        build.published_at,
        READS,
        request.get_full_path(),
        # A list names the address on which it goes on.
        request.get_host(),
        beside,
    ]
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:32]
