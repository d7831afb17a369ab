"""Why records are one person, why two are not, and what a steward does about it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET, require_POST

from governance import dictionary
from governance.people import asking
from identity import contacts, effects, explaining, ledger, queue
from identity.explaining import Edge, Happened, WhyNot, WhyOne
from identity.ledger.refusals import require_steward
from identity.models import IdentityEvent, Link, Person
from measurement.models import CustomerRecord

# As many as anybody reads of one person; the rest is counted.
EDGES, EVENTS = 60, 40


@require_GET
def show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show why the person is one; ``?from=`` and ``?to=`` ask for a way, ``?not=`` why not.

    ``?as_of=`` asks it of a moment.
    """
    person = get_object_or_404(Person, public_id=public_id)
    reader = asking(request)
    as_of = _moment(request)
    why = explaining.why_one(person, as_of=as_of)
    asked = request.GET.get("not", "").strip()
    not_one = _why_not(request, why, asked) if asked else None
    response = render(
        request,
        "identity/person.html",
        {
            "section": "people",
            "why": why,
            "edges": why.edges[:EDGES],
            "happened": _with_effects(why.happened[:EVENTS]),
            "as_of": as_of,
            "as_of_written": request.GET.get("as_of", "").strip() if as_of else "",
            "now": _now(why),
            "way": _way(request, why),
            "asked": asked,
            "why_not": not_one,
            "shared": _shared(not_one, may_see=contacts.may_see(reader)),
            "may_change": as_of is None and queue.may_decide(reader),
        },
    )
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_POST
def undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Undo one of the person's merges."""

    def act(person: Person) -> str:
        event = _event(request, person)
        undone = ledger.unmerge(
            event_id=event.pk, by=asking(request), reason=_reason(request),
            at=timezone.now(),
        )  # fmt: skip
        return f"{undone.get_kind_display()}. No rule joins the two again."

    return _do(request, public_id, act)


@require_POST
def lock(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Want the person kept whoever they are joined with; or not any more."""

    def act(person: Person) -> str:
        turn = ledger.lock if person.locked_at is None else ledger.unlock
        turned = turn(
            person_id=person.pk, by=asking(request), reason=_reason(request),
            at=timezone.now(),
        )  # fmt: skip
        return f"{turned.get_kind_display()}."

    return _do(request, public_id, act)


@require_POST
def measure(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Have a worker measure what one of the person's events did to numbers."""

    def act(person: Person) -> str:
        require_steward(asking(request))
        effects.ask_did(
            event=_event(request, person), by=asking(request), at=timezone.now()
        )
        return "A worker measures it. Look again in a minute."

    return _do(request, public_id, act)


def _do(
    request: HttpRequest, public_id: UUID, act: Callable[[Person], str]
) -> HttpResponse:
    """Do what a button says, and lead back; a refusal is a sentence there."""
    person = get_object_or_404(Person, public_id=public_id)
    try:
        messages.success(request, act(person))
    except (ledger.LedgerError, effects.EffectsError) as refused:
        messages.warning(request, str(refused))
    return redirect("identity:person", public_id)


def _event(request: HttpRequest, person: Person) -> IdentityEvent:
    """Return the event the form names, if it is one about the person."""
    number = request.POST.get("event", "")
    is_number = number.isascii() and number.isdecimal() and len(number) < 19
    return get_object_or_404(
        IdentityEvent, pk=int(number) if is_number else 0, person=person
    )


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")


def _with_effects(
    happened: Sequence[Happened],
) -> list[tuple[Happened, effects.Effect | None]]:
    """Return each event with what it did to numbers; None, where it moves nobody."""
    moving = [
        each.event for each in happened if each.event.kind in IdentityEvent.OF_TWO
    ]
    told = effects.did(events=moving)
    return [(each, told.get(each.event.pk)) for each in happened]


def _now(why: WhyOne) -> Person | None:
    """Return whom the person went up in, if they did."""
    found = ledger.known_as(public_id=why.person.public_id, as_of=why.as_of)
    return None if found is None or found.pk == why.person.pk else found


def _way(request: HttpRequest, why: WhyOne) -> dict[str, Any] | None:
    """Return the way between the two records that are asked for; at first, the outermost."""
    if len(why.records) < 2:
        return None
    known = {str(record.pk): record for record in why.records}
    start = known.get(request.GET.get("from", ""), why.records[0])
    end = known.get(request.GET.get("to", ""), why.records[-1])
    edges: list[Edge] | None = why.path(start.pk, end.pk)
    likely = why.likely(start.pk, end.pk)
    return {
        "start": start,
        "end": end,
        "edges": edges,
        # Rounded down: nothing here is certain.
        "percent": None if likely is None else int(likely * 10_000) / 100,
    }


def _why_not(request: HttpRequest, why: WhyOne, asked: str) -> WhyNot | None:
    other = _record(asked, why)
    if other is None or not why.records:
        messages.warning(
            request,
            "Nobody is known by that. Give the id at the end of a person's address, or "
            "a record as its system and id: shop/4711.",
        )
        return None
    return explaining.why_not(why.records[0].pk, other, as_of=why.as_of)


def _shared(found: WhyNot | None, *, may_see: bool) -> list[tuple[str, str, bool]]:
    """Return the values both have as the reader is shown them, and which join nobody."""
    return [
        (
            each.kind.replace("_", " "),
            contacts.shown(each.kind, each.value, may_see=may_see),
            bool(each.set_aside),
        )
        for each in (found.shares if found else ())
    ]


def _record(asked: str, why: WhyOne) -> int | None:
    """Return a record of whom the reader names: a person's id, or a record's place."""
    try:
        public_id = UUID(asked.rstrip("/").rpartition("/")[2])
    except ValueError:
        system, _, source_id = asked.replace("\x00", "").partition("/")
        found = CustomerRecord.objects.filter(system__key=system, source_id=source_id)
        return found.values_list("pk", flat=True).first()
    person = ledger.known_as(public_id=public_id, as_of=why.as_of)
    if person is None:
        return None
    links = Link.objects.as_of(why.as_of).filter(person=person).order_by("record")
    return links.values_list("record", flat=True).first()


def _moment(request: HttpRequest) -> datetime | None:
    zone = ZoneInfo(settings.REPORTING_TIME_ZONE)
    try:
        return dictionary.moment_of(request.GET.get("as_of", ""), zone=zone)
    except dictionary.Unreadable as unreadable:
        messages.warning(request, str(unreadable))
        return None
