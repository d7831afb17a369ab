"""Which address a command of ours is given, and who stops the server behind it."""

import atexit
import os

from measurement import env
from measurement.postgres.cluster import Server
from measurement.postgres.roles import APP, OWNER

# Commands that create or change tables; everything else runs as the app.
OWNER_COMMANDS = {"migrate", "makemigrations", "sqlmigrate", "bootstrap", "demo"}
# Commands that look at the code only, or start and stop the server themselves. A column
# PostgreSQL fills in has Django ask for its version, even to write a migration.
NO_DATABASE_COMMANDS = {"help", "collectstatic", "db", "--version"}

_NOWHERE = "postgresql://nobody@/nowhere?host=/nonexistent"


def embedded() -> Server:
    """Return the server under ``var/``."""
    return Server(env.folder("VAR", env.ROOT / "var").absolute() / "postgres")


def provide(command: str) -> None:
    """Put into the environment the addresses the command may use.

    With ``DATABASE_URL`` set this does nothing. Otherwise the embedded server is started
    if it is not running, and stopped by whoever is the last to use it, unless it was
    started to stay.

    Raises:
        PostgresError: the server did not come up.
    """
    if os.environ.get("DATABASE_URL"):
        return
    server = embedded()
    os.environ["EMBEDDED_POSTGRES"] = "yes"
    if command in NO_DATABASE_COMMANDS:
        os.environ["DATABASE_URL"] = _NOWHERE
        return
    server.use()
    atexit.register(server.leave)
    os.environ["DATABASE_URL"] = server.url(APP)
    if command in OWNER_COMMANDS:
        os.environ["DATABASE_OWNER_URL"] = server.url(OWNER)
