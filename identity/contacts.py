"""How much of somebody's e-mail and phone a reader is shown."""

from collections.abc import Callable
from datetime import date

from governance.models import User

# Roles whose work needs the address itself: telling two people apart, answering a
# request for one's data.
WHO_MAY_SEE = frozenset({"steward", "privacy"})

_HIDDEN = "•••"
# Enough to recognise a number one already knows, too little to call it.
_DIGITS_SHOWN = 2


def may_see(user: User) -> bool:
    """Return whether the reader sees contacts in full. One query."""
    return user.groups.filter(name__in=WHO_MAY_SEE).exists()


def shown(field: str, value: object, *, may_see: bool) -> str:
    """Return a field's value as the reader is shown it.

    >>> shown("email", "ada@example.com", may_see=False), shown("country", "GB", may_see=False)
    ('a•••@e•••.com', 'GB')
    >>> shown("birth_on", date(1980, 5, 7), may_see=False)
    '•••'
    """
    text = f"{value:%d %B %Y}" if isinstance(value, date) else str(value)
    if may_see or field not in _MASKS:
        return text
    return _MASKS[field](text)


def masked_email(email: str) -> str:
    """Return the address with its length and most letters hidden.

    >>> masked_email("ada.lovelace@example.com")
    'a•••@e•••.com'
    >>> masked_email("not an address")
    '•••'
    >>> masked_email("")
    ''
    """
    if not email:
        return ""
    name, at, host = email.rpartition("@")
    if not (at and name and host):
        return _HIDDEN
    label, dot, ending = host.rpartition(".")
    if not dot:
        return f"{name[0]}{_HIDDEN}@{host[0]}{_HIDDEN}"
    return f"{name[0]}{_HIDDEN}@{label[:1]}{_HIDDEN}.{ending}"


def masked_phone(phone: str) -> str:
    """Return the number with all but its last digits hidden.

    >>> masked_phone("+1 212 555 0148")
    '••• 48'
    >>> masked_phone("12")
    '•••'
    """
    if not phone:
        return ""
    digits = [letter for letter in phone if letter.isdigit()]
    if len(digits) <= 2 * _DIGITS_SHOWN:
        return _HIDDEN
    return f"{_HIDDEN} {''.join(digits[-_DIGITS_SHOWN:])}"


def _hidden(text: str) -> str:
    return _HIDDEN if text else ""


_MASKS: dict[str, Callable[[str], str]] = {
    "email": masked_email,
    "phone": masked_phone,
    "birth_on": _hidden,
}
