"""Give a program a token, know it by its secret, and take the token back.

The secret is told once, to whoever made it. What is kept of it is its SHA-256, from which
nobody finds it again; it needs no salt, for it is as long as the digest is.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.views.decorators.debug import sensitive_variables

from governance.models import ApiToken, User
from governance.models.tokens import LONGEST_LIFE
from governance.people import acting, may_suggest

# Whoever finds one in a file or a message knows by it what was found.
PREFIX = "plumbline_"
_BYTES = 32
_LONGEST_NAME = 80
# More than anybody looks after.
MOST = 20


class TokenError(Exception):
    """A token cannot be given or taken back; the message says why and what to do."""


class NotHeard(TokenError):
    """Nobody acts by this token; the message says why."""


@dataclass(frozen=True)
class Made:
    """A token, and its secret, which is nowhere else and never told again."""

    token: ApiToken
    secret: str = field(repr=False)


@transaction.atomic
@sensitive_variables("secret")
def make(*, name: str, scope: str, lives: timedelta, by: User, at: datetime) -> Made:
    """Give ``by`` a token to let a program act in their name.

    Raises:
        TokenError: it has no name or one that is taken, lives too long, would do what
            ``by`` may not, or is one too many.
    """
    acting(by)
    # Two made at once would both find the name free. What names the user meanwhile, as a
    # decision does, need not wait: it may hold the log, which is written next.
    User.objects.select_for_update(of=["self"], no_key=True).get(pk=by.pk)
    name = " ".join(name.split())
    _refuse(name, scope, lives, by, at)
    secret = PREFIX + secrets.token_urlsafe(_BYTES)
    token = ApiToken.objects.create(
        user=by, name=name, scope=scope, digest=digest_of(secret),
        made_at=at, expires_at=at + lives,
    )  # fmt: skip
    return Made(token, secret)


def _refuse(name: str, scope: str, lives: timedelta, by: User, at: datetime) -> None:
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise TokenError(
            f"Name it for what will use it, in {_LONGEST_NAME} characters or fewer."
        )
    if scope not in ApiToken.Scope.values:
        raise TokenError("A token reads, or reads and proposes. It does nothing else.")
    if not timedelta() < lives <= LONGEST_LIFE:
        raise TokenError("A token lives for a year at most. Make another one then.")
    if scope == ApiToken.Scope.PROPOSE and not may_suggest(by):
        raise TokenError(
            "You ask for no changes here, and so does no token of yours. Make one that "
            "reads."
        )
    held = ApiToken.objects.filter(user=by, revoked_at=None)
    if held.filter(name=name).exists():
        raise TokenError(
            f"You have a token named {name} already. Revoke it, or name this one "
            f"otherwise."
        )
    if held.live(at).count() >= MOST:
        raise TokenError(f"You have {MOST} tokens. Revoke one that nothing uses.")


@transaction.atomic
def revoke(*, token_id: int, by: User, at: datetime) -> ApiToken:
    """Take a token back. Taking it back twice takes it back once.

    Raises:
        TokenError: it is neither theirs nor theirs to look after.
    """
    acting(by)
    token = (
        ApiToken.objects.select_for_update(of=["self"])
        .select_related("user")
        .filter(Q() if may_revoke_any(by) else Q(user=by), pk=token_id)
        .first()
    )
    if token is None:
        raise TokenError("You have no such token.")
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
    return token


def may_revoke_any(user: User) -> bool:
    """Return whether somebody takes back the tokens of others."""
    return user.has_perm("governance.change_apitoken")


def known_by(digest: str, *, at: datetime) -> ApiToken:
    """Return the token whose secret has that digest, if it is heard at the moment.

    Raises:
        NotHeard: there is none, or it was revoked or ran out, or its user has left.
    """
    token = ApiToken.objects.select_related("user").filter(digest=digest).first()
    if token is None:
        raise NotHeard("Nobody has this token. Make one on the page of your tokens.")
    if token.revoked_at is not None:
        raise NotHeard(f"This token was revoked at {token.revoked_at.isoformat()}.")
    if token.expires_at <= at:
        raise NotHeard(
            f"This token ran out at {token.expires_at.isoformat()}. Make another one on "
            f"the page of your tokens."
        )
    if not token.user.is_active:
        raise NotHeard("Whoever this token acts for has left.")
    return token


def note_use(token: ApiToken, *, at: datetime) -> None:
    """Keep the day it was used on; the log is told of the first use on each."""
    day = _day(at)
    if is_first_use(token, at=at):
        # Of two requests that come at once, one is the first.
        ApiToken.objects.filter(
            Q(last_used_on=None) | Q(last_used_on__lt=day), pk=token.pk
        ).update(last_used_on=day)


def is_first_use(token: ApiToken, *, at: datetime) -> bool:
    """Return whether it was not used before on that day."""
    return token.last_used_on is None or token.last_used_on < _day(at)


def _day(at: datetime) -> date:
    return at.astimezone(ZoneInfo(settings.REPORTING_TIME_ZONE)).date()


@sensitive_variables("secret")
def digest_of(secret: str) -> str:
    """Return what is kept of a secret.

    >>> digest_of("plumbline_example")[:16]
    '36d12be9161b93f4'
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
