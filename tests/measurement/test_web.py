"""The web server: where it listens, as whom, and how it ends."""

import signal
import socket
import urllib.request
from urllib.error import URLError

import pytest

from measurement import web
from tests import databases
from tests.processes import begin, free_port, manage, soon


@pytest.fixture
def taken_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_port_in_use_is_refused_in_a_sentence(taken_port):
    with pytest.raises(web.PortInUse) as refused:
        web.refuse_port_in_use("127.0.0.1", taken_port)

    assert str(refused.value) == (
        f"The pages cannot be served at 127.0.0.1:{taken_port}: Address already in use. "
        f"Stop what listens there, or give another port."
    )


def test_a_port_beyond_the_last_is_refused():
    with pytest.raises(web.PortInUse, match="There is no port 70000"):
        web.refuse_port_in_use("127.0.0.1", 70000)


def test_a_free_port_is_left_free():
    port = free_port()

    web.refuse_port_in_use("127.0.0.1", port)
    web.refuse_port_in_use("127.0.0.1", port)


def answers(address: str) -> bool:
    try:
        return bool(urllib.request.urlopen(address).status == 200)
    except URLError:
        return False


def test_the_pages_are_served_and_end_when_told(own_database, tmp_path):
    port = free_port()
    serving = begin(
        "manage.py", "web", "--port", str(port),
        DATABASE_URL=databases.url(), VAR=str(tmp_path),
    )  # fmt: skip

    is_up = soon(lambda: answers(f"http://127.0.0.1:{port}/sign-in/"))
    serving.send_signal(signal.SIGTERM)
    said, _ = serving.communicate(timeout=20)

    assert (is_up, serving.returncode, said) == (
        True,
        0,
        f"Serving http://localhost:{port} (Ctrl-C stops it).\n",
    )
    web.refuse_port_in_use("127.0.0.1", port)


def test_the_pages_are_not_served_as_the_owner(own_database, tmp_path):
    ended = manage(
        "web", "--port", str(free_port()),
        DATABASE_URL=databases.url("owner"), VAR=str(tmp_path),
    )  # fmt: skip

    assert (ended.returncode, "measurement.E002" in ended.stderr) == (1, True)
