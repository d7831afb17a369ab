"""Attribution: which channels led to what was sold, as each agreed model sees it."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse

from governance.models import Channel, Kind, Version
from reporting.attribution import crediting
from reporting.attribution.crediting import Model
from reporting.models import Build, Movement, Reading
from reporting.tables import attribution, marks, steadiness
from reporting.tables.definitions import NAMES
from reporting.tables.steadiness import Steadiness
from reporting.views.standing import Standing, page, standing

# While nothing else was agreed on.
_POINTS = Decimal(5)


def show(request: HttpRequest) -> HttpResponse:
    """Show what the primary model credits, what it cost, and other models for context."""
    stands = standing(request)
    channels = list(Channel.objects.all())
    return page(
        request,
        "reporting/attribution.html",
        stands,
        lambda: _context(stands, channels),
        beside=[(one.key, one.name, one.position) for one in channels],
    )


def _context(stands: Standing, channels: list[Channel]) -> dict[str, Any]:
    told = marks.told(stands.build, attribution.METRICS, at=stands.storefront)
    models = _models(stands.build)
    table = _table(stands, channels, models)
    return {
        "section": "attribution",
        "table": table,
        "models": models,
        "steady": _steadiness(stands, models[0]) if table else None,
        "headline": [
            (NAMES.get(figure.metric, figure.metric), figure)
            for figure in (table.headline if table else ())
        ],
        "told": told,
        "marked": marks.newest(told),
    }


def _models(build: Build | None) -> list[Model]:
    """Return the models of the build, the primary one first."""
    numbers = build.versions.get(Kind.ATTRIBUTION, {}) if build else {}
    said = Version.objects.in_use().filter(kind=Kind.ATTRIBUTION, key__in=numbers)
    found = crediting.in_order(
        crediting.of_body(one.key, str(one.number), one.body)
        for one in said
        if one.number == numbers[one.key]
        and one.body["formula"] != crediting.ACQUISITION
    )
    return list(found)


def _steadiness(stands: Standing, model: Model) -> Steadiness | None:
    """Return how far credit moved since the build before, if that was found out."""
    of_build = Movement.objects.filter(build=stands.build)
    if not of_build.exists():
        return None
    place = {
        "storefront": stands.storefront,
        "metric": attribution.CREDIT,
        "dimensions__model": model.key,
    }
    return steadiness.of(
        of_build.filter(**place),
        Reading.objects.filter(build=stands.build, **place),
        most_points=_most_points(),
    )


def _most_points() -> Decimal:
    """Return by how many points of a hundred credit may move before somebody looks."""
    agreed = (
        Version.objects.current()
        .in_use()
        .filter(kind=Kind.QUALITY, key="credit_is_steady")
        .first()
    )
    said = agreed.body["parameters"].get("most_points") if agreed else None
    return _POINTS if said is None else Decimal(str(said))


def _table(
    stands: Standing, channels: list[Channel], models: list[Model]
) -> attribution.Table | None:
    if stands.build is None or stands.storefront is None:
        return None
    return attribution.table(
        readings=Reading.objects.filter(
            build=stands.build,
            storefront=stands.storefront,
            metric__in=attribution.METRICS,
        ),
        models=models,
        channels=channels,
        currency=stands.storefront.currency,
    )
