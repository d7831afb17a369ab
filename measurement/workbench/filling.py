"""How full the canonical fields are, by the stream that fills them, and since when."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from django.db import models, transaction
from django.db.models import Count, Max, Min, Q

from governance.models import FieldMapping, SourceStream
from governance.observed import Observation
from measurement.entities import ENTITIES, Entity
from measurement.models import FieldFill, SyncRun

# More rows than this are looked at in windows spread over the table.
_MOST_ROWS = 50_000
_WINDOWS = 40


@dataclass
class _Counted:
    """What the rows of one stream in one table say: how many, how many of each field."""

    rows: int = 0
    filled: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    # Runs that left rows which say nothing in a field.
    silent: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))


class Fills:
    """Answers for the dictionary how full a field is."""

    def of_field(self, key: str) -> Sequence[Observation]:
        """Return what each stream that fills the field has left of it."""
        entity, _, name = key.partition(".")
        fills = FieldFill.objects.filter(entity=entity, field=name)
        return [
            Observation(
                stream=str(fill.stream),
                rows=fill.rows,
                filled=fill.filled,
                last_filled_at=fill.last_filled_at,
            )
            for fill in fills.select_related("stream__system").order_by(
                "stream__system__key", "stream__position"
            )
        ]


@transaction.atomic
def measure(streams: Iterable[SourceStream], *, at: datetime) -> None:
    """Count anew what the tables hold that these streams write."""
    touched = FieldMapping.objects.filter(stream__in=list(streams))
    for name in touched.values_list("entity", flat=True).distinct().order_by("entity"):
        if name in ENTITIES:
            _measure(ENTITIES[name], at)
    _forget_unmapped()


def _measure(entity: Entity, at: datetime) -> None:
    mapped = list(
        FieldMapping.objects.filter(
            entity=entity.name, field__in=entity.mappable()
        ).select_related("stream")
    )
    fields = sorted({row.field for row in mapped})
    runs: dict[int, dict[int, datetime]] = defaultdict(dict)
    of_stream: dict[int, int] = {}
    streams = {row.stream_id for row in mapped}
    written = SyncRun.objects.filter(
        stream__in=streams, **{f"per_entity__{entity.name}__gt": 0}
    )
    for run, stream, began in written.values_list("pk", "stream_id", "started_at"):
        runs[stream][run], of_stream[run] = began, stream
    counted = _count(entity, fields, of_stream, _windows(entity))
    for stream in streams - set(counted):
        if runs[stream]:
            # Its rows lie between the windows.
            only = Q(run__in=list(runs[stream]))
            counted |= _count(entity, fields, of_stream, only)
    FieldFill.objects.bulk_create(
        [_fill(row, counted, runs[row.stream_id], at) for row in mapped],
        update_conflicts=True,
        unique_fields=["stream", "entity", "field"],
        update_fields=["rows", "filled", "last_filled_at", "measured_at"],
    )


def _fill(
    row: FieldMapping,
    counted: dict[int, _Counted],
    runs: dict[int, datetime],
    at: datetime,
) -> FieldFill:
    found = counted.get(row.stream_id, _Counted())
    filled = found.filled[row.field]
    spoke = [began for run, began in runs.items() if run not in found.silent[row.field]]
    return FieldFill(
        stream=row.stream,
        entity=row.entity,
        field=row.field,
        rows=found.rows,
        filled=filled,
        last_filled_at=max(spoke, default=None) if filled else None,
        measured_at=at,
    )


def _count(
    entity: Entity, fields: Sequence[str], of_stream: dict[int, int], only: Q
) -> dict[int, _Counted]:
    """Return per stream how many of the rows there are, and how many fill each field."""
    found: dict[int, _Counted] = defaultdict(_Counted)
    rows = entity.model._default_manager.filter(only).values("run").order_by()
    totals = rows.annotate(
        rows=Count("pk"),
        **{
            f"filled_{name}": Count("pk", filter=_says_something(entity, name))
            for name in fields
        },
    )
    for row in totals:
        if row["run"] not in of_stream:
            continue
        counted = found[of_stream[row["run"]]]
        counted.rows += row["rows"]
        for name in fields:
            filled = row[f"filled_{name}"]
            counted.filled[name] += filled
            if not filled:
                counted.silent[name].add(row["run"])
    return dict(found)


def _says_something(entity: Entity, name: str) -> Q:
    is_there = Q(**{f"{name}__isnull": False})
    if isinstance(entity.field(name), models.CharField | models.TextField):
        return is_there & ~Q(**{name: ""})
    return is_there


def _windows(entity: Entity) -> Q:
    """Return which rows are looked at: all, or runs of them spread over a large table."""
    ends = entity.model._default_manager.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None or ends["last"] - ends["first"] < _MOST_ROWS:
        return Q()
    found = Q()
    for begins, _ends in pairwise(_spread(ends["first"], ends["last"])):
        found |= Q(pk__gte=begins, pk__lt=begins + _MOST_ROWS // _WINDOWS)
    return found


def _spread(first: int, last: int) -> Iterator[int]:
    for window in range(_WINDOWS + 1):
        yield first + (last - first) * window // _WINDOWS


def _forget_unmapped() -> None:
    """Take out what no mapping fills any more."""
    still = FieldMapping.objects.filter(
        stream=models.OuterRef("stream"),
        entity=models.OuterRef("entity"),
        field=models.OuterRef("field"),
    )
    FieldFill.objects.filter(~models.Exists(still)).delete()
