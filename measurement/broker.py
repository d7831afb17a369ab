"""Where messages to workers lie: in our own database, or with a broker of yours."""

from typing import Any

from psycopg.conninfo import make_conninfo

QUEUE = "plumbline"
# The name is for people: the real address is that of Django's connection.
OWN_DATABASE = "pgmq://own-database"

# A message read this often has had its chance: it is put aside and looked at by a person.
DELIVERIES = 5
# Celery takes this long to notice that a process of its pool is gone, and then lets its
# task wait a moment. Its own three minutes would outlast a message's invisibility.
NOTICING_SECONDS = 10
RETRY_SECONDS = 1


def conninfo(database: dict[str, Any]) -> str:
    """Return Django's description of a database as libpq writes it.

    The form with an address (``postgresql://...?host=/folder``) would do for libpq, but
    the queue's client reads no socket folder out of it and goes to 127.0.0.1 in silence.

    >>> conninfo({"HOST": "/run/pg", "NAME": "shop", "USER": "app", "PASSWORD": "it's"})
    "host=/run/pg dbname=shop user=app password=it\\\\'s"
    """
    parts = {
        "host": database.get("HOST"),
        "port": database.get("PORT"),
        "dbname": database.get("NAME"),
        "user": database.get("USER"),
        "password": database.get("PASSWORD"),
    }
    return make_conninfo(**{name: part for name, part in parts.items() if part})


def options(broker: str, visible_after: int) -> dict[str, Any]:
    """Return how the broker is to be asked for messages."""
    if broker != OWN_DATABASE:
        return {}
    return {
        "visibility_timeout": visible_after,
        # The schema is made by a migration; the app's role may not make extensions.
        "init_extension": False,
        # The server waits for us and looks ten times a second. We sleep ourselves, and
        # but shortly, while all our processes are busy: at 0 that would take a core.
        "wait_time_seconds": 1,
        "polling_interval": 0.02,
        "pool_size": 3,
    }
