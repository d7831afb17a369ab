"""The web server: gunicorn, told what to serve and where."""

import contextlib
import socket
import time
from typing import Any

from gunicorn.app.base import BaseApplication

PROCESSES, THREADS = 2, 4


class PortInUse(Exception):
    """Something else listens where the pages were to be served."""


def address(host: str, port: int) -> str:
    """Return what to type into a browser.

    >>> address("127.0.0.1", 8000)
    'http://localhost:8000'
    >>> address("192.0.2.7", 80)
    'http://192.0.2.7:80'
    """
    name = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::"} else host
    return f"http://{_place(name, port)}"


def _place(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def refuse_port_in_use(host: str, port: int) -> None:
    """Try the port, and let it go again.

    Raises:
        PortInUse: the server could not listen there.
    """
    if not 1 <= port <= 65535:
        raise PortInUse(f"There is no port {port}: they begin at 1 and end at 65535.")
    kind = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(kind) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise PortInUse(
                f"The pages cannot be served at {_place(host, port)}: {error.strerror}. "
                f"Stop what listens there, or give another port."
            ) from error


def wait_until_served(host: str, port: int, *, seconds: float = 30) -> bool:
    """Return whether somebody answered in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            socket.create_connection((host, port), timeout=1).close()
            return True
        time.sleep(0.1)
    return False


def serve(host: str, port: int) -> None:
    """Serve the pages until told to stop; requests under way are answered first."""
    _Pages(
        {
            "bind": _place(host, port),
            "worker_class": "gthread",
            # Read once, before the processes part: one that is told to stop while it
            # still reads would end as if it could not start.
            "preload_app": True,
            "workers": PROCESSES,
            "threads": THREADS,
            "timeout": 60,
            "graceful_timeout": 10,
            "loglevel": "warning",
            # It would lie in the home folder, one for all installations.
            "control_socket_disable": True,
        }
    ).run()


class _Pages(BaseApplication):
    """The site as gunicorn wants it."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from django.db import connections

        from measurement.wsgi import application

        # Two processes must not speak over one connection.
        connections.close_all()
        return application
