"""What a dashboard costs: the data of a four-chart page, asked of our own web server.

The server is the one of ``manage.py web``, on loopback; who asks runs beside it on the same
machine, so times are of both. Beside each figure: an address that answers nothing at all.
"""

import http.client
import json
import os
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import django
import numpy as np

from benchmarks.figures import Figure
from measurement import postgres

SHOPS, MONTHS, BUILDS = 3, 60, 4
CHANNELS = 11
SEGMENTS = ("Loyal", "Families", "Students", "Guests")
SEED = 7
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
ALONE, TOGETHER, SECONDS = 400, 8, 8
BOARD = "/api/v1/boards/growth?storefront=shop-0&against=year"
PAGE = "/growth/?storefront=shop-0&against=year"


def measure() -> list[Figure]:
    """Fill a database of its own with the readings of a large shop, and ask for them."""
    postgres.provide("demo")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "measurement.settings")
    django.setup()
    from tests import databases

    name = f"bench_serving_{os.getpid()}"
    databases.copy(name)
    try:
        with databases.working_in(name):
            filled, token, session = _filled()
            with _served() as port:
                return _figures(port, filled, token, session)
    finally:
        databases.drop(name)


def _figures(port: int, filled: str, token: str, session: str) -> list[Figure]:
    known = {"Authorization": f"Bearer {token}"}
    signed_in = {"Cookie": f"sessionid={session}"}
    nothing = _alone(port, lambda _: "/api/v1/", known)
    tag = _asked(port, BOARD, known)[1]
    new = _alone(port, _narrowed, known, times=120)
    whole = _alone(port, lambda _: BOARD, known)
    unchanged = _alone(
        port, lambda _: BOARD, {**known, "If-None-Match": tag}, status=304
    )
    page = _alone(port, lambda _: PAGE, signed_in, times=60)
    took, rate = _together(port, BOARD, known)
    beside = f"{filled}; an address that reads nothing {_ms(nothing):.1f} ms"
    return [
        _most(
            "four charts of other months, median",
            _ms(new),
            "ms",
            25,
            "built anew each time",
        ),
        _most("four charts, median", _ms(whole), "ms", 5, beside),
        _most("four charts unchanged (304), median", _ms(unchanged), "ms", 2, beside),
        _most(
            "four charts at 8, 95 of 100", _high(took), "ms", 50, f"{len(took):,} asked"
        ),
        Figure("four charts at 8", rate, "/s", 300, True, f"for {SECONDS} s", digits=0),
        _most("the page with its tables, median", _ms(page), "ms", 60, "as HTML"),
        _most(
            "questions to the database", _questions(token), "", 12, "per four charts"
        ),
    ]


@dataclass(frozen=True)
class _Shop:
    build: Any
    storefront: Any
    chance: Random

    def rows(self) -> Iterator[Any]:
        from reporting.boards.declared import BOARDS
        from reporting.models import Reading

        metrics = sorted({one for board in BOARDS.values() for one in board.metrics()})
        places: list[dict[str, str | int]] = [{}]
        places += [{"month": _month(nth)} for nth in range(MONTHS)]
        places += [{"channel": f"channel-{nth}"} for nth in range(CHANNELS)]
        places += [{"segment": segment} for segment in SEGMENTS]
        cohorts = [
            {"cohort": _month(first), "month": age, "segment": segment}
            for first in range(MONTHS)
            for age in range(MONTHS - first)
            for segment in ("", *SEGMENTS)
        ]
        named = [(metric, place) for metric in metrics for place in places]
        named += [("cohort_retention", place) for place in cohorts]
        for metric, place in named:
            yield Reading(
                build=self.build, storefront=self.storefront, metric=metric,
                dimensions=place, n=self.chance.randrange(30, 90_000),
                value=Decimal(self.chance.randrange(10**9)).scaleb(-4),
            )  # fmt: skip


def _filled() -> tuple[str, str, str]:
    """Write builds with all their readings; return how much, a token, and a session."""
    from django.db import connections

    from reporting.boards.declared import BOARDS
    from reporting.models import Build, Reading
    from tests import make

    chance, count = Random(SEED), 0
    shops = [make.storefront(f"shop-{nth}") for nth in range(SHOPS)]
    for nth in range(BUILDS):
        at = BEGAN + timedelta(days=nth)
        is_last = nth == BUILDS - 1
        build = Build.objects.create(
            made_at=at, data_moment=at, identity_moment=at, digest=f"{nth:064}",
            definitions={one: "1" for board in BOARDS.values() for one in board.metrics()},
            state=Build.State.PUBLISHED if is_last else Build.State.SUPERSEDED,
            published_at=at,
        )  # fmt: skip
        for shop in shops:
            rows = list(_Shop(build, shop, chance).rows())
            count += len(Reading.objects.bulk_create(rows, batch_size=2_000))
    with connections["owner"].cursor() as cursor:
        cursor.execute("vacuum analyze reporting_reading")
    return f"{count:,} readings, {BUILDS} builds", *_known()


