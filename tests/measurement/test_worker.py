"""A real worker, as the app's role, over the queue in our own database."""

import time

import pytest
from django.db import connection, transaction
from django.utils import timezone

from measurement import night as nights
from measurement import queue
from measurement.models import Night
from tests.measurement import worker


def messages(table: str = "q_plumbline") -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from pgmq.{table}")
        return cursor.fetchall()[0][0]


@pytest.fixture
def log(own_database, tmp_path):
    # Nothing else is to be enqueued while we count.
    from measurement.models import Schedule

    Schedule.objects.update(is_enabled=False)
    return tmp_path / "worker.log"


@pytest.mark.slow
def test_a_worker_runs_what_was_enqueued_and_is_the_app(log):
    queue.enqueue("tests.note_role")

    with worker.running(log=log):
        assert worker.wait_for(worker.notes), log.read_text()
        assert worker.wait_for(lambda: messages() == 0)

    assert worker.notes() == [connection.settings_dict["USER"]]


@pytest.mark.slow
def test_a_message_is_seen_after_the_commit_and_never_after_a_rollback(log):
    with worker.running(log=log):
        with transaction.atomic():
            queue.enqueue("tests.note", text="rolled back")
            transaction.set_rollback(True)
        with transaction.atomic():
            queue.enqueue("tests.note", text="first")
            queue.enqueue("tests.note", text="second", after_seconds=4)
            seen_before_commit = worker.wait_for(worker.notes, seconds=6)
        assert worker.wait_for(lambda: len(worker.notes()) == 2), log.read_text()

    assert not seen_before_commit
    assert sorted(worker.notes()) == ["first", "second"]


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_of_a_task_loses_nothing(log, tmp_path):
    begun = tmp_path / "begun"
    queue.enqueue("tests.note_at_second_try", begun=str(begun))

    with worker.running(log=log):
        assert worker.wait_for(begun.exists), log.read_text()
    with worker.running(log=log):
        assert worker.wait_for(worker.notes), log.read_text()
        assert worker.wait_for(lambda: messages() == 0)

    assert worker.notes() == ["done"]


@pytest.mark.slow
def test_a_worker_whose_processes_are_all_busy_waits_without_work(log, tmp_path):
    begun = [tmp_path / "first", tmp_path / "second"]
    for file in begun:
        queue.enqueue("tests.note_at_second_try", begun=str(file))

    with worker.running(log=log, task_seconds=60, visibility_seconds=72) as process:
        assert worker.wait_for(lambda: all(file.exists() for file in begun))
        before = worker.processor_seconds(process)
        time.sleep(2)
        taken = worker.processor_seconds(process) - before

    assert taken < 0.5


@pytest.mark.slow
def test_a_worker_told_to_stop_ends_what_it_has_begun(log, tmp_path):
    begun = tmp_path / "begun"
    queue.enqueue("tests.note_slowly", begun=str(begun))

    with worker.running(log=log) as process:
        assert worker.wait_for(begun.exists), log.read_text()
        process.terminate()
        process.wait(timeout=20)

    assert process.returncode == 0
    assert (worker.notes(), messages()) == (["done"], 0)


@pytest.mark.slow
def test_a_task_that_kills_its_process_is_tried_four_times_and_others_go_on(
    log, tmp_path
):
    tries = tmp_path / "tries"
    queue.enqueue("tests.kill_own_process", tries=str(tries))
    for number in range(5):
        queue.enqueue("tests.note", text=str(number))

    with worker.running(log=log):
        assert worker.wait_for(
            lambda: messages() == 0 and len(worker.notes()) == 5, seconds=90
        ), log.read_text()

    assert tries.read_text() == "tried\n" * 4
    assert sorted(worker.notes()) == ["0", "1", "2", "3", "4"]


@pytest.mark.slow
def test_a_message_read_too_often_is_put_aside_and_its_night_says_so(log):
    night = nights.start(at=timezone.now())
    queue.enqueue("tests.poison", night_id=night.pk)
    with connection.cursor() as cursor:
        cursor.execute("update pgmq.q_plumbline set read_ct = 5 returning msg_id")
        [(number,)] = cursor.fetchall()

    with worker.running(log=log):
        assert worker.wait_for(lambda: messages() == 0), log.read_text()
        queue.enqueue("tests.note", text="goes on")
        assert worker.wait_for(worker.notes), log.read_text()

    night.refresh_from_db()
    assert worker.notes() == ["goes on"]
    assert messages("a_plumbline") == 1
    assert night.state == Night.State.FAILED
    assert night.steps.first().message == (
        "A page was handed to workers 5 times and none of them came back. Its message is "
        f"number {number} in the archive of the queue. Look for what ended the workers "
        "and start a new night."
    )


@pytest.mark.slow
def test_a_night_runs_to_its_end_page_by_page(log):
    with worker.running(log=log):
        night = nights.hand_over(
            at=timezone.now(),
            plan=[(1, "tests.three_pages", "Pages"), (2, "tests.one_page", "Page")],
        )
        assert worker.wait_for(lambda: messages() == 0), log.read_text()

    night.refresh_from_db()
    assert night.state == Night.State.DONE
    assert worker.notes() == ["Pages 0", "Pages 1", "Pages 2", "Page 0"]
    assert [(step.pages, step.written) for step in night.steps.all()] == [
        (3, 3),
        (1, 1),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("boundary", [4, 13])
def test_a_night_goes_on_though_a_page_took_its_process_with_it(
    log, tmp_path, boundary
):
    counted = tmp_path / "boundaries"
    night = nights.hand_over(
        at=timezone.now(),
        plan=[(1, "tests.three_pages", "Pages"), (2, "tests.one_page", "Page")],
    )

    with worker.running(
        log=log, FAILPOINT_AT=str(boundary), FAILPOINT_COUNT_FILE=str(counted)
    ):
        assert worker.wait_for(lambda: messages() == 0), log.read_text()

    night.refresh_from_db()
    assert night.state == Night.State.DONE
    assert worker.notes() == ["Pages 0", "Pages 1", "Pages 2", "Page 0"]
    assert [step.pages for step in night.steps.all()] == [3, 1]
