"""What every address of the API has in common."""

import hashlib
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.cache import (
    get_conditional_response,
    patch_cache_control,
    patch_vary_headers,
)
from django.utils.http import quote_etag
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance import history, people, tokens
from governance.api.who import Need
from governance.models import ApiToken, User


class Door(APIView):
    """An address: what each method of it needs, and one transaction for all it does.

    From its beginning the transaction says to the database that a program acts, whoever
    asks and however they are known: nobody decides through this door.
    """

    needs: ClassVar[Mapping[str, Need]] = {}
    http_method_names = ["get", "head", "post"]

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        with (
            transaction.atomic(),
            people.by_a_program(),
            ExitStack() as self.until_answered,
        ):
            answer = super().dispatch(request, *args, **kwargs)
            # At last: the log is held from here on, and whoever writes it waits for no
            # request any more.
            if isinstance(self.request.auth, ApiToken):
                tokens.note_use(self.request.auth, at=timezone.now())
        patch_cache_control(answer, private=True, no_cache=True)
        patch_vary_headers(answer, ["Authorization", "Cookie"])
        return answer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Name whoever is acted for to the tasks that are asked for, too."""
        super().initial(request, *args, **kwargs)
        self.until_answered.enter_context(history.acted_by(asker(request)))


class OnlyReads(Door):
    """An address that writes nothing, and so needs no transaction, and names nobody.

    But for the first use of a token on a day: that is written in one of its own.
    """

    http_method_names = ["get", "head"]

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        with ExitStack() as self.until_answered:
            answer = APIView.dispatch(self, request, *args, **kwargs)
        token, now = self.request.auth, timezone.now()
        if isinstance(token, ApiToken) and tokens.is_first_use(token, at=now):
            with transaction.atomic(), people.by_a_program():
                people.acting(token.user)
                tokens.note_use(token, at=now)
        patch_cache_control(answer, private=True, no_cache=True)
        patch_vary_headers(answer, ["Authorization", "Cookie"])
        return answer


class Tagged(Door):
    """An address whose answer has an ETag: who knows it already is told so, in 304."""

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        answer = super().dispatch(request, *args, **kwargs)
        if not isinstance(answer, Response) or answer.status_code != 200:
            return answer
        answer.render()
        digest = hashlib.sha256(answer.content).hexdigest()
        answer["ETag"] = quote_etag(digest[:32])
        found = get_conditional_response(request, etag=answer["ETag"], response=answer)
        return answer if found is None else found


def asker(request: Request) -> User:
    """Return who asks; ``Allowed`` has let nobody in who is not known."""
    assert isinstance(request.user, User)
    return request.user


class Nothing(Door):
    """Every address under the API that is none."""

    def check_permissions(self, request: Request) -> None:
        if not isinstance(request.user, User):
            raise exceptions.NotAuthenticated
        raise exceptions.NotFound(
            "There is no such address here. The first one, /api/v1/, names them all."
        )
