"""The statements that merge an entity's gathered rows into its table.

Each row counts as if it came alone, in the order of the file. So pages of any size leave
the same rows and the same counts, and nobody has to remember the keys of a whole file:
what this run wrote stands in the table, with the run's number.
"""

from psycopg import sql

from measurement.entities import Entity
from measurement.mapping import parts
from measurement.mapping.names import database_column

# Which turn of ``turns_…`` is taken, for the statements compiled before it is known.
TURN = "plumbline.turn"


def doubled(entity: Entity) -> sql.Composable:
    """Return the statement that finds out whether a key stands in the page twice."""
    return sql.SQL(
        "select 1 from {table} group by {key} having count(*) > 1 limit 1"
    ).format(
        table=sql.Identifier(f"source_{entity.name}"),
        key=sql.SQL(", ").join(_key(entity)),
    )


def turns(entity: Entity, columns: tuple[str, ...]) -> sql.Composable:
    """Return the statement that numbers what each key is told to be, one after another.

    It leaves ``turns_…``. A row that repeats the one before it takes the same turn.
    """
    return sql.SQL(
        "create temp table {turns} on commit drop as"
        " select *, sum(news) over (partition by {key} order by line) as turn from"
        " (select *, (lag(row({told})) over (partition by {key} order by line)"
        " is distinct from row({told}))::int as news from {source}) s"
    ).format(
        turns=sql.Identifier(f"turns_{entity.name}"),
        source=sql.Identifier(f"source_{entity.name}"),
        key=sql.SQL(", ").join(_key(entity)),
        told=sql.SQL(", ").join(map(sql.Identifier, columns)),
    )


def one_turn(entity: Entity) -> sql.Composable:
    """Return the statement that makes ``source_…`` the rows whose turn it is."""
    return sql.SQL(
        "create temp view {source} as select distinct on ({key}) * from {turns}"
        " where turn = current_setting({setting})::int order by {key}, line"
    ).format(
        turns=sql.Identifier(f"turns_{entity.name}"),
        source=sql.Identifier(f"source_{entity.name}"),
        key=sql.SQL(", ").join(_key(entity)),
        setting=sql.Literal(TURN),
    )


def contradictions(
    entity: Entity, columns: tuple[str, ...], run: sql.Composable, *, in_turn: bool
) -> sql.Composable | None:
    """Return the statement that rejects what an earlier line of the file says otherwise.

    A later date is no contradiction but news, and an earlier one is old news.
    """
    told = _told(entity, columns)
    if not told:
        return None
    rows = sql.Identifier(f"source_{entity.name}")
    if in_turn:
        rows = sql.SQL(
            "(select * from {} where turn = current_setting({})::int)"
        ).format(sql.Identifier(f"turns_{entity.name}"), sql.Literal(TURN))  # type: ignore[assignment]
    return sql.SQL(
        "insert into gone select s.line, {field}, {reason} from {rows} s"
        " join {table} t on {same_key}"
        " where t.run = {run} and {differs} {same_date}"
    ).format(
        field=sql.Literal(entity.key[-1]),
        reason=sql.Literal(
            "An earlier line of the file has the same key and says something else; the "
            "earlier one counts."
        ),
        rows=rows,
        table=sql.Identifier(entity.table),
        same_key=_same_key(entity),
        run=run,
        differs=_differs(told),
        same_date=sql.SQL("and s.{0} is not distinct from t.{0}").format(_DATE)
        if _is_dated(columns)
        else sql.SQL(""),
    )


def merge(
    entity: Entity, columns: tuple[str, ...], run: sql.Composable, *, is_grain: bool
) -> sql.Composable:
    """Return the statement that writes what is new or differs, and nothing older.

    Rows that say nothing new are left out before the merge, which would fetch and hold
    each of them once more.
    """
    told = _told(entity, columns)
    news: sql.Composable = sql.SQL("t.id is null")
    matched: sql.Composable = sql.SQL("")
    if told:
        news = sql.SQL("t.id is null or ({} {})").format(
            _differs(told), _counts(columns, run, is_grain=is_grain)
        )
        matched = sql.SQL("when matched then update set {}, run = {}").format(
            sql.SQL(", ").join(
                sql.SQL("{0} = s.{0}").format(sql.Identifier(name)) for name in told
            ),
            run,
        )
    names, inserted = _inserted(entity, columns)
    return sql.SQL(
        "merge into {table} t using"
        " (select s.* from {source} s left join {table} t on {same_key} where {news}) s"
        " on {same_key} {matched}"
        " when not matched then insert ({names}, run) values ({inserted}, {run})"
    ).format(
        table=sql.Identifier(entity.table),
        source=sql.Identifier(f"source_{entity.name}"),
        run=run,
        same_key=_same_key(entity),
        news=news,
        matched=matched,
        names=names,
        inserted=inserted,
    )


_DATE = sql.Identifier("source_updated_at")


def _counts(
    columns: tuple[str, ...], run: sql.Composable, *, is_grain: bool
) -> sql.Composable:
    """Return the condition under which a row that differs is written.

    By the source's own date, if it gives one; a row without a date is older than any. Of
    two lines of a file that are of the same date, the first counts.
    """
    again = sql.SQL("t.run <> {}").format(run) if is_grain else sql.SQL("true")
    if not _is_dated(columns):
        return sql.SQL("and {}").format(again)
    return sql.SQL(
        "and (coalesce(s.{0} > t.{0}, s.{0} is not null and t.{0} is null)"
        " or s.{0} is not distinct from t.{0} and {1})"
    ).format(_DATE, again)


def _inserted(
    entity: Entity, columns: tuple[str, ...]
) -> tuple[sql.Composable, sql.Composable]:
    """Return the columns of a new row and their values: told ones, then defaults."""
    defaults = parts.defaults(entity, columns)
    told = [sql.Identifier("s", name) for name in columns]
    given = [sql.Literal(value) for value in defaults.values()]
    return (
        sql.SQL(", ").join(map(sql.Identifier, [*columns, *defaults])),
        sql.SQL(", ").join([*told, *given]),
    )


def _key(entity: Entity) -> list[sql.Identifier]:
    return [sql.Identifier(database_column(entity, name)) for name in entity.key]


def _told(entity: Entity, columns: tuple[str, ...]) -> list[str]:
    """Return the columns that say something of the row the key names."""
    key = {database_column(entity, name) for name in entity.key}
    return [name for name in columns if name not in key]


def _same_key(entity: Entity) -> sql.Composable:
    return sql.SQL(" and ").join(
        sql.SQL("t.{0} = s.{0}").format(name) for name in _key(entity)
    )


def _differs(told: list[str]) -> sql.Composable:
    ours, theirs = (
        sql.SQL(", ").join(sql.Identifier(alias, name) for name in told)
        for alias in ("t", "s")
    )
    return sql.SQL("({}) is distinct from ({})").format(ours, theirs)


def _is_dated(columns: tuple[str, ...]) -> bool:
    return "source_updated_at" in columns
