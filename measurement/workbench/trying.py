"""Run a proposed mapping on rows of the last file, and keep nothing of what it wrote."""

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import DatabaseError, OperationalError, connection, transaction
from psycopg import sql

from governance import later
from governance.models import SourceStream, User
from measurement import mapping, rules, saving, staging
from measurement.mapping import StreamMapping
from measurement.mapping.names import column, is_one
from measurement.models import MappingTrial, SyncRun
from measurement.rules import Ordinal, Repeat
from measurement.sources.reading import Place, PlainFile
from measurement.sources.unreadable import Unreadable
from measurement.workbench import asking, comparing, profiling
from measurement.workbench.asking import Wanted
from measurement.workbench.comparing import Outcome

ROWS = 500
# Stands for a row of ours that a reference leads to.
FOUND = "found"
_LONGEST = 200


class CannotTry(Exception):
    """The mapping cannot be run on rows; the message says why."""


@transaction.atomic
def ask(
    *, stream: SourceStream, wanted: Sequence[Wanted], by: User, at: datetime
) -> MappingTrial:
    """Have a worker try the rules on rows. What the same person tried before is forgotten.

    Raises:
        AskingError: the rules are in force, or cannot be.
    """
    asking.refuse_unsound(stream, asking.proposed(stream, wanted))
    MappingTrial.objects.filter(stream=stream, asked_by=by).delete()
    trial = MappingTrial.objects.create(
        stream=stream,
        proposed=[each.said() for each in wanted],
        asked_by=by,
        asked_at=at,
    )
    later.ask("measurement.try_mapping", trial_id=trial.pk)
    return trial


def wanted_by(trial: MappingTrial) -> list[Wanted]:
    """Return the rules that were tried."""
    return [Wanted(**each) for each in trial.proposed]


def run(*, trial_id: int, at: datetime) -> MappingTrial | None:
    """Try a mapping that was asked for. Trying it twice tries it once.

    Returns:
        The trial; nothing where it was forgotten meanwhile.
    """
    with transaction.atomic():
        trial = (
            MappingTrial.objects.select_for_update(of=("self",))
            .select_related("stream__system__storefront")
            .filter(pk=trial_id)
            .first()
        )
        if trial is None or trial.state != MappingTrial.State.ASKED:
            return trial
        began = time.monotonic()
        try:
            trial.answer = _answer(trial)
        except CannotTry as error:
            trial.state, trial.message = MappingTrial.State.FAILED, str(error)
        else:
            trial.state = MappingTrial.State.TRIED
        trial.tried_at, trial.seconds = at, time.monotonic() - began
        trial.save()
        return trial


def _answer(trial: MappingTrial) -> dict[str, Any]:
    stream, wanted = trial.stream, wanted_by(trial)
    last = _last_run(stream)
    file = profiling.last_file(last)
    proposed = asking.mapping_with(stream, wanted)
    then = _outcome(trial, file, proposed)
    try:
        now = _outcome(trial, file, asking.mapping_of(stream))
    except CannotTry:
        # A stream without a mapping yet makes nothing of its rows.
        now = Outcome()
    compared = comparing.compared(wanted, now, then)
    changed = comparing.changed(compared, now, then)
    lines = comparing.to_show(changed, then)
    texts = _texts(file, _columns_read(stream, wanted), set(lines))
    return {
        "file": file.name,
        "rows": then.looked_at,
        "written": {name: n for name, n in then.written.items() if n},
        "filled": comparing.filled(compared, now, then),
        "changed": len(changed),
        "samples": comparing.samples(lines, compared, texts, now, then),
        "rejected_now": len(now.rejects),
        "rejected_then": len(then.rejects),
        "newly_rejected": len(set(then.rejects) - set(now.rejects)),
        "no_longer_rejected": len(set(now.rejects) - set(then.rejects)),
        "rejected_by": comparing.rejected_by(then),
        "rejects": comparing.rejects(now, then),
    }


def _last_run(stream: SourceStream) -> SyncRun:
    last = (
        stream.runs.filter(state=SyncRun.State.DONE)
        .select_related("file", "stream")
        .order_by("-pk")
        .first()
    )
    if last is None:
        raise CannotTry(
            f"No file of {stream} has been loaded yet, so there are no rows to try it on."
        )
    return last


