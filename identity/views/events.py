"""What was done to who is who, the last first; and one event in full."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from governance.people import asking
from identity import contacts, explaining, ledger, queue
from identity.models import IdentityEvent
from identity.views.review import page

ROWS = 50
_MOST = 2**63 - 1
_DAYS = (
    MinValueValidator(date(1970, 1, 1), "There was no ledger before 1970."),
    MaxValueValidator(date(2999, 12, 31), "That day is too far off."),
)
_KINDS = [("", "Anything"), *IdentityEvent.Kind.choices]
may_read = permission_required("identity.view_identityevent", raise_exception=True)


class Asked(forms.Form):
    """Which events somebody wants to see, as the address says it."""

    kind = forms.ChoiceField(required=False, choices=_KINDS, label="What")
    who = forms.CharField(required=False, max_length=150, label="Who")
    on = forms.DateField(
        required=False,
        label="On the day",
        validators=_DAYS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": "Write the day as 2026-03-31."},
    )
    run = forms.CharField(required=False, max_length=80, label="Run")
    person = forms.UUIDField(
        required=False,
        label="A person’s id",
        error_messages={"invalid": "That is no id of a person."},
    )
    before = forms.IntegerField(
        required=False, min_value=1, max_value=_MOST, widget=forms.HiddenInput
    )

    def events(self) -> QuerySet[IdentityEvent]:
        """Return the events that fit, the last first; none where it is not understood."""
        if not self.is_valid():
            return IdentityEvent.objects.none()
        said = self.cleaned_data
        wanted = Q()
        for name, column in (("kind", "kind"), ("who", "by_name"), ("run", "run")):
            if said[name]:
                wanted &= Q(**{column: said[name]})
        if said["on"]:
            wanted &= Q(at__gte=_begins(said["on"]))
            wanted &= Q(at__lt=_begins(said["on"] + timedelta(days=1)))
        if said["person"]:
            of_one = Q(person__public_id=said["person"])
            wanted &= of_one | Q(other__public_id=said["person"])
        if said["before"]:
            wanted &= Q(pk__lt=said["before"])
        # How both were before is read on the event's own page.
        found = IdentityEvent.objects.filter(wanted).defer("before", "after")
        return found.select_related("person", "other").order_by("-pk")


@may_read
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List what was done, the last first: what, when, by whom, why and to whom."""
    asked = Asked(request.GET)
    found = list(asked.events()[: ROWS + 1])
    rows = found[:ROWS]
    return page(
        request,
        "identity/events.html",
        {
            "asked": asked,
            "is_filtered": any(asked.data.get(name) for name in asked.fields),
            "is_newest": not asked.data.get("before"),
            "rows": rows,
            "older": rows[-1].pk if len(found) > ROWS else None,
        },
    )


@may_read
@require_safe
def show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one event in full: both as they were before and after, and what moved."""
    found = IdentityEvent.objects.select_related("person", "other", "undoes")
    event = get_object_or_404(found, public_id=public_id)
    reader = asking(request)
    return page(
        request,
        "identity/event.html",
        {
            "told": explaining.happening(event, may_see=contacts.may_see(reader)),
            "may_change": queue.may_decide(reader),
        },
    )


@may_read
@require_POST
def undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Undo a merge, or the undoing of one; a refusal is a sentence on the page."""
    event = get_object_or_404(IdentityEvent, public_id=public_id)
    is_undone = event.kind == IdentityEvent.Kind.UNMERGED
    turn = ledger.merge_again if is_undone else ledger.unmerge
    try:
        made = turn(
            event_id=event.pk,
            by=asking(request),
            reason=request.POST.get("reason", ""),
            at=timezone.now(),
        )
    except ledger.LedgerError as refused:
        messages.warning(request, str(refused))
        return redirect("identity:event", public_id)
    messages.success(request, f"{made.get_kind_display()}.")
    return redirect("identity:event", made.public_id)


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(settings.REPORTING_TIME_ZONE))
