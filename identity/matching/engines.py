"""What answers one run's SQL: DuckDB, or whatever else is asked as it is.

Each statement stands in a file of its own, in DuckDB's SQL.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Protocol

import duckdb
import pyarrow as pa

_AT_ONCE = 120_000


class NobodyAnswers(Exception):
    """There is no engine where one was looked for."""


class Answer(Protocol):
    """What a statement says."""

    def to_arrow_table(self) -> pa.Table:
        """Return it as columns."""


class Engine(Protocol):
    """Keeps tables, and answers statements about them."""

    def register(self, name: str, rows: pa.Table, /) -> object:
        """Make the rows the table of that name."""

    def unregister(self, name: str, /) -> object:
        """Forget the table of that name."""

    def sql(self, statement: str, /) -> Answer:
        """Return what the statement, in DuckDB's SQL, says."""


def engine(
    *, memory: str = "1500MB", threads: int | None = None
) -> duckdb.DuckDBPyConnection:
    """Return an engine for one run, that keeps what is too much for memory on disk."""
    settings: dict[str, str | bool | int | float | list[str]] = {"memory_limit": memory}
    if threads:
        settings["threads"] = threads
    opened = duckdb.connect(config=settings)
    # Nothing here depends on the order of rows, and keeping it costs memory.
    opened.execute("set preserve_insertion_order = false")
    return opened


@cache
def _text(name: str) -> str:
    return (files("identity.matching") / "sql" / f"{name}.sql").read_text("utf-8")


def statement(name: str, filled: Mapping[str, str] | None = None) -> str:
    """Return the statement of the file, each ``{name}`` in it filled in."""
    text = _text(name)
    for key, value in (filled or {}).items():
        text = text.replace("{" + key + "}", value)
    return text


def select(
    opened: Engine,
    name: str,
    tables: Mapping[str, pa.Table],
    filled: Mapping[str, str] | None = None,
) -> pa.Table:
    """Return what the statement says of the tables."""
    for table, rows in tables.items():
        opened.register(table, _in_batches(rows))
    try:
        return opened.sql(statement(name, filled)).to_arrow_table()
    finally:
        for table in tables:
            opened.unregister(table)


def _in_batches(rows: pa.Table) -> pa.Table:
    """Return the rows so many at a time: each core takes what is next."""
    batches = rows.combine_chunks().to_batches(max_chunksize=_AT_ONCE)
    return pa.Table.from_batches(batches, rows.schema)