def _outcome(
    trial: MappingTrial, file: PlainFile, written: Mapping[str, Mapping[str, Any]]
) -> Outcome:
    """Write the rows through the mapping, look at what became of them, and undo it.

    Raises:
        CannotTry: the mapping or the file cannot be.
    """
    try:
        described = mapping.describe(trial.stream, written)
        with connection.wrap_database_errors, transaction.atomic():
            _wait_for_nobody()
            outcome = _written(trial, file, described)
            transaction.set_rollback(True)
    except FileNotFoundError as error:
        raise CannotTry(
            f"The file {file.name} is no longer kept. Wait for the next one."
        ) from error
    except OperationalError as error:
        raise CannotTry(
            "A load was writing the same rows. Test again when it has ended."
        ) from error
    except DatabaseError as error:
        raise CannotTry(
            f"PostgreSQL refused what the mapping makes: {str(error).splitlines()[0]}"
        ) from error
    except (mapping.MappingError, saving.NotSaved, Unreadable) as error:
        raise CannotTry(str(error)) from error
    return outcome


def _wait_for_nobody() -> None:
    """Give up soon where a load holds the rows: a page of one takes seconds."""
    with connection.cursor() as cursor:
        cursor.execute("set local lock_timeout = '5s'")


def _written(trial: MappingTrial, file: PlainFile, described: StreamMapping) -> Outcome:
    columns = file.columns(described.columns())
    missing = [name for name in described.columns() if name not in columns]
    if missing:
        raise CannotTry(
            f"{file.name} has no column {', '.join(map(repr, missing))}. It has "
            f"{', '.join(columns)}."
        )
    # A run that never was: no row of it is kept.
    pretended = SyncRun(pk=-trial.pk, stream=trial.stream, columns=columns)
    staged = staging.stage(
        mapping=described, source=file, run=pretended, start=Place(), rows=ROWS
    )
    written = saving.write(pretended, staged)
    gone = _gone()
    return Outcome(
        written=dict(written.per_entity),
        # What an earlier line contradicts is found out when all is mapped.
        values={
            line: made for line, made in _values(described).items() if line not in gone
        },
        rejects=gone,
        looked_at=staged.rows_in,
    )


def _values(described: StreamMapping) -> dict[int, dict[str, str]]:
    """Return what the mapping made of each line, field by field, as text."""
    wanted: list[str] = []
    made: list[sql.Composable] = []
    for each in described.entities:
        applies = sql.Identifier(is_one(each.entity))
        references = each.entity.references()
        for name, rule in each.fields.items():
            if isinstance(rule.source, Ordinal | Repeat):
                # Counted when the page is written; no value of the row alone.
                continue
            held = sql.SQL("{}::text").format(sql.Identifier(column(each.entity, name)))
            if name in references and not described.brings(references[name], rule):
                # The number of a row in our tables tells nobody anything.
                held = sql.SQL("case when {} is not null then {} end").format(
                    sql.Identifier(column(each.entity, name)), sql.Literal(FOUND)
                )
            wanted.append(f"{each.entity.name}.{name}")
            made.append(
                sql.SQL("case when {} then left({}, {}) end").format(
                    applies, held, sql.Literal(_LONGEST)
                )
            )
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("select line, {} from mapped").format(sql.SQL(", ").join(made))
        )
        return {
            line: {key: value or "" for key, value in zip(wanted, values, strict=True)}
            for line, *values in cursor.fetchall()
        }


def _gone() -> dict[int, tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct on (line) line, field, reason from gone"
            " order by line, field, reason"
        )
        return {line: (name, reason) for line, name, reason in cursor.fetchall()}


def _columns_read(stream: SourceStream, wanted: Iterable[Wanted]) -> list[str]:
    """Return the columns that the rules read: those proposed, and those they replace."""
    before = asking.mapping_of(stream)
    found: dict[str, None] = {}
    for each in wanted:
        for rule in (each.rule, before.get(each.entity, {}).get(each.field)):
            if rule is not None:
                read = rules.read(rule, place=each.key)
                found.update(dict.fromkeys(rules.columns_of(read)))
    return list(found)


def _texts(
    file: PlainFile, read: Sequence[str], lines: set[int]
) -> dict[int, list[list[str]]]:
    columns = file.columns(read)
    places = [(name, columns.index(name)) for name in read if name in columns]
    found = {}
    for row in islice(file.rows(columns, Place()), ROWS):
        if isinstance(row, tuple) and row[0] in lines:
            found[row[0]] = [[name, row[2][place][:_LONGEST]] for name, place in places]
    return found
