"""What the last night did, in the figures a person checks first."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from governance.models import SourceSystem
from identity.models import Person
from measurement.models import (
    CustomerRecord,
    Night,
    NightStep,
    Order,
    OrderLine,
    SyncRun,
)
from reporting.models import Build


class NoNightYet(Exception):
    """There is nothing to sum up."""


@dataclass(frozen=True)
class Figures:
    """What the night read for some storefronts, and what they hold after it.

    Lines are rows of files whose rows are order lines, of the runs this night went on
    with; a night that found no new file read none. Households are the shop's customer
    records that have an order; people are the persons those records belong to now. The
    sales value is what all lines took, in the currency paid, before anything of ours.
    """

    lines_read: int
    lines_written: int
    lines_unchanged: int
    lines_rejected: int
    orders: int
    households: int
    people: int
    sales_value: Decimal


@dataclass(frozen=True)
class Summary:
    """The last night: how it went, and its figures, real and made up ones apart."""

    night: Night
    steps: list[NightStep]
    build: int | None
    seconds: float
    peak_mb: float
    real: Figures
    generated: Figures


def last_night() -> Summary:
    """Sum up the night that began last; ``build`` is the one readers see now.

    Raises:
        NoNightYet: none has begun.
    """
    night = Night.objects.order_by("-started_at", "-pk").first()
    if night is None:
        raise NoNightYet("No night has run here yet. Run one: manage.py night.")
    steps = list(night.steps.order_by("position"))
    runs = [step.cursor["run"] for step in steps if "run" in step.cursor]
    ended = night.ended_at or max(
        (step.ended_at or night.started_at for step in steps), default=night.started_at
    )
    return Summary(
        night=night,
        steps=steps,
        build=Build.objects.filter(state=Build.State.PUBLISHED)
        .values_list("pk", flat=True)
        .first(),
        seconds=(ended - night.started_at).total_seconds(),
        peak_mb=max((step.peak_mb for step in steps), default=0),
        real=_figures(runs, is_generated=False),
        generated=_figures(runs, is_generated=True),
    )


def _figures(runs: list[int], *, is_generated: bool) -> Figures:
    read = SyncRun.objects.filter(
        pk__in=runs,
        stream__grain="order_line",
        stream__system__storefront__is_generated=is_generated,
    ).aggregate(
        lines_read=Sum("rows_in", default=0),
        lines_written=Sum("written", default=0),
        lines_unchanged=Sum("unchanged", default=0),
        lines_rejected=Sum("rejected", default=0),
    )
    orders = Order.objects.filter(system__storefront__is_generated=is_generated)
    lines = OrderLine.objects.filter(
        order__system__storefront__is_generated=is_generated
    )
    # Each id once, before anything is joined to it: one pass over the orders.
    buyers = CustomerRecord.objects.filter(
        system__kind=SourceSystem.Kind.SHOP,
        pk__in=orders.exclude(customer=None).values("customer"),
    )
    people = Person.objects.filter(
        links__ended_at=None, links__record__in=buyers
    ).distinct()
    return Figures(
        **read,
        orders=orders.count(),
        households=buyers.count(),
        people=people.count(),
        sales_value=lines.aggregate(taken=Sum("amount", default=Decimal(0)))["taken"],
    )
