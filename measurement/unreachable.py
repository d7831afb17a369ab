"""A database that cannot be had, in a sentence for whoever can act on it."""

import psycopg
from django.conf import settings
from django.db import OperationalError

# Classes of SQLSTATE that are about the connection, not about a statement on it:
# connection lost, password refused, no such database, too many clients, server stopped.
_OF_THE_CONNECTION = ("08", "28", "3D", "53300", "57P")


def sentence(error: OperationalError) -> str | None:
    """Return what stands between us and the database, or nothing if it is not that.

    An error with no SQLSTATE comes from before the server could answer.
    """
    cause = error.__cause__
    if not isinstance(cause, psycopg.Error):
        return None
    if cause.sqlstate and not cause.sqlstate.startswith(_OF_THE_CONNECTION):
        return None
    said = " ".join(str(cause).split()).removeprefix("connection failed: ")
    said = said.split(" Is the server running", 1)[0].rstrip(".")
    database = settings.DATABASES["default"]
    where = f"The database {database['NAME']} at {database['HOST'] or 'this machine'}"
    if "no password supplied" in said:
        return (
            f"{where} asks for a password and DATABASE_URL has none. "
            f"Write postgresql://user:password@host:5432/name."
        )
    return f"{where} cannot be reached: {said}. Start it, or mend DATABASE_URL."
