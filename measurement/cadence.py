"""When a stream is late: one that sends every day, and was not loaded for a while."""

from datetime import datetime, timedelta

from django.db.models import Max, Q, QuerySet

from governance.models import SourceStream
from measurement.models import SyncRun

LATE_AFTER = timedelta(days=2)
_DAILY = "daily"


def with_last_load(
    streams: QuerySet[SourceStream], *, until: datetime
) -> QuerySet[SourceStream]:
    """Say beside each stream, as ``loaded``, when it was last loaded before a moment."""
    loaded = Max(
        "runs__started_at",
        filter=Q(runs__state=SyncRun.State.DONE, runs__started_at__lt=until),
    )
    return streams.select_related("system").annotate(loaded=loaded)


def is_late(stream: SourceStream, *, at: datetime) -> bool:
    """Return whether a stream of ``with_last_load`` is to send every day, and did not."""
    if stream.system.cadence != _DAILY:
        return False
    last = last_load(stream)
    return last is None or last < at - LATE_AFTER


def last_load(stream: SourceStream) -> datetime | None:
    """Return when a stream of ``with_last_load`` was last loaded; never, if None."""
    loaded: datetime | None = getattr(stream, "loaded", None)
    return loaded
