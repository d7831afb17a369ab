"""How people misspell their own names, addresses and numbers. Pure."""

from random import Random

_NEIGHBOURS = {
    "a": "s", "b": "v", "c": "x", "d": "f", "e": "r", "f": "g", "g": "h", "h": "j",
    "i": "o", "j": "k", "k": "l", "l": "k", "m": "n", "n": "m", "o": "p", "p": "o",
    "q": "w", "r": "t", "s": "d", "t": "y", "u": "i", "v": "b", "w": "e", "x": "c",
    "y": "u", "z": "x",
}  # fmt: skip


def mistyped(text: str, rng: Random) -> str:
    """Return the word with one slip of the fingers; never the word itself.

    The first letter stays, as it mostly does.

    >>> mistyped("Margaret", Random(1))
    'Magraret'
    """
    if len(text) < 2:
        return text + text
    place = rng.randrange(1, len(text))
    slips = (_swapped, _dropped, _doubled, _beside)
    slipped = rng.choice(slips)(text, place)
    return slipped if slipped != text else _doubled(text, place)


def mistyped_email(email: str, rng: Random) -> str:
    """Return the address with a slip before the ``@``, or now and then after it.

    >>> mistyped_email("ann.bell@northmail.example", Random(3))
    'ann.bell@nortthmail.example'
    """
    name, _, host = email.partition("@")
    if rng.random() < 0.25:
        label, _, rest = host.partition(".")
        return f"{name}@{mistyped(label, rng)}.{rest}"
    return f"{mistyped(name, rng)}@{host}"


def mistyped_phone(phone: str, rng: Random) -> str:
    """Return the number with one of its last four digits wrong.

    >>> mistyped_phone("+12125550123", Random(1))
    '+12125550143'
    """
    place = len(phone) - rng.randint(1, 4)
    wrong = (int(phone[place]) + rng.randint(1, 9)) % 10
    return f"{phone[:place]}{wrong}{phone[place + 1 :]}"


def _swapped(text: str, place: int) -> str:
    other = place + 1 if place + 1 < len(text) else place - 1
    low, high = sorted((place, other))
    if low == 0:
        return _doubled(text, place)
    return text[:low] + text[high] + text[low] + text[high + 1 :]


def _dropped(text: str, place: int) -> str:
    return text[:place] + text[place + 1 :]


def _doubled(text: str, place: int) -> str:
    return text[: place + 1] + text[place:]


def _beside(text: str, place: int) -> str:
    return text[:place] + _NEIGHBOURS.get(text[place], "e") + text[place + 1 :]
