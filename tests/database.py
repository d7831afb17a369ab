"""Give the tests the embedded PostgreSQL before Django reads its settings."""

import os

from measurement import postgres

if not os.environ.get("DATABASE_URL"):
    postgres.provide("demo")
