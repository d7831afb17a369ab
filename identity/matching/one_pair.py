"""How two records compare, without an engine: level by level as ``sql/level_*.sql``. Pure.

Jaro-Winkler and Damerau-Levenshtein are those of rapidfuzz, over bytes as DuckDB's are.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from identity.matching.fields import Kind
from identity.matching.keyed import Row, mailbox_of
from identity.names import Agreement, compare_first, nicknames_of

_OWN = 2


@dataclass(frozen=True, slots=True)
class Side:
    """A record: what it says, and whether it ordered as a guest."""

    record: int
    said: Row
    is_guest: bool = False

    def without(self, names: Collection[str]) -> "Side":
        """Return the record, saying nothing of these."""
        said = {name: text for name, text in self.said.items() if name not in names}
        return Side(self.record, said, self.is_guest)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records, the smaller first, and how usual what both say alike is.

    ``rarity`` and ``sharing`` are asked for the field and its value, as
    ``comparing.rarity_of`` and ``sharing_of`` count them.
    """

    left: Side
    right: Side
    rarity: Callable[[str, str], int]
    sharing: Callable[[str, str], int]


def level(way: str, field: str, kind: Kind | None, pair: Pair) -> int:
    """Return the level at which the pair compares in the field, that way of comparing."""
    return levels(way, field, kind, [pair])[0]


def levels(way: str, field: str, kind: Kind | None, pairs: Sequence[Pair]) -> list[int]:
    """Return the level at which each of the pairs compares in the field."""
    if way in _ACROSS:
        across = _ACROSS[way]
        return [across(pair) for pair in pairs]
    compare = _LEVELS[way]
    return [
        0
        if (one := pair.left.said.get(field)) is None
        or (other := pair.right.said.get(field)) is None
        else compare(one, other, field, kind, pair)
        for pair in pairs
    ]


def _name(one: str, other: str, field: str, kind: Kind | None, pair: Pair) -> int:
    if one == other:
        return 2 if len(one) == 1 else 7 + pair.rarity(field, one)
    if kind in {Kind.FIRST, Kind.LAST} and _are_swapped(pair):
        return 6
    if len(one) == 1 or len(other) == 1:
        return 2 if one[0] == other[0] else 1
    return _names_alike(one, other, kind is Kind.FIRST)


@lru_cache(maxsize=200_000)
def _names_alike(one: str, other: str, is_first: bool) -> int:
    if is_first and are_short(one, other):
        return 5
    ours, theirs = _two_words(one), _two_words(other)
    if ours[0] == theirs[0] or ours[1] == other or theirs[1] == one:
        return 5
    alike = _alike(one, other)
    if alike < 0.7:
        return 1
    if alike >= 0.92 or slips(one, other, 1):
        return 4
    return 3 if alike >= 0.8 else 1


@lru_cache(maxsize=200_000)
def are_short(one: str, other: str) -> bool:
    """Return whether one first name is short for the other.

    >>> are_short("margaret", "peggy"), are_short("peggy", "margaret")
    (True, True)
    """
    if " " in one or " " in other:
        return False
    return (
        other in nicknames_of(one) and compare_first(one, other) is Agreement.AGREE
    ) or (one in nicknames_of(other) and compare_first(other, one) is Agreement.AGREE)


def _are_swapped(pair: Pair) -> bool:
    one, other = pair.left.said, pair.right.said
    first, last = one.get("first"), one.get("last")
    if first is None or last is None:
        return False
    return first == other.get("last") and last == other.get("first")


def _birth(one: str, other: str, field: str, kind: Kind | None, pair: Pair) -> int:
    if one == other:
        return 7 - pair.rarity(field, one)
    ours, theirs = (one[:4], one[4:6], one[6:8]), (other[:4], other[4:6], other[6:8])
    if ours == (theirs[0], theirs[2], theirs[1]):
        return 5
    same = [mine == yours for mine, yours in zip(ours, theirs, strict=True)]
    if sum(same) == 2:
        return 4 if slips(one, other, 1) else 3
    if same[0]:
        return 2
    if same[1] or same[2]:
        return 2 if slips(one, other, 2) else 1
    return 1


