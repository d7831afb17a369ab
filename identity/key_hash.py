"""The hash by which a key is looked for: our own, versioned, the same everywhere. Pure.

It is the first 64 bits of SHA-256, read as a signed number: Python, DuckDB, PostgreSQL and
Spark all know it, so whichever of them makes a key, all find it. Two keys that meet by
chance cost one comparison more, and join nobody.
"""

from collections.abc import Sequence
from hashlib import sha256

# Raised whenever the same parts give another hash: the index is then made anew.
KEY_HASH_VERSION = 1
# What nobody types: "ab" beside "c" is not "a" beside "bc".
BETWEEN = "\x1f"


def key_hash(storefront: int, kind: int, parts: Sequence[str]) -> int:
    """Return the hash of a key: what somebody said, by which kind of key, to which shop.

    >>> key_hash(1, 1, ["ada@northmail.example"])
    2551913120866679790
    >>> key_hash(2, 1, ["ada@northmail.example"]) == key_hash(1, 1, ["ada@northmail.example"])
    False
    """
    return hash_of(BETWEEN.join((beginning(storefront, kind), *parts)))


def hash_of(text: str) -> int:
    """Return the hash of a whole key, its beginning and its parts put together."""
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big", signed=True)


def beginning(storefront: int, kind: int) -> str:
    """Return what every key of this kind begins with before it is hashed.

    >>> beginning(7, 2)
    '1:7:2'
    """
    return f"{KEY_HASH_VERSION}:{storefront}:{kind}"
