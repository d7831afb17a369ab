"""Accounts to try the product with, on this machine only: one per role, two that own."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from governance.models import User
from governance.roles import BY_KEY, DEMO_ACCOUNTS, Role


class PublicSite(Exception):
    """Accounts whose passwords lie in a file have no place where others can sign in."""


@dataclass(frozen=True)
class DemoAccount:
    """A name and a password to sign in with, and what one may do then."""

    role: Role
    username: str
    password: str

    @property
    def last_name(self) -> str:
        """Return what tells the account apart where people are named in full."""
        if self.username == self.role.key:
            return self.role.name
        return self.username.replace("_", " ").capitalize()


@transaction.atomic
def make_demo_accounts(folder: Path) -> list[DemoAccount]:
    """Make an account per role and a second data owner, or return those made before.

    What each may do is agreed on when the registries begin, and not here. Passwords are
    random, the same as before, and kept in ``accounts.txt``, readable by us alone.

    Raises:
        PublicSite: the site answers to names other machines can reach.
    """
    if not settings.ON_LOOPBACK_ONLY:
        raise PublicSite(
            f"ALLOWED_HOSTS has {', '.join(settings.ALLOWED_HOSTS)}: demo accounts are "
            f"made only where nobody but this machine can reach the site."
        )
    kept = folder / "accounts.txt"
    passwords = _read(kept)
    accounts = [
        DemoAccount(BY_KEY[role], name, passwords.get(name) or secrets.token_urlsafe(9))
        for name, role in DEMO_ACCOUNTS.items()
    ]
    for account in accounts:
        _ensure(account, is_new=account.username not in passwords)
    _write(kept, accounts)
    return accounts


def _ensure(account: DemoAccount, *, is_new: bool) -> None:
    user, made = User.objects.get_or_create(
        username=account.username,
        defaults={
            "first_name": "Demo",
            "last_name": account.last_name,
            # Of a domain nobody has: letters of a demo are read in its terminal.
            "email": f"{account.username}@plumbline.example",
        },
    )
    # A password takes a third of a second to hash: only where it changes.
    if made or is_new:
        user.set_password(account.password)
    user.is_staff = account.role.works_in_admin
    user.save()


def _read(kept: Path) -> dict[str, str]:
    if not kept.exists():
        return {}
    lines = [line.split() for line in kept.read_text().splitlines()]
    return {line[0]: line[1] for line in lines if len(line) == 2}


def _write(kept: Path, accounts: list[DemoAccount]) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    unfinished = kept.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        file.writelines(
            f"{account.username} {account.password}\n" for account in accounts
        )
    unfinished.replace(kept)
