"""What it costs to keep who is who as a ledger: to write it, to ask it, to undo.

Beside it: the same links copied into the table with no event at all.
"""

import os
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import django

from benchmarks.figures import Figure, seconds
from measurement import postgres

RECORDS = int(os.environ.get("BENCH_RECORDS", "1600000"))
BATCH = min(10_000, RECORDS // 10)
TRIES = 50
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
_RECORDS = """
insert into measurement_customerrecord
    (system_id, source_id, is_guest, first_name, last_name, email, phone, country,
    status, subscription_status, segment, run)
select %s, n::text, false, 'Ada', 'Byron', '', '', '', '', '', '', 1
from generate_series(1, %s) n
"""


def measure() -> list[Figure]:
    """Load, ask, change and undo in a database of its own, and return what it took."""
    postgres.provide("demo")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "measurement.settings")
    django.setup()
    from tests import databases

    name = f"bench_ledger_{os.getpid()}"
    databases.copy(name)
    try:
        with databases.working_in(name):
            return _figures(_records())
    finally:
        databases.drop(name)


def _figures(records: Sequence[int]) -> list[Figure]:
    from identity import ledger

    bare = seconds(lambda: _copied_bare(records))
    groups = _dealt(records[:-BATCH])
    loaded = seconds(lambda: _settle(groups, {}, day=1))
    _count_rows()
    whole = [seconds(lambda: ledger.graph(as_of=_day(1.5))) for _ in range(3)]
    people = list(dict.fromkeys(ledger.graph().people))[:: max(1, len(groups) // TRIES)]
    person = _each(
        people, lambda who: ledger.records_of(person_id=who, as_of=_day(1.5))
    )
    batch, links = _batch(groups, records[-BATCH:])
    before = ledger.graph().as_dict()
    settled = seconds(lambda: _settle(batch, links, day=2))
    changed = Changed.between(before, ledger.graph().as_dict())
    undone = _each(_merges(TRIES), _undoing(by=_steward()))
    differ: list[int] = []
    checked = seconds(lambda: differ.extend(ledger.differing()))
    assert differ == [], "The links are not what the ledger says."
    size = f"{len(records):,} records"
    beside = f"{size}; bare copy of the links {bare:.1f} s"
    median = statistics.median
    return [
        _at_most("first load through the ledger", loaded, "s", 60, beside),
        _at_most("whole graph as of a moment", median(whole), "s", 0.5, size),
        _at_most("a person as of a moment", 1000 * median(person), "ms", 1, "median"),
        _at_most(f"a batch of {BATCH:,}", settled, "s", 3, f"{_merged()} merges"),
        _at_most("ids changed, not by a merge", changed.otherwise, "ids", 0,
                 f"of {changed.ids:,} that {BATCH:,} arrivals changed"),
        _at_most("undoing a merge", 1000 * median(undone), "ms", 50, "median"),
        _at_most("links against a replay of all", checked, "s", 60, "none differ"),
    ]  # fmt: skip


def _at_most(name: str, value: float, unit: str, goal: float, beside: str) -> Figure:
    return Figure(name, value, unit, goal, False, beside)


def _records() -> list[int]:
    from django.db import connection

    from measurement.models import CustomerRecord
    from tests import make

    system = make.system("bench")
    with connection.cursor() as cursor:
        cursor.execute(_RECORDS, [system.pk, RECORDS])
    return list(CustomerRecord.objects.order_by("pk").values_list("pk", flat=True))


def _copied_bare(records: Sequence[int]) -> None:
    """Write as many links with nothing beside them, and take them back."""
    from django.db import transaction

    from identity import rows
    from identity.models import Link, Person

    with transaction.atomic():
        person = Person.objects.create(made_at=BEGAN)
        rows.copy(
            Link,
            ["record", "person", "started_at", "reason"],
            ((record, person.pk, BEGAN, "alone") for record in records),
        )
        transaction.set_rollback(True)


def _count_rows() -> None:
    """Do what the server does by itself within a minute: count what has come."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("analyze")


def _dealt(records: Sequence[int]) -> list[list[int]]:
    """Return the records in people of one to four."""
    chance, groups, begin = random.Random(4), [], 0
    while begin < len(records):
        size = chance.choice((1, 1, 1, 2, 2, 4))
        groups.append(list(records[begin : begin + size]))
        begin += size
    return groups


def _batch(
    groups: Sequence[list[int]], arriving: Sequence[int]
) -> tuple[list[list[int]], dict[int, Any]]:
    """Return what a batch makes: half join somebody known, some join two who were."""
    from identity import ledger

    chance = random.Random(5)
    known = chance.sample(groups, BATCH // 2 + BATCH // 20)
    batch: list[list[int]] = []
    for number, record in enumerate(arriving):
        if number < BATCH // 20:
            batch.append([*known.pop(), *known.pop(), record])
        elif known:
            batch.append([*known.pop(), record])
        else:
            batch.append([record])
    people = ledger.people_of(record_ids=[each for group in batch for each in group])
    return batch, ledger.open_links(people=set(people.values()))


@dataclass(frozen=True)
class Changed:
    """How many records were somebody's, and are another's; and of how many no merge says so."""

    ids: int
    otherwise: int

    @classmethod
    def between(cls, before: Mapping[int, int], after: Mapping[int, int]) -> Self:
        """Compare whose records were before some came, and after it."""
        from identity.models import Merge

        merged = dict(Merge.objects.as_of(None).values_list("absorbed", "kept"))
        changed = [
            (who, after[record])
            for record, who in before.items()
            if who != after[record]
        ]
        return cls(len(changed), sum(merged.get(who) != kept for who, kept in changed))


def _settle(
    groups: Sequence[Sequence[int]], links: dict[int, Any], *, day: int
) -> None:
    from identity import ledger

    ledger.settle(
        groups,
        links,
        reasons={record: "email" for group in groups for record in group},
        cause=ledger.Cause("The same e-mail address.", run=f"night {day}"),
        at=_day(day),
        breaker=ledger.Breaker(share=0.005, floor=BATCH, largest=200),
    )


def _merges(wanted: int) -> list[int]:
    from identity.models import Merge

    found = Merge.objects.order_by("-pk").values_list("event", flat=True)
    return [event for event in found[:wanted] if event is not None]


def _undoing(*, by: Any) -> Callable[[int], object]:
    from identity import ledger

    return lambda event: ledger.unmerge(
        event_id=event, by=by, reason="They are two.", at=_day(3)
    )


def _steward() -> Any:
    from governance.models import User
    from tests import make

    known = User.objects.filter(groups__name="steward").first()
    return known or make.user(role="steward")


def _merged() -> int:
    from identity.models import Merge

    return Merge.objects.count()


def _each(these: Sequence[int], work: Callable[[int], object]) -> list[float]:
    took = []
    for one in these:
        began = time.perf_counter()
        work(one)
        took.append(time.perf_counter() - began)
    return took


def _day(number: float) -> datetime:
    return BEGAN + timedelta(days=number)
