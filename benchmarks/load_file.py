"""How fast a file of a million orders is loaded, beside a bare typed COPY of it.

Every figure is the median of three, taken in one run: read the ratios, not the seconds.
"""

import os
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import django

from measurement import postgres

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
TIMES = 3
HERE = Path(__file__).resolve().parent

_TYPED = """
create table bare (
    order_id text, customer_id text, created_at timestamp, currency text, status text,
    shipping numeric, tax numeric
)
"""


@dataclass(frozen=True)
class Figure:
    """One measured figure, its goal, and what it was measured beside."""

    name: str
    value: float
    unit: str
    goal: float
    at_least: bool
    rival: str

    @property
    def is_met(self) -> bool:
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        verdict = "met" if self.is_met else "MISSED"
        return (
            f"{self.name:<44} {self.value:>12,.2f} {self.unit:<8} goal {sign} "
            f"{self.goal:,g} {verdict}  ({self.rival})"
        )


def write_orders(path: Path, *, rows: int, note: str = "") -> None:
    """Write the orders; ``note`` changes bytes and nothing a mapping reads."""
    rng = random.Random(7)
    with path.open("w") as file:
        file.write(
            "order_id,customer_id,created_at,currency,status,shipping,tax,note\n"
        )
        for number in range(rows):
            day, second = rng.randrange(365), rng.randrange(86_400)
            moment = time.strftime(
                "%Y-%m-%d %H:%M:%S", time.gmtime(1_735_689_600 + day * 86_400 + second)
            )
            file.write(
                f"H-{number + 100_000},{rng.randrange(50_000)},{moment},USD,paid,"
                f"{rng.randrange(1_000) / 100},{rng.randrange(5_000) / 100},{note}\n"
            )


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure(folder: Path) -> list[Figure]:
    """Load the file in every way, and return what it took."""
    from django.db import connections, transaction
    from django.utils import timezone

    from measurement import rates, registry, sync
    from measurement.models import Order
    from tests import databases

    first, other = folder / "orders.csv", folder / "orders-again.csv"
    customers = folder / "customers.csv"
    write_orders(first, rows=ROWS)
    write_orders(other, rows=ROWS, note="other")
    customers.write_text("id\n" + "".join(f"{n}\n" for n in range(50_000)))

    def bare_copy() -> float:
        with connections["owner"].cursor() as cursor:
            cursor.execute("drop table if exists bare")
            cursor.execute(_TYPED.replace("tax numeric", "tax numeric, note text"))
            return seconds(lambda: _copy(cursor, first))

    def load(path: Path) -> tuple[float, int]:
        written = 0

        def work() -> None:
            nonlocal written
            for run in sync.load(stream=orders, path=path, at=timezone.now()):
                written = run.written

        return seconds(work), written

    bare, loads, unchanged, identical = [], [], [], []
    for attempt in range(TIMES):
        name = f"bench_{os.getpid()}_{attempt}"
        databases.copy(name)
        with databases.working_in(name):
            with transaction.atomic():
                rates.load()
            system = registry.register(HERE / "orders.toml").system
            orders = system.streams.get(key="orders")
            for _run in sync.load(
                stream=system.streams.get(key="customers"),
                path=customers,
                at=timezone.now(),
            ):
                pass
            bare.append(bare_copy())
            loads.append(load(first)[0])
            again, changed = load(other)
            unchanged.append(again)
            assert changed == 0, f"{changed} rows were written again"
            assert Order.objects.count() == ROWS
            identical.append(load(other)[0])
        databases.drop(name)
    return _figures(bare, loads, unchanged, identical, other)


def _figures(
    bare: list[float],
    loads: list[float],
    unchanged: list[float],
    identical: list[float],
    path: Path,
) -> list[Figure]:
    from measurement.sources import kept

    copy, load = statistics.median(bare), statistics.median(loads)
    again, same = statistics.median(unchanged), statistics.median(identical)
    hashing = seconds(lambda: kept.digest_of(path))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        Figure("first load", ROWS / load, "rows/s", 100_000, True, f"{load:.1f} s"),
        Figure(
            "first load, as a share of a bare typed COPY",
            copy / load, "x", 0.15, True, f"COPY {ROWS / copy:,.0f} rows/s",
        ),
        Figure(
            "unchanged rows in a file of other bytes",
            again / load, "x", 0.7, False, f"{again:.1f} s beside the first load",
        ),
        Figure(
            "the identical file, beside hashing it",
            same / hashing, "x", 3, False, f"{same:.2f} s beside {hashing:.2f} s",
        ),
        Figure("peak memory", peak, "MB", 300, False, "this process"),
    ]  # fmt: skip


def _copy(cursor: object, path: Path) -> None:
    from psycopg import Cursor

    assert hasattr(cursor, "copy")
    raw: Cursor[tuple[object, ...]] = cursor  # type: ignore[assignment]
    with (
        raw.copy("copy bare from stdin (format csv, header)") as copy,
        path.open("rb") as file,
    ):
        while block := file.read(1 << 20):
            copy.write(block)


def main() -> int:
    """Print every figure beside its goal; return how many fell short."""
    postgres.provide("demo")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "measurement.settings")
    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder))
    for figure in figures:
        print(figure)
    return sum(not figure.is_met for figure in figures)


if __name__ == "__main__":
    raise SystemExit(main())
