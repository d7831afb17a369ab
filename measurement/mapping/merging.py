"""The statements that settle an entity's gathered rows and merge them into its table."""

from psycopg import sql

from measurement.entities import Entity
from measurement.mapping import parts
from measurement.mapping.described import EntityMapping


def orphans(
    made: EntityMapping, needed: list[str], run: sql.Composable
) -> sql.Composable | None:
    """Return the statement that rejects rows whose parent did not come to be."""
    if not needed:
        return None
    table = sql.Identifier(f"source_{made.entity.name}")
    return sql.SQL(
        "with gone as (delete from {table} where {missing} returning line)"
        " insert into measurement_rejectedrow (run_id, line, field, reason, text)"
        " select distinct {run}, line, {field}, {reason}, '' from gone"
        " on conflict (run_id, line) do nothing"
    ).format(
        table=table,
        missing=sql.SQL(" or ").join(
            sql.SQL("{} is null").format(sql.Identifier(name)) for name in needed
        ),
        field=sql.Literal(needed[0].removesuffix("_id")),
        reason=sql.Literal(
            f"The {needed[0].removesuffix('_id')} it belongs to is in no file yet."
        ),
        run=run,
    )


def _key(entity: Entity) -> list[sql.Identifier]:
    return [sql.Identifier(parts.database_column(entity, name)) for name in entity.key]


def doubled(entity: Entity) -> sql.Composable:
    return sql.SQL(
        "select 1 from {table} group by {key} having count(*) > 1 limit 1"
    ).format(
        table=sql.Identifier(f"source_{entity.name}"),
        key=sql.SQL(", ").join(_key(entity)),
    )


def keep_last(
    entity: Entity, columns: tuple[str, ...], run: sql.Composable
) -> sql.Composable:
    """Return the statement that leaves one row per key: the newest, then the last.

    A row that says something else, and is not older by its own date, is rejected: the
    file contradicts itself.
    """
    dated = "source_updated_at" in columns
    ranked = sql.SQL(
        "with ranked as (select ctid, line, row({said}) as said,"
        " first_value(row({said})) over newest as kept,"
        " first_value(line) over newest as kept_line,"
        " row_number() over newest as place from {table}"
        " window newest as (partition by {key} order by {order} line desc)),"
        " gone as (delete from {table} t using ranked r"
        " where t.ctid = r.ctid and r.place > 1"
        " returning r.line, r.kept_line, r.said is distinct from r.kept as differs)"
    ).format(
        said=sql.SQL(", ").join(map(sql.Identifier, columns)),
        table=sql.Identifier(f"source_{entity.name}"),
        key=sql.SQL(", ").join(_key(entity)),
        order=sql.SQL("source_updated_at desc nulls last," if dated else ""),
    )
    if dated:
        return ranked + sql.SQL(" select count(*) from gone")
    return ranked + sql.SQL(
        " insert into measurement_rejectedrow (run_id, line, field, reason, text)"
        " select {run}, line, {field}, concat('Line ', kept_line, ' has the"
        " same key and says something else; the later line counts.'), ''"
        " from gone where differs on conflict (run_id, line) do nothing"
    ).format(field=sql.Literal(entity.key[-1]), run=run)


def merge(
    entity: Entity, columns: tuple[str, ...], run: sql.Composable
) -> sql.Composable:
    """Return the statement that writes what is new or differs, and nothing older.

    Rows that say nothing new are left out before the merge, which would fetch and hold
    each of them once more.
    """
    key = {parts.database_column(entity, name) for name in entity.key}
    told = [name for name in columns if name not in key]
    same_key = sql.SQL(" and ").join(
        sql.SQL("t.{0} = s.{0}").format(name) for name in _key(entity)
    )
    news: sql.Composable = sql.SQL("t.id is null")
    matched: sql.Composable = sql.SQL("")
    if told:
        news = sql.SQL("t.id is null or (({}) is distinct from ({}) {})").format(
            _listed("t", told), _listed("s", told), _newer(columns)
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
        same_key=same_key,
        news=news,
        matched=matched,
        names=names,
        inserted=inserted,
    )


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


def _newer(columns: tuple[str, ...]) -> sql.Composable:
    if "source_updated_at" not in columns:
        return sql.SQL("")
    return sql.SQL(
        "and (t.source_updated_at is null or s.source_updated_at is null"
        " or s.source_updated_at >= t.source_updated_at)"
    )


def _listed(alias: str, names: list[str]) -> sql.Composable:
    return sql.SQL(", ").join(sql.Identifier(alias, name) for name in names)
