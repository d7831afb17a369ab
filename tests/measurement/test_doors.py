"""What workers are called with: each task calls one function, and may run twice."""

import pytest
from django.utils import timezone

from measurement import night as nights
from measurement import tasks
from measurement.models import ExchangeRate, Night, NightStep, Order
from tests.make import moment
from tests.measurement import loading
from tests.measurement.test_queue import waiting

pytestmark = pytest.mark.django_db

AT = moment("2026-06-01")
TWO_PAGES = "id,at\n1,2026-01-01\n2,2026-01-02\n"


@pytest.fixture
def inbox(tmp_path, settings):
    settings.RAW, settings.INBOX = tmp_path / "raw", tmp_path / "inbox"
    return settings.INBOX


def step(task: str, **arguments: object) -> NightStep:
    """Return a step of a night of its own."""
    night = Night.objects.create(started_at=AT, state=Night.State.DONE)
    return NightStep.objects.create(
        night=night, position=7, task=task, label="Step", arguments=arguments
    )


def dropped(inbox, content=TWO_PAGES, *, stream=None):
    """Lay a file where its stream looks, and return the stream."""
    stream = stream or loading.stream(loading.ORDERS, grain="order", key="orders")
    path = inbox / stream.system.key / "orders" / "rows.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return stream


def page(**said: object) -> dict[str, object]:
    """Return what a task says of a page, where it says no more than this."""
    nothing = {"rows_in": 0, "written": 0, "unchanged": 0, "rejected": 0}
    return {**nothing, "more": False, "cursor": {}, "message": "", **said}


def test_a_night_is_begun_and_its_first_page_asked_for():
    begun = tasks.begin_night()

    night = Night.objects.get()
    assert begun == {"night_id": night.pk}
    assert waiting() == [
        ("measurement.advance_night", {"night_id": night.pk, "turn": 0})
    ]


def test_a_night_that_runs_already_is_left_alone_and_said():
    running = nights.start(at=AT)

    begun = tasks.begin_night()

    assert begun == {
        "message": f"Night {running.pk} has been running since 2026-06-01 00:00 UTC. Wait "
        "until it is over, or go on with it here: manage.py night."
    }
    assert (Night.objects.count(), waiting()) == (1, [])


def test_a_turn_that_is_over_does_nothing():
    night = nights.start(at=timezone.now())

    assert tasks.advance_night(night_id=night.pk, turn=7) == {"more": False}

    assert waiting() == []


def test_reviving_says_which_nights_were_asked_for():
    night = nights.start(at=AT)

    first, second = tasks.revive(), tasks.revive()

    assert (first, second) == ({"nights": [night.pk]}, {"nights": []})


def test_rates_are_counted_as_read_and_once_written(settings):
    settings.CURRENCIES, settings.REPORTING_CURRENCY = ["EUR"], "USD"
    this = step("measurement.exchange_rates")

    first = tasks.exchange_rates(step_id=this.pk)
    second = tasks.exchange_rates(step_id=this.pk)

    held = ExchangeRate.objects.count()
    assert first == page(rows_in=held, written=held)
    assert (second["written"], second["rejected"]) == (0, 0)


def test_files_are_found_once_as_steps_right_behind(inbox):
    stream = dropped(inbox)
    this = step("measurement.find_files")

    said = tasks.find_files(step_id=this.pk)

    assert said == page(message="1 new file.")
    assert list(this.night.steps.values_list("position", "task", "label")) == [
        (7, "measurement.find_files", "Step"),
        (8, "measurement.sync_page", f"{stream.system.key}/orders: rows.csv"),
    ]


def test_a_file_is_loaded_page_by_page_and_says_where_it_is(inbox, settings):
    settings.SYNC_PAGE_ROWS = 1
    stream = dropped(inbox)
    found = step("measurement.find_files")
    tasks.find_files(step_id=found.pk)
    this = found.night.steps.get(position=8)

    said = []
    while not said or said[-1]["more"]:
        said.append(tasks.sync_page(step_id=this.pk))
        NightStep.objects.filter(pk=this.pk).update(cursor=said[-1]["cursor"])

    [run] = stream.runs.all()
    assert said == [
        page(rows_in=1, written=1, more=True, cursor={"run": run.pk, "line": 2}),
        page(rows_in=1, written=1, more=True, cursor={"run": run.pk, "line": 3}),
        page(cursor={"run": run.pk, "line": 3}),
    ]


def test_a_page_done_twice_after_the_end_adds_nothing(inbox):
    dropped(inbox)
    found = step("measurement.find_files")
    tasks.find_files(step_id=found.pk)
    this = found.night.steps.get(position=8)
    first = tasks.sync_page(step_id=this.pk)
    NightStep.objects.filter(pk=this.pk).update(cursor=first["cursor"])

    second = tasks.sync_page(step_id=this.pk)

    assert (first["written"], second["rows_in"], second["more"]) == (2, 0, False)
    assert Order.objects.count() == 2


def test_a_step_says_what_the_file_made_worth_saying(inbox):
    mapped = loading.ORDERS + 'customer = "who"\n'
    stream = loading.stream(mapped, grain="order", key="orders")
    dropped(
        inbox, "id,at,who\n1,2026-01-01,7\n2,2026-01-01,8\n3,soon,\n", stream=stream
    )
    found = step("measurement.find_files")
    tasks.find_files(step_id=found.pk)

    said = tasks.sync_page(step_id=found.night.steps.get(position=8).pk)

    assert {**said, "cursor": {}} == page(
        rows_in=3, written=2, rejected=1,
        message="2 rows wait for their customer: no file has brought it yet.",
    )  # fmt: skip
