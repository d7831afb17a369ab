"""kill -9 of PostgreSQL under a worker: when it is back, the same worker ends the load."""

import contextlib
import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections

from measurement import postgres
from tests.faults import trials, workshop
from tests.faults.left_behind import damage, left_behind
from tests.faults.test_killed_worker import undisturbed
from tests.faults.workshop import Workshop
from tests.servers import a_server

# Once in the middle of a page, once while it is committed, once at the answer to it.
KILLED_AT = [
    "page staged",
    "night: page about to be committed",
    "message: about to be answered",
]

pytestmark = pytest.mark.slow


def test_a_worker_ends_its_load_though_the_server_was_killed(
    nights_to_kill, tmp_path, django_db_blocker
):
    whole = undisturbed(nights_to_kill)

    with a_server(tmp_path) as server, django_db_blocker.unblock():
        server.start()
        with working_at(server):
            call_command("migrate", database="owner", verbosity=0)
            trials.ask_for_the_night()
        load(server, nights_to_kill.workshop, tmp_path)
        with working_at(server):
            left = left_behind(tmp_path / "raw")

    assert damage(whole=whole.left, found=left) == []


def load(server: postgres.Server, hands: Workshop, folder: Path) -> None:
    """Have a worker load, and kill the server three times meanwhile."""
    counted = folder / "boundaries"
    worker = hands.worker(
        log=folder / "worker.log",
        FAILPOINT_COUNT_FILE=str(counted),
        **trials.surroundings(server.url(postgres.APP), folder),
    )
    try:
        for number, name in enumerate(KILLED_AT, start=1):
            trials.wait(partial(_has_passed, counted, name, times=number + 1))
            kill(server)
            server.start()
            with looking_at(server) as looking:
                trials.let_time_pass(looking, folder, sweeper=True)
        with looking_at(server) as looking:
            trials.wait(trials.Over(looking, sweeper=True))
    finally:
        workshop.kill(worker)


def _has_passed(counted: Path, name: str, *, times: int) -> bool:
    return trials.passed(counted).count(name) >= times


def kill(server: postgres.Server) -> None:
    number = int((server.data / "postmaster.pid").read_text().split("\n", 1)[0])
    os.kill(number, signal.SIGKILL)


@contextlib.contextmanager
def looking_at(server: postgres.Server) -> Iterator[trials.Looking]:
    with psycopg.connect(server.url(postgres.APP), autocommit=True) as looking:
        yield looking


@contextlib.contextmanager
def working_at(server: postgres.Server) -> Iterator[None]:
    """Work at that server for a while, in the roles we have here."""
    before = {}
    for alias, role in (("default", postgres.APP), ("owner", postgres.OWNER)):
        connections[alias].close()
        settings = connections[alias].settings_dict
        before[alias] = dict(settings)
        settings.update(
            HOST=str(server.socket_folder),
            NAME=postgres.DATABASE,
            USER=role,
            PASSWORD=server.password(role),
        )
    try:
        yield
    finally:
        for alias, settings in before.items():
            connections[alias].close()
            connections[alias].settings_dict.update(settings)
