"""What marks the charts: definitions, big merges, notes."""

from datetime import date, datetime, timedelta

import pytest

from reporting.boards import happened
from reporting.boards.happened import Happening, marks_of
from reporting.models import Build, Note
from tests import make, published
from tests.identity import ledger_rows

pytestmark = pytest.mark.django_db

AT = published.AT


@pytest.fixture
def two_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(happened, "BIG_MERGE", 2)


def merges(count: int, *, at: datetime, run: str) -> None:
    for _ in range(count):
        ledger_rows.merged(at=at, run=run)


def of(build: Build) -> list[tuple[date, str]]:
    found = happened.happened(build=build, storefront=make.storefront(), told=[])
    return [(one.on, one.words) for one in found]


def two_builds() -> Build:
    published.build(state=Build.State.SUPERSEDED, at=AT - timedelta(days=9))
    return published.build()


def test_a_night_that_joined_many_is_told(two_are_many):
    build = two_builds()
    merges(2, at=AT - timedelta(days=3), run="night 7")

    assert of(build) == [
        (date(2026, 2, 26), "2 people were joined with another one (night 7)")
    ]


def test_a_night_that_joined_few_is_not(two_are_many):
    build = two_builds()
    merges(1, at=AT - timedelta(days=3), run="night 7")

    assert of(build) == []


def test_what_was_joined_before_anything_was_published_moved_no_number(two_are_many):
    build = two_builds()
    merges(2, at=AT - timedelta(days=9), run="night 1")

    assert of(build) == []


def test_what_was_joined_after_the_build_is_not_in_it(two_are_many):
    build = two_builds()
    merges(2, at=AT + timedelta(seconds=1), run="night 8")

    assert of(build) == []


def test_notes_stand_in_order_of_their_days_and_those_taken_back_nowhere():
    by, build = make.user(), published.build()
    for on, text in (("2026-02-03", "Later."), ("2026-01-02", "Earlier.")):
        Note.objects.create(on=on, text=text, by=by, at=AT)
    Note.objects.create(
        on="2026-01-03", text="No.", by=by, at=AT, taken_back_by=by, taken_back_at=AT
    )

    assert of(build) == [
        (date(2026, 1, 2), "Earlier."),
        (date(2026, 2, 3), "Later."),
    ]


def test_a_chart_has_one_mark_for_each_month_it_shows():
    on = [
        Happening("2026-01", date(2026, 1, 2), "A."),
        Happening("2026-01", date(2026, 1, 9), "B."),
        Happening("2026-02", date(2026, 2, 3), "C."),
        Happening("2025-12", date(2025, 12, 3), "Before."),
    ]

    assert marks_of(on, ["2026-01", "2026-02"]) == [
        {"at": 0, "words": "2 events"},
        {"at": 1, "words": "C."},
    ]
