"""How often each exact rule puts two records of one person together, and how often not."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

_RULES = (Path(__file__).parent / "safety.sql").read_text()


@dataclass(frozen=True)
class Rule:
    """How many pairs a rule finds, and which share of them, and of all, is right."""

    name: str
    pairs: int
    precision: float
    recall: float

    def __str__(self) -> str:
        return (
            f"{self.name:<36}{self.pairs:>10,} pairs  precision {self.precision:.5f}"
            f"  recall {self.recall:.3f}"
        )


def of(table: pa.Table) -> list[Rule]:
    """Return what each rule finds in a population whose truth is known."""
    with duckdb.connect() as connection:
        connection.register("people", table)
        found = connection.execute(_RULES).fetchall()
    return [Rule(*row) for row in found]