def _email(one: str, other: str, field: str, kind: Kind | None, pair: Pair) -> int:
    if one == other:
        return 8 - pair.sharing(field, one)
    ours, theirs = mailbox_of(one), mailbox_of(other)
    if ours == theirs:
        if _host(one) == _host(other):
            return 5
        return 4 if _are_own(pair, ours, theirs) else 2
    if abs(len(one) - len(other)) > 2:
        return 1
    if one[:2] != other[:2] and one[-8:] != other[-8:]:
        return 1
    if slips(one, other, 2):
        return 3 if _are_own(pair, ours, theirs) else 2
    return 1


def _are_own(pair: Pair, ours: str, theirs: str) -> bool:
    """Return whether more than names stands in both mailboxes."""
    return (
        _own_of(ours, pair.left.said) >= _OWN
        and _own_of(theirs, pair.right.said) >= _OWN
    )


def _own_of(mailbox: str, said: Row) -> int:
    for name in ("last", "first"):
        if name in said:
            mailbox = mailbox.replace(said[name], "")
    return len(mailbox)


def _host(email: str) -> str:
    parts = email.split("@")
    return parts[1] if len(parts) > 1 else ""


def _phone(one: str, other: str, field: str, kind: Kind | None, pair: Pair) -> int:
    if one == other:
        return 5 - pair.sharing(field, one)
    if one[:3] != other[:3] and one[-3:] != other[-3:]:
        return 1
    return 2 if slips(one, other, 1) else 1


def _id(one: str, other: str, field: str, kind: Kind | None, pair: Pair) -> int:
    if one == other:
        return 5 - pair.sharing(field, one)
    if len(one) < 6 or (one[:2] != other[:2] and one[-2:] != other[-2:]):
        return 1
    return 2 if slips(one, other, 2) else 1


def _text(one: str, other: str, field: str, kind: Kind | None, pair: Pair) -> int:
    if one == other:
        return 4 + pair.rarity(field, one)
    return _texts_alike(one, other)


@lru_cache(maxsize=200_000)
def _texts_alike(one: str, other: str) -> int:
    alike = _alike(one, other)
    if alike < 0.7:
        return 1
    if alike >= 0.92 or (len(one) >= 4 and slips(one, other, 1)):
        return 3
    return 2 if alike >= 0.8 else 1


def _whose_mailbox(pair: Pair) -> int:
    one, other = pair.left.said, pair.right.said
    if "email" not in one or "email" not in other:
        return 0
    ours, theirs = one.get("first"), other.get("first")
    if one["email"] == other["email"]:
        if ours is None or theirs is None or ours == theirs:
            return 0
        mailbox = mailbox_of(one["email"])
        return {2: 3, 1: 1, 0: 2}[(ours in mailbox) + (theirs in mailbox)]
    if ours is None and theirs is not None:
        return 4 if theirs in mailbox_of(one["email"]) else 5
    if theirs is None and ours is not None:
        return 4 if ours in mailbox_of(other["email"]) else 5
    return 0


def _sources(pair: Pair) -> int:
    one, other = pair.left.said.get("source"), pair.right.said.get("source")
    if one is None or other is None:
        return 0
    if one != other:
        return 3
    return 2 if pair.left.is_guest or pair.right.is_guest else 1


def slips(one: str, other: str, most: int) -> bool:
    """Return whether so few slips of the fingers lie between the two."""
    ours, theirs = one.encode(), other.encode()
    found = DamerauLevenshtein.distance(ours, theirs, score_cutoff=most)
    return found <= most


def _alike(one: str, other: str) -> float:
    return JaroWinkler.similarity(one.encode(), other.encode())


def _two_words(text: str) -> tuple[str, str]:
    words = text.split(" ")
    return words[0], words[1] if len(words) > 1 else ""


type _Level = Callable[[str, str, str, Kind | None, Pair], int]
_LEVELS: Mapping[str, _Level] = {
    "name": _name,
    "birth": _birth,
    "email": _email,
    "phone": _phone,
    "id": _id,
    "text": _text,
}
_ACROSS: Mapping[str, Callable[[Pair], int]] = {
    "named": _whose_mailbox,
    "sources": _sources,
}
