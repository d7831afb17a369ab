"""The night: planned, done page by page, failed in words, gone on with by anybody."""

import contextlib
import threading
from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from django.db import connections, transaction

import tests.measurement.steps  # noqa: F401
from measurement import night as nights
from measurement import revival
from measurement.models import Night
from tests.make import moment
from tests.measurement.test_queue import in_thread, waiting
from tests.measurement.worker import notes

BEGAN = moment("2026-03-01T02:00")
PAGES = [(1, "tests.three_pages", "Pages"), (2, "tests.one_page", "Page")]
ALL_NOTES = ["Pages 0", "Pages 1", "Pages 2", "Page 0"]


def clock() -> Callable[[], object]:
    """Return a clock that moves on by a second each time it is read."""
    ticks = count()
    return lambda: BEGAN + timedelta(seconds=next(ticks))


def advance(night: Night, **options: object) -> bool:
    return nights.advance(night_id=night.pk, at=BEGAN, clock=clock(), **options)


def states(night: Night) -> list[tuple[str, str]]:
    return list(night.steps.values_list("label", "state"))


@pytest.mark.django_db
def test_a_night_is_planned_from_the_rates_to_the_pages():
    night = nights.start(at=BEGAN)

    assert list(night.steps.values_list("task", "state")) == [
        ("measurement.exchange_rates", "waiting"),
        ("measurement.find_files", "waiting"),
        ("measurement.observe", "waiting"),
        ("identity.stitch", "waiting"),
        ("identity.ask", "waiting"),
        ("identity.attach_visits", "waiting"),
        ("identity.enrich_orders", "waiting"),
        ("reporting.compute", "waiting"),
        ("reporting.publish", "waiting"),
    ]


@pytest.mark.django_db
def test_a_second_night_is_refused_while_one_runs():
    night = nights.start(at=BEGAN)

    with pytest.raises(nights.AlreadyRunning) as refused:
        nights.start(at=moment("2026-03-02"))

    assert str(refused.value) == (
        f"Night {night.pk} has been running since 2026-03-01 02:00 UTC. Wait until it is "
        f"over, or go on with it here: manage.py night."
    )


@pytest.mark.django_db
def test_one_page_is_done_and_the_next_one_asked_for():
    night = nights.start(at=BEGAN, plan=PAGES)

    is_running = advance(night)

    step = night.steps.first()
    assert is_running
    assert notes() == ["Pages 0"]
    assert waiting() == [
        ("measurement.advance_night", {"night_id": night.pk, "turn": 1})
    ]
    assert (step.state, step.cursor, step.pages) == ("running", {"next": 1}, 1)


@pytest.mark.django_db
def test_pages_add_up_until_the_night_is_done():
    night = nights.start(at=BEGAN, plan=PAGES)

    while advance(night, driver=nights.Driver.HERE):
        pass

    night.refresh_from_db()
    assert notes() == ALL_NOTES
    assert night.state == Night.State.DONE
    assert list(night.steps.values_list("rows_in", "written", "pages", "seconds")) == [
        (3, 3, 3, 3.0),
        (1, 1, 1, 1.0),
    ]


@pytest.mark.django_db
def test_a_step_knows_the_memory_its_process_held():
    night = nights.start(at=BEGAN, plan=PAGES)

    advance(night)

    assert 20 < night.steps.first().peak_mb < 4000


@pytest.mark.django_db
def test_files_that_are_found_come_right_after_the_finding():
    night = nights.start(
        at=BEGAN,
        plan=[
            (1000, "tests.finds_two_files", "Find"),
            (2000, "tests.one_page", "Last"),
        ],
    )

    while advance(night, driver=nights.Driver.HERE):
        pass

    assert notes() == ["File 1 0", "File 2 0", "Last 0"]
    assert night.steps.get(label="Find").message == "2 new files."


@pytest.mark.django_db
def test_a_step_that_refuses_leaves_no_rows_and_says_why():
    night = nights.start(
        at=BEGAN, plan=[(1, "tests.refuses", "Orders"), (2, "tests.one_page", "Last")]
    )

    with pytest.raises(nights.NightFailed, match="holds words"):
        advance(night)

    night.refresh_from_db()
    assert notes() == []
    assert night.state == Night.State.FAILED
    assert states(night) == [("Orders", "failed"), ("Last", "waiting")]
    assert night.steps.first().message == (
        "The column 'total' holds words. Map another one."
    )
    assert waiting() == []


