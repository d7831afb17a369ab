"""What a night left behind, told so that two nights can be compared row for row.

Numbers and moments that only say when a row came are left out: a page that was rolled
back has used some up.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.db import connection, models

from governance.models import SourceSystem
from measurement.entities import ENTITIES
from measurement.models import (
    ExchangeRate,
    KeptFile,
    Night,
    NightStep,
    RejectedRow,
    SeenKey,
    SyncRun,
)

type Row = tuple[str, ...]
type LeftBehind = dict[str, Counter[Row]]

COUNTS = ("state", "pages", "rows_in", "written", "unchanged", "rejected")
# By what a row that is pointed to is told.
_TOLD_BY = {SourceSystem: "key", ExchangeRate: "on"}


def left_behind(raw: Path) -> LeftBehind:
    """Return every row of the database now worked in, and every file kept in ``raw``."""
    return _canonical_rows() | {
        "run": _rows(SyncRun, "file__name", *COUNTS, "per_entity", "offset", "line"),
        "rejected row": _rows(
            RejectedRow, "run__file__name", "line", "field", "reason", "text"
        ),
        "key still counted": _rows(SeenKey, "entity", "key", "rows"),
        "kept file": Counter(
            (file.name, file.sha256, _digest(file)) for file in KeptFile.objects.all()
        ),
        "file half written": Counter(
            (path.name,) for path in raw.rglob("*.unfinished")
        ),
        "night": _rows(Night, "state"),
        "step": _rows(
            NightStep, "position", "task", "label", *COUNTS, "attempt", "message"
        ),
        "message": _messages(),
    }


def damage(*, whole: LeftBehind, found: LeftBehind) -> list[str]:
    """Return what differs from the whole, in words.

    >>> damage(whole={"order": Counter({("1",): 1})}, found={"order": Counter()})
    ['order: 1 lost']
    """
    said = []
    for name, rows in whole.items():
        lost, extra = rows - found[name], found[name] - rows
        if lost:
            said.append(f"{name}: {lost.total()} lost")
        if extra:
            said.append(f"{name}: {extra.total()} too many")
    return said


def _canonical_rows() -> LeftBehind:
    """Return the rows of every entity, each with the file it was last told by."""
    files = {
        str(run): name for run, name in SyncRun.objects.values_list("pk", "file__name")
    }
    return {
        name: Counter(
            (files[run], *told)
            for run, *told in _texts(entity.model, "run", *_columns(entity.model))
        )
        for name, entity in ENTITIES.items()
    }


def _columns(model: type[models.Model]) -> list[str]:
    told = []
    for column in model._meta.concrete_fields:
        if isinstance(column, models.ForeignKey):
            by = _TOLD_BY.get(column.related_model, "source_id")
            told.append(f"{column.name}__{by}")
        elif not column.primary_key and column.name != "run":
            told.append(column.name)
    return told


def _rows(model: type[models.Model], *columns: str) -> Counter[Row]:
    return Counter(_texts(model, *columns))


def _texts(model: type[models.Model], *columns: str) -> Iterator[Row]:
    for row in model._default_manager.values_list(*columns):
        yield tuple(map(str, row))


def _digest(file: KeptFile) -> str:
    return hashlib.sha256(Path(file.path).read_bytes()).hexdigest()


def _messages() -> Counter[Row]:
    """Return the tasks still asked for. The sweeper goes round for ever; it is no matter."""
    with connection.cursor() as cursor:
        cursor.execute("select message->'headers'->>'task' from pgmq.q_plumbline")
        asked = [task for (task,) in cursor.fetchall()]
    return Counter((task,) for task in asked if task != "measurement.revive")
