"""Run a proposal about sources over the files that came, in copies of the tables.

The registry's tables get copies and are brought in line by the same code that lets a
request take effect; the files are loaded by the same statements as at night. So what is
seen here is what happens then, and nothing of it stays.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from governance import projections
from governance.kinds import OF_SOURCES
from governance.models import (
    FieldMapping,
    Operation,
    SourceStream,
    SourceSystem,
    Storefront,
)
from measurement import inbox, mapping, shadow, sync
from measurement.entities import ENTITIES
from measurement.mapping import StreamMapping
from measurement.models import RejectedRow, SeenKey, SyncRun
from measurement.sources import kept
from measurement.sources.unreadable import Unreadable

_REGISTRY = (Storefront, SourceSystem, SourceStream, FieldMapping)


class CannotRehearse(Exception):
    """The proposal cannot be run over the files; the message says why."""


@dataclass(frozen=True)
class Replayed:
    """One file that was loaded once more, and the lines its last run had rejected."""

    run: SyncRun
    rejected: frozenset[int]


@dataclass(frozen=True)
class Rehearsed:
    """What was loaded once more, and how many files loaded before the night finds no more.

    ``wrote`` counts the rows written anew by entity.
    """

    replayed: list[Replayed] = field(default_factory=list)
    wrote: Counter[str] = field(default_factory=Counter)
    out_of_reach: int = 0


@dataclass(frozen=True)
class Deadline:
    """When whoever rehearses has to be done, on the machine's own clock."""

    seconds: int
    ends: float

    @classmethod
    def after(cls, seconds: int) -> Self:
        return cls(seconds, time.monotonic() + seconds)

    def hold(self) -> None:
        """Have PostgreSQL end any statement that would go beyond it.

        Raises:
            CannotRehearse: it has passed.
        """
        left = self.ends - time.monotonic()
        if left <= 0:
            raise CannotRehearse(
                f"It takes more than the {self.seconds} s that a preview may take. Set "
                f"PREVIEW_SECONDS higher, and TASK_SECONDS with it."
            )
        with connection.cursor() as cursor:
            cursor.execute(
                "select set_config('statement_timeout', %s, true)",
                [str(int(left * 1000))],
            )


@dataclass(frozen=True)
class _Due:
    """A file whose rows become something else, and how; which were rejected so far."""

    stream: SourceStream
    described: StreamMapping
    path: Path
    rejected: frozenset[int]


@contextmanager
def rehearse(
    operations: Sequence[Operation], *, at: datetime, deadline: Deadline
) -> Iterator[Rehearsed]:
    """Let the block see every table as it would be after the night that follows.

    Raises:
        CannotRehearse: a mapping cannot be, a file cannot be read through it, or the
            deadline has passed.
    """
    try:
        with transaction.atomic():
            deadline.hold()
            yield _replay(operations, deadline, at)
            transaction.set_rollback(True)
    except (mapping.MappingError, sync.SyncError, Unreadable, OSError) as error:
        raise CannotRehearse(str(error)) from error
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") != _CANCELLED:
            raise
        deadline.hold()
        raise CannotRehearse(f"PostgreSQL ended a statement of it: {error}") from error


_CANCELLED = "57014"


def _replay(
    operations: Sequence[Operation], deadline: Deadline, at: datetime
) -> Rehearsed:
    before = {stream.pk: mapping.of_stream(stream) for stream in inbox.streams()}
    shadow.stand_in_for(_REGISTRY)
    projections.follow(each for each in operations if each.kind in OF_SOURCES)
    owned = mapping.owned_with(operations)
    due: list[_Due] = []
    touched: set[str] = set()
    out_of_reach = 0
    for stream in inbox.streams():
        now = mapping.of_stream(stream, owned=owned)
        held = before.get(stream.pk)
        if held is None or held.digest == now.digest:
            continue
        loaded, elsewhere = _loaded(stream)
        due += [_Due(stream, now, path, rejected) for path, rejected in loaded]
        touched |= {each.entity.name for one in (held, now) for each in one.entities}
        out_of_reach += elsewhere
    _stand_in(touched)
    rehearsed = Rehearsed(out_of_reach=out_of_reach)
    for each in due:
        _load(each, rehearsed, deadline, at)
    return rehearsed


def _stand_in(touched: set[str]) -> None:
    """Put copies in front of what the files write, and of what follows from it."""
    followers = {
        entity.name for entity in ENTITIES.values() if entity.rates_of in touched
    }
    shadow.stand_in_for(ENTITIES[name].model for name in sorted(touched | followers))
    shadow.stand_in_for((SeenKey, RejectedRow), with_rows=False)


def _loaded(stream: SourceStream) -> tuple[list[tuple[Path, frozenset[int]]], int]:
    """Return each file the night would load again, with the lines its last run rejected.

    Beside them, how many others were loaded. The night finds files in the inbox only.
    What lies there and was never loaded is news, and no matter of the proposal.
    """
    runs: dict[str, SyncRun] = {}
    done = stream.runs.filter(state=SyncRun.State.DONE).select_related("file")
    for run in done.order_by("pk"):
        runs[run.file.sha256] = run
    found: dict[str, Path] = {}
    for path in inbox.files(settings.INBOX, stream):
        sha256 = kept.digest_of(path)
        if sha256 in runs:
            found.setdefault(sha256, path)
    rejected = {
        sha256: frozenset(runs[sha256].rejects.values_list("line", flat=True))
        for sha256 in found
    }
    return [(path, rejected[sha256]) for sha256, path in found.items()], (
        len(runs) - len(found)
    )


def _load(due: _Due, rehearsed: Rehearsed, deadline: Deadline, at: datetime) -> None:
    file = kept.keep(due.path, encoding=due.stream.encoding, at=at)
    run = SyncRun(
        # No run is ever numbered so: what was written here is known by it.
        pk=-1 - len(rehearsed.replayed),
        stream=due.stream,
        file=file,
        columns=sync.columns_of(due.stream, file, due.described, name=due.path.name),
    )
    more = True
    while more:
        deadline.hold()
        more = sync.write_page(run, due.described, stream=due.stream).more
    rehearsed.wrote.update(run.per_entity)
    rehearsed.replayed.append(Replayed(run, due.rejected))
