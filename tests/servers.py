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
            _remove(server.socket_folder)


def _remove(folder: Path) -> None:
    if folder.is_symlink():
        folder.unlink()
    else:
        shutil.rmtree(folder, ignore_errors=True)
