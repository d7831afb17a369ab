"""How well the numbers are fed: what is late, missing, doubled or turned away.

Asked of the tables as they stand, in as many questions for one source as for a hundred.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Min, Q, Sum

from governance import dictionary
from governance.models import FieldMapping, SourceStream
from identity.models import MatchCandidate
from measurement import cadence
from measurement.models import ColumnProfile, Night, RejectedRow, SyncRun
from measurement.workbench import listing

# How far back rejected rows are counted, and of how many reasons they are told.
LOOKED_BACK = timedelta(days=14)
REASONS = 10
NIGHTS = 14
# As many empty fields as anybody looks at.
FIELDS = 15


@dataclass(frozen=True)
class Fresh:
    """One stream: when it was loaded last, how long ago, and whether that is too long."""

    stream: SourceStream
    loaded: datetime | None
    hours: int | None
    is_late: bool
    rows: int
    rejected: int
    missing: Sequence[str]

    @property
    def ago(self) -> str:
        """Return how long ago it was, in the larger unit."""
        if self.hours is None:
            return "never"
        if self.hours < 48:
            return f"{self.hours} h"
        return f"{self.hours // 24} days"


@dataclass(frozen=True)
class Doubled:
    """Pairs that may be one person: what they wait for, how many, since when."""

    wants: str
    pairs: int
    oldest: datetime | None


@dataclass(frozen=True)
class Missing:
    """A mapped column that says nothing in some rows of the newest file."""

    stream: SourceStream
    column: str
    fields: tuple[str, ...]
    rows: int
    empty: int

    @property
    def percent(self) -> int:
        return round(100 * self.empty / self.rows)


@dataclass(frozen=True)
class TurnedAway:
    """Rows of one stream that could not be taken in, for one reason."""

    stream: str
    reason: str
    rows: int


@dataclass(frozen=True)
class Pipeline:
    """All of it at one moment."""

    fresh: tuple[Fresh, ...]
    doubled: tuple[Doubled, ...]
    missing: tuple[Missing, ...]
    turned_away: tuple[TurnedAway, ...]
    rows_in: int
    rejected: int
    nights: tuple[Night, ...]

    @property
    def late(self) -> int:
        return sum(one.is_late for one in self.fresh)

    @property
    def unfilled(self) -> int:
        """Return how many fields without which no row can be are filled by nothing."""
        return sum(len(one.missing) for one in self.fresh)

    @property
    def waiting(self) -> int:
        return sum(one.pairs for one in self.doubled)

    @property
    def oldest(self) -> datetime | None:
        return min((one.oldest for one in self.doubled if one.oldest), default=None)


def pipeline(*, at: datetime) -> Pipeline:
    """Return how well the numbers are fed at a moment."""
    since = at - LOOKED_BACK
    runs = SyncRun.objects.filter(started_at__gte=since, started_at__lte=at)
    read = runs.aggregate(
        rows_in=Sum("rows_in", default=0), rejected=Sum("rejected", default=0)
    )
    return Pipeline(
        fresh=_fresh(at),
        doubled=_doubled(),
        missing=_missing(),
        turned_away=_turned_away(since, at),
        rows_in=read["rows_in"],
        rejected=read["rejected"],
        nights=tuple(
            Night.objects.filter(started_at__lte=at)
            .order_by("-started_at", "-pk")
            .prefetch_related("steps")[:NIGHTS]
        ),
    )


def _fresh(at: datetime) -> tuple[Fresh, ...]:
    """Return every stream, the late ones first."""
    streams = cadence.with_last_load(SourceStream.objects.all(), until=at)
    loaded = {stream.pk: stream for stream in streams}
    found = []
    for row in listing.streams():
        stream = loaded[row.stream.pk]
        last = cadence.last_load(stream)
        found.append(
            Fresh(
                stream=row.stream,
                loaded=last,
                hours=None if last is None else int((at - last) / timedelta(hours=1)),
                is_late=cadence.is_late(stream, at=at),
                rows=row.run.rows_in if row.run else 0,
                rejected=row.run.rejected if row.run else 0,
                missing=row.missing,
            )
        )
    return tuple(sorted(found, key=lambda one: not one.is_late))


def _doubled() -> tuple[Doubled, ...]:
    grouped = (
        MatchCandidate.objects.open()
        .order_by()
        .values("wants")
        .annotate(pairs=Count("pk"), oldest=Min("found_at"))
        .order_by("-pairs", "wants")
    )
    return tuple(
        Doubled(
            wants=MatchCandidate.Wants(one["wants"]).label,
            pairs=one["pairs"],
            oldest=one["oldest"],
        )
        for one in grouped
    )


def _missing() -> tuple[Missing, ...]:
    """Return the mapped columns that say nothing most often, the emptiest first."""
    fills: dict[tuple[int, str], list[str]] = {}
    for mapping in FieldMapping.objects.only("stream_id", "rule", "entity", "field"):
        for column in dictionary.columns_of(mapping.rule):
            fields = fills.setdefault((mapping.stream_id, column), [])
            fields.append(f"{mapping.entity}.{mapping.field}")
    profiles = (
        ColumnProfile.objects.filter(filled__lt=F("rows"))
        .select_related("stream__system")
        .defer("samples", "words")
    )
    found = [
        Missing(
            stream=one.stream,
            column=one.name,
            fields=tuple(sorted(fills[one.stream_id, one.name])),
            rows=one.rows,
            empty=one.rows - one.filled,
        )
        for one in profiles
        if (one.stream_id, one.name) in fills
    ]
    found.sort(key=lambda one: (-one.empty / one.rows, str(one.stream), one.column))
    return tuple(found[:FIELDS])


def _turned_away(since: datetime, at: datetime) -> tuple[TurnedAway, ...]:
    grouped = (
        RejectedRow.objects.filter(
            Q(run__started_at__gte=since) & Q(run__started_at__lte=at)
        )
        .order_by()
        .values("run__stream__system__key", "run__stream__key", "reason")
        .annotate(rows=Count("pk"))
        .order_by("-rows", "reason")[:REASONS]
    )
    return tuple(
        TurnedAway(
            stream=f"{one['run__stream__system__key']}/{one['run__stream__key']}",
            reason=one["reason"],
            rows=one["rows"],
        )
        for one in grouped
    )
