"""What is wrong with the loading of what somebody answers for, as their desk shows it."""

from collections.abc import Iterator
from datetime import datetime

from governance.models import SourceStream
from governance.unwell import Mine, Sign, sign_of
from measurement import cadence
from measurement.models import SyncRun


def signs(mine: Mine, *, at: datetime) -> Iterator[Sign]:
    """Say what the last load of each stream came to, and which stream is late."""
    streams = _streams(mine, at)
    newest = (
        SyncRun.objects.filter(stream__in=streams)
        .exclude(state=SyncRun.State.RUNNING)
        .order_by("stream_id", "-started_at", "-pk")
        .distinct("stream_id")
        .only("stream_id", "state", "rows_in", "rejected", "started_at")
    )
    runs = {run.stream_id: run for run in newest}
    for stream in streams.values():
        words = [*_loaded(runs.get(stream.pk)), *_late(stream, at)]
        if words:
            yield sign_of("stream", str(stream), " ".join(words))


def _streams(mine: Mine, at: datetime) -> dict[int, SourceStream]:
    """Return the streams of whoever answers for them, or for their source."""
    streams, sources = mine.get("stream", frozenset()), mine.get("source", frozenset())
    wide = sources | {each.partition("/")[0] for each in streams}
    if not wide:
        return {}
    found = SourceStream.objects.filter(system__key__in=wide)
    return {
        each.pk: each
        for each in cadence.with_last_load(found, until=at).order_by(
            "system__key", "key"
        )
        if each.system.key in sources or str(each) in streams
    }


def _loaded(run: SyncRun | None) -> Iterator[str]:
    if run is None:
        return
    if run.state == SyncRun.State.FAILED:
        yield f"Its load of {run.started_at:%d %B} failed."
    if run.rejected:
        yield f"{run.rejected:,} of {run.rows_in:,} rows were turned away."


def _late(stream: SourceStream, at: datetime) -> Iterator[str]:
    if not cadence.is_late(stream, at=at):
        return
    last = cadence.last_load(stream)
    if last is None:
        yield "It is to send every day, and was never loaded."
    else:
        yield f"It is to send every day, and was last loaded on {last:%d %B %Y}."
