"""What it takes to find out who one new record is, and ten thousand, among all others.

Beside it: reading the index alone, once per record. Set BENCH_PEOPLE for fewer records.
"""

import os
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import django
import numpy as np
import pyarrow as pa

from benchmarks import population
from benchmarks.figures import Figure, seconds
from measurement import postgres

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "1600000"))
BATCH = 10_000
ASKED = 1_000
SEED = 7
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
_RECORDS = """
insert into measurement_customerrecord
    (id, system_id, source_id, is_guest, first_name, last_name, email, phone, country,
    status, subscription_status, segment, run)
select n, %s, n::text, false, '', '', '', '', '', '', '', '', 1
from generate_series(0, %s) n
"""
_TRUTH = {"person", "value"}


def measure() -> list[Figure]:
    """Index a population in a database of its own, ask, and return what it took."""
    postgres.provide("demo")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "measurement.settings")
    django.setup()
    from tests import databases

    name = f"bench_online_{os.getpid()}"
    databases.copy(name)
    try:
        with databases.working_in(name):
            return _figures()
    finally:
        databases.drop(name)


def _figures() -> list[Figure]:
    from identity import key_index, online
    from identity.matching import engine
    from tests import make

    drawn, true = _drawn(PEOPLE + BATCH)
    known, arriving = drawn.slice(0, PEOPLE), drawn.slice(PEOPLE)
    model = engine.match(drawn.slice(0, min(PEOPLE, 50_000))).model
    storefront = make.storefront()
    loaded = seconds(lambda: key_index.read_all(storefront.pk, known, at=BEGAN))
    _keep_records(storefront)
    size = _analysed()
    asking = online.Online(key_index.of(storefront.pk), model)
    typed = [_texts(one) for one in arriving.to_pylist()]
    chosen = random.Random(3).sample(typed, ASKED)
    for each in chosen[:100]:
        asking.whose(each)
    whole = _each(chosen, asking.whose)
    bare = _each(chosen, lambda said: online.probe(asking.indexed, said))
    beside = f"{PEOPLE:,} records, {size}; the question alone "
    figures = [
        _at_most("index of all records", loaded, "s", 180, size),
        _at_most("a new record, median", 1000 * statistics.median(whole), "ms", 2,
                 f"{beside}{1000 * statistics.median(bare):.2f}"),
        _at_most("a new record, 95 of 100", 1000 * _high(whole), "ms", 10,
                 f"{beside}{1000 * _high(bare):.2f}"),
    ]  # fmt: skip
    return [*figures, *_batched(asking, arriving, true)]


def _batched(asking: Any, arriving: pa.Table, true: Sequence[object]) -> list[Figure]:
    """Let ten thousand come at once: found, compared, decided on, written to the ledger."""
    from identity import key_index, ledger
    from identity.matching.one_pair import Side
    from identity.matching.typed import comparable

    rows = arriving.to_pylist()
    steps: dict[str, float] = {}
    began = time.perf_counter()
    kinds = asking.indexed.usual.kinds
    sides = [
        Side(one["record"], comparable(_texts(one), kinds), one["is_guest"])
        for one in rows
    ]
    key_index.keep(asking.indexed, sides)
    steps["index"] = time.perf_counter() - began
    found = asking.candidates_of([one.record for one in sides])
    steps["find, compare, decide"] = time.perf_counter() - began - steps["index"]
    groups = _groups(found, [one.record for one in sides])
    untimed = seconds(lambda: _people_of_their_own(groups))
    who = ledger.people_of(record_ids=[each for group in groups for each in group])
    links = ledger.open_links(people=set(who.values()))
    settled = ledger.settle(
        groups,
        links,
        reasons={record: "email" for group in groups for record in group},
        cause=ledger.Cause("The weights speak for one person.", run="batch"),
        at=BEGAN + timedelta(days=2),
    )
    whole = time.perf_counter() - began - untimed
    steps["ledger"] = whole - sum(steps.values())
    told = ", ".join(f"{name} {took:.2f}" for name, took in steps.items())
    return [
        _at_most(f"a batch of {BATCH:,} with the ledger", whole, "s", 3,
                 f"{found.num_rows:,} pairs; {told}"),
        _changed(who, settled, true),
    ]  # fmt: skip


