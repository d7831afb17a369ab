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


def _parts_sum_to_the_total(build: Build) -> Iterator[str]:
    """Counts and money of channels, and of months, add up to the storefront's, exactly."""
    for metric, parts in (
        ("customers", ("channel",)),
        ("orders", ("channel", "month")),
        ("revenue", ("channel", "month")),
        ("refunds_by_refund_date", ("month",)),
        ("new_revenue", ("month",)),
    ):
        sums: dict[str, dict[str, Decimal]] = {part: {} for part in ("", *parts)}
        for storefront, dimensions, value in _values(build, metric):
            side = sums[next(iter(dimensions), "")]
            side[storefront] = side.get(storefront, Decimal(0)) + value
        totals = sums.pop("")
        for part, of_part in sums.items():
            # Builds from before numbers were told by month have none to add up.
            if part == "month" and not of_part:
                continue
            for storefront in sorted(totals.keys() | of_part.keys()):
                total = totals.get(storefront, Decimal(0))
                together = of_part.get(storefront, Decimal(0))
                if total != together:
                    yield (
                        f"The {part}s of {storefront} sum to {_short(together)} in "
                        f"{metric}, the storefront has {_short(total)}."
                    )


def _money_is_conserved(build: Build) -> Iterator[str]:
    """What looks at one sum from several sides finds the same, to the last digit."""
    sums = {
        metric: {
            storefront: value
            for storefront, dimensions, value in _values(build, metric)
            if not dimensions
        }
        for metric in {one for _, plus, minus in _BRIDGES for one in (*plus, *minus)}
    }
    for words, plus, minus in _BRIDGES:
        if not all(sums[metric] for metric in (*plus, *minus)):
            continue
        for storefront in sorted(sums[plus[0]]):
            left_over = sum(
                sums[metric].get(storefront, Decimal(0)) for metric in plus
            ) - sum(sums[metric].get(storefront, Decimal(0)) for metric in minus)
            if left_over:
                yield f"In {storefront} {words} by {_short(Decimal(left_over))}."


# In words what is wrong, and sums of which the first kind make up the second.
_BRIDGES = (
    (
        "revenue of first, later and unknown purchases differs from revenue",
        ("new_revenue", "returning_revenue", "unknown_revenue"),
        ("revenue",),
    ),
    (
        "refunds by order date and by refund date differ",
        ("refunds",),
        ("refunds_by_refund_date", "refund_bridge"),
    ),
)


def _credit_is_conserved(build: Build) -> Iterator[str]:
    """Of every model, what channels are credited with and what is not sums to revenue."""
    sold = {
        storefront: value
        for storefront, dimensions, value in _values(build, "revenue")
        if not dimensions
    }
    credited: dict[tuple[str, str], Decimal] = {}
    for storefront, dimensions, value in _values(build, "attributed_revenue"):
        if dimensions:
            place = (storefront, str(dimensions["model"]))
            credited[place] = credited.get(place, Decimal(0)) + value
    for (storefront, model), value in sorted(credited.items()):
        if value != sold.get(storefront, Decimal(0)):
            yield (
                f"Attribution model {model} credits {_short(value)} at {storefront}, "
                f"the storefront sold {_short(sold.get(storefront, Decimal(0)))}."
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
    _parts_sum_to_the_total,
    _money_is_conserved,
    _credit_is_conserved,
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
