"""Write one staged page into the canonical tables, and keep what was rejected of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import DataError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from measurement.mapping import TURN, Compiled, Grain, Lookup, Writer
from measurement.models import SyncRun
from measurement.sources.reading import Place, PlainFile
from measurement.staging import StagedPage

# A key told to be more things than this within a page is none.
_MOST_TURNS = 1_000


class NotSaved(Exception):
    """A page cannot be saved, and nothing of it was; the message says why."""


class RowsLost(NotSaved):
    """The rows of a page do not add up."""


class NoKey(NotSaved):
    """What the mapping takes for a key names many rows."""


@dataclass(frozen=True)
class Written:
    """What a page wrote: rows of its grain, rows of each entity, and what they miss.

    ``waits_for`` counts the rows that name one no file has brought, by system and entity.
    """

    rows: int
    per_entity: Counter[str]
    waits_for: Counter[str]


def write(run: SyncRun, staged: StagedPage) -> Written:
    """Map the staged rows and write every entity."""
    compiled = staged.compiled
    per_entity: Counter[str] = Counter()
    written = 0
    with connection.cursor() as cursor:
        _map(cursor, compiled)
        for statement in compiled.missing_rates:
            cursor.execute(statement)
        while _found(cursor, compiled.orphans):
            # A row that is an orphan itself is nobody's parent.
            continue
        waits_for = _led_nowhere(cursor, compiled.lookups)
        cursor.execute(compiled.reject)
        sound = staged.rows - cursor.rowcount
        for writer in compiled.writers:
            if writer.number is not None:
                cursor.execute(writer.number)
            cursor.execute(writer.gather)
            if writer.grain is not None:
                written = _write_grain(cursor, writer, writer.grain, run, sound)
                per_entity[writer.name] = written
            else:
                per_entity[writer.name] = _merge(cursor, writer)
        waits_for += _led_nowhere(cursor, compiled.waiting)
    return Written(written, per_entity, waits_for)


def _map(cursor: CursorWrapper, compiled: Compiled) -> None:
    """Make ``mapped``, trusting the texts first: nearly every page is sound."""
    try:
        with transaction.atomic():
            cursor.execute(compiled.map)
    except DataError:
        cursor.execute(compiled.map_with_care())


def _found(cursor: CursorWrapper, statements: Iterable[sql.Composable]) -> int:
    found = 0
    for statement in statements:
        cursor.execute(statement)
        found += cursor.rowcount
    return found


def _led_nowhere(cursor: CursorWrapper, lookups: tuple[Lookup, ...]) -> Counter[str]:
    if not lookups:
        return Counter()
    counts = [
        sql.SQL("count(*) filter (where {})").format(lookup.in_vain)
        for lookup in lookups
    ]
    cursor.execute(sql.SQL("select {} from mapped").format(sql.SQL(", ").join(counts)))
    found: Counter[str] = Counter()
    for lookup, rows in zip(lookups, cursor.fetchall()[0], strict=True):
        found[f"{lookup.system_id} {lookup.target}"] += rows
    return +found


def _write_grain(
    cursor: CursorWrapper, writer: Writer, grain: Grain, run: SyncRun, sound: int
) -> int:
    """Write the entity that each row is, and return how many rows were written."""
    gathered = _check_none_lost(cursor, writer.name, sound)
    cursor.execute(grain.doubled)
    if cursor.fetchall():
        return _write_in_turns(cursor, writer, grain)
    written = _merge(cursor, writer)
    # What this run has not written it cannot contradict.
    if run.written and written < gathered and grain.contradictions is not None:
        cursor.execute(grain.contradictions)
    return written


def _merge(cursor: CursorWrapper, writer: Writer) -> int:
    cursor.execute(writer.merge)
    written = int(cursor.rowcount)
    for statement in writer.follow if written else ():
        cursor.execute(statement)
    return written


def _write_in_turns(cursor: CursorWrapper, writer: Writer, grain: Grain) -> int:
    """Write a page in which a key stands twice, each row as if it came alone.

    Raises:
        NoKey: one key is told to be too many things.
    """
    cursor.execute(grain.turns)
    cursor.execute(
        sql.SQL("drop view {}").format(sql.Identifier(f"source_{writer.name}"))
    )
    cursor.execute(
        sql.SQL(
            "select max(turn), max(line) from {0} where turn = (select max(turn)"
            " from {0})"
        ).format(sql.Identifier(f"turns_{writer.name}"))
    )
    last, line = cursor.fetchall()[0]
    if last > _MOST_TURNS:
        raise NoKey(
            f"{last:,} rows up to line {line} have the same key and say different "
            f"things. The mapping of {writer.name} names rows by a column that names "
            f"none; map another one."
        )
    cursor.execute(grain.one_turn)
    written = 0
    for turn in range(1, int(last) + 1):
        cursor.execute("select set_config(%s, %s, true)", [TURN, str(turn)])
        written += _merge(cursor, writer)
        if grain.contradictions_in_turn is not None:
            cursor.execute(grain.contradictions_in_turn)
    return written


def _check_none_lost(cursor: CursorWrapper, grain: str, sound: int) -> int:
    """Return how many rows are gathered: every sound row that is one, once.

    Raises:
        RowsLost: a join lost rows or multiplied them.
    """
    cursor.execute(
        sql.SQL(
            "select (select count(*) from mapped),"
            " (select count(*) from mapped where {}), (select count(*) from {})"
        ).format(sql.Identifier(f"is_{grain}"), sql.Identifier(f"source_{grain}"))
    )
    mapped, applying, gathered = cursor.fetchall()[0]
    if mapped != sound or gathered != applying:
        raise RowsLost(
            f"Of {sound} sound rows {mapped} were mapped, and of {applying} that are a "
            f"{grain} {gathered} gathered. Nothing of the page was saved. An id stands "
            f"twice in a table the mapping looks rows up in."
        )
    return int(gathered)


def drop_page(compiled: Compiled) -> None:
    """Drop the page's tables and views: pages may share a transaction."""
    names = ["staged", "mapped", "gone", "gone_text"]
    for writer in compiled.writers:
        names.append(f"source_{writer.name}")
        names.append(f"seen_{writer.name}")
        names.append(f"turns_{writer.name}")
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname, relkind from pg_class"
            " where relnamespace = pg_my_temp_schema() and relname = any(%s)",
            [names],
        )
        # Views first: they stand on the tables.
        for name, kind in sorted(cursor.fetchall(), key=lambda found: found[1] != "v"):
            dropped = "drop view {}" if kind == "v" else "drop table {} cascade"
            cursor.execute(sql.SQL(dropped).format(sql.Identifier("pg_temp", name)))


def keep_rejects(
    staged: StagedPage, source: PlainFile, run_id: int, start: Place
) -> int:
    """Keep the rows that are gone, with the text that stood there; return how many."""
    with connection.cursor() as cursor:
        cursor.execute("select distinct line from gone order by line")
        lines = [line for (line,) in cursor.fetchall()]
        if not lines:
            return 0
        cursor.execute("create temp table gone_text (line bigint, text text)")
        copying = cursor.copy("copy gone_text from stdin")
        with connection.wrap_database_errors, copying as copy:
            rows = {line: staged.long_rows.get(line, 1) for line in lines}
            for line, text in source.texts(start, rows):
                copy.write_row((line, text.replace("\0", "\N{SYMBOL FOR NULL}")))
        cursor.execute(
            "insert into measurement_rejectedrow (run_id, line, field, reason, text)"
            " select distinct on (line) %s, line, field, reason, coalesce(text, '')"
            " from gone left join gone_text using (line) order by line, field, reason",
            [run_id],
        )
    return len(lines)