def _changed(who: Mapping[int, int], settled: Any, true: Sequence[object]) -> Figure:
    """Return how many known records are somebody else's now, though no merge says so."""
    from identity import ledger

    now = ledger.people_of(record_ids=who)
    changed = {record for record in who if now[record] != who[record]}
    otherwise = {
        record for record in changed if settled.merged.get(who[record]) != now[record]
    }
    # Everybody known is somebody of their own before: a person is one record.
    record_of = {person: record for record, person in who.items()}
    right = sum(
        true[record_of[gone]] == true[record_of[kept]]
        for gone, kept in settled.merged.items()
    )
    return _at_most(
        f"ids changed by {BATCH:,}, not by a merge", len(otherwise), "ids", 0,
        f"{len(changed):,} changed by {len(settled.merged):,} merges, {right:,} of them "
        f"true",
    )  # fmt: skip


def _groups(found: pa.Table, arriving: Sequence[int]) -> list[list[int]]:
    """Return who is one person, by the pairs that merge."""
    of = {record: record for record in arriving}

    def first(record: int) -> int:
        while of.setdefault(record, record) != record:
            record = of[record]
        return record

    for one in found.to_pylist():
        if one["decision"] == "merge":
            left, right = sorted((first(one["left"]), first(one["right"])))
            of[right] = left
    groups: dict[int, list[int]] = defaultdict(list)
    for record in list(of):
        groups[first(record)].append(record)
    return list(groups.values())


def _people_of_their_own(groups: Sequence[Sequence[int]]) -> None:
    """Let everybody who was there be somebody already."""
    from identity import ledger

    known = [[each] for group in groups for each in group if each < PEOPLE]
    ledger.settle(
        known,
        {},
        reasons={record: "alone" for (record,) in known},
        cause=ledger.Cause("A rule.", run="before"),
        at=BEGAN + timedelta(days=1),
    )


def _drawn(count: int) -> tuple[pa.Table, list[object]]:
    """Return records as the engine takes them, and who each of them is in truth."""
    drawn = population.generate(count=count, seed=SEED)
    kept = drawn.select([name for name in drawn.column_names if name not in _TRUTH])
    named = kept.rename_columns(
        [
            "cross_id" if name == "shop_customer_id" else name
            for name in kept.column_names
        ]
    )
    return named, drawn["person"].to_pylist()


def _keep_records(storefront: Any) -> None:
    from django.db import connection

    from tests import make

    system = make.system("bench", of=storefront)
    with connection.cursor() as cursor:
        cursor.execute(_RECORDS, [system.pk, PEOPLE + BATCH - 1])


def _analysed() -> str:
    """Let the planner see what is there, and return how large the index is."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("vacuum analyze identity_indexedkey, identity_indexedrecord")
        cursor.execute(
            "select sum(pg_total_relation_size(name::regclass)) / 1e6, "
            "(select reltuples / 1e6 from pg_class where relname = 'identity_indexedkey') "
            "from unnest(array['identity_indexedkey', 'identity_indexedrecord']) name"
        )
        megabytes, millions = cursor.fetchone()
    return f"{millions:.1f} million keys, {megabytes:,.0f} MB"


def _texts(one: dict[str, Any]) -> dict[str, str]:
    return {name: said for name, said in one.items() if isinstance(said, str)}


def _each(these: Sequence[Any], work: Callable[[Any], object]) -> list[float]:
    took = []
    for one in these:
        began = time.perf_counter()
        work(one)
        took.append(time.perf_counter() - began)
    return took


def _high(took: Sequence[float]) -> float:
    return float(np.percentile(took, 95))


def _at_most(name: str, value: float, unit: str, goal: float, beside: str) -> Figure:
    return Figure(name, value, unit, goal, False, beside)
