"""Who is asking."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest

from governance.models import User
from governance.roles import BY_KEY


def asking(request: HttpRequest) -> User:
    """Return who sent the request.

    Raises:
        PermissionDenied: nobody is signed in.
    """
    if isinstance(request.user, User):
        return request.user
    raise PermissionDenied("Sign in first.")


def has_role(user: User, key: str) -> bool:
    """Return whether the user is in the group of that role.

    Raises:
        KeyError: there is no such role; see ``governance.roles``.
    """
    role = BY_KEY[key]
    return user.groups.filter(name=role.key).exists()


def may_propose(user: User) -> bool:
    """Return whether the user puts changes to review, and lets approved ones take effect."""
    return user.has_perm("governance.add_changerequest")


def may_suggest(user: User) -> bool:
    """Return whether the user may write a change down for others to put to review."""
    return may_propose(user) or has_role(user, "viewer")


def acting(user: User) -> None:
    """Tell the database who acts, until the end of the transaction: its log names them."""
    _tell("plumbline.actor", str(user.pk))


@contextmanager
def by_a_program() -> Iterator[None]:
    """Tell the database that a program acts, until the end of this part of a transaction.

    It then lets nobody decide, apply, or change who may do what, whoever is acted for.
    """
    _tell("plumbline.via", "api")
    yield
    # What breaks is rolled back, and this with it.
    _tell("plumbline.via", "")


def _tell(setting: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config(%s, %s, true)", [setting, value])
