"""How fast a file of a million orders is loaded, beside a bare typed COPY of it.

Every figure is the median of three, taken in one run: read the ratios, not the seconds.
"""

import os
import random
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import django

from benchmarks.figures import Figure, seconds
from measurement import postgres
from measurement.memory import peak_mb

if TYPE_CHECKING:
    from governance.models import SourceStream

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
TIMES = 3
HERE = Path(__file__).resolve().parent

CUSTOMERS = 50_000
# A shop's export has more columns than are mapped; those that are stand in orders.toml.
COLUMNS = (
    "order_id", "customer_id", "email", "phone", "created_at", "updated_at", "currency",
    "status", "subtotal", "shipping", "tax", "total", "discount_code", "landing_page",
    "source", "note",
)  # fmt: skip
_TYPED = """
create table bare (
    order_id text, customer_id text, email text, phone text, created_at timestamp,
    updated_at timestamp, currency text, status text, subtotal numeric,
    shipping numeric, tax numeric, total numeric, discount_code text,
    landing_page text, source text, note text
)
"""


def write_orders(path: Path, *, rows: int, note: str = "") -> None:
    """Write orders as a shop exports them; ``note`` changes bytes no mapping reads."""
    rng = random.Random(7)
    with path.open("w") as file:
        file.write(f"{','.join(COLUMNS)}\n")
        for number in range(rows):
            customer, day = rng.randrange(CUSTOMERS), rng.randrange(365)
            moment = time.strftime(
                "%Y-%m-%d %H:%M:%S",
                time.gmtime(1_735_689_600 + day * 86_400 + rng.randrange(86_400)),
            )
            subtotal = rng.randrange(500, 30_000) / 100
            shipping, tax = rng.randrange(1_000) / 100, round(subtotal * 0.08, 2)
            file.write(
                f"H-{number + 100_000},{customer},shopper{customer}@mail.example,"
                f"+1212555{customer % 10_000:04},{moment},{moment},USD,paid,"
                f"{subtotal},{shipping},{tax},{subtotal + shipping + tax:.2f},"
                f"WELCOME10,/collections/autumn?utm_source=newsletter,web,{note}\n"
            )


def measure() -> list[Figure]:
    """Load the file in every way, and return what it took."""
    postgres.provide("demo")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "measurement.settings")
    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        first, other = Path(folder) / "orders.csv", Path(folder) / "again.csv"
        write_orders(first, rows=ROWS)
        write_orders(other, rows=ROWS, note="other bytes")
        rounds = [_round(attempt, first, other) for attempt in range(TIMES)]
        return figures(rounds)


@dataclass(frozen=True)
class Round:
    """Seconds of one round: the rival, our three loads, and the last one's rival."""

    bare: float
    first: float
    unchanged: float
    identical: float
    hashing: float


def _round(attempt: int, first: Path, other: Path) -> Round:
    from django.db import transaction

    from measurement import rates, registry
    from measurement.models import Order
    from measurement.sources import kept
    from tests import databases

    name = f"bench_{os.getpid()}_{attempt}"
    databases.copy(name)
    try:
        with databases.working_in(name):
            with transaction.atomic():
                rates.load()
            system = registry.register(HERE / "orders.toml").system
            customers = first.with_name("customers.csv")
            customers.write_text("id\n" + "".join(f"{n}\n" for n in range(CUSTOMERS)))
            _load(system.streams.get(key="customers"), customers)
            orders = system.streams.get(key="orders")
            bare = _bare_copy(first)
            took = seconds(lambda: _load(orders, first))
            unchanged = seconds(lambda: _load(orders, other))
            last = orders.runs.get(file__name=other.name)
            assert (last.written, Order.objects.count()) == (0, ROWS)
            identical = seconds(lambda: _load(orders, other))
            hashing = seconds(lambda: kept.digest_of(other))
            return Round(bare, took, unchanged, identical, hashing)
    finally:
        databases.drop(name)


def _load(stream: "SourceStream", path: Path) -> None:
    from django.utils import timezone

    from measurement import sync

    for _run in sync.load(stream=stream, path=path, at=timezone.now()):
        pass


def _bare_copy(path: Path) -> float:
    """Return how long PostgreSQL takes to copy the file into typed columns, no more."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(_TYPED)

        def work() -> None:
            with (
                cursor.copy("copy bare from stdin (format csv, header)") as copy,
                path.open("rb") as file,
            ):
                while block := file.read(1 << 20):
                    copy.write(block)

        return seconds(work)


def figures(rounds: list[Round]) -> list[Figure]:
    """Return what the rounds come to, each beside what stood beside it."""
    copy = statistics.median(each.bare for each in rounds)
    load = statistics.median(each.first for each in rounds)
    again = statistics.median(each.unchanged for each in rounds)
    same = statistics.median(each.identical for each in rounds)
    hashing = statistics.median(each.hashing for each in rounds)
    beside_copy = f"{load:.1f} s; COPY {copy:.1f} s, {ROWS / copy:,.0f} rows/s"
    beside_load = f"{again:.1f} s; first load {load:.1f} s"
    beside_hash = f"{same:.2f} s; hashing {hashing:.2f} s"
    return [
        Figure("first load", ROWS / load, "rows/s", 100_000, True, f"{load:.1f} s"),
        Figure("first load beside COPY", copy / load, "x", 0.15, True, beside_copy),
        Figure(
            "unchanged rows, other bytes", again / load, "x", 0.7, False, beside_load
        ),
        Figure(
            "identical file beside hashing", same / hashing, "x", 3, False, beside_hash
        ),
        Figure("peak memory", peak_mb(), "MB", 300, False, "of the loading process"),
    ]
