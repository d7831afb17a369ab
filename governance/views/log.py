"""The log: who did what to which definition, role or request, for those who look after it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from governance import differences
from governance.kinds import label_of
from governance.models import GovernanceEvent
from governance.trust import trust

ROWS = 50
_MOST = 2**63 - 1
_DAYS = (
    MinValueValidator(date(1970, 1, 1), "There was no log before 1970."),
    MaxValueValidator(date(2999, 12, 31), "That day is too far off."),
)


@dataclass(frozen=True)
class Row:
    """An event, and what it changed: each part as it was and as it is."""

    event: GovernanceEvent
    changed: tuple[tuple[str, str, str], ...]


class Asked(forms.Form):
    """Which events somebody wants to see, as the address says it."""

    actor = forms.CharField(required=False, max_length=150, label="Who")
    verb = forms.CharField(required=False, max_length=40, label="Did")
    object = forms.CharField(required=False, max_length=300, label="To what")
    request = forms.IntegerField(
        required=False, min_value=1, max_value=_MOST, label="Request"
    )
    on = forms.DateField(
        required=False,
        label="On the day",
        validators=_DAYS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": "Write the day as 2026-03-31."},
    )
    before = forms.IntegerField(
        required=False, min_value=1, max_value=_MOST, widget=forms.HiddenInput
    )

    def events(self) -> QuerySet[GovernanceEvent]:
        """Return the events that fit, the newest first; none where it is not understood."""
        if not self.is_valid():
            return GovernanceEvent.objects.none()
        said = self.cleaned_data
        wanted = Q()
        for name in ("actor", "verb"):
            if said[name]:
                wanted &= Q(**{f"{name}__iexact": said[name]})
        if said["object"]:
            wanted &= Q(object_type__iexact=said["object"]) | Q(
                object_key__icontains=said["object"]
            )
        if said["request"]:
            wanted &= Q(request=said["request"])
        if said["on"]:
            wanted &= Q(at__gte=_begins(said["on"]))
            wanted &= Q(at__lt=_begins(said["on"] + timedelta(days=1)))
        if said["before"]:
            wanted &= Q(seq__lt=said["before"])
        return GovernanceEvent.objects.filter(wanted).order_by("-seq")


@require_safe
@permission_required("governance.view_governanceevent", raise_exception=True)
def index(request: HttpRequest) -> HttpResponse:
    """List what happened, the last first, and say how far the list is to be believed."""
    asked = Asked(request.GET)
    found = list(asked.events()[: ROWS + 1])
    rows = [Row(event, tuple(_changed(event))) for event in found[:ROWS]]
    response = render(
        request,
        "governance/log.html",
        {
            "section": "log",
            "asked": asked,
            "is_filtered": any(asked.data.get(name) for name in asked.fields),
            "is_newest": not asked.data.get("before"),
            "rows": rows,
            "older": rows[-1].event.seq if len(found) > ROWS else None,
            "trust": trust(),
        },
    )
    patch_cache_control(response, private=True, no_store=True)
    return response


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(settings.REPORTING_TIME_ZONE))


def _changed(event: GovernanceEvent) -> Iterator[tuple[str, str, str]]:
    before, after = dict(_parts(event.old)), dict(_parts(event.new))
    for name in {**before, **after}:
        was, is_now = before.get(name, ""), after.get(name, "")
        if was != is_now:
            yield name, was, is_now


def _parts(said: Any) -> Iterator[tuple[str, str]]:
    """Return each part of what an event holds by its name, as people read it."""
    match said:
        case dict():
            for name, value in said.items():
                if name == "body" and isinstance(value, dict):
                    yield from _parts(value)
                else:
                    yield label_of(name), differences.text(value)
        case list():
            for each in said:
                yield (
                    f"{each.get('kind', '')} {each.get('key', '')}",
                    differences.text(each.get("state")),
                )
