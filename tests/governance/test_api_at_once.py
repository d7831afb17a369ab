"""A program and a person at the same moment: neither waits for the other for ever."""

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from governance.changes.way import alone
from governance.models import Comment, User
from tests import make
from tests.governance import requests
from tests.governance.attacks import typed
from tests.governance.programs import at, post, program, token
from tests.governance.requests import AT


class Beside:
    """Something done on a connection of its own, while the test holds what it needs."""

    def __init__(self, do: Callable[[], Any]) -> None:
        self.came: Any = None
        self.thread = threading.Thread(target=self._run, args=(do,))
        self.thread.start()

    def _run(self, do: Callable[[], Any]) -> None:
        try:
            self.came = do()
        except Exception as broken:
            self.came = broken
        finally:
            connection.close()

    def waits(self) -> None:
        """Return as soon as it waits for a lock."""
        until = time.monotonic() + 10
        question = "select count(*) from pg_locks where not granted"
        while typed(question) == [(0,)]:
            assert time.monotonic() < until and self.thread.is_alive(), self.came

    def ends(self) -> Any:
        self.thread.join(timeout=20)
        return self.came


def written_to_the_log() -> None:
    User.objects.filter(username="somebody").update(is_active=False)


def test_the_first_use_of_a_day_waits_for_nobody_who_applies(own_database):
    domain = make.domain("customer")
    request = requests.draft(requests.kpi(domain), by=make.owner(domain))
    client = program(make.owner(domain))
    User.objects.create(username="somebody")

    with transaction.atomic():
        alone()
        beside = Beside(lambda: post(client, at(request, "comments"), {"text": "Hi"}))
        beside.waits()
        written_to_the_log()

    assert beside.ends().status_code == 201


def test_making_a_token_waits_for_nobody_who_speaks_meanwhile(own_database):
    domain = make.domain("customer")
    owner = make.owner(domain)
    request = requests.draft(requests.kpi(domain), by=make.owner(domain))
    User.objects.create(username="somebody")

    with transaction.atomic():
        written_to_the_log()
        beside = Beside(lambda: token(owner))
        beside.waits()
        # Who is named is looked up at the end of the transaction.
        Comment.objects.create(request=request, by=owner, text="Hi", at=AT)

    assert str(beside.ends()).startswith("plumbline_")
