"""Look at the columns of the files that came since somebody looked."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from django.db import transaction
from django.db.models import Max

from governance.models import SourceStream
from measurement.models import ColumnProfile, SyncRun
from measurement.sources import sampling
from measurement.sources.reading import PlainFile
from measurement.workbench import sensitivity, shapes


@transaction.atomic
def catch_up() -> list[SourceStream]:
    """Profile each stream whose last file nobody has looked at; return those streams.

    A file that is gone is left: its stream stays as it was last seen.
    """
    newest = (
        SyncRun.objects.filter(state=SyncRun.State.DONE)
        .order_by("stream_id", "-pk")
        .distinct("stream_id")
        .select_related("file", "stream")
    )
    looked_at = dict(
        ColumnProfile.objects.values_list("stream_id").annotate(Max("last_run_id"))
    )
    waiting = [run for run in newest if looked_at.get(run.stream_id, 0) < run.pk]
    sensitivities = sensitivity.of_fields() if waiting else {}
    return [run.stream for run in waiting if _profile(run, sensitivities)]


def last_file(run: SyncRun) -> PlainFile:
    """Return the file a run loaded, ready to be read."""
    file = run.file
    return PlainFile(
        Path(file.plain_path), file.name, file.layout, run.stream.delimiter
    )


def _profile(run: SyncRun, sensitivities: dict[str, str]) -> bool:
    try:
        rows = sampling.spread(last_file(run), run.columns)
    except FileNotFoundError:
        return False
    known = {each.name: each for each in run.stream.profiles.all()}
    told = sensitivity.open_columns(run.stream.mappings.all(), sensitivities)
    first = _first_runs(run, [name for name in run.columns if name not in known])
    values: Iterable[Sequence[str]] = (
        zip(*rows, strict=True) if rows else [()] * len(run.columns)
    )
    ColumnProfile.objects.bulk_create(
        [
            _of_column(run, position, name, first, known, column, told)
            for position, (name, column) in enumerate(
                zip(run.columns, values, strict=True)
            )
            # No rule can name a column without a name.
            if name
        ],
        update_conflicts=True,
        unique_fields=["stream", "name"],
        update_fields=[
            "position", "kind", "rows", "filled", "different", "odd", "shortest",
            "longest", "samples", "words", "last_run",
        ],
    )  # fmt: skip
    return True


def _of_column(
    run: SyncRun,
    position: int,
    name: str,
    first: dict[str, SyncRun],
    known: dict[str, ColumnProfile],
    values: Sequence[str],
    told: frozenset[str],
) -> ColumnProfile:
    if name in known and not values:
        # Of a file without rows nothing is learnt but that the column is still there.
        profile = known[name]
        profile.pk = None
    else:
        found = shapes.seen(values, with_words=name in told)
        profile = ColumnProfile(stream=run.stream, name=name)
        for part, value in vars(found).items():
            setattr(profile, part, list(value) if isinstance(value, tuple) else value)
        profile.first_run_id = (
            known[name].first_run_id if name in known else first[name].pk
        )
    profile.position, profile.last_run = position, run
    return profile


def _first_runs(run: SyncRun, names: Sequence[str]) -> dict[str, SyncRun]:
    """Return the first run of the stream that saw each of the columns."""
    found: dict[str, SyncRun] = {}
    if names:
        earlier = run.stream.runs.filter(pk__lte=run.pk).order_by("pk")
        for each in earlier.only("pk", "columns"):
            for name in each.columns:
                found.setdefault(name, each)
    return found