def _known() -> tuple[str, str]:
    """Return a token that reads, and the session of whoever made it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils import timezone

    from governance import tokens
    from tests import make

    reader = make.user()
    made = tokens.make(
        name="benchmark", scope="read", lives=timedelta(days=1), by=reader,
        at=timezone.now(),
    )  # fmt: skip
    session = SessionStore()
    session[SESSION_KEY] = str(reader.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = reader.get_session_auth_hash()
    session.create()
    return made.secret, str(session.session_key)


@contextmanager
def _served() -> Iterator[int]:
    """Serve this database on loopback, with no more to say than what was asked."""
    from django.conf import settings

    from tests import databases, processes

    port = processes.free_port()
    server = processes.begin(
        "manage.py", "web", f"--port={port}",
        DATABASE_URL=databases.url(),
        SECRET_KEY=settings.SECRET_KEY,
        ALLOWED_HOSTS="127.0.0.1",
        API_READS_A_MINUTE=str(10**9),
    )  # fmt: skip
    try:
        if not processes.soon(lambda: _answers(port), seconds=30):
            raise SystemExit(f"The web server did not start: {_words(server)}")
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


def _words(server: Any) -> str:
    server.kill()
    return str(server.communicate()[0])[-500:]


def _answers(port: int) -> bool:
    with socket.socket() as trial:
        trial.settimeout(1)
        return trial.connect_ex(("127.0.0.1", port)) == 0


def _asked(port: int, path: str, headers: dict[str, str]) -> tuple[int, str]:
    line = http.client.HTTPConnection("127.0.0.1", port)
    line.request("GET", path, headers=headers)
    answer = line.getresponse()
    body = answer.read()
    line.close()
    if answer.status == 200 and path == BOARD and len(json.loads(body)["tables"]) < 4:
        raise SystemExit("The board has fewer charts than it is measured by.")
    return answer.status, str(answer.headers.get("ETag", ""))


def _alone(
    port: int,
    path: Callable[[int], str],
    headers: dict[str, str],
    *,
    times: int = ALONE,
    status: int = 200,
) -> list[float]:
    """Ask over one connection, one after another; return how long each took."""
    line, took = http.client.HTTPConnection("127.0.0.1", port), []
    for nth in range(times + 20):
        began = time.perf_counter()
        line.request("GET", path(nth), headers=headers)
        answer = line.getresponse()
        answer.read()
        took.append(time.perf_counter() - began)
        if answer.status != status:
            raise SystemExit(f"{path(nth)} answered {answer.status}, not {status}.")
    line.close()
    return took[20:]


def _together(
    port: int, path: str, headers: dict[str, str]
) -> tuple[list[float], float]:
    """Ask over several connections at once, for a while; return times, and how many."""
    took: list[list[float]] = [[] for _ in range(TOGETHER)]
    until = time.perf_counter() + SECONDS

    def ask(mine: list[float]) -> None:
        line = http.client.HTTPConnection("127.0.0.1", port)
        while (began := time.perf_counter()) < until:
            line.request("GET", path, headers=headers)
            line.getresponse().read()
            mine.append(time.perf_counter() - began)
        line.close()

    asking = [threading.Thread(target=ask, args=(each,)) for each in took]
    for each in asking:
        each.start()
    for each in asking:
        each.join()
    every = [one for each in took for one in each]
    return every, len(every) / SECONDS


def _questions(token: str) -> int:
    """Return how many questions the database is asked for a board nobody has asked yet."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        Client(SERVER_NAME="localhost").get(
            f"{BOARD}&from=2022-02", headers={"Authorization": f"Bearer {token}"}
        )
    return len(asked)


def _narrowed(nth: int) -> str:
    """Return an address no one has asked for before: other months each time."""
    return f"{BOARD}&from={_month(nth % 20)}&to={_month(MONTHS - 1 - nth // 20)}"


def _month(nth: int) -> str:
    return f"{2021 + nth // 12}-{nth % 12 + 1:02}"


def _ms(took: Sequence[float]) -> float:
    return 1000 * statistics.median(took)


def _high(took: Sequence[float]) -> float:
    return 1000 * float(np.percentile(took, 95))


def _most(name: str, value: float, unit: str, goal: float, beside: str) -> Figure:
    return Figure(name, value, unit, goal, False, beside)
