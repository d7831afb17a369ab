"""What changed under the numbers of a page, as their charts and tables are marked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db.models import F, Func, Q, TextField, Value

from governance.models import Kind, SourceSystem, Storefront
from reporting.models import Annotation, Build
from reporting.tables.definitions import NAMES, place

# A year's comparison, and a month to make it in.
MARKED_FOR = timedelta(days=396)

# What other definitions than its own are called beside a number.
_CALLED: dict[str, str] = {
    Kind.ATTRIBUTION: "attribution model",
    Kind.CAMPAIGN_RULE: "channel rules",
    Kind.MAPPING: "field mapping",
    Kind.OWNERSHIP: "field ownership",
    Kind.SOURCE: "source",
    Kind.STREAM: "stream",
}
# These have the key of their system in front.
_OF_ONE_SYSTEM = (Kind.SOURCE, Kind.STREAM, Kind.MAPPING)
_SYSTEM = Func(
    F("key"), Value("/"), Value(1), function="split_part", output_field=TextField()
)


@dataclass(frozen=True)
class Changed:
    """One definition that says something else: what it is, and how it differs."""

    kind: str
    key: str
    before: int | None
    after: int
    text: str

    @property
    def label(self) -> str:
        return Kind(self.kind).label


@dataclass(frozen=True)
class Mark:
    """One number means something else since a moment; ``own`` is its own definition."""

    metric: str
    name: str
    comparison: str
    since: datetime
    request_id: int
    own: Changed | None
    called: str

    @property
    def words(self) -> str:
        """Return what stands on the pill."""
        what = f"version {self.own.after}" if self.own else f"new {self.called}"
        return f"{what}, {self.comparison}"


@dataclass(frozen=True)
class Told:
    """One request that changed what numbers mean, with all that is to be said of it."""

    request_id: int
    title: str
    since: datetime
    changed: tuple[Changed, ...]
    marks: tuple[Mark, ...]

    @property
    def comparisons(self) -> list[tuple[str, list[Mark]]]:
        """Return what becomes of earlier charts, with the numbers of which it is so."""
        kept = Annotation.Comparison.values
        return [
            (comparison, alike)
            for comparison in kept
            if (alike := [each for each in self.marks if each.comparison == comparison])
        ]


def told(
    build: Build | None, metrics: Sequence[str], *, at: Storefront | None = None
) -> list[Told]:
    """Return the requests that changed what these numbers mean, the newest first.

    With ``at``, those alone that changed what they mean at that storefront: what another
    one's systems send is no matter of its numbers.
    """
    if build is None:
        return []
    annotations = Annotation.objects.filter(
        metric__in=metrics, since__gt=build.made_at - MARKED_FOR
    ).select_related("request")
    if at is not None:
        annotations = annotations.alias(system=_SYSTEM).filter(
            ~Q(kind__in=_OF_ONE_SYSTEM)
            | Q(system__in=SourceSystem.objects.filter(storefront=at).values("key"))
        )
    in_order = sorted(
        annotations,
        key=lambda one: (-one.build_id, -one.request_id, place(one.metric), one.pk),
    )
    found = [
        _told(list(alike))
        for _, alike in groupby(
            in_order, key=lambda one: (one.build_id, one.request_id)
        )
    ]
    return sorted(found, key=lambda one: one.since, reverse=True)


def newest(told: Iterable[Told]) -> dict[str, Mark]:
    """Return the newest mark of each number."""
    found: dict[str, Mark] = {}
    for one in told:
        for mark in one.marks:
            found.setdefault(mark.metric, mark)
    return found


def of(told: Iterable[Told], metric: str) -> list[Mark]:
    """Return every mark of one number, the newest first."""
    return [mark for one in told for mark in one.marks if mark.metric == metric]


def month_of(mark: Mark, zone: ZoneInfo) -> str:
    """Return the month from which it counts, as cohorts are named."""
    return f"{mark.since.astimezone(zone):%Y-%m}"


def _told(alike: Sequence[Annotation]) -> Told:
    request = alike[0].request
    changed = dict.fromkeys(_changed(one) for one in alike)
    return Told(
        request_id=request.pk,
        title=request.title,
        since=min(one.since for one in alike),
        changed=tuple(changed),
        marks=tuple(
            _mark(list(of_metric))
            for _, of_metric in groupby(alike, key=lambda one: one.metric)
        ),
    )


def _mark(of_metric: Sequence[Annotation]) -> Mark:
    own = next((one for one in of_metric if one.kind == Kind.KPI), None)
    first = own or of_metric[0]
    return Mark(
        metric=first.metric,
        name=NAMES.get(first.metric, first.metric),
        comparison=first.comparison,
        since=first.since,
        request_id=first.request_id,
        own=_changed(own) if own else None,
        called=_CALLED.get(first.kind, "definition"),
    )


def _changed(one: Annotation) -> Changed:
    return Changed(one.kind, one.key, one.before, one.after, one.text)
