"""The first people of an installation: whoever asks and decides from then on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Q, QuerySet

from governance.models import Domain, Kind, Operation, User
from governance.roles import BY_KEY
from governance.starter.pack import definition

# Who may do what is personal: those who answer for privacy answer for it.
_DOMAIN = "privacy"


class NotAPerson(Exception):
    """Somebody was named in a way that names nobody, or with a role there is not."""


@dataclass(frozen=True)
class First:
    """An account, and the roles it begins with."""

    username: str
    roles: tuple[str, ...]

    @classmethod
    def written(cls, text: str) -> "First":
        """Return who was written as ``anna:data_owner,admin``.

        >>> First.written("anna:data_owner,admin")
        First(username='anna', roles=('data_owner', 'admin'))

        Raises:
            NotAPerson: there is no name, or a role there is not.
        """
        username, _, roles = text.partition(":")
        found = cls(
            username.strip(), tuple(filter(None, map(str.strip, roles.split(","))))
        )
        unknown = [role for role in found.roles if role not in BY_KEY]
        if not found.username or not found.roles or unknown:
            raise NotAPerson(
                f"'{text}' names nobody with a role: write a name, a colon and roles, as in "
                f"anna:data_owner,admin. There are {', '.join(BY_KEY)}."
            )
        return found


def definitions(people: Sequence[First], *, using: str) -> Iterator[Operation]:
    """Yield what each may do; who has no account is given one, without a password.

    Raises:
        NotAPerson: a name cannot be an account's.
    """
    every = list(
        Domain.objects.using(using).order_by("key").values_list("key", flat=True)
    )
    for each in people:
        _ensure_account(each, using)
        said = {
            "roles": list(each.roles),
            "owns": every if "data_owner" in each.roles else [],
            "stewards": every if "steward" in each.roles else [],
        }
        yield definition(Kind.PERMISSION, each.username, _DOMAIN, said)


def seat(people: Sequence[First], *, using: str = "") -> bool:
    """Give the first people their roles where a registry has begun without any.

    Returns whether it did. Once somebody has a role, a change of roles is asked for.

    Raises:
        NotAPerson: a name cannot be an account's.
    """
    alias = using or owners_alias()
    members = User.groups.through.objects.using(alias)
    with transaction.atomic(using=alias):
        if not people or members.exclude(group__name="viewer").exists():
            return False
        for said in definitions(people, using=alias):
            somebody = User.objects.using(alias).get(username=said.key)
            somebody.groups.set(_groups(said.body, alias))
    return True


def owners_alias() -> str:
    """Return the connection on which the owner of the tables is signed in."""
    return "owner" if "owner" in settings.DATABASES else DEFAULT_DB_ALIAS


def _groups(said: Mapping[str, Any], using: str) -> QuerySet[Group]:
    return Group.objects.using(using).filter(
        Q(name__in=said["roles"])
        | Q(owned_domains__key__in=said["owns"])
        | Q(stewarded_domains__key__in=said["stewards"])
    )


def _ensure_account(one: First, using: str) -> None:
    accounts = User.objects.using(using)
    if accounts.filter(username=one.username).exists():
        return
    made = User(
        username=one.username,
        is_staff=any(BY_KEY[role].works_in_admin for role in one.roles),
    )
    made.set_unusable_password()
    try:
        made.clean_fields(exclude=["password"])
    except ValidationError as error:
        raise NotAPerson(f"{one.username}: {' '.join(error.messages)}") from error
    made.save(using=using)
