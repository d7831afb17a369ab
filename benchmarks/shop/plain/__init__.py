"""The rival: the same views, written by hand for PostgreSQL, over tables with indexes."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
import psycopg
from psycopg.rows import dict_row

HERE = Path(__file__).parent
VIEWS = (
    "lifetime_value",
    "cohorts",
    "repeat_rate",
    "time_to_second",
    "money",
    "three_models",
    "reconciliation",
    "stage_then",
)
# In the order of the columns of each table; what an order's lines took stands on it.
_READ = {
    "placed": "select order_id, order_rank, person_id, placed_us, placed_at, placed_on,"
    " month, is_purchase, shipping, tax, segment, coalesce(taken.sales, 0) from placed"
    " left join (select order_id, sum(sales) as sales from lines group by order_id)"
    " as taken using (order_id) order by order_id",
    "lines": "select order_id, placed_on, kind, product_id, kept, sales, discounts"
    " from lines",
    "refunds": "select refund_id, order_id, month, amount from refunds",
    "costs": "select product_id, valid_from, valid_until, cost from costs",
    "visits": "select touch_id, touch_rank, person_id, touched_us, channel from visits",
    "contacts": "select person_id, orders from contacts",
    "stages": "select person_id, stage, began_at from stages",
    "months": "select month, begins_on, ends_on from months",
}
_MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Ran:
    """Seconds of each view, and what it says."""

    seconds: Mapping[str, float]
    said: Mapping[str, list[dict[str, Any]]]


def run(folder: Path, channels: Sequence[str], *, url: str) -> Ran:
    """Bring the shop into an empty schema, then compute every view, one after another.

    The server has the settings it has; the session may use as much memory, and as many
    workers, as do it good.
    """
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as server:
        _fill(server, folder, channels)
        server.execute("set work_mem = '256MB'")
        server.execute("set max_parallel_workers_per_gather = 2")
        seconds, said = {}, {}
        for view in VIEWS:
            began = perf_counter()
            said[view] = server.execute(_text(view)).fetchall()
            seconds[view] = perf_counter() - began
    return Ran(seconds, said)


def _fill(
    server: psycopg.Connection[Any], folder: Path, channels: Sequence[str]
) -> None:
    server.execute(_text("tables"))
    with tempfile.TemporaryDirectory() as name, duckdb.connect() as duck:
        text = Path(name) / "table.csv"
        for parquet in folder.rglob("*.parquet"):
            duck.read_parquet(str(parquet)).create_view(parquet.stem)
        for table, read in _READ.items():
            duck.sql(read).write_csv(str(text), header=False)
            _copy(server, table, text)
    places = [(0, "unattributed"), *enumerate(channels, start=1)]
    with server.cursor() as cursor:
        cursor.executemany("insert into plain.channels values (%s, %s)", places)
    server.execute(_text("indexes"))


def _copy(server: psycopg.Connection[Any], table: str, text: Path) -> None:
    statement = f"copy plain.{table} from stdin (format csv)"
    with (
        server.cursor() as cursor,
        cursor.copy(statement) as rows,
        text.open("rb") as file,
    ):
        while block := file.read(_MEGABYTE):
            rows.write(block)


def _text(name: str) -> str:
    return (HERE / f"{name}.sql").read_text()
