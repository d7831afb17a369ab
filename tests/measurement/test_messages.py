"""Messages and where they lie: addresses, what a worker is started with, what was lost."""

from datetime import timedelta

import pytest
from celery.bin.worker import worker as celery_worker
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict

from measurement import broker, celery, queue, revival
from measurement import night as nights
from measurement.models import Night, Schedule
from tests.make import moment
from tests.measurement.test_queue import waiting

BEGAN = moment("2026-03-01T02:00")
PLAN = [(1, "tests.one_page", "Page")]
DUE = {
    "measurement.begin_night": 86_400,
    "measurement.revive": 60,
    "governance.apply_due": 60,
    "governance.give_up_expired": 3_600,
    "governance.open_reviews": 3_600,
    "governance.propose_retirements": 86_400,
    "governance.post": 600,
    "governance.seal": 3_600,
    "identity.escalate": 3_600,
}
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(name=WORDS, user=WORDS, password=WORDS, host=WORDS)
def test_any_password_and_name_reach_the_queues_client_as_they_are(
    name, user, password, host
):
    database = {"NAME": name, "USER": user, "PASSWORD": password, "HOST": host}

    read = conninfo_to_dict(broker.conninfo(database))

    said = {"dbname": name, "user": user, "password": password, "host": host}
    assert read == {part: value for part, value in said.items() if value}


def test_the_port_of_a_database_is_kept_and_what_it_has_not_is_left_out():
    database = {
        "NAME": "shop",
        "HOST": "db",
        "PORT": 5433,
        "USER": "",
        "PASSWORD": None,
    }

    assert broker.conninfo(database) == "host=db port=5433 dbname=shop"


def test_our_own_queue_is_asked_as_the_app_and_for_as_long_as_a_page_takes():
    asked = broker.options(broker.OWN_DATABASE, 300)

    assert (asked["visibility_timeout"], asked["init_extension"]) == (300, False)


def test_celery_understands_what_a_worker_is_started_with():
    [command, *arguments] = celery.worker_arguments(processes=3, log_level="WARNING")

    read = celery_worker.make_context(command, list(arguments), resilient_parsing=True)

    assert {name: read.params[name] for name in (
        "concurrency", "without_gossip", "without_mingle", "without_heartbeat"
    )} == {
        "concurrency": 3, "without_gossip": True, "without_mingle": True,
        "without_heartbeat": True,
    }  # fmt: skip
    assert read.args == []


def test_every_task_that_is_planned_or_due_is_one_some_app_has():
    planned = [task for _, task, _ in nights.PLAN]
    due = [*DUE, "measurement.advance_night"]

    assert [each for each in planned + due if celery.task_named(each) is None] == []


def test_a_task_no_app_has_is_none():
    assert celery.task_named("measurement.make_coffee") is None


@pytest.mark.django_db
def test_what_is_due_from_the_first_day_is_a_night_and_what_is_looked_after():
    assert dict(Schedule.objects.values_list("task", "every_seconds")) == DUE


@pytest.mark.django_db
@pytest.mark.parametrize(
    "said",
    [
        {"text": "„Grüße“ 🙂 \n \\ \" ' %s {}"},
        {
            "nothing": None,
            "yes": True,
            "number": 2**60,
            "list": [1, [2]],
            "of": {"a": 1},
        },
        {},
    ],
)
def test_arguments_arrive_as_they_were_given(said):
    queue.enqueue("tests.note", **said)

    assert waiting() == [("tests.note", said)]


@pytest.mark.django_db
def test_messages_stand_in_the_order_they_were_asked_for():
    for number in range(3):
        queue.enqueue("tests.note", number=number)

    assert [said["number"] for _, said in waiting()] == [0, 1, 2]


@pytest.mark.django_db
def test_what_cannot_be_written_down_is_asked_of_nobody():
    with pytest.raises(Exception, match="not JSON serializable"), transaction.atomic():
        queue.enqueue("tests.note", what=object())

    assert waiting() == []


