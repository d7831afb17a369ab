"""Give the tests a PostgreSQL of their own before Django reads its settings.

It is the embedded one, in a folder beside the demo's, and it promises less: what it
committed may be lost with the machine's power. Nothing in it is worth a wait for the
disk, and copying a database would wait for every byte the demo wrote too. Delete the
folder where it does not start after a loss of power.
"""

import atexit
import os

import psycopg
from psycopg import sql

from measurement import env, postgres

PROMISES_NOTHING = ("fsync", "synchronous_commit", "full_page_writes")


def provide() -> None:
    """Start it if need be, and put its addresses into the environment."""
    var = env.folder("VAR", env.ROOT / "var").absolute()
    server = postgres.Server(var / "postgres_of_tests")
    server.use()
    atexit.register(server.leave)
    with psycopg.connect(
        server.url(postgres.SUPERUSER, postgres.SUPERUSER), autocommit=True
    ) as connection:
        for setting in PROMISES_NOTHING:
            connection.execute(
                sql.SQL("alter system set {} = off").format(sql.Identifier(setting))
            )
        connection.execute("select pg_reload_conf()")
    os.environ["EMBEDDED_POSTGRES"] = "yes"
    os.environ["DATABASE_URL"] = server.url(postgres.APP)
    os.environ["DATABASE_OWNER_URL"] = server.url(postgres.OWNER)


if not os.environ.get("DATABASE_URL"):
    provide()
