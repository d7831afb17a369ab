"""The PostgreSQL of our own: who gets in, and what it survives."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from measurement import postgres
from measurement.postgres import programs
from tests.servers import a_server

ROLES = [postgres.SUPERUSER, postgres.OWNER, postgres.APP, postgres.AUDITOR]

# Another process that uses the server until its standard input closes.
GUEST = """
import sys
from pathlib import Path
from measurement import postgres
server = postgres.Server(Path(sys.argv[1]))
server.use()
print("in", flush=True)
sys.stdin.read()
server.leave()
"""

# One whose child leaves before it does.
FORKING_GUEST = """
import os, sys
from pathlib import Path
from measurement import postgres
server = postgres.Server(Path(sys.argv[1]))
server.use()
child = os.fork()
server.leave() if child == 0 else os.waitpid(child, 0)
if child == 0:
    os._exit(0)
print(server.is_running())
server.leave()
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Server]:
    with a_server(tmp_path_factory.mktemp("postgres")) as server:
        server.start()
        yield server


@pytest.fixture
def stopped(tmp_path: Path, running: postgres.Server) -> Iterator[postgres.Server]:
    """A server that was made before and is not running: a copy, which is quicker."""
    with a_server(tmp_path) as server:
        if running.is_running():
            running.stop()
        shutil.copytree(running.folder, server.folder, ignore=_sockets)
        account = programs.account(running.data)
        account.own(server.data, *server.data.rglob("*"))
        yield server


def _sockets(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name.startswith(".s.")]


def guest(server: postgres.Server) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", GUEST, str(server.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def postmaster(server: postgres.Server) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])


@pytest.mark.parametrize("role", ROLES)
def test_every_role_signs_in_with_its_own_password(running, role):
    running.start()

    with psycopg.connect(running.url(role, "postgres")) as connection:
        assert connection.execute("select current_user").fetchone() == (role,)


@pytest.mark.parametrize("role", ROLES)
def test_nobody_is_let_in_without_a_password(running, role):
    running.start()

    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(
            user=role,
            host=str(running.socket_folder),
            dbname="postgres",
            passfile="/dev/null",
        )


def test_the_server_listens_on_no_network_address(running):
    running.start()

    with psycopg.connect(running.url(postgres.APP)) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)


def test_no_line_of_the_door_list_trusts_anybody(running):
    lines = (running.data / "pg_hba.conf").read_text().splitlines()

    ways = {line.split()[-1] for line in lines if line and not line.startswith("#")}

    assert ways == {"scram-sha-256"}


def test_passwords_are_readable_by_us_alone(running):
    modes = {
        stat.S_IMODE(kept.stat().st_mode)
        for kept in (running.folder / "secrets").iterdir()
    }

    assert modes == {0o600}


def test_the_four_passwords_differ(running):
    assert len({running.password(role) for role in ROLES}) == 4


def test_starting_what_runs_is_quick_and_changes_nothing(running):
    running.start()
    before = postmaster(running)

    began = time.monotonic()
    running.start()

    assert (postmaster(running), time.monotonic() - began < 1) == (before, True)


def test_two_who_start_at_once_share_one_server(tmp_path):
    with a_server(tmp_path) as server:
        both = [guest(server), guest(server)]

        said = [one.stdout.readline() for one in both]
        ended = [one.communicate()[0] and one.returncode for one in both]

        assert (said, [one.returncode for one in both]) == (["in\n", "in\n"], [0, 0]), (
            ended
        )
        assert not server.is_running()


def test_the_last_to_leave_stops_the_server(stopped):
    first, second = guest(stopped), guest(stopped)
    assert [first.stdout.readline(), second.stdout.readline()] == ["in\n", "in\n"]

    first.communicate()
    runs_for_the_second = stopped.is_running()
    second.communicate()

    assert (runs_for_the_second, stopped.is_running()) == (True, False)


def test_somebody_connected_keeps_the_server_running(stopped):
    one = guest(stopped)
    one.stdout.readline()

    with psycopg.connect(stopped.url(postgres.APP)) as connection:
        one.communicate()

        assert connection.execute("select 1").fetchone() == (1,)


def test_a_server_started_to_stay_stays(stopped):
    stopped.start()
    one = guest(stopped)
    one.stdout.readline()

    one.communicate()

    assert stopped.is_running()


def test_rows_survive_a_kill(stopped):
    stopped.start()
    with psycopg.connect(stopped.url(postgres.OWNER)) as connection:
        connection.execute("create table kept (word text)")
        connection.execute("insert into kept values ('still here')")

    os.kill(postmaster(stopped), signal.SIGKILL)
    stopped.start()

    with psycopg.connect(stopped.url(postgres.OWNER)) as connection:
        assert connection.execute("select word from kept").fetchone() == ("still here",)


def test_a_process_id_left_behind_and_given_to_another_is_not_the_server(stopped):
    left_behind = stopped.data / "postmaster.pid"
    left_behind.write_text(f"{os.getpid()}\n{stopped.data}\n")

    assert not stopped.is_running()
    stopped.start()

    assert postmaster(stopped) != os.getpid()


def test_an_interrupted_beginning_is_done_again(tmp_path):
    with a_server(tmp_path) as server:
        (server.folder / "data-unfinished").mkdir(parents=True)

        server.start()

        assert (server.is_running(), list(server.folder.glob("data-*"))) == (True, [])


def test_a_folder_too_long_for_a_socket_and_with_spaces_works(tmp_path):
    with a_server(tmp_path / ("long, and 'odd' " * 6)) as server:
        server.start()

        with psycopg.connect(server.url(postgres.APP)) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        assert server.socket_folder.parent != server.folder


def test_a_socket_folder_of_somebody_else_is_refused(stopped, monkeypatch, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.rmtree(stopped.socket_folder, ignore_errors=True)
    stopped.socket_folder.symlink_to(elsewhere)

    with pytest.raises(postgres.PostgresError, match="belongs to another account"):
        stopped.start()


def test_a_folder_we_may_not_write_to_is_said_in_a_sentence(tmp_path):
    in_the_way = tmp_path / "postgres"
    in_the_way.write_text("a file where the folder should be")

    with pytest.raises(postgres.PostgresError, match="cannot be used: File exists"):
        postgres.Server(in_the_way).start()


def test_a_server_that_does_not_come_up_quotes_its_log(stopped, monkeypatch):
    monkeypatch.setattr("measurement.postgres.cluster._BETWEEN_TRIES", 0)
    with (stopped.data / "postgresql.conf").open("a") as configuration:
        configuration.write("shared_buffers = 'a lot'\n")

    with pytest.raises(postgres.PostgresError, match="shared_buffers"):
        stopped.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_without_an_account_to_become_root_is_told_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "SYSTEM_USER", "nobody_of_this_name")
    monkeypatch.setenv("PATH", "")

    with pytest.raises(postgres.PostgresError, match="Run this as an ordinary user"):
        postgres.Server(tmp_path / "postgres").start()


def test_a_forked_process_does_not_leave_for_its_parent(stopped):
    ended = subprocess.run(
        [sys.executable, "-c", FORKING_GUEST, str(stopped.folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (ended.stdout, stopped.is_running()) == ("True\n", False)