@pytest.mark.django_db
def test_what_is_due_is_enqueued_the_longest_waiting_first():
    Schedule.objects.all().delete()
    for task, minute in (("late", 2), ("first", 0), ("later", 3), ("second", 1)):
        Schedule.objects.create(
            task=task, every_seconds=3_600, due_at=BEGAN + timedelta(minutes=minute)
        )

    enqueued = queue.tick(at=BEGAN + timedelta(minutes=2))

    assert enqueued == ["first", "second", "late"]
    assert [task for task, _ in waiting()] == enqueued


@pytest.mark.django_db
def test_a_tick_that_is_rolled_back_leaves_what_is_due_to_the_next():
    Schedule.objects.update(due_at=BEGAN)
    with transaction.atomic():
        queue.tick(at=BEGAN)
        transaction.set_rollback(True)

    enqueued = queue.tick(at=BEGAN)

    assert sorted(enqueued) == sorted(DUE)


def leased(*, until) -> Night:
    """Return a night whose first step somebody may take over from that moment on."""
    night = nights.start(at=BEGAN, plan=PLAN)
    night.steps.update(lease_until=until)
    return night


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("until", "is_lost"),
    [
        (BEGAN, True),
        (BEGAN - timedelta(microseconds=1), True),
        (BEGAN + timedelta(microseconds=1), False),
        (None, True),
    ],
)
def test_a_night_is_lost_from_the_moment_its_lease_ends(until, is_lost):
    night = leased(until=until)

    assert revival.revive(at=BEGAN) == ([night.pk] if is_lost else [])

    assert len(waiting()) == is_lost


@pytest.mark.django_db
@pytest.mark.parametrize("state", [Night.State.DONE, Night.State.FAILED])
def test_a_night_that_is_over_is_never_revived(state):
    night = leased(until=BEGAN)
    Night.objects.filter(pk=night.pk).update(state=state)

    assert (revival.revive(at=BEGAN + timedelta(days=1)), waiting()) == ([], [])


def messages_of(table: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"select msg_id from pgmq.{table}")
        return [number for (number,) in cursor.fetchall()]


@pytest.mark.django_db
def test_a_message_is_put_aside_once_and_its_night_ends():
    night = nights.hand_over(at=BEGAN, plan=PLAN)
    [number] = messages_of("q_plumbline")

    revival.put_aside(message_id=number, arguments={"night_id": night.pk, "turn": 0})

    night.refresh_from_db()
    assert (night.state, messages_of("q_plumbline")) == (Night.State.FAILED, [])
    assert messages_of("a_plumbline") == [number]
    assert queue.put_aside(number) is False


@pytest.mark.django_db
def test_a_message_of_no_night_is_put_aside_and_ends_none():
    night = nights.start(at=BEGAN, plan=PLAN)
    queue.enqueue("tests.note", text="poison")
    [number] = messages_of("q_plumbline")

    revival.put_aside(message_id=number, arguments={"text": "poison"})

    night.refresh_from_db()
    assert (night.state, messages_of("a_plumbline")) == (Night.State.RUNNING, [number])


@pytest.mark.django_db
def test_a_message_of_a_night_that_is_over_leaves_it_as_it_ended():
    night = leased(until=BEGAN)
    Night.objects.filter(pk=night.pk).update(state=Night.State.DONE, ended_at=BEGAN)

    revival.put_aside(message_id=1, arguments={"night_id": night.pk})

    night.refresh_from_db()
    assert (night.state, night.ended_at) == (Night.State.DONE, BEGAN)


@pytest.mark.django_db
def test_a_message_of_a_night_that_is_not_there_is_put_aside_all_the_same():
    queue.enqueue("measurement.advance_night", night_id=0, turn=0)
    [number] = messages_of("q_plumbline")

    revival.put_aside(message_id=number, arguments={"night_id": 0, "turn": 0})

    assert messages_of("a_plumbline") == [number]
