"""The engine's SQL says on Spark what it says on DuckDB: each statement is read there."""

import re
from importlib.resources import files

import pytest
import sqlglot
from sqlglot import exp

from identity.matching.engines import statement

LEVELS = sorted(
    path.name.removesuffix(".sql")
    for path in (files("identity.matching") / "sql").iterdir()
    if path.name.startswith("level_")
)
FILLED = {
    "x": "email",
    "swapped": "l_first = r_last and l_last = r_first",
    "short": "short_forms.one is not null",
    "guests": "l_guest or r_guest",
}
# Spark has no such function of its own; Splink's package for Spark brings both.
BROUGHT = {"jaro_winkler_similarity", "damerau_levenshtein"}


def on_spark(name: str) -> exp.Expression:
    """Return the level's expression as Spark reads what SQLGlot wrote for it."""
    (written,) = sqlglot.transpile(
        f"select {statement(name, FILLED)} as level from pairs", "duckdb", "spark"
    )
    return sqlglot.parse_one(written, "spark")


@pytest.mark.parametrize("name", LEVELS)
def test_a_level_is_written_for_spark_without_a_gap(name):
    found = on_spark(name)

    assert not re.search(r"\{\w+\}", found.sql("spark"))
    assert found.find(exp.Case) is not None


@pytest.mark.parametrize("name", LEVELS)
def test_a_level_needs_nothing_spark_does_not_have_but_what_is_brought(name):
    unknown = {call.name.lower() for call in on_spark(name).find_all(exp.Anonymous)}

    assert unknown <= BROUGHT
