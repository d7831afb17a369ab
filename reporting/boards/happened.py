"""What happened to a board's numbers: definitions, who is who, and what people noted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Max, Min
from django.urls import reverse

from governance.models import Storefront
from identity.models import IdentityEvent
from reporting.models import Build, Note
from reporting.tables import marks

# So many people joined in one go are said beside numbers.
BIG_MERGE = 100


@dataclass(frozen=True)
class Happening:
    """One thing a chart is marked with: when, in words, and where to read on."""

    month: str
    on: date
    words: str
    address: str = ""
    note: Note | None = None

    @property
    def kind(self) -> str:
        if self.note is not None:
            return "note"
        return "definition" if "/changes/" in self.address else "people"


def happened(
    *, build: Build, storefront: Storefront, told: Sequence[marks.Told]
) -> list[Happening]:
    """Return all that is to be marked, the earliest first."""
    found = [
        *_definitions(told),
        *_merges(build),
        *_notes(Note.objects.standing().of(storefront).select_related("by")),
    ]
    return sorted(found, key=lambda one: (one.on, one.words))


def marks_of(
    happenings: Iterable[Happening], months: Sequence[str]
) -> list[dict[str, Any]]:
    """Return what a chart of these months is marked with: of each month one mark."""
    by_month: dict[str, list[Happening]] = {}
    for one in happenings:
        by_month.setdefault(one.month, []).append(one)
    return [
        {
            "at": place,
            "words": found[0].words if len(found) == 1 else f"{len(found)} events",
        }
        for place, month in enumerate(months)
        if (found := by_month.get(month))
    ]


def _definitions(told: Sequence[marks.Told]) -> list[Happening]:
    return [
        _on(
            one.since.astimezone(_zone()).date(),
            f"Definition changed: {one.title}",
            reverse("governance:request", args=[one.request_id]),
        )
        for one in told
    ]


def _merges(build: Build) -> list[Happening]:
    """Return each run that joined many, since something was published first."""
    first = Build.objects.filter(published_at__isnull=False).aggregate(
        first=Min("identity_moment")
    )["first"]
    runs = (
        IdentityEvent.objects.filter(
            kind=IdentityEvent.Kind.MERGED,
            at__gt=max(first or build.made_at, build.made_at - marks.MARKED_FOR),
            at__lte=build.identity_moment,
        )
        .exclude(run="")
        .order_by()
        .values("run")
        .annotate(people=Count("pk"), last=Max("at"))
        .filter(people__gte=BIG_MERGE)
    )
    return [
        _on(
            one["last"].astimezone(_zone()).date(),
            f"{one['people']:,} people were joined with another one ({one['run']})",
            reverse("identity:events"),
        )
        for one in runs
    ]


def _notes(notes: Iterable[Note]) -> list[Happening]:
    return [_on(note.on, note.text, note=note) for note in notes]


def _on(on: date, words: str, address: str = "", note: Note | None = None) -> Happening:
    return Happening(f"{on:%Y-%m}", on, words, address, note)


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.REPORTING_TIME_ZONE)
