"""An answer asked for again by the same token: told in one question to the database.

What a dashboard asks for most is what it asked for before. Whether the token is still heard,
its reader may still read, and the same build is still up, one statement says; everything
else is as it was. Whatever is not so goes the ordinary way, which answers or refuses in
words: nothing is told here that would not be told there.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import (
    get_conditional_response,
    patch_cache_control,
    patch_vary_headers,
)
from django.views.decorators.debug import sensitive_variables
from psycopg import Cursor, InterfaceError, OperationalError
from rest_framework.request import Request

from governance import tokens
from governance.api.door import OnlyReads
from governance.api.pace import Pace
from governance.models import ApiToken, User
from reporting.lately import Lately

# The token's digest, and the address with its host.
type Key = tuple[str, str, str]

_RIGHT = {"app": "reporting", "model": "reading", "codename": "view_reading"}


@dataclass(frozen=True)
class _Told:
    """What was answered, and of which reader, build and shops it was."""

    standing: tuple[Any, ...]
    etag: str
    body: bytes


_told = Lately[Key, _Told](512)


class Published(OnlyReads):
    """An address of what is published."""

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        key = _key(request)
        standing = _standing(key[0]) if key else None
        if key is None or standing is None:
            return super().dispatch(request, *args, **kwargs)
        told = _told.get(key)
        if told is not None and told.standing == standing and _in_time(standing):
            return _answered(request, told)
        found = super().dispatch(request, *args, **kwargs)
        if found.status_code == 200 and "ETag" in found:
            body = cast(HttpResponse, found).content
            _told.keep(key, _Told(standing, found["ETag"], body))
        return found


@sensitive_variables("said", "secret")
def _key(request: HttpRequest) -> Key | None:
    """Return what an answer is kept by; nothing of what is not plainly a token's."""
    said = request.headers.get("Authorization", "")
    scheme, _, secret = said.partition(" ")
    if request.method != "GET" or scheme.lower() != "bearer" or request.COOKIES:
        return None
    place = request.get_host(), request.get_full_path()
    return tokens.digest_of(secret.strip()), *place


def _standing(digest: str) -> tuple[Any, ...] | None:
    """Return by whom and of what is answered; nothing where that is for others to say."""
    now = timezone.now()
    asked = {**_RIGHT, "digest": digest, "at": now}
    try:
        connection.ensure_connection()
        # Planned once per connection: planning takes longer than answering.
        with Cursor(connection.connection) as cursor:
            cursor.execute(_statement(), asked, prepare=True)
            row: tuple[Any, ...] | None = cursor.fetchone()
    except (OperationalError, InterfaceError):
        # The server has hung up meanwhile. The ordinary way begins with a new connection.
        connection.close()
        return None
    if row is None:
        return None
    token = ApiToken(pk=row[0], last_used_on=row[2])
    # The first use of a day is written down on the ordinary way.
    return None if tokens.is_first_use(token, at=now) else row


def _in_time(standing: tuple[Any, ...]) -> bool:
    """Count the question as any other, and return whether it may be asked."""
    asked = SimpleNamespace(
        method="GET", auth=ApiToken(pk=standing[0]), user=User(pk=standing[1])
    )
    return Pace().allow_request(cast(Request, asked), None)


def _answered(request: HttpRequest, told: _Told) -> HttpResponse:
    known = get_conditional_response(request, etag=told.etag)
    answer = known or HttpResponse(told.body, content_type="application/json")
    answer["ETag"] = told.etag
    patch_cache_control(answer, private=True, no_cache=True)
    patch_vary_headers(answer, ["Authorization", "Cookie"])
    return answer


@cache
def _statement() -> bytes:
    folder = Path(__file__).parent.parent / "sql" / "asked"
    return (folder / "again.sql").read_bytes()
