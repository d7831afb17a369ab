"""Where the pages are served, what is said of a database that is gone, and of an end."""

import os
import signal
import socket

import psycopg
import pytest
from django.db import OperationalError, connection
from django.db.backends.postgresql.base import DatabaseWrapper

from measurement import together, unreachable, web
from tests.measurement.test_together import (
    NO_DATABASE,
    SLEEP,
    are_gone,
    children,
)
from tests.processes import environment, free_port


@pytest.mark.parametrize(
    ("host", "port", "address"),
    [
        ("127.0.0.1", 8000, "http://localhost:8000"),
        ("0.0.0.0", 80, "http://localhost:80"),
        ("::", 80, "http://localhost:80"),
        ("::1", 80, "http://[::1]:80"),
        ("plumbline.example.com", 443, "http://plumbline.example.com:443"),
    ],
)
def test_an_address_can_be_typed_into_a_browser(host, port, address):
    assert web.address(host, port) == address


@pytest.mark.parametrize("port", [65536, 70000, -1, 0])
def test_a_number_that_is_no_port_is_refused(port):
    with pytest.raises(web.PortInUse) as refused:
        web.refuse_port_in_use("127.0.0.1", port)

    assert str(refused.value) == (
        f"There is no port {port}: they begin at 1 and end at 65535."
    )


def test_a_host_that_is_not_this_machine_is_refused():
    with pytest.raises(web.PortInUse) as refused:
        web.refuse_port_in_use("192.0.2.7", port := free_port())

    assert str(refused.value).startswith(
        f"The pages cannot be served at 192.0.2.7:{port}: "
    )


def test_a_host_of_the_newer_kind_of_address_is_tried_as_one():
    with socket.socket(socket.AF_INET6) as listening:
        try:
            listening.bind(("::1", 0))
        except OSError:
            pytest.skip("this machine has no such address")
        listening.listen()
        taken = listening.getsockname()[1]

        with pytest.raises(web.PortInUse, match="Address already in use"):
            web.refuse_port_in_use("::1", taken)

    web.refuse_port_in_use("::1", taken)


def test_a_port_somebody_listens_at_is_served():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        assert web.wait_until_served("127.0.0.1", listening.getsockname()[1])


def test_a_port_nobody_listens_at_is_not_waited_for_beyond_its_time():
    assert not web.wait_until_served("127.0.0.1", free_port(), seconds=0.15)


def refused_connection(**other: object) -> OperationalError:
    described = {**connection.settings_dict, **other}
    with pytest.raises(OperationalError) as refused:
        DatabaseWrapper(described, alias="another").ensure_connection()
    return refused.value


@pytest.mark.django_db
def test_a_wrong_password_is_said_without_it():
    said = unreachable.sentence(refused_connection(PASSWORD="hunter2"))

    described = connection.settings_dict
    assert said is not None
    assert said.startswith(
        f"The database {described['NAME']} at {described['HOST']} cannot be reached: "
    )
    assert said.endswith(
        f'password authentication failed for user "{described["USER"]}". Start it, or '
        f"mend DATABASE_URL."
    )
    assert "hunter2" not in said


@pytest.mark.django_db
def test_a_database_that_is_not_there_is_named(settings, monkeypatch):
    nowhere = {**connection.settings_dict, "NAME": "nowhere"}
    monkeypatch.setitem(settings.DATABASES, "default", nowhere)

    said = unreachable.sentence(refused_connection(NAME="nowhere"))

    assert said is not None
    assert said.startswith("The database nowhere at ")
    assert said.endswith(
        'database "nowhere" does not exist. Start it, or mend DATABASE_URL.'
    )


def test_a_connection_the_server_ended_is_a_database_that_is_gone(own_database):
    with connection.cursor() as cursor, pytest.raises(OperationalError) as ended:
        cursor.execute("select pg_terminate_backend(pg_backend_pid())")
    connection.close()

    said = unreachable.sentence(ended.value)
    assert said is not None
    assert said.startswith(f"The database {own_database} at ")


def caused_by(cause: Exception) -> OperationalError:
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("cause", "is_of_the_connection"),
    [
        (psycopg.errors.ConnectionFailure, True),
        (psycopg.errors.TooManyConnections, True),
        (psycopg.errors.AdminShutdown, True),
        (psycopg.errors.CannotConnectNow, True),
        (psycopg.errors.InvalidPassword, True),
        (psycopg.errors.DiskFull, False),
        (psycopg.errors.OutOfMemory, False),
        (psycopg.errors.QueryCanceled, False),
        (psycopg.errors.LockNotAvailable, False),
        (psycopg.errors.DeadlockDetected, False),
        (psycopg.OperationalError, True),
        (ConnectionError, False),
    ],
)
def test_only_what_stands_between_us_and_the_database_is_said_to(
    cause, is_of_the_connection
):
    said = unreachable.sentence(caused_by(cause("it is so")))

    assert (said is not None) == is_of_the_connection


def test_a_server_without_a_host_is_on_this_machine(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES, "default", {"NAME": "shop", "HOST": ""})

    said = unreachable.sentence(
        caused_by(
            psycopg.OperationalError(
                "connection failed: no such file.\n\tIs the server running locally?"
            )
        )
    )

    assert said == (
        "The database shop at this machine cannot be reached: no such file. Start it, or "
        "mend DATABASE_URL."
    )


def test_what_goes_wrong_while_they_begin_ends_those_that_have(tmp_path):
    begun: list[int] = []

    def go_wrong() -> None:
        begun.extend(children(os.getpid())[-2:])
        raise RuntimeError("nothing to look at")

    with pytest.raises(RuntimeError, match="nothing to look at"):
        together.run(
            {"one": SLEEP, "other": SLEEP},
            environment=environment(**NO_DATABASE),
            logs=tmp_path,
            when_begun=go_wrong,
        )

    assert (len(begun), are_gone(begun)) == (2, True)


def test_whoever_listened_to_signals_before_does_so_again(tmp_path):
    numbers = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    before = [signal.getsignal(number) for number in numbers]

    def ask_to_stop() -> None:
        assert [signal.getsignal(number) for number in numbers] != before
        os.kill(os.getpid(), signal.SIGTERM)

    together.run({}, environment={}, logs=tmp_path, when_begun=ask_to_stop)

    assert [signal.getsignal(number) for number in numbers] == before


def test_one_that_ends_without_a_word_is_said_to(tmp_path):
    with pytest.raises(together.Ended) as ended:
        together.run(
            {"short one": ["shell", "-v", "0", "-c", "import os; os._exit(0)"]},
            environment=environment(**NO_DATABASE),
            logs=tmp_path,
            when_begun=lambda: None,
        )

    assert str(ended.value) == (
        f"The short one ended by itself (exit 0) and the rest has been stopped too. "
        f"{tmp_path / 'short-one.log'} is empty."
    )
