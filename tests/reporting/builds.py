"""Builds as tests ask for them, and what a build says."""

from datetime import UTC, datetime
from decimal import Decimal

from governance.models import Storefront
from reporting import publish
from reporting.models import Build, Buyer, Reading

NOW = datetime(2030, 1, 1, tzinfo=UTC)

type Place = tuple[str, tuple[tuple[str, str | int], ...]]


def computed(at: datetime = NOW) -> Build:
    return publish.compute(at=at, night=None)


def published(at: datetime = NOW) -> Build:
    return publish.publish(build=computed(at), at=at)


def told(
    build: Build, metric: str, of: Storefront
) -> list[tuple[dict[str, object], Decimal | None, int, str]]:
    """Return what the build says of one metric, cell by cell."""
    readings = Reading.objects.filter(build=build).of(metric, of.key)
    return [
        (one.dimensions, one.value, one.n, one.state)
        for one in readings.order_by("dimensions", "pk")
    ]


def everything_told(build: Build, of: Storefront) -> dict[Place, tuple[object, ...]]:
    """Return every cell of the build under its metric and dimensions."""
    return {
        (one.metric, tuple(sorted(one.dimensions.items()))): (
            one.value,
            one.n,
            one.low,
            one.high,
            one.state,
        )
        for one in Reading.objects.filter(build=build, storefront=of)
    }


def buyers(build: Build, of: Storefront) -> list[tuple[object, ...]]:
    """Return the people one can look into, without the numbers we gave them."""
    return sorted(
        Buyer.objects.filter(build=build, storefront=of).values_list(
            "channel__key",
            "segment",
            "first_order_on",
            "last_order_on",
            "orders",
            "revenue",
        )
    )
