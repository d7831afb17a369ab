"""Asking for work on the transaction that makes it necessary."""

import base64
import json
import threading

import pytest
from django.db import ProgrammingError, connection, connections, transaction
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from measurement import broker, checks, queue
from measurement.celery import app
from measurement.models import Schedule
from tests.make import moment


def waiting() -> list[tuple[str, dict[str, object]]]:
    """Return the task and the arguments of every message on the queue, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("select message from pgmq.q_plumbline order by msg_id")
        letters = [json.loads(letter) for (letter,) in cursor.fetchall()]
    return [
        (letter["headers"]["task"], json.loads(base64.b64decode(letter["body"]))[1])
        for letter in letters
    ]


@pytest.fixture
def schedule(db):
    Schedule.objects.all().delete()
    return Schedule.objects.create(
        task="tests.note", every_seconds=60, due_at=moment("2026-03-01T10:00")
    )


@pytest.mark.django_db
def test_a_message_names_the_task_and_its_arguments():
    queue.enqueue("tests.note", text="hello", number=3)

    assert waiting() == [("tests.note", {"text": "hello", "number": 3})]


def test_a_message_is_the_one_celery_itself_would_send(own_database):
    with app.connection_for_write() as stock:
        app.send_task("tests.note", kwargs={"text": "same"}, connection=stock)
    queue.enqueue("tests.note", text="same")

    with connection.cursor() as cursor:
        cursor.execute("select message, headers from pgmq.q_plumbline order by msg_id")
        theirs, ours = [_without_ids(*row) for row in cursor.fetchall()]
    assert ours == theirs


def _without_ids(message: str, headers: str) -> tuple[object, object]:
    letter, kept = json.loads(message), json.loads(headers)
    for name in ("id", "root_id"):
        letter["headers"].pop(name)
        kept.pop(name)
    for name in ("correlation_id", "delivery_tag"):
        letter["properties"].pop(name)
    return letter, kept


@pytest.mark.django_db
def test_a_message_goes_with_the_transaction_that_is_rolled_back():
    with transaction.atomic():
        queue.enqueue("tests.note", text="never")
        transaction.set_rollback(True)

    assert waiting() == []


def test_a_message_is_nobodys_before_the_commit(own_database):
    with transaction.atomic():
        queue.enqueue("tests.note", text="soon")
        seen_by_others = in_thread(waiting)

    assert seen_by_others == []
    assert waiting() == [("tests.note", {"text": "soon"})]


@pytest.mark.django_db
def test_a_message_for_later_is_shown_later():
    queue.enqueue("tests.note", after_seconds=90)

    with connection.cursor() as cursor:
        cursor.execute(
            "select extract(epoch from vt - enqueued_at) from pgmq.q_plumbline"
        )
        [(seconds,)] = cursor.fetchall()
    assert 89 <= seconds < 92


@pytest.mark.django_db
def test_with_another_broker_nothing_is_sent_before_the_commit(
    django_capture_on_commit_callbacks, monkeypatch
):
    monkeypatch.setattr(app.conf, "broker_url", "amqp://elsewhere")

    with django_capture_on_commit_callbacks() as sent_after_commit:
        queue.enqueue("tests.note", text="hello")

    assert (len(sent_after_commit), waiting()) == (1, [])


def test_what_is_due_is_enqueued_and_moved_on(schedule):
    enqueued = queue.tick(at=moment("2026-03-01T10:00"))

    schedule.refresh_from_db()
    assert enqueued == ["tests.note"]
    assert waiting() == [("tests.note", {})]
    assert schedule.due_at == moment("2026-03-01T10:01")


def test_what_is_not_due_waits(schedule):
    assert queue.tick(at=moment("2026-03-01T09:59")) == []

    assert waiting() == []


def test_what_is_switched_off_is_never_due(schedule):
    Schedule.objects.update(is_enabled=False)

    assert queue.tick(at=moment("2026-03-02")) == []


def test_turns_missed_are_made_up_for_once(schedule):
    queue.tick(at=moment("2026-03-01T12:30"))

    schedule.refresh_from_db()
    assert len(waiting()) == 1
    assert schedule.due_at == moment("2026-03-01T12:31")


@given(
    every=st.integers(1, 100_000),
    late=st.integers(0, 10_000_000),
)
def test_the_next_turn_is_the_first_after_now_and_keeps_the_beat(every, late):
    began, at = moment("2026-03-01"), moment("2026-03-01").timestamp() + late
    schedule = Schedule(every_seconds=every, due_at=began)

    ahead = queue._next_turn(schedule, began.fromtimestamp(at, began.tzinfo))

    seconds = (ahead - began).total_seconds()
    assert 0 < seconds - late <= every
    assert seconds % every == 0


def test_two_who_tick_at_once_enqueue_once(own_database):
    Schedule.objects.all().delete()
    Schedule.objects.bulk_create(
        Schedule(
            task=f"tests.note_{number}", every_seconds=60, due_at=moment("2026-03-01")
        )
        for number in range(20)
    )
    together = threading.Barrier(4)

    def tick() -> None:
        together.wait()
        queue.tick(at=moment("2026-03-01"))
        connections.close_all()

    threads = [threading.Thread(target=tick) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(task for task, _ in waiting()) == sorted(
        f"tests.note_{number}" for number in range(20)
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "select pgmq.create('of_my_own')",
        "select pgmq.drop_queue('plumbline')",
        "select pgmq.purge_queue('plumbline')",
        "truncate pgmq.a_plumbline",
        "create table pgmq.mine (id bigint)",
    ],
)
def test_the_app_makes_drops_and_empties_no_queue(statement):
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_worker_that_starts_does_not_wait_for_an_open_transaction(own_database):
    def bind() -> None:
        with connection.cursor() as cursor:
            cursor.execute("set statement_timeout = '2s'")
            cursor.execute("select pgmq.create('plumbline')")

    with transaction.atomic():
        queue.enqueue("tests.note")
        in_thread(bind)

    assert len(waiting()) == 1


@pytest.mark.parametrize(("limit", "errors"), [(288, 0), (289, 1), (600, 1)])
def test_a_time_limit_beyond_the_visibility_of_a_message_is_refused(limit, errors):
    with override_settings(
        CELERY_TASK_TIME_LIMIT=limit,
        CELERY_BROKER_TRANSPORT_OPTIONS={"visibility_timeout": 300},
    ):
        found = checks.no_task_outlives_its_message()

    assert len(found) == errors


def test_the_refusal_says_what_to_set():
    with override_settings(
        CELERY_TASK_TIME_LIMIT=600,
        CELERY_BROKER_TRANSPORT_OPTIONS={"visibility_timeout": 300},
    ):
        [error] = checks.no_task_outlives_its_message()

    assert (error.msg, error.hint) == (
        "A task may run 600 s and the loss of its process is answered 11 s later, but its "
        "message is handed out again after 300 s.",
        "Set VISIBILITY_SECONDS above 611, or TASK_SECONDS lower.",
    )


def test_another_broker_keeps_its_own_time():
    assert broker.options("amqp://elsewhere", 300) == {}


def in_thread(act):
    """Do it on a connection of its own, as another process would."""
    result = []

    def run() -> None:
        try:
            result.append(act())
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=20)
    [answer] = result
    return answer
