"""Name whoever acts to the database, so that its log knows it of everything they do.

The verbs of ``governance.changes`` name their actor themselves. Whatever else writes while
a signed-in person's request is answered (the admin, above all: who gave which role) is
named here. The name holds for one transaction and never longer: connections are kept, and
the next request on one is somebody else's.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from psycopg.pq import TransactionStatus

from governance import history
from governance.models import User
from governance.people import acting

_CHANGES_NOTHING = {"GET", "HEAD", "OPTIONS", "TRACE"}
_NAME = "select set_config('plumbline.actor', %s, true)"


@contextmanager
def while_acts(user: User) -> Iterator[None]:
    """Name the user in every transaction begun on this thread's connection until the end.

    A statement outside any transaction is given one of its own. Readable history, and the
    tasks that are asked for meanwhile, name the user too.
    """
    if connection.in_atomic_block:
        acting(user)
    with history.acted_by(user), connection.execute_wrapper(_Naming(user)):
        yield


class NameWhoActs:
    """Name whoever is signed in, for as long as their request is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in _CHANGES_NOTHING or not isinstance(request.user, User):
            return self.get_response(request)
        with while_acts(request.user):
            return self.get_response(request)


class _Naming:
    """Stand before every statement; before the first of a transaction say who acts."""

    def __init__(self, user: User) -> None:
        self.name = [str(user.pk)]

    def __call__(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,
        context: Any,
    ) -> Any:
        server = context["connection"].connection
        if server.info.transaction_status != TransactionStatus.IDLE:
            return execute(sql, params, many, context)
        if not server.autocommit:
            # The first statement of a transaction, which begins with this one.
            server.execute(_NAME, self.name)
            return execute(sql, params, many, context)
        with server.transaction():
            server.execute(_NAME, self.name)
            return execute(sql, params, many, context)
