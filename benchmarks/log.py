"""How long sealing and verifying a log of 100,000 events takes.

Beside it: what the database alone takes to walk the chain and compute every hash anew.
"""

import os
import statistics
import tempfile
from pathlib import Path

import django

from benchmarks.figures import Figure, seconds
from measurement import postgres

EVENTS = int(os.environ.get("BENCH_EVENTS", "100000"))
TIMES = 3
GOAL_SECONDS = 2
_HAPPENED = (
    "select governance_append(null, 'took effect', 'field', 'order.field_' || n, n,"
    " 'The quarterly review asked for it.', jsonb_build_object('name', n),"
    " jsonb_build_object('name', n + 1)) from generate_series(1, %s) n"
)
_HASHED = (
    "select count(*) from governance_governanceevent e"
    " where hash <> governance_event_hash(e)"
)


def measure() -> list[Figure]:
    """Seal and verify a log nobody touched, and return what it took."""
    postgres.provide("demo")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "measurement.settings")
    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        rounds = [_round(attempt, Path(folder)) for attempt in range(TIMES)]
    return figures(rounds)


def figures(rounds: list[tuple[float, float, float]]) -> list[Figure]:
    """Return the medians of sealing and verifying, each beside the bare hashing."""
    sealed, verified, hashed = map(statistics.median, zip(*rounds, strict=True))
    beside = f"{EVENTS:,} events; hashing alone {hashed:.2f} s"
    return [
        Figure("sealing the log", sealed, "s", GOAL_SECONDS, False, beside),
        Figure("verifying the log", verified, "s", GOAL_SECONDS, False, beside),
    ]


def _round(attempt: int, folder: Path) -> tuple[float, float, float]:
    from django.conf import settings
    from django.db import connection, connections
    from django.utils import timezone

    from governance import log
    from tests import databases

    name = f"bench_log_{os.getpid()}_{attempt}"
    settings.SEAL_KEY = folder / "key"
    seals = folder / name
    databases.copy(name)
    try:
        with databases.working_in(name):
            with connections["owner"].cursor() as cursor:
                cursor.execute(_HAPPENED, [EVENTS])
            sealed = seconds(lambda: log.seal(at=timezone.now(), folder=seals))
            verified = seconds(lambda: _verify(seals))
            with connection.cursor() as cursor:
                hashed = seconds(lambda: cursor.execute(_HASHED))
            return sealed, verified, hashed
    finally:
        databases.drop(name)


def _verify(seals: Path) -> None:
    from governance import log

    verdict = log.verify(seals)
    assert verdict.is_whole and verdict.events >= EVENTS, verdict.finding
