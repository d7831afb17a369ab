"""Rows in and out of the database many at a time: by a file of SQL, by COPY."""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection, models
from psycopg import Cursor, sql


def select(name: str, **parameters: Any) -> list[tuple[Any, ...]]:
    """Return the rows of ``sql/<name>.sql``."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(name), parameters)
        return list(cursor.fetchall())


def select_as_bytes(name: str, **parameters: Any) -> list[tuple[Any, ...]]:
    """Return the rows as the server keeps them, and not as text: half the time for bytes."""
    connection.ensure_connection()
    with Cursor(connection.connection) as cursor:
        cursor.execute(_statement(name).encode(), parameters, binary=True)
        return list(cursor.fetchall())


def change(name: str, **parameters: Any) -> int:
    """Run ``sql/<name>.sql`` and return how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(name), parameters)
        return int(cursor.rowcount)


def numbers(these: Iterable[int]) -> str:
    """Return numbers as the server reads a list of them: a tenth of the time for many.

    >>> numbers([3, -1])
    '{3,-1}'
    """
    return f"{{{','.join(map(str, these))}}}"


def copy(
    model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Add the rows to the model's table: a hundred thousand in about a second."""
    column_of = {field.name: field.column for field in model._meta.concrete_fields}
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(sql.Identifier(column_of[name] or name) for name in fields),
    )
    with connection.cursor() as cursor, cursor.copy(statement) as into:
        for row in rows:
            into.write_row(row)


@cache
def _statement(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text()
