"""What the environment says, or a sentence about what it should say."""

import os
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
    if not value.lstrip("-").isdigit():
        raise NotConfigured(f"{name} is '{value}'; write a whole number.")
    if least is not None and int(value) < least:
        raise NotConfigured(f"{name} is {value}; write {least} or more.")
    return int(value)


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
    url = urlsplit(text(name))
    if url.scheme not in {"postgresql", "postgres"}:
        raise NotConfigured(
            f"{name} begins with '{url.scheme}://'; Plumbline runs on PostgreSQL only. "
            f"Write postgresql://user:password@host:5432/name."
        )
    name_of_database = unquote(url.path.lstrip("/"))
    try:
        port = url.port
    except ValueError as error:
        raise NotConfigured(
            f"{name} has a port that is no number. Where the password has a / or #, "
            f"write %2F or %23."
        ) from error
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
