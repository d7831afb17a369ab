"""Readings for programs: each with its definition, how sure it is, and as of when."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Q
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from governance.api.addresses import asked, one_page
from governance.api.errors import Misread, Wrong
from governance.models import Storefront
from reporting.api.again import Published
from reporting.api.published import READS, answered, of_build, published, text
from reporting.models import Build, Reading

# By what of their place readings can be asked for.
PLACES = ("month", "channel", "segment", "cohort", "category", "model", "campaign")


class BuildOut(serializers.Serializer[Any]):
    """Which build numbers are of, and as of when its data and identities were taken."""

    id = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    data_moment = serializers.DateTimeField()
    identity_moment = serializers.DateTimeField()


class ReadingOut(serializers.Serializer[Any]):
    """One number. ``value`` is null where nothing may be said: ``state`` says why."""

    metric = serializers.CharField()
    version = serializers.CharField(help_text="Of the definition it was computed by.")
    storefront = serializers.CharField(
        allow_null=True, help_text="Null: all storefronts, in the reporting currency."
    )
    currency = serializers.CharField(allow_null=True)
    dimensions = serializers.DictField(help_text="Its place; the total has none.")
    value = serializers.DecimalField(max_digits=24, decimal_places=8, allow_null=True)
    n = serializers.IntegerField(help_text="Out of how many.")
    low = serializers.DecimalField(max_digits=24, decimal_places=8, allow_null=True)
    high = serializers.DecimalField(max_digits=24, decimal_places=8, allow_null=True)
    state = serializers.ChoiceField(choices=Reading.State.choices)


class ReadingsOut(serializers.Serializer[Any]):
    """Some readings of the published build, and where the next ones are."""

    build = BuildOut()
    items = ReadingOut(many=True)
    next = serializers.URLField(allow_null=True)


def _said(name: str, words: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, description=words)


class Readings(Published):
    """The published numbers, the earliest written first."""

    needs: ClassVar = {"GET": READS}

    @extend_schema(
        operation_id="readings",
        parameters=[
            _said("metric", "One or several, with commas between."),
            _said("storefront", "The key of one."),
            *(_said(name, "A value of the place.") for name in PLACES),
            _said("limit", "How many at once: at most 100."),
            _said("cursor", "Where to go on, from `next`."),
        ],
        responses={200: ReadingsOut},
    )
    def get(self, request: Request) -> HttpResponse:
        """Return readings with value, n, interval, state, version, and both moments."""
        said = asked(request, "metric", "storefront", *PLACES, is_list=True)
        build = published()
        shops = {one.pk: one for one in Storefront.objects.all()}
        return answered(
            request,
            build,
            lambda: _told(request, build, said, shops),
            [(one.pk, one.key, one.currency) for one in shops.values()],
        )


def _told(
    request: Request,
    build: Build,
    said: Mapping[str, str],
    shops: Mapping[int, Storefront],
) -> dict[str, Any]:
    found = Reading.objects.filter(build=build)
    if said["metric"]:
        found = found.filter(metric__in=_metrics(said["metric"], build))
    if said["storefront"]:
        found = found.filter(storefront=_storefront(said["storefront"], shops))
    for name in PLACES:
        if said[name]:
            found = found.filter(_placed(name, said[name]))
    rows, following = one_page(request, found, order=["pk"])
    return {
        "build": of_build(build),
        "items": [_one(row, build, shops) for row in rows],
        "next": following,
    }


def _one(row: Reading, build: Build, shops: Mapping[int, Storefront]) -> dict[str, Any]:
    shop = shops.get(row.storefront_id)
    return {
        "metric": row.metric,
        "version": str(build.definitions.get(row.metric, "")),
        "storefront": shop.key if shop else None,
        "currency": shop.currency if shop else None,
        "dimensions": row.dimensions,
        "value": text(row.value),
        "n": row.n,
        "low": text(row.low),
        "high": text(row.high),
        "state": row.state,
    }


def _metrics(said: str, build: Build) -> list[str]:
    named = said.split(",")
    unknown = [one for one in named if one not in build.definitions]
    if unknown:
        raise Misread(
            Wrong("metric", f"There are {', '.join(sorted(build.definitions))}.")
        )
    return named


def _storefront(key: str, shops: Mapping[int, Storefront]) -> Storefront:
    for shop in shops.values():
        if shop.key == key:
            return shop
    known = ", ".join(sorted(shop.key for shop in shops.values()))
    raise Misread(Wrong("storefront", f"It is one of {known}."))


def _placed(name: str, value: str) -> Q:
    """Return what is asked of a place; a cohort's months are counted, not named."""
    asked_for = Q(**{f"dimensions__{name}": value})
    if value.isascii() and value.isdigit() and len(value) < 5:
        asked_for |= Q(**{f"dimensions__{name}": int(value)})
    return asked_for
