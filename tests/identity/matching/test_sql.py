"""The SQL of the engine says on Spark what it says on DuckDB."""

from importlib.resources import files

import pytest
import sqlglot
from sqlglot import ErrorLevel

FOLDER = files("identity.matching") / "sql"
STATEMENTS = sorted(
    path.name for path in FOLDER.iterdir() if path.name.endswith(".sql")
)
FILLED = {
    "{x}": "first", "{swapped}": "false", "{short}": "false", "{guests}": "false",
    "{key}": "first, last", "{given}": "first is not null",
    "{own}": "length(email_mailbox)", "{level}": "0", "{joins}": "",
    "{day}": "1", "{month}": "2",
}  # fmt: skip


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_can_be_said_to_spark(name):
    text = (FOLDER / name).read_text()
    for key, value in FILLED.items():
        text = text.replace(key, value)
    text = f"select {text} as level from pairs" if name.startswith("level_") else text

    said = sqlglot.transpile(
        text, read="duckdb", write="spark", unsupported_level=ErrorLevel.RAISE
    )

    assert len(said) == 1
