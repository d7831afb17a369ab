"""The commands of ``manage.py``: as whom they start, and what they say on the way."""

import io
import json
import os
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import connection, connections

from measurement import broker, celery
from measurement.foreground import Progress
from measurement.management.commands import night as command
from measurement.models import Night, NightStep
from tests.make import moment
from tests.processes import free_port

BEGAN = moment("2026-06-01T02:00")


@pytest.fixture
def app_is_owner(own_database, monkeypatch, settings):
    """Let the app sign in as who owns the tables."""
    settings.ONE_DATABASE_ROLE = False
    for part in ("USER", "PASSWORD"):
        owners = connections["owner"].settings_dict[part]
        monkeypatch.setitem(connection.settings_dict, part, owners)
    connection.close()
    yield
    connection.close()


@pytest.mark.parametrize("name", ["worker", "web"])
def test_nobody_works_or_serves_as_the_owner_of_the_tables(
    app_is_owner, name, monkeypatch
):
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner:secret@/n")
    port = {"port": free_port()} if name == "web" else {}

    with pytest.raises(SystemCheckError, match=r"measurement\.E002"):
        call_command(name, **port)

    assert "DATABASE_OWNER_URL" not in os.environ


def test_a_worker_takes_as_many_tasks_at_a_time_as_it_was_told():
    assert celery.worker_arguments(processes=5, log_level="debug") == [
        "worker",
        "--concurrency=5",
        "--loglevel=debug",
        "--pool=prefork",
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
    ]


@pytest.mark.parametrize("processes", ["0", "-2"])
def test_a_worker_of_no_process_is_refused(processes):
    with pytest.raises(CommandError) as refused:
        call_command("worker", "--processes", processes)

    assert str(refused.value) == (
        f"A worker of {processes} processes does nothing: say 1 or more."
    )


@pytest.mark.parametrize("what", ["status", "stop"])
def test_a_server_that_was_never_there_does_not_run(tmp_path, monkeypatch, what):
    monkeypatch.setenv("VAR", str(tmp_path))
    said = StringIO()

    call_command("db", what, stdout=said)

    assert said.getvalue() == (
        f"The PostgreSQL under {tmp_path / 'postgres'} does not run.\n"
    )


def test_a_server_can_only_be_started_stopped_or_looked_at():
    with pytest.raises(CommandError, match="invalid choice: 'drop'"):
        call_command("db", "drop")


@pytest.mark.parametrize(
    ("database", "written"),
    [
        ({"NAME": "shop"}, "dbname=shop"),
        ({"NAME": "the shop", "HOST": "", "PORT": None}, "dbname='the shop'"),
        ({"PASSWORD": "a b\\c", "PORT": 6432}, r"port=6432 password='a b\\c'"),
    ],
)
def test_the_queue_is_told_where_the_database_is(database, written):
    assert broker.conninfo(database) == written


@pytest.fixture
def step(db):
    night = Night.objects.create(started_at=BEGAN)
    return NightStep(
        night=night,
        position=2,
        task="tests.one_page",
        label="till/orders: monday.csv",
        rows_in=1_234_567,
        written=1_000_000,
        unchanged=234_560,
        rejected=7,
        seconds=12.345,
        state=NightStep.State.DONE,
    )


class Terminal(io.StringIO):
    """What is written to somebody who looks on."""

    def isatty(self) -> bool:
        return True


def reported(step, *, to, number=2, out_of=11) -> str:
    command.Command(stdout=to)._report(Progress(number, out_of, step))
    return to.getvalue()


LINE = "  2/11 till/orders: monday.csv                        1,234,567 rows    12.3 s"


def test_a_step_that_is_done_is_a_line_with_what_was_rejected(step):
    assert reported(step, to=StringIO()) == f"{LINE}  7 rejected\n"


def test_what_a_step_has_to_say_stands_behind_its_numbers(step):
    step.rejected, step.message = 0, "2 new files."

    assert reported(step, to=StringIO()) == f"{LINE}  2 new files.\n"


def test_a_step_that_was_not_done_says_why(step):
    step.rejected, step.message = 0, "The disk is full."
    step.state = NightStep.State.FAILED

    assert reported(step, to=StringIO()) == f"{LINE}  The disk is full.\n"


def test_a_file_is_told_only_of_steps_that_are_over(step):
    step.state = NightStep.State.RUNNING

    assert reported(step, to=StringIO()) == ""


def test_on_a_terminal_a_step_at_work_is_a_line_that_is_written_over(step):
    step.state, step.rejected, step.message = NightStep.State.RUNNING, 0, "page 3"
    seen = Terminal()

    reported(step, to=seen)
    step.state, step.message = NightStep.State.DONE, ""
    reported(step, to=seen)

    assert seen.getvalue() == f"\r\x1b[K{LINE}\r\x1b[K{LINE}\n"


def test_a_night_is_described_with_each_of_its_steps_in_order(step):
    step.save()
    night = step.night
    NightStep.objects.create(night=night, position=1, task="t", label="Rates")
    night.state, night.ended_at = "done", BEGAN + timedelta(seconds=90.1234)

    described = json.loads(json.dumps(command._described(night)))

    assert [each["label"] for each in described["steps"]] == [
        "Rates",
        "till/orders: monday.csv",
    ]
    assert described["steps"][1] == {
        "label": "till/orders: monday.csv",
        "rows_in": 1_234_567,
        "written": 1_000_000,
        "unchanged": 234_560,
        "rejected": 7,
        "seconds": 12.345,
        "peak_mb": 0.0,
    }
    assert (described["night"], described["state"], described["seconds"]) == (
        night.pk,
        "done",
        90.123,
    )


def test_a_night_that_is_not_over_has_taken_no_time_yet(step):
    assert command._described(step.night) == {
        "night": step.night.pk,
        "state": "running",
        "seconds": 0.0,
        "steps": [],
    }


@pytest.mark.django_db
def test_a_night_that_workers_have_in_hand_is_not_begun_twice():
    call_command("night", "--queue", stdout=StringIO())

    with pytest.raises(CommandError):
        call_command("night", "--queue", stdout=StringIO())

    assert Night.objects.count() == 1
