"""People: who bought at a shop, and one of them in full."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from governance import people as askers
from governance.models import Channel
from identity import contacts, golden, ledger
from identity.models import Link, Merge, Person
from measurement.models import SyncRun
from reporting import timeline
from reporting.models import Buyer
from reporting.tables import people
from reporting.views.standing import Standing, personal_page, standing

ROWS = 50
MOMENTS = 100


def index(request: HttpRequest) -> HttpResponse:
    """List a shop's buyers, the best first.

    ``?channel=`` leaves those who came by it first, ``?segment=`` those who are in it.
    """
    stands = standing(request)
    channels = list(Channel.objects.all())
    asked = request.GET.get("channel", "")
    channel = next((one for one in channels if one.key == asked), None)
    said = request.GET.get("segment", "")
    segment = "" if "\0" in said else said
    buyers = _buyers(stands, channel, segment)
    shown = Paginator(buyers, ROWS).get_page(request.GET.get("page"))
    on_page = list(shown.object_list)
    return personal_page(
        request,
        "reporting/people.html",
        stands,
        {
            "section": "people",
            "channels": channels,
            "channel": channel,
            "segment": segment,
            "page": shown,
            "rows": people.buyer_rows(on_page, _links(stands, on_page)),
        },
    )


def person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one person as the published build knows them: records, purchases, moments."""
    stands = standing(request)
    somebody = get_object_or_404(Person, public_id=public_id)
    as_of = stands.build.identity_moment if stands.build else None
    links = list(
        Link.objects.as_of(as_of)
        .filter(person=somebody)
        .select_related("record__system__storefront")
    )
    may_see = contacts.may_see(askers.asking(request))
    moments = list(reversed(timeline.of(somebody, as_of)))
    shown = Paginator(moments, MOMENTS).get_page(request.GET.get("page"))
    return personal_page(
        request,
        "reporting/person.html",
        stands,
        {
            "section": "people",
            "person": somebody,
            "name": people.name_of(link.record for link in links),
            "purchases": _purchases(stands, somebody),
            "records": people.record_cards(
                links,
                made_up_runs=_made_up_runs(links),
                may_see=may_see,
            ),
            "golden": people.golden_rows(
                golden.of_person(somebody.pk, as_of=as_of), may_see=may_see
            ),
            "page": shown,
            "months": people.months(
                shown.object_list, zone=ZoneInfo(settings.REPORTING_TIME_ZONE)
            ),
            "merge": _absorbed_by(somebody) if not links else None,
            # Whom they went up in may have gone up in somebody since.
            "now": None if links else ledger.known_as(public_id=public_id),
        },
    )


def _buyers(stands: Standing, channel: Channel | None, segment: str) -> QuerySet[Buyer]:
    if stands.build is None or stands.storefront is None:
        return Buyer.objects.none()
    buyers = Buyer.objects.filter(build=stands.build, storefront=stands.storefront)
    if channel is not None:
        buyers = buyers.filter(channel=channel)
    if segment:
        buyers = buyers.filter(segment=segment)
    return buyers.select_related("person", "channel", "storefront").order_by(
        "-revenue", "pk"
    )


def _links(stands: Standing, buyers: list[Buyer]) -> QuerySet[Link]:
    if stands.build is None:
        return Link.objects.none()
    return (
        Link.objects.as_of(stands.build.identity_moment)
        .filter(person__in=[buyer.person_id for buyer in buyers])
        .select_related("record")
    )


def _purchases(stands: Standing, somebody: Person) -> list[Buyer]:
    return list(
        Buyer.objects.filter(build=stands.build, person=somebody)
        .select_related("storefront", "channel")
        .order_by("-revenue", "pk")
    )


def _made_up_runs(links: list[Link]) -> set[int]:
    return set(
        SyncRun.objects.filter(
            pk__in={link.record.run for link in links}, stream__is_generated=True
        ).values_list("pk", flat=True)
    )


def _absorbed_by(somebody: Person) -> Merge | None:
    return (
        Merge.objects.as_of(None)
        .filter(absorbed=somebody)
        .select_related("kept")
        .order_by("-at")
        .first()
    )
