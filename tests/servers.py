"""A PostgreSQL of a test's own, gone afterwards."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from measurement import postgres


@contextlib.contextmanager
def a_server(folder: Path) -> Iterator[postgres.Server]:
    """Give a server in that folder, not started yet."""
    server = postgres.Server(folder / "postgres")
    try:
        yield server
    finally:
        if server.is_running():
            server.stop()
        if server.socket_folder.parent != server.folder:
            shutil.rmtree(server.socket_folder, ignore_errors=True)
