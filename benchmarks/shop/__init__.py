"""What views of a large shop cost: seven of them, and each further one beside.

The same views are written by hand for plain PostgreSQL and run on the same shop, on our own
server; what they say has to be the same. Beside it: the time to read the needed columns.
Goals are those of the full size: BENCH_CUSTOMERS=1000000, which takes 15 GB of disk.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import django
import numpy as np

from benchmarks.figures import Figure
from benchmarks.identity.alone import alone
from benchmarks.shop import made, ours, plain
from benchmarks.shop.ours import Built
from benchmarks.shop.plain import Ran
from measurement import postgres

CUSTOMERS = int(os.environ.get("BENCH_CUSTOMERS", "100000"))
SEED = int(os.environ.get("BENCH_SEED", "7"))
CHANNELS = (
    "affiliate",
    "direct",
    "display",
    "email",
    "organic_search",
    "organic_social",
    "other",
    "paid_search",
    "paid_social",
    "referral",
    "sms",
)


def measure() -> list[Figure]:
    """Make the shop up at three sizes, and compute its views there and in PostgreSQL."""
    postgres.provide("demo")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "measurement.settings")
    django.setup()
    with tempfile.TemporaryDirectory(prefix="plumbline-shop-") as name:
        folder = Path(name)
        smaller = []
        for part in (100, 10):
            _make_up(folder / f"{part}", CUSTOMERS // part)
            smaller.append(alone(ours.run, folder / f"{part}", CHANNELS, further=False))
        rows = _make_up(folder / "1", CUSTOMERS)
        built = alone(ours.run, folder / "1", CHANNELS)
        size = sum(file.stat().st_size for file in (folder / "1").glob("*.parquet"))
        rival = in_postgres(folder / "1", CHANNELS)
    for view, told in differing(built.said, rival.said).items():
        raise SystemExit(f"{view} says otherwise in PostgreSQL: {told}")
    return list(_figures(rows, built, smaller, rival, size / 1_000_000))


def _make_up(folder: Path, customers: int) -> dict[str, int]:
    return made.write(folder, customers=customers, channels=CHANNELS, seed=SEED)


def in_postgres(folder: Path, channels: Sequence[str]) -> Ran:
    """Run the rival in a database of its own, which is gone afterwards."""
    from tests import databases

    name = f"bench_shop_{os.getpid()}"
    databases.copy(name)
    try:
        return plain.run(folder, channels, url=databases.url("owner", of=name))
    finally:
        databases.drop(name)


def differing(
    ours: Mapping[str, list[dict[str, Any]]], theirs: Mapping[str, list[dict[str, Any]]]
) -> dict[str, str]:
    """Return each view of which the two say different rows, with the first such row.

    Of columns that only one of them has nothing is said.
    """
    together = dict(ours)
    together["lifetime_value"] = [
        {**row, "days": int(name.split()[1])}
        for name, rows in ours.items()
        if name.startswith("lifetime_value")
        for row in rows
    ]
    together["money"] = [row for row in ours["money"] if row["month"] is not None]
    told = {}
    for view, rows in theirs.items():
        columns = sorted(set(rows[0]) & set(together[view][0]))
        first, second = (
            {tuple(_plain(row[name]) for name in columns) for row in each}
            for each in (together[view], rows)
        )
        if first != second:
            told[view] = f"{columns}: {min(first ^ second, key=str)}"
    return told


def _plain(value: object) -> str:
    return value if isinstance(value, str) else f"{int(value):d}"  # type: ignore[call-overload]


def _figures(
    rows: Mapping[str, int],
    built: Built,
    smaller: Sequence[Built],
    rival: Ran,
    megabytes: float,
) -> Iterator[Figure]:
    theirs = sum(rival.seconds.values())
    size = f"{CUSTOMERS:,} customers, {rows['placed']:,} orders, {rows['visits']:,} touches"
    yield _most("seven views, from the snapshot", built.wall, "s", 12,
                f"{built.cpu:.1f} s of processors; {size}")  # fmt: skip
    yield _most("beside plain PostgreSQL", built.wall / theirs, "x", 0.12,
                f"{theirs:.1f} s there, says the same; 256 MB of work_mem")  # fmt: skip
    yield _most("beside reading the needed columns", built.wall / built.scan.wall, "x", 13,
                f"{built.scan.wall:.2f} s to read them, view by view")  # fmt: skip
    yield _most("most memory of the worker", built.peak, "MB", 1_000, "whole process")
    yield _most("the snapshot", megabytes, "MB", 320, "Parquet")
    walls = [each.cpu for each in (*smaller, built)]
    sizes = [CUSTOMERS / 100, CUSTOMERS / 10, CUSTOMERS]
    growth = np.polyfit(np.log(sizes), np.log(walls), 1)[0]
    yield _most("growth of processor time", float(growth), "", 1.1,
                f"exponent; {walls[0]:.2f}, {walls[1]:.2f}, {walls[2]:.2f} s")  # fmt: skip
    yield from _each(built, rival)


def _each(built: Built, rival: Ran) -> Iterator[Figure]:
    """Return each step of the seven views, and each model and view beyond them."""
    for name, took in built.seven.items():
        view = name.split()[0]
        beside = (
            f"PostgreSQL {rival.seconds[view]:.1f} s"
            if view in rival.seconds
            else "a fact"
        )
        yield _most(f"  {name}", took.wall, "s", 12, beside)
    for name, took in built.further.items():
        yield _most(f"  beyond: {name}", took.wall, "s", 12, f"{took.cpu:.1f} CPU s")


def _most(name: str, value: float, unit: str, goal: float, beside: str) -> Figure:
    return Figure(name, value, unit, goal, False, beside)
