"""One person, in order: everything any system knows of them, in one list."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Protocol, TypedDict

from django.db.models import Count, Q, Sum

from governance import channels
from governance.models import Channel, SourceSystem
from governance.taxonomy import TOUCH_KINDS, Tags, Taxonomy
from identity.models import AttachedVisit, Link, Person
from measurement.models import (
    CampaignSend,
    ConsentEvent,
    Event,
    LifecycleStage,
    Order,
    OrderLine,
    Refund,
    SyncRun,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened to the person, or that they did.

    ``amount`` is what moved, in the shop's currency, which ``currency`` names. ``at`` is
    empty where the source gave no moment. ``is_generated`` says that the row was made up.
    """

    at: datetime | None
    kind: str
    title: str
    detail: str
    system: str
    run_id: int
    is_generated: bool
    amount: Decimal | None = None
    currency: str = ""


class _Row(Protocol):
    """What every canonical row carries."""

    @property
    def run(self) -> int: ...


# What happens first where several things carry one moment: a visit leads to an order.
_ORDER_OF_KINDS = ("touch", "send", "stage", "consent", "event", "order", "refund")


_BEFORE_KNOWN = "before they were known on this browser"


def of(person: Person, as_of: datetime | None = None) -> list[Moment]:
    """Return the person's moments, the earliest first; those without a moment last.

    Args:
        person: whose.
        as_of: which merges count. An earlier moment shows the person as they were known
            then; without one, as they are known now.
    """
    records = list(
        Link.objects.as_of(as_of).filter(person=person).values_list("record", flat=True)
    )
    moments = [
        *_orders(records),
        *_refunds(records),
        *_events(records, as_of),
        *_sends(records),
        *_stages(records),
        *_consents(records),
    ]
    return sorted(_marked(moments), key=_place)


def _orders(records: list[int]) -> Iterator[Moment]:
    totals = {
        row["order"]: (row["taken"], row["count"])
        for row in OrderLine.objects.filter(order__customer__in=records)
        .values("order")
        .annotate(taken=Sum("amount_shop"), count=Count("pk"))
    }
    orders = Order.objects.filter(customer__in=records).select_related(
        "system__storefront", "context"
    )
    for order in orders:
        taken, count = totals.get(order.pk, (Decimal(0), 0))
        yield Moment(
            at=order.placed_at,
            kind="order",
            title=f"Order {order.source_id}",
            detail=_sentence(_lines(count), order.status, *_context(order)),
            amount=taken,
            currency=order.system.storefront.currency,
            **_origin(order, order.system),
        )


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"


def _context(order: Order) -> list[str]:
    """Return what the CRM said of the person when they placed the order."""
    context = getattr(order, "context", None)
    if context is None:
        return []
    consent = "with" if context.has_email_consent else "without"
    return [
        f"stage {context.stage}" if context.stage else "",
        f"segment {context.segment}" if context.segment else "",
        f"{consent} e-mail consent",
    ]


def _refunds(records: list[int]) -> Iterator[Moment]:
    refunds = Refund.objects.filter(order__customer__in=records).select_related(
        "order", "system__storefront"
    )
    for refund in refunds:
        yield Moment(
            at=refund.refunded_at,
            kind="refund",
            title=f"Refund of order {refund.order.source_id}",
            detail=refund.reason,
            amount=-refund.amount_shop,
            currency=refund.system.storefront.currency,
            **_origin(refund, refund.system),
        )


def _events(records: list[int], as_of: datetime | None) -> Iterator[Moment]:
    before_known = set(
        AttachedVisit.objects.as_of(as_of)
        .filter(record__in=records)
        .values_list("event", flat=True)
    )
    taxonomy = channels.taxonomy()
    names = dict(Channel.objects.values_list("key", "name"))
    events = Event.objects.filter(
        Q(customer__in=records)
        | Q(customer=None, order__customer__in=records)
        | Q(pk__in=before_known)
    ).select_related("system__storefront")
    for event in events:
        if _is_touch(event):
            title, kind = f"Visit by {names[_channel(event, taxonomy)]}", "touch"
        else:
            title, kind = event.kind.replace("_", " ").capitalize(), "event"
        yield Moment(
            at=event.at,
            kind=kind,
            title=title,
            detail=_sentence(
                _tags(event),
                event.utm_campaign,
                _path(event.landing_page),
                _BEFORE_KNOWN if event.pk in before_known else "",
            ),
            **_origin(event, event.system),
        )


def _is_touch(event: Event) -> bool:
    tagged = event.utm_source or event.utm_medium or event.utm_campaign
    return event.kind in TOUCH_KINDS or bool(tagged)


def _channel(event: Event, taxonomy: Taxonomy) -> str:
    return taxonomy.channel(
        Tags.read(
            event.utm_source, event.utm_medium, event.utm_campaign, event.referrer
        )
    )


def _tags(event: Event) -> str:
    return " / ".join(tag for tag in (event.utm_source, event.utm_medium) if tag)


def _path(page: str) -> str:
    """Return a page's address without what mails and forms put behind it.

    Addresses and keys stand there, which are not for every reader.

    >>> _path("https://shop.example/shoes?email=ada@example.com#top")
    'https://shop.example/shoes'
    """
    return page.partition("#")[0].partition("?")[0]


def _sends(records: list[int]) -> Iterator[Moment]:
    sends = CampaignSend.objects.filter(customer__in=records).select_related(
        "campaign__system__storefront"
    )
    for send in sends:
        yield Moment(
            at=send.sent_at,
            kind="send",
            title=f"Campaign {send.campaign} reached them",
            detail=send.campaign.kind,
            **_origin(send, send.campaign.system),
        )


def _stages(records: list[int]) -> Iterator[Moment]:
    stages = LifecycleStage.objects.filter(customer__in=records).select_related(
        "customer__system__storefront"
    )
    for stage in stages:
        yield Moment(
            at=stage.started_at,
            kind="stage",
            title=f"Became {stage.stage}",
            detail=f"segment {stage.segment}" if stage.segment else "",
            **_origin(stage, stage.customer.system),
        )


def _consents(records: list[int]) -> Iterator[Moment]:
    consents = ConsentEvent.objects.filter(customer__in=records).select_related(
        "customer__system__storefront"
    )
    for consent in consents:
        yield Moment(
            at=consent.at,
            kind="consent",
            title=f"Consent {consent.state}",
            detail=_sentence(consent.purpose, consent.channel),
            **_origin(consent, consent.customer.system),
        )


class _Origin(TypedDict):
    system: str
    run_id: int
    is_generated: bool


def _origin(row: _Row, system: SourceSystem) -> _Origin:
    return {
        "system": system.name,
        "run_id": row.run,
        "is_generated": system.storefront.is_generated,
    }


def _marked(moments: Iterable[Moment]) -> Iterator[Moment]:
    """Mark also what came by a stream that was made up, in a storefront that was not."""
    kept = list(moments)
    made_up = set(
        SyncRun.objects.filter(
            pk__in={moment.run_id for moment in kept}, stream__is_generated=True
        ).values_list("pk", flat=True)
    )
    for moment in kept:
        if moment.run_id in made_up:
            yield replace(moment, is_generated=True)
        else:
            yield moment


def _place(moment: Moment) -> tuple[bool, float, int, str]:
    return (
        moment.at is None,
        moment.at.timestamp() if moment.at else 0.0,
        _ORDER_OF_KINDS.index(moment.kind),
        moment.title,
    )


def _sentence(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
