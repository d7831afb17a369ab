"""The key that signs sessions: given, or made for this machine alone."""

import contextlib
import os
import secrets
import zlib
from pathlib import Path

from measurement import env

SHORTEST = 50
# Random letters hardly compress; a repeated word does.
_LEAST_CONTENT = 40
_PLACEHOLDERS = ("insecure", "change", "secret", "password", "example", "default")
_LOOPBACK = {"localhost", "127.0.0.1", "[::1]", "::1", "testserver"}


def is_loopback(hosts: list[str]) -> bool:
    """Return whether the site answers to names of this machine only.

    >>> is_loopback(["localhost", "127.0.0.1"])
    True
    >>> is_loopback(["plumbline.example.com"])
    False
    """
    return set(hosts) <= _LOOPBACK


def is_guessable(text: str) -> bool:
    """Return whether the text repeats itself, or says that it was to be replaced.

    >>> is_guessable("change-me-" * 8)
    True
    >>> is_guessable("0123456789" * 6)
    True
    >>> is_guessable("tVb0mHkPz2nW8sQ5xR1cJfUyLdAg7EoKi3T9vXwB6qMZhYpNjC")
    False
    """
    plain = text.lower()
    return any(word in plain for word in _PLACEHOLDERS) or (
        len(zlib.compress(text.encode(), 9)) < _LEAST_CONTENT
    )


def key(var: Path, *, hosts: list[str], debug: bool) -> str:
    """Return the secret key, and refuse to go on where it would be unsafe.

    A site that only this machine can reach gets a random key of its own, kept under
    ``var/``. Every other must be given one.

    Raises:
        NotConfigured: no key, a short key, a guessable key, DEBUG on a public host, or
            no place to keep a key in.
    """
    public = not is_loopback(hosts)
    if debug and public:
        raise env.NotConfigured(
            f"DEBUG is on and ALLOWED_HOSTS has {', '.join(hosts)}: error pages would "
            f"show settings to everyone. Set DEBUG=no, or allow only localhost."
        )
    given = os.environ.get("SECRET_KEY", "")
    if not given and public:
        raise env.NotConfigured(
            "SECRET_KEY is not set and the site answers to public names. Set it to a "
            'random text: python -c "import secrets; print(secrets.token_urlsafe(64))"'
        )
    if not given:
        try:
            return _made_here(var)
        except OSError as error:
            raise env.NotConfigured(
                f"No secret key can be kept in {var}: {error.strerror}. Let VAR name a "
                f"folder this user may write to, or set SECRET_KEY."
            ) from error
    if len(given) < SHORTEST or is_guessable(given):
        raise env.NotConfigured(
            f"SECRET_KEY is too easy to guess: {SHORTEST} random characters are expected, "
            f"and it has {len(given)} that are few, repeated or a placeholder. "
            'python -c "import secrets; print(secrets.token_urlsafe(64))" makes one.'
        )
    return given


def _made_here(var: Path) -> str:
    kept = var / "secret_key"
    if not kept.exists():
        var.mkdir(parents=True, exist_ok=True)
        unfinished = var / f"secret_key.{os.getpid()}"
        with os.fdopen(
            os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w"
        ) as file:
            file.write(secrets.token_urlsafe(64))
        # Two processes may make a key at once; the first one's is everybody's.
        with contextlib.suppress(FileExistsError):
            os.link(unfinished, kept)
        unfinished.unlink()
    return kept.read_text()
