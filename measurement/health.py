"""What loading has come to, for whoever reviews how well things are."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Sum

from governance.dictionary import columns_of
from governance.facts import Fact
from governance.models import FieldMapping, SourceStream
from measurement import cadence
from measurement.entities import ENTITIES
from measurement.models import Night, SyncRun

_NAMED = 8


class Loading:
    """What came in, what did not, and what nobody has a use for."""

    title = "Loading"

    def facts(self, *, since: datetime, until: datetime) -> Iterator[Fact]:
        yield _rejected(since, until)
        yield _failed(since, until)
        yield _silent(until)
        yield _unmapped()


def fields_read() -> list[str]:
    """Return the fields by which the loading tells which of two rows is the newer."""
    return [
        f"{entity.name}.source_updated_at"
        for entity in ENTITIES.values()
        if "source_updated_at" in entity.mappable()
    ]


def _rejected(since: datetime, until: datetime) -> Fact:
    runs = (
        SyncRun.objects.filter(started_at__gte=since, started_at__lt=until)
        .values("stream__system__key", "stream__key")
        .annotate(read=Sum("rows_in"), lost=Sum("rejected"))
        .order_by("-lost", "stream__system__key", "stream__key")
    )
    rows = list(runs)
    read, lost = (sum(each[what] for each in rows) for what in ("read", "lost"))
    return Fact(
        "Rejected rows", f"{lost:,}", f"of {read:,} read", lost == 0,
        tuple(
            (_name(each), f"{each['lost']:,} of {each['read']:,}")
            for each in rows[:_NAMED]
            if each["lost"]
        ),
    )  # fmt: skip


def _failed(since: datetime, until: datetime) -> Fact:
    nights = Night.objects.filter(started_at__gte=since, started_at__lt=until)
    failed = nights.filter(state=Night.State.FAILED)
    return Fact(
        "Nights that failed", f"{failed.count()}", f"of {nights.count()}",
        not failed.exists(),
        tuple(
            (str(night), f"{night.started_at:%d %B %Y}")
            for night in failed.order_by("-started_at")[:_NAMED]
        ),
    )  # fmt: skip


def _silent(until: datetime) -> Fact:
    """Return the streams that send every day, and did not lately, or never."""
    streams = SourceStream.objects.order_by("system__key", "key")
    silent = [
        stream
        for stream in cadence.with_last_load(streams, until=until)
        if cadence.is_late(stream, at=until)
    ]
    return Fact(
        "Streams that fell silent", f"{len(silent)}",
        f"daily, and not loaded for {cadence.LATE_AFTER.days} days", not silent,
        tuple((str(stream), _last(stream)) for stream in silent[:_NAMED]),
    )  # fmt: skip


def _last(stream: SourceStream) -> str:
    last = cadence.last_load(stream)
    return f"last {last:%d %B %Y}" if last else "never loaded"


def _unmapped() -> Fact:
    """Return the columns of the newest files that no mapping reads."""
    read: dict[int, set[str]] = {}
    for mapping in FieldMapping.objects.only("stream_id", "rule"):
        read.setdefault(mapping.stream_id, set()).update(columns_of(mapping.rule))
    newest = (
        SyncRun.objects.filter(state=SyncRun.State.DONE)
        .order_by("stream_id", "-started_at", "-pk")
        .distinct("stream_id")
        .select_related("stream__system")
        .defer("mapping")
    )
    unread = {
        str(run.stream): [
            column
            for column in run.columns
            if column not in read.get(run.stream_id, set())
        ]
        for run in newest
    }
    found = {stream: columns for stream, columns in unread.items() if columns}
    return Fact(
        "Columns nobody maps", f"{sum(map(len, found.values()))}",
        "sent in the newest files, and read by no mapping", True,
        tuple(
            (stream, ", ".join(columns[:_NAMED]))
            for stream, columns in sorted(found.items())[:_NAMED]
        ),
    )  # fmt: skip


def _name(row: Mapping[str, Any]) -> str:
    return f"{row['stream__system__key']}/{row['stream__key']}"
