"""Runs a view's SQL over a snapshot, on DuckDB. For workers; no web process imports it.

Each run has a database of its own, in memory: a file would have one writer and many who
wait for it.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

SQL = Path(__file__).parent / "sql"

# Above this it spills to disk: measured no slower, and a worker stays small.
MEMORY_LIMIT = "512MB"
THREADS = 2
# Rows held in Python at a time.
PAGE = 20_000

Row = Mapping[str, Any]


class EngineError(Exception):
    """A view cannot be computed; the message says which and why."""


class UnknownView(EngineError):
    """There is no such file."""


class TooMuchMoney(EngineError):
    """A sum does not fit the engine's exact numbers."""


class Engine:
    """A database over one snapshot, for as long as a computation takes.

    What is kept lies in ``folder`` as columns, which are read as they are needed: kept in
    memory, all of it would be spilled and read again for a few of them.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, folder: Path | None = None
    ) -> None:
        self._connection = connection
        self._folder = folder

    def read(self, table: str, parquet: Path) -> None:
        """Let views find the file under that name."""
        self._connection.read_parquet(str(parquet)).create_view(table)

    def give(
        self, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[object]]
    ) -> None:
        """Let views find these rows under that name."""
        described = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        self._connection.execute(f"create table {table} ({described})")
        if rows:
            places = ", ".join("?" for _ in columns)
            self._connection.executemany(
                f"insert into {table} values ({places})", [list(row) for row in rows]
            )

    def keep(self, view: str, **parameters: object) -> None:
        """Compute a view that others build upon, and keep it under its last name."""
        name = Path(view).name
        with _in_words():
            if self._folder is None:
                self._connection.execute(
                    f"create table {name} as {text(view)}", parameters or None
                )
            else:
                parquet = self._folder / f"{name}.parquet"
                said = self._connection.sql(text(view), params=parameters or None)
                said.write_parquet(str(parquet))
                self.read(name, parquet)

    def see(self, view: str) -> None:
        """Let others build upon a view that is computed wherever it is read."""
        self._connection.execute(f"create view {Path(view).name} as {text(view)}")

    def mix(self, table: str, of: str) -> None:
        """Let views find under that name the rows ``before``, ``after``, or of a view."""
        said = text(of) if "/" in of else f"select * from {of}_{table}"
        self._connection.execute(f"create view {table} as {said}")

    def rows(self, view: str, **parameters: object) -> list[Row]:
        """Return what the view says."""
        return list(self._ask(text(view), parameters))

    def table(self, name: str) -> Iterator[Row]:
        """Return the rows of a kept view, a page in memory at a time."""
        yield from self._ask(f"select * from {name}", {})

    def _ask(self, statement: str, parameters: Mapping[str, object]) -> Iterator[Row]:
        # A cursor each: an unread result would block the connection for everybody else.
        with self._connection.cursor() as cursor, _in_words():
            cursor.execute(statement, dict(parameters) or None)
            names = [column[0] for column in cursor.description or ()]
            while page := cursor.fetchmany(PAGE):
                for row in page:
                    yield dict(zip(names, row, strict=True))


@contextmanager
def over(folder: Path) -> Iterator[Engine]:
    """Open an engine that sees every Parquet file of the folder as a table."""
    with (
        tempfile.TemporaryDirectory(prefix="plumbline-facts-") as facts,
        database() as connection,
    ):
        engine = Engine(connection, Path(facts))
        for parquet in sorted(folder.glob("*.parquet")):
            engine.read(parquet.stem, parquet)
        yield engine


@contextmanager
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an empty database that lives in memory and spills into a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="plumbline-engine-") as spill:
        connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": MEMORY_LIMIT,
                "threads": THREADS,
                "temp_directory": spill,
                # Everything it needs is in the wheel; it never asks the network.
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        try:
            yield connection
        finally:
            connection.close()


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
        raise TooMuchMoney(
            "Orders together took or gave back more than 9,223,372,036,854 of their "
            "currency, which is more than can be added up exactly. Mend the amounts at "
            "their source; the next file brings them in."
        ) from error


def text(view: str) -> str:
    """Return the SQL of a view.

    Raises:
        UnknownView: no file of that name stands in ``reporting/sql``.
    """
    file = SQL / f"{view}.sql"
    if not file.is_file():
        raise UnknownView(
            f"There is no view '{view}': reporting/sql/{view}.sql is missing. "
            f"Write it, or mend the name."
        )
    return file.read_text()
