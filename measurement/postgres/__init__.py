"""The PostgreSQL that runs under ``var/`` where no ``DATABASE_URL`` names another.

Every role signs in with a password of its own (scram, socket included). Whoever may read
the files of this account of the operating system may read those passwords: a hosted
database with separate secrets is the real wall.
"""

from measurement.postgres.cluster import Server
from measurement.postgres.programs import PostgresError
from measurement.postgres.provide import embedded, provide
from measurement.postgres.roles import APP, AUDITOR, DATABASE, OWNER, SUPERUSER

__all__ = [
    "APP",
    "AUDITOR",
    "DATABASE",
    "OWNER",
    "SUPERUSER",
    "PostgresError",
    "Server",
    "embedded",
    "provide",
]
