"""Every stream in a line: when it last came, and how much of it is mapped."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Max

from governance import dictionary
from governance.models import FieldMapping, SourceStream
from measurement.entities import ENTITIES
from measurement.models import ColumnProfile, SyncRun


@dataclass(frozen=True)
class Row:
    """One stream: what it last brought, and what of its columns becomes something."""

    stream: SourceStream
    run: SyncRun | None
    columns: int
    unmapped: Sequence[str]
    new: Sequence[str]
    # Fields without which no row can be, and that no rule fills.
    missing: Sequence[str]

    @property
    def grain(self) -> str:
        return self.stream.grain.replace("_", " ")

    @property
    def mapped(self) -> int:
        return self.columns - len(self.unmapped)

    @property
    def percent(self) -> int:
        return round(100 * self.mapped / self.columns) if self.columns else 0


def streams() -> list[Row]:
    """Return the streams, shop by shop. As many questions for one as for a hundred."""
    runs = SyncRun.objects.filter(state=SyncRun.State.DONE).values("stream")
    newest = SyncRun.objects.filter(
        pk__in=runs.annotate(last=Max("pk")).order_by().values("last")
    )
    last = {
        run.stream_id: run for run in newest.select_related("file").defer("mapping")
    }
    profiles: dict[int, list[ColumnProfile]] = defaultdict(list)
    for profile in ColumnProfile.objects.only(
        "stream_id", "name", "first_run_id", "last_run_id"
    ):
        profiles[profile.stream_id].append(profile)
    rules: dict[int, list[FieldMapping]] = defaultdict(list)
    for row in FieldMapping.objects.all():
        rules[row.stream_id].append(row)
    every = SourceStream.objects.select_related("system__storefront").order_by(
        "system__storefront__key", "system__kind", "system__key", "position", "key"
    )
    return [
        _row(each, last.get(each.pk), profiles[each.pk], rules[each.pk])
        for each in every
    ]


def _row(
    stream: SourceStream,
    run: SyncRun | None,
    profiles: Sequence[ColumnProfile],
    mappings: Sequence[FieldMapping],
) -> Row:
    newest = max((each.last_run_id for each in profiles), default=0)
    oldest = min((each.first_run_id for each in profiles), default=0)
    present = [each for each in profiles if each.last_run_id == newest]
    read = {name for row in mappings for name in dictionary.columns_of(row.rule)}
    written: dict[str, set[str]] = defaultdict(set)
    for row in mappings:
        written[row.entity].add(row.field)
    return Row(
        stream=stream,
        run=run,
        columns=len(present),
        unmapped=[each.name for each in present if each.name not in read],
        new=[each.name for each in present if each.first_run_id == newest != oldest],
        missing=_missing(stream, written),
    )


def _missing(stream: SourceStream, written: Mapping[str, set[str]]) -> list[str]:
    return [
        f"{entity}.{name}"
        for entity in sorted({stream.grain, *written} & set(ENTITIES))
        for name in sorted(ENTITIES[entity].mappable() - written.get(entity, set()))
        # A currency that is not said is the system's own.
        if ENTITIES[entity].needs(name) and name != "currency"
    ]
