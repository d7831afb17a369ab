"""What is wrong with the loading of what somebody answers for."""

from datetime import timedelta

import pytest

from governance.unwell import Sign
from measurement import unwell
from measurement.models import KeptFile, SyncRun
from tests import make
from tests.make import moment

pytestmark = pytest.mark.django_db

NOW = moment("2026-03-10T08:00")


@pytest.fixture
def stream():
    """A stream that is to send every day."""
    return make.stream("rows", of=make.system("kiosk"))


def loaded(stream, *, ago: float = 0.25, state: str = "done", rows=10, rejected=0):
    at = NOW - timedelta(days=ago)
    file = KeptFile.objects.create(
        sha256=f"{make.number()}", name="rows.csv", size=0, path="", plain_path="",
        layout="csv", received_at=at,
    )  # fmt: skip
    return SyncRun.objects.create(
        stream=stream, file=file, mapping_digest="", mapping={}, state=state,
        started_at=at, rows_in=rows, written=rows - rejected, rejected=rejected,
    )  # fmt: skip


def words(*, stream=("kiosk/rows",), source=()) -> list[str]:
    mine = {"stream": frozenset(stream), "source": frozenset(source)}
    return [each.words for each in unwell.signs(mine, at=NOW)]


def test_a_stream_that_came_whole_and_in_time_is_well(stream):
    loaded(stream)

    assert words() == []


def test_rows_that_were_turned_away_are_counted_and_lead_to_the_stream(stream):
    loaded(stream, rows=12_000, rejected=1_234)

    assert list(unwell.signs({"stream": frozenset({"kiosk/rows"})}, at=NOW)) == [
        Sign(
            "kiosk/rows", "1,234 of 12,000 rows were turned away.",
            "/dictionary/stream/kiosk/rows/",
        )
    ]  # fmt: skip


def test_only_the_last_load_counts(stream):
    loaded(stream, ago=1, rejected=3)
    loaded(stream)

    assert words() == []


def test_a_load_that_failed_is_named_with_what_it_turned_away(stream):
    loaded(stream, ago=1)
    loaded(stream, state="failed", rejected=2)

    assert words() == ["Its load of 10 March failed. 2 of 10 rows were turned away."]


def test_a_load_that_still_runs_says_nothing_yet(stream):
    loaded(stream, ago=1, rejected=1)
    loaded(stream, state="running", rejected=5)

    assert words() == ["1 of 10 rows were turned away."]


@pytest.mark.parametrize(("days", "is_late"), [(1.99, False), (2, False), (2.01, True)])
def test_who_sends_every_day_is_late_after_two(stream, days, is_late):
    loaded(stream, ago=days)

    said = "It is to send every day, and was last loaded on 08 March 2026."
    assert words() == [said] * is_late


def test_a_load_that_failed_does_not_make_it_come_in_time(stream):
    loaded(stream, ago=3)
    loaded(stream, state="failed")

    assert words() == [
        "Its load of 10 March failed. It is to send every day, and was last loaded on "
        "07 March 2026."
    ]


def test_who_was_never_loaded_is_late(stream):
    assert words() == ["It is to send every day, and was never loaded."]


def test_who_sends_otherwise_is_never_late(stream):
    stream.system.cadence = "on demand"
    stream.system.save()
    loaded(stream, ago=300)

    assert words() == []


def test_what_others_answer_for_is_left_to_them(stream):
    loaded(stream, rejected=1)
    loaded(make.stream("other", of=stream.system), rejected=1)
    loaded(make.stream("rows", of=make.system("shop")), rejected=1)

    said = "1 of 10 rows were turned away."
    assert words(stream=[]) == []
    assert words(stream=["kiosk/rows"]) == [said]
    assert words(stream=[], source=["kiosk"]) == [said] * 2
    assert words(stream=["shop/rows"], source=["kiosk"]) == [said] * 3


@pytest.mark.parametrize("streams", [1, 12])
def test_it_costs_the_same_for_one_stream_and_for_many(
    streams, django_assert_num_queries
):
    system = make.system("shop")
    for each in range(streams):
        loaded(make.stream(f"rows-{each}", of=system), rejected=1)

    with django_assert_num_queries(2):
        assert len(words(source=["shop"])) == streams
