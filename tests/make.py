"""Builders: each fills in what the test is not about."""

from datetime import UTC, datetime
from itertools import count

from django.contrib.auth.models import Group

from governance.models import SourceStream, SourceSystem, Storefront, User
from governance.roles import BY_KEY

_numbers = count(1)


def number() -> int:
    """Return a number no other call has returned."""
    return next(_numbers)


def moment(text: str) -> datetime:
    """Return the moment written as ``2026-03-01`` or ``2026-03-01T10:00``, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def storefront(
    key: str = "", *, time_zone: str = "UTC", currency: str = "USD"
) -> Storefront:
    key = key or f"shop-{number()}"
    return Storefront.objects.create(
        key=key, name=key.title(), time_zone=time_zone, currency=currency
    )


def system(
    key: str = "",
    *,
    kind: str = SourceSystem.Kind.SHOP,
    of: Storefront | None = None,
) -> SourceSystem:
    of = of or storefront()
    key = key or f"system-{number()}"
    return SourceSystem.objects.create(
        key=key,
        name=key.title(),
        kind=kind,
        storefront=of,
        time_zone=of.time_zone,
        currency=of.currency,
    )


def stream(
    key: str = "rows", *, of: SourceSystem | None = None, grain: str = "order"
) -> SourceStream:
    of = of or system()
    return SourceStream.objects.create(
        system=of, key=key, position=number() % 30000, grain=grain
    )


def user(*, role: str = "viewer") -> User:
    """Return somebody with that role, who signs in without a password."""
    made = User.objects.create(
        username=f"{role}-{number()}", is_staff=BY_KEY[role].works_in_admin
    )
    made.groups.add(Group.objects.get(name=role))
    return made