@pytest.mark.django_db
def test_after_a_failed_night_another_may_begin():
    failed = nights.start(at=BEGAN, plan=[(1, "tests.refuses", "Orders")])
    with contextlib.suppress(nights.NightFailed):
        advance(failed)

    following = nights.start(at=moment("2026-03-02"))

    assert following.state == Night.State.RUNNING


@pytest.mark.django_db
def test_a_step_no_app_can_do_fails_the_night():
    night = nights.start(at=BEGAN, plan=[(1, "nobody.does_this", "Mystery")])

    with pytest.raises(nights.NightFailed) as failed:
        advance(night)

    assert str(failed.value) == (
        "The step 'Mystery' is done by the task nobody.does_this, and no app here has "
        "one of that name. Install the app that has it, or correct the plan."
    )


@pytest.mark.django_db
def test_a_page_that_loses_a_row_fails_the_night():
    night = nights.start(at=BEGAN, plan=[(1, "tests.loses_a_row", "Orders")])

    with pytest.raises(nights.NightFailed) as failed:
        advance(night)

    assert str(failed.value) == (
        "The page read 3 rows, but 1 written, 1 unchanged and 0 rejected are 2. Nothing "
        "of it was kept."
    )


@pytest.mark.django_db
def test_a_message_that_comes_twice_does_its_page_once():
    night = nights.start(at=BEGAN, plan=PAGES)

    assert advance(night, turn=0)
    assert not advance(night, turn=0)

    assert notes() == ["Pages 0"]
    assert len(waiting()) == 1


@pytest.mark.django_db
def test_a_night_that_is_over_is_left_alone():
    night = nights.start(at=BEGAN, plan=[(1, "tests.one_page", "Page")])
    advance(night)

    assert not advance(night)

    assert notes() == ["Page 0"]


def test_two_who_advance_at_once_do_each_page_once(own_database):
    night = nights.start(at=BEGAN, plan=PAGES)
    together = threading.Barrier(3)

    def drive() -> None:
        together.wait()
        while advance(night, driver=nights.Driver.HERE):
            pass
        connections.close_all()

    threads = [threading.Thread(target=drive) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert notes() == ALL_NOTES
    assert [step.pages for step in night.steps.all()] == [3, 1]


@pytest.mark.django_db
def test_a_night_nobody_is_at_is_asked_for_again():
    night = nights.start(at=BEGAN, plan=PAGES)
    lost_at = BEGAN + timedelta(hours=1)

    assert revival.revive(at=lost_at) == [night.pk]

    assert waiting() == [
        ("measurement.advance_night", {"night_id": night.pk, "turn": 0})
    ]


@pytest.mark.django_db
def test_a_night_asked_for_a_moment_ago_is_left_alone():
    nights.hand_over(at=BEGAN, plan=PAGES)

    assert revival.revive(at=BEGAN + timedelta(seconds=30)) == []


@pytest.mark.django_db
def test_a_night_is_asked_for_again_once():
    nights.start(at=BEGAN, plan=PAGES)
    lost_at = BEGAN + timedelta(hours=1)

    revival.revive(at=lost_at)

    assert revival.revive(at=lost_at + timedelta(seconds=60)) == []


def test_a_night_whose_page_is_being_done_is_left_alone(own_database):
    night = nights.start(at=BEGAN, plan=PAGES)

    with transaction.atomic():
        Night.objects.select_for_update().get(pk=night.pk)
        revived = in_thread(lambda: revival.revive(at=BEGAN + timedelta(hours=1)))

    assert revived == []


@pytest.mark.django_db
def test_a_page_that_ends_its_process_five_times_fails_the_night():
    night = nights.start(at=BEGAN, plan=PAGES)
    for _ in range(5):
        nights._claim(night.pk, at=BEGAN, turn=None)

    assert not advance(night)

    night.refresh_from_db()
    assert night.state == Night.State.FAILED
    assert night.steps.first().message == (
        "The step 'Pages' was begun 5 times, and each time the process that did it was "
        "gone before its page was done. Look for what ended it (memory, a time limit, a "
        "kill) and start a new night."
    )


@pytest.mark.django_db
def test_a_page_done_at_last_wipes_the_tries():
    night = nights.start(at=BEGAN, plan=PAGES)
    for _ in range(4):
        nights._claim(night.pk, at=BEGAN, turn=None)

    advance(night)

    assert night.steps.first().attempt == 0
