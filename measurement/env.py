"""What the environment says, or a sentence about what it should say."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent


class NotConfigured(Exception):
    """A setting is missing or unsafe; the message says which and what to do."""


def text(name: str, default: str | None = None) -> str:
    """Return the variable, or the default, or say what to set and where."""
    value = os.environ.get(name, "").strip() or default
    if value is None:
        raise NotConfigured(
            f"{name} is not set. Set it in the environment of this process; "
            f".env.example says what it is for."
        )
    return value


def flag(name: str, default: bool) -> bool:
    """Return whether the variable says yes.

    >>> os.environ["PLUMBLINE_EXAMPLE"] = "yes"
    >>> flag("PLUMBLINE_EXAMPLE", default=False)
    True
    """
    value = text(name, "yes" if default else "no").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise NotConfigured(f"{name} is '{value}'; write yes or no.")


def number(name: str, default: int, *, least: int | None = None) -> int:
    """Return the variable as a whole number, ``least`` or more."""
    value = text(name, str(default))
    # Nobody means a number of more digits, and Python reads none of thousands.
    if not re.fullmatch(r"-?[0-9]{1,18}", value):
        raise NotConfigured(f"{name} is '{value}'; write a whole number.")
    if least is not None and int(value) < least:
        raise NotConfigured(f"{name} is {value}; write {least} or more.")
    return int(value)


def one_of(name: str, default: str, *, known: Sequence[str]) -> str:
    """Return which of the known words, all in capitals, the variable is, in any case."""
    value = text(name, default)
    if value.upper() not in known:
        raise NotConfigured(f"{name} is '{value}'; write one of {', '.join(known)}.")
    return value.upper()


def words(name: str, default: str) -> list[str]:
    """Return the comma-separated parts of the variable.

    >>> words("PLUMBLINE_NOT_SET", "EUR, GBP")
    ['EUR', 'GBP']
    """
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def folder(name: str, default: Path) -> Path:
    """Return the variable as a folder."""
    return Path(text(name, str(default))).expanduser()


def database(name: str) -> dict[str, Any]:
    """Return Django's description of the database behind a ``postgresql://`` URL.

    A server on a socket is written ``postgresql://user:password@/name?host=/folder``.
    """
    try:
        url = urlsplit(text(name))
    except ValueError:
        # Not "from" the error: it repeats the password.
        raise NotConfigured(
            f"{name} is no address: it has a [ or ] or another sign where none may be. "
            f"Where the password has one, write %5B or %5D."
        ) from None
    if url.scheme not in {"postgresql", "postgres"}:
        raise NotConfigured(
            f"{name} begins with '{url.scheme}://'; Plumbline runs on PostgreSQL only. "
            f"Write postgresql://user:password@host:5432/name."
        )
    name_of_database = unquote(url.path.lstrip("/"))
    try:
        port = url.port
    except ValueError:
        raise NotConfigured(
            f"{name} has a port that is no number up to 65535. Where the password has a "
            f"/ or #, write %2F or %23."
        ) from None
    if not name_of_database:
        raise NotConfigured(
            f"{name} names no database. Write postgresql://user:password@host:5432/name."
        )
    options = dict(parse_qsl(url.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name_of_database,
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": options.pop("host", None) or url.hostname or "",
        "PORT": str(port or ""),
        "OPTIONS": options,
    }
