"""A large shop, made up from a seed: a snapshot's tables, and what the CRM says beside."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

HERE = Path(__file__).parent
# A snapshot holds these; of the CRM a comparison is told beside it.
SNAPSHOT = (
    "placed",
    "lines",
    "refunds",
    "costs",
    "visits",
    "storefronts",
    "months",
    "spend",
)
BESIDE = ("contacts", "stages")


def write(
    folder: Path, *, customers: int, channels: Sequence[str], seed: int
) -> dict[str, int]:
    """Write every table as Parquet; return how many rows each has.

    The same seed makes the same shop. What the CRM says stands in a folder within.
    """
    beside = folder / "beside"
    beside.mkdir(parents=True, exist_ok=True)
    rows = {}
    with duckdb.connect(":memory:", config={"memory_limit": "4GB"}) as duck:
        duck.execute("set enable_progress_bar = false")
        duck.execute("set variable customers = ?", [customers])
        duck.execute("set variable seed = ?", [seed])
        duck.execute("set variable channels = ?", [list(channels)])
        duck.execute((HERE / "chance.sql").read_text())
        for table in (*SNAPSHOT, *BESIDE):
            made = duck.sql((HERE / f"{table}.sql").read_text())
            file = (beside if table in BESIDE else folder) / f"{table}.parquet"
            made.write_parquet(str(file), compression="zstd")
            duck.read_parquet(str(file)).create_view(table)
            rows[table] = len(duck.table(table))
    return rows
