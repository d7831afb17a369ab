"""The engine's SQL beyond one machine: each statement written for Spark, and answered there.

What answers may be Spark itself or whatever speaks its protocol. What the SQL is given
goes there as columns and comes back as columns; what is no SQL stays where it is.
"""

import socket
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pyarrow as pa
import sqlglot
from pyspark import cloudpickle
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler
from sqlglot import exp

from identity.matching.engines import NobodyAnswers

# Where Spark listens if nothing else is said; how many seconds it has to say so.
_PORT, _PATIENCE = 15002, 5
# DuckDB's functions that Spark has by another name.
_CALLED_THERE = {"HASH": "xxhash64"}


class Spark:
    """A session elsewhere that is asked as DuckDB is."""

    def __init__(self, session: SparkSession) -> None:
        self._session = session
        bring(session)

    def register(self, name: str, rows: pa.Table, /) -> object:
        """Make the rows the table of that name."""
        plain = _plain(rows)
        # Without rows Spark would guess at the columns.
        kept: pa.Table | list[object] = plain if len(plain) else []
        made = self._session.createDataFrame(kept, from_arrow_schema(plain.schema))
        made.createOrReplaceTempView(name)
        return self

    def unregister(self, name: str, /) -> object:
        """Forget the table of that name."""
        self._session.catalog.dropTempView(name)
        return self

    def sql(self, statement: str, /) -> "Answer":
        """Return what the statement, in DuckDB's SQL, says there."""
        return Answer(self._session.sql(written(statement)))


class Answer:
    """What a statement says: rows that are fetched when they are wanted."""

    def __init__(self, found: DataFrame) -> None:
        self._found = found

    def to_arrow_table(self) -> pa.Table:
        """Fetch the rows."""
        return self._found.toArrow()


@contextmanager
def at(address: str) -> Iterator[Spark]:
    """Open the Spark at the address, such as ``sc://spark.example.com:15002``.

    Raises:
        NobodyAnswers: there is none.
    """
    _call(address)
    session = SparkSession.builder.remote(address).create()
    try:
        yield Spark(session)
    finally:
        session.stop()


def _call(address: str) -> None:
    """Ask for a sign of life: Spark's own client would go on asking for minutes."""
    there = urlsplit(address)
    try:
        socket.create_connection(
            (there.hostname, there.port or _PORT), _PATIENCE
        ).close()
    except (OSError, ValueError) as error:
        raise NobodyAnswers(
            f"No Spark answers at {address}: {error}. Give an address such as "
            f"sc://spark.example.com:{_PORT}, or none to have DuckDB answer here."
        ) from error


def written(statement: str) -> str:
    """Return DuckDB's statement as Spark reads it.

    >>> written("select list(row) as rows from people group by hash(first)")
    'SELECT COLLECT_LIST(row) AS rows FROM people GROUP BY XXHASH64(first)'
    """
    read = sqlglot.parse_one(statement, "duckdb")
    for call in read.find_all(exp.Anonymous):
        call.set("this", _CALLED_THERE.get(call.name.upper(), call.name))
    for number in list(read.find_all(exp.Literal)):
        # DuckDB compares a fraction as a double; others may round the double to it.
        if number.is_number and "." in number.name:
            number.replace(exp.cast(number.copy(), "double"))
    return read.sql("spark", comments=False)


def bring(session: SparkSession) -> None:
    """Give the session the functions that DuckDB has and Spark does not."""
    # As they are, not by name: whoever works there knows rapidfuzz, but not this package.
    cloudpickle.register_pickle_by_value(  # type: ignore[no-untyped-call]
        sys.modules[__name__]
    )
    for name, function, returned in _BROUGHT:
        session.udf.register(name, function, returned)


# Spark asks a function of every row, whatever the ``case`` around it says first, so either
# text may be null. DuckDB compares bytes, and finds nothing alike in two empty texts.
def _likeness(one: str | None, other: str | None) -> float | None:
    if one is None or other is None:
        return None
    if not one:
        return 0.0
    return JaroWinkler.similarity(one.encode(), other.encode())


def _slips(one: str | None, other: str | None) -> int | None:
    if one is None or other is None:
        return None
    return DamerauLevenshtein.distance(one.encode(), other.encode())


def _bare(text: str | None) -> str | None:
    if text is None:
        return None
    apart = unicodedata.normalize("NFD", text)
    kept = (one for one in apart if not unicodedata.category(one).startswith("M"))
    return unicodedata.normalize("NFC", "".join(kept))


_BROUGHT: tuple[tuple[str, Callable[..., object], str], ...] = (
    # As SQLGlot writes it for Spark.
    ("jarowinkler_similarity", _likeness, "double"),
    ("damerau_levenshtein", _slips, "int"),
    ("strip_accents", _bare, "string"),
)


def _plain(rows: pa.Table) -> pa.Table:
    """Return the rows without dictionaries, which Spark's protocol does not carry."""
    kinds = [
        field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        for field in rows.schema
    ]
    return rows.cast(pa.schema(zip(rows.column_names, kinds, strict=True)))
