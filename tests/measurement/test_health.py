"""What loading has come to in a quarter, for whoever reviews it."""

from datetime import timedelta

import pytest

from governance.facts import Fact
from governance.models import FieldMapping, SourceStream
from measurement import health
from measurement.models import KeptFile, Night, SyncRun
from tests import make

pytestmark = pytest.mark.django_db

SINCE, UNTIL = make.moment("2026-01-01"), make.moment("2026-04-01")


def facts() -> dict[str, Fact]:
    found = health.Loading().facts(since=SINCE, until=UNTIL)
    return {each.what: each for each in found}


def stream(key: str = "till", *, cadence: str = "daily") -> SourceStream:
    system = make.system(key)
    system.cadence = cadence
    system.save()
    return make.stream("orders", of=system)


def run(of: SourceStream, day: str = "2026-03-31", **said) -> SyncRun:
    kept = KeptFile.objects.create(
        sha256=f"{make.number():064}", name="orders.csv", size=1, path="", layout="csv",
        plain_path="", received_at=make.moment(day),
    )  # fmt: skip
    written, rejected = said.pop("written", 5), said.pop("rejected", 0)
    return SyncRun.objects.create(
        stream=of, file=kept, mapping_digest="", mapping={}, started_at=make.moment(day),
        rows_in=written + rejected, written=written, rejected=rejected,
        **{"state": SyncRun.State.DONE, **said},
    )  # fmt: skip


def test_with_nothing_loaded_nothing_is_lost_and_nothing_is_silent():
    assert {what: (each.value, each.is_well) for what, each in facts().items()} == {
        "Rejected rows": ("0", True),
        "Nights that failed": ("0", True),
        "Streams that fell silent": ("0", True),
        "Columns nobody maps": ("0", True),
    }


def test_rejected_rows_are_counted_by_stream_the_most_first():
    few, many, none = stream("few"), stream("many"), stream("none")
    run(few, rejected=2)
    run(many, rejected=1_000, written=3_000)
    run(many, "2026-02-01", rejected=200)
    run(none)

    found = facts()["Rejected rows"]

    assert (found.value, found.words, found.is_well) == (
        "1,202",
        "of 4,217 read",
        False,
    )
    assert found.rows == (("many/orders", "1,200 of 4,205"), ("few/orders", "2 of 7"))


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        ("2025-12-31T23:59", 0),
        ("2026-01-01", 9),
        ("2026-03-31T23:59", 9),
        ("2026-04-01", 0),
    ],
)
def test_what_was_rejected_counts_in_the_quarter_its_run_began(day, counts):
    run(stream(), day, rejected=9)

    assert facts()["Rejected rows"].value == f"{counts}"


def test_nights_that_failed_are_named():
    for day, state in (("01", "done"), ("02", "failed"), ("03", "done")):
        at = make.moment(f"2026-03-{day}")
        Night.objects.create(started_at=at, ended_at=at, state=state)

    found = facts()["Nights that failed"]

    assert (found.value, found.words, found.is_well) == ("1", "of 3", False)
    assert [day for _night, day in found.rows] == ["02 March 2026"]


def test_a_daily_stream_that_was_not_heard_of_for_two_days_fell_silent():
    run(stream("late"), "2026-03-29T23:59")
    run(stream("in_time"), "2026-03-30")
    stream("never")
    stream("weekly", cadence="weekly")

    found = facts()["Streams that fell silent"]

    assert found.rows == (
        ("late/orders", "last 29 March 2026"), ("never/orders", "never loaded"),
    )  # fmt: skip


def test_a_run_that_failed_or_came_later_is_not_heard_of():
    silent = stream()
    run(silent, state=SyncRun.State.FAILED)
    run(silent, (UNTIL + timedelta(days=1)).date().isoformat())

    assert facts()["Streams that fell silent"].rows == (
        ("till/orders", "never loaded"),
    )


def test_columns_of_the_newest_file_that_no_rule_reads_are_named():
    till = stream()
    for field, rule in {
        "source_id": "id", "customer": {"column": "who", "prefix": "c:"},
        "tax": {"multiply": ["price", "rate"]},
    }.items():  # fmt: skip
        FieldMapping.objects.create(stream=till, entity="order", field=field, rule=rule)
    run(till, "2026-03-01", columns=["id", "gone"])
    run(till, "2026-03-02", columns=["id", "who", "price", "rate", "note", "colour"])

    found = facts()["Columns nobody maps"]

    assert (found.value, found.rows, found.is_well) == (
        "2", (("till/orders", "note, colour"),), True,
    )  # fmt: skip


def test_it_costs_the_same_for_one_stream_and_for_ten(django_assert_num_queries):
    for n in range(10):
        run(stream(f"till_{n}"), rejected=1)

    with django_assert_num_queries(8):
        facts()
