"""Builders: each fills in what the test is not about."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection

from governance.models import Domain, SourceStream, SourceSystem, Storefront, User
from governance.roles import BY_KEY
from identity.models import Link, MatchCandidate, Person
from measurement.models import CustomerRecord, Order

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
    return seated(made, role)


def seated(somebody: User, *groups: str | Group) -> User:
    """Return somebody who is in these groups from now on, and in no others.

    The owner of the tables writes it: the app's role is refused, in tests too.
    """
    as_owner("with_groups", somebody.pk, [str(group) for group in groups])
    return somebody


def superuser(somebody: User | None = None) -> User:
    """Return a superuser: a new one, or whom the owner of the tables makes one."""
    made = somebody or User.objects.create(username=f"root-{number()}", is_staff=True)
    as_owner("superuser", made.pk)
    made.is_superuser = True
    return made


def group(name: str) -> Group:
    """Return a group that is no role and owns nothing."""
    return Group.objects.get(pk=as_owner("grouped", name))


def domain(key: str = "") -> Domain:
    """Return an area of the business with groups that own and steward it."""
    key = key or f"domain-{number()}"
    return Domain.objects.select_related("owners", "stewards").get(
        pk=as_owner("domain", key, key.title())
    )


def owner(*domains: Domain) -> User:
    """Return a data owner of the domains."""
    made = User.objects.create(username=f"data_owner-{number()}", is_staff=True)
    return seated(made, "data_owner", *(each.owners for each in domains))


def domain_steward(*domains: Domain) -> User:
    """Return a steward of the domains."""
    made = User.objects.create(username=f"steward-{number()}", is_staff=True)
    return seated(made, "steward", *(each.stewards for each in domains))


def as_owner(function: str, *given: Any) -> Any:
    """Call one of the functions the owner of the tables made for tests alone."""
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(given))
        cursor.execute(f"select seated.{function}({marks})", given)
        return cursor.fetchall()[0][0]


def record(
    name: str = "Ada Byron",
    *,
    of: SourceSystem | None = None,
    source_id: str = "",
    **fields: Any,
) -> CustomerRecord:
    first, _, last = name.partition(" ")
    return CustomerRecord.objects.create(
        system=of or system(),
        source_id=source_id or f"{number()}",
        run=1,
        **{"first_name": first, "last_name": last, **fields},
    )


def person(
    *records: CustomerRecord, since: datetime = datetime(2020, 1, 1, tzinfo=UTC)
) -> Person:
    """Return somebody to whom the records belong since then."""
    made = Person.objects.create(made_at=since)
    Link.objects.bulk_create(
        Link(record=record, person=made, started_at=since, reason="alone")
        for record in records
    )
    return made


def candidate(
    left: CustomerRecord | None = None, right: CustomerRecord | None = None
) -> MatchCandidate:
    """Return a pair that waits for a steward; records of nobody become two people."""
    one, other = sorted((left or record(), right or record()), key=lambda each: each.pk)
    for each in (one, other):
        if not each.links.filter(ended_at=None).exists():
            person(each)
    return MatchCandidate.objects.create(
        left=one,
        right=other,
        evidence="The same e-mail address.",
        guard="The first names differ.",
        found_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def order(
    by: CustomerRecord | None, at: datetime, *, source_id: str = "", **fields: Any
) -> Order:
    return Order.objects.create(
        system=by.system if by else system(),
        source_id=source_id or f"{number()}",
        customer=by,
        placed_at=at,
        placed_offset=0,
        placed_on=at.date(),
        currency="USD",
        run=1,
        **fields,
    )
