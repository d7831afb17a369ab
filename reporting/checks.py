"""What must hold before a build may be published. Each says in words what does not."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db.models import Count, Exists, ForeignKey, OuterRef, Sum

from identity import ledger
from identity.models import Link
from reporting.models import Build, Buyer, Reading

Check = Callable[[Build], Iterator[str]]

# Of many that are wrong, so many are named.
_NAMED = 5


def broken(build: Build) -> list[str]:
    """Return a sentence for everything that stands against publishing the build."""
    return [sentence for check in CHECKS for sentence in check(build)]


def _channels_sum_to_the_total(build: Build) -> Iterator[str]:
    """Counts and money of the channels add up to the storefront's, exactly."""
    for metric in ("customers", "orders", "revenue"):
        totals: dict[str, Decimal] = {}
        sums: dict[str, Decimal] = {}
        for storefront, dimensions, value in _values(build, metric):
            side = sums if "channel" in dimensions else totals
            side[storefront] = side.get(storefront, Decimal(0)) + value
        for storefront in sorted(totals.keys() | sums.keys()):
            total = totals.get(storefront, Decimal(0))
            parts = sums.get(storefront, Decimal(0))
            if total != parts:
                yield (
                    f"The channels of {storefront} sum to {_short(parts)} in {metric}, the "
                    f"storefront has {_short(total)}."
                )


def _buyers_add_up(build: Build) -> Iterator[str]:
    """The people one can look into are the people the readings count."""
    counted = {
        (storefront, str(dimensions["channel"])): value
        for storefront, dimensions, value in _values(build, "customers")
        if "channel" in dimensions
    }
    kept = {
        (row["storefront__key"], row["channel__key"]): Decimal(row["people"])
        for row in Buyer.objects.filter(build=build)
        .values("storefront__key", "channel__key")
        .annotate(people=Count("pk"))
    }
    for place in sorted(counted.keys() | kept.keys()):
        told, found = counted.get(place, Decimal(0)), kept.get(place, Decimal(0))
        if told != found:
            storefront, channel = place
            yield (
                f"The readings count {_short(told)} buyers of {storefront} by {channel}, "
                f"{_short(found)} can be looked into."
            )


def _buyers_money_adds_up(build: Build) -> Iterator[str]:
    """What buyers spent, and what nobody known spent, is the storefront's revenue."""
    spent = {
        row["storefront__key"]: row["revenue"]
        for row in Buyer.objects.filter(build=build)
        .values("storefront__key")
        .annotate(revenue=Sum("revenue"))
    }
    # A storefront may have been given another key since: then nothing is known of it.
    known = build.inputs.get("storefronts", {})
    for storefront, dimensions, value in _values(build, "revenue"):
        if dimensions:
            continue
        nobodys = Decimal(known.get(storefront, {}).get("nobodys_revenue", "0"))
        theirs = spent.get(storefront, Decimal(0))
        if theirs + nobodys != value:
            yield (
                f"Buyers of {storefront} spent {_short(theirs)} and unknown ones "
                f"{_short(nobodys)}; the storefront's revenue is {_short(value)}."
            )


def _no_storefront_falls_silent(build: Build) -> Iterator[str]:
    """A storefront with numbers up today has numbers tomorrow."""
    published = Reading.objects.published().values_list("storefront__key", flat=True)
    had = set(published.order_by().distinct())
    has = set(
        Reading.objects.filter(build=build)
        .order_by()
        .values_list("storefront__key", flat=True)
        .distinct()
    )
    for storefront in sorted(had - has):
        yield f"There is no reading of {storefront}, and the published build has some."


def _nobody_is_two_people(build: Build) -> Iterator[str]:
    """At the build's moment each record belonged to one person, or to none."""
    doubled = (
        Link.objects.as_of(build.identity_moment)
        .order_by()
        .values("record")
        .annotate(people=Count("pk"))
        .filter(people__gt=1)
        .count()
    )
    if doubled:
        yield (
            f"{doubled} customer records belonged to two people at once at "
            f"{build.identity_moment:%Y-%m-%d %H:%M} UTC."
        )


def _no_links_overlap(_build: Build) -> Iterator[str]:
    """At no moment did a record belong to two people: any earlier one can be asked for."""
    overlapping = ledger.overlapping()
    if overlapping:
        named = ", ".join(map(str, overlapping[:_NAMED]))
        more = len(overlapping) - _NAMED
        yield (
            f"Customer records belonged to two people at once at some time: {named}"
            f"{f' and {more} more' if more > 0 else ''}."
        )


def _every_reference_leads_somewhere(build: Build) -> Iterator[str]:
    """What no foreign key guards on the way in is counted here, once a build."""
    for model in apps.get_app_config("measurement").get_models():
        for field in model._meta.concrete_fields:
            # Only foreign keys have the attribute, and the database guards most of them.
            if not isinstance(field, ForeignKey) or getattr(
                field, "db_constraint", True
            ):
                continue
            parents = field.related_model._base_manager
            lost = (
                model._base_manager.filter(**{f"{field.attname}__isnull": False})
                .exclude(Exists(parents.filter(pk=OuterRef(field.attname))))
                .count()
            )
            if lost:
                yield (
                    f"In {lost} rows of {model._meta.verbose_name_plural} the "
                    f"{field.verbose_name} they name is not there."
                )


CHECKS: list[Check] = [
    _channels_sum_to_the_total,
    _buyers_add_up,
    _buyers_money_adds_up,
    _no_storefront_falls_silent,
    _no_links_overlap,
    _nobody_is_two_people,
    _every_reference_leads_somewhere,
]


def _values(build: Build, metric: str) -> Iterator[tuple[str, dict[str, Any], Decimal]]:
    readings = Reading.objects.filter(build=build, metric=metric)
    for storefront, dimensions, value in readings.values_list(
        "storefront__key", "dimensions", "value"
    ):
        yield storefront, dimensions, value or Decimal(0)


def _short(value: Decimal) -> str:
    """Return the number without the zeros at its end."""
    return f"{value.normalize():f}"
