"""Who asks, by which token or session, and whether they may do what an address does."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from governance import people, tokens
from governance.models import ApiToken, User

Scope = ApiToken.Scope


@dataclass(frozen=True)
class Need:
    """What whoever asks must be able to do: by their token, and by their role.

    There are two scopes. Nothing is decided here: no third one could be needed.
    """

    scope: Scope
    right: str = ""


class Token(BaseAuthentication):
    """A program that sends its token in the header made for it, and in no other place."""

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Plumbline"'

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return whom the program acts for; nothing, where no token was sent.

        Raises:
            AuthenticationFailed: the token is not heard, or came by another way.
        """
        _refuse_in_address(request)
        digest = _digest_sent(request)
        if digest is None:
            return None
        if getattr(request._request.user, "is_authenticated", False):
            raise exceptions.AuthenticationFailed(
                "This came with a token and with a session. Send one of them, so that "
                "it is known who asks."
            )
        try:
            token = tokens.known_by(digest, at=timezone.now())
        except tokens.NotHeard as refused:
            raise exceptions.AuthenticationFailed(str(refused)) from refused
        people.acting(token.user)
        return token.user, token


class Session(SessionAuthentication):
    """Somebody who is signed in. What writes brings the proof that a page of ours sent it."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        found: tuple[User, None] | None = super().authenticate(request)
        if found is None or not isinstance(found[0], User):
            return None
        people.acting(found[0])
        return found

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as refused:
            raise exceptions.PermissionDenied(
                "A page that writes sends its CSRF token in the header X-CSRFToken. A "
                "program sends a token of its own instead."
            ) from refused


class Allowed(BasePermission):
    """Ask what the address needs of the token's scope and of the person's role."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return whether they may; what needs nothing named is done by nobody."""
        user, token = request.user, request.auth
        if not isinstance(user, User):
            return False
        method = "GET" if request.method == "HEAD" else request.method
        need = view.needs.get(method)
        if need is None:
            raise exceptions.MethodNotAllowed(str(request.method))
        if isinstance(token, ApiToken) and need.scope not in _GIVEN[Scope(token.scope)]:
            raise PermissionDenied(
                "This token reads. To ask for changes make one that proposes."
            )
        if need.right and not user.has_perm(need.right):
            raise PermissionDenied("This is not for you to read.")
        if need.scope == Scope.PROPOSE and not people.may_suggest(user):
            raise PermissionDenied(
                "You read what is agreed here, and ask for no changes."
            )
        return True


_GIVEN = {Scope.READ: {Scope.READ}, Scope.PROPOSE: {Scope.READ, Scope.PROPOSE}}


@sensitive_variables("said", "secret")
def _digest_sent(request: Request) -> str | None:
    """Return the digest of the token that was sent. The secret itself goes no further.

    What breaks later shows no page with it: not even one for developers, which shows the
    value of every name.
    """
    said = request.headers.get("Authorization")
    if said is None:
        return None
    scheme, _, secret = said.partition(" ")
    if scheme.lower() != "bearer":
        raise exceptions.AuthenticationFailed(
            "Write the header as Authorization: Bearer plumbline_…"
        )
    return tokens.digest_of(secret.strip())


def _refuse_in_address(request: Request) -> None:
    """An address is written into logs and histories on its way: no token stands in one."""
    if any(tokens.PREFIX in each for each in request.query_params.values()):
        raise exceptions.AuthenticationFailed(
            "There is a token in the address, where every log on its way has kept it. "
            "Revoke it, and send the next one in the header Authorization alone."
        )
