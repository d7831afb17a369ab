"""Copies of tables that one transaction sees in their place, and nobody else.

PostgreSQL looks for a table among a connection's temporary ones first. So every statement
written for the tables reads and writes their copies: no row of theirs is locked, nothing
of it reaches the log or the disk's journal, and all of it is gone at the end.
"""

from collections.abc import Iterable

from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from psycopg import sql

_OURS = "public"


def stand_in_for(
    tables: Iterable[type[models.Model]], *, with_rows: bool = True
) -> None:
    """Put a copy in front of each table, until the transaction or savepoint ends.

    A table that has a copy keeps it. Without ``with_rows`` the copies begin empty.
    """
    with connection.cursor() as cursor:
        for model in tables:
            name = model._meta.db_table
            if not _has_copy(cursor, name):
                _copy(cursor, model, with_rows=with_rows)


def _has_copy(cursor: CursorWrapper, name: str) -> bool:
    cursor.execute("select to_regclass(%s) is not null", [f"pg_temp.{name}"])
    return bool(cursor.fetchall()[0][0])


def _copy(cursor: CursorWrapper, model: type[models.Model], *, with_rows: bool) -> None:
    name = model._meta.db_table
    ours, copy = sql.Identifier(_OURS, name), sql.Identifier("pg_temp", name)
    cursor.execute(
        sql.SQL(
            "create temp table {} (like {} including defaults including constraints"
            " including generated including identity) on commit drop"
        ).format(sql.Identifier(name), ours)
    )
    if with_rows:
        columns = sql.SQL(", ").join(map(sql.Identifier, _written(cursor, name)))
        cursor.execute(
            sql.SQL("insert into {} ({}) select {} from {}").format(
                copy, columns, columns, ours
            )
        )
    # After the rows: sorting them once is many times faster than finding each its place.
    for index in _indexes(cursor, name):
        cursor.execute(index)
    key = model._meta.pk
    if isinstance(key, models.AutoField) and key.column:
        cursor.execute(
            sql.SQL(
                "select setval(pg_get_serial_sequence({}, {}),"
                " (select coalesce(max({}), 0) + 1 from {}), false)"
            ).format(
                sql.Literal(f"pg_temp.{name}"),
                sql.Literal(key.column),
                sql.Identifier(key.column),
                copy,
            )
        )
    cursor.execute(sql.SQL("analyze {}").format(copy))


def _written(cursor: CursorWrapper, name: str) -> list[str]:
    """Return the columns that hold what was written, and not what is made of it."""
    cursor.execute(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0"
        " and not attisdropped and attgenerated = '' order by attnum",
        [f"{_OURS}.{name}"],
    )
    return [column for (column,) in cursor.fetchall()]


def _indexes(cursor: CursorWrapper, name: str) -> list[str]:
    """Return the statements that give the copy the table's key and its other indexes."""
    cursor.execute(
        "select case when indisprimary"
        " then format('alter table pg_temp.%%I add %%s', relname,"
        "   (select pg_get_constraintdef(c.oid) from pg_constraint c"
        "    where c.conindid = indexrelid and c.contype = 'p'))"
        " else replace(pg_get_indexdef(indexrelid), format(' ON %%I.', %s),"
        "   ' ON pg_temp.') end"
        " from pg_index join pg_class on pg_class.oid = indrelid"
        " where indrelid = %s::regclass",
        [_OURS, f"{_OURS}.{name}"],
    )
    return [statement for (statement,) in cursor.fetchall()]
