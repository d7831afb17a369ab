"""How far two readers agree beyond chance, and who is read after. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

_PARTS = 2**64


def falls_among(key: str, share: float) -> bool:
    """Return whether the key is of those so many in a hundred; the same key always is.

    >>> chosen = [falls_among(f"pair {number}", 0.05) for number in range(10_000)]
    >>> 400 < sum(chosen) < 600
    True
    >>> falls_among("pair 1", 0.0), falls_among("pair 1", 1.0)
    (False, True)
    """
    found = blake2b(key.encode(), digest_size=8).digest()
    return int.from_bytes(found) < share * _PARTS


def kappa(readings: Sequence[tuple[str, str]]) -> float | None:
    """Return Cohen's kappa of what two readers said of the same pairs.

    1 is agreement in everything, 0 what two who answer without reading would come to.
    Nothing, where there is nothing to compare, or both always said the same one thing.

    >>> kappa([("merge", "merge"), ("not_same", "not_same")])
    1.0
    >>> kappa([("merge", "merge"), ("merge", "not_same")])
    0.0
    >>> kappa([("merge", "merge")] * 20 + [("merge", "not_same")] * 5
    ...       + [("not_same", "merge")] * 10 + [("not_same", "not_same")] * 15)
    0.4
    >>> kappa([]) is None, kappa([("merge", "merge")]) is None
    (True, True)
    """
    if not readings:
        return None
    count = len(readings)
    agreed = sum(one == other for one, other in readings) / count
    first = Counter(one for one, _ in readings)
    second = Counter(other for _, other in readings)
    chance = sum(first[said] * second[said] for said in first) / count**2
    if chance == 1:
        return None
    return round((agreed - chance) / (1 - chance), 6)


@dataclass(frozen=True, slots=True)
class Reading:
    """Two people read one pair; each said this of it."""

    first: str
    said_first: str
    second: str
    said_second: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far readers agree: over how many pairs, in how many, and beyond chance."""

    readers: tuple[str, str]
    pairs: int
    agreed: int
    kappa: float | None


def agreement(readings: Iterable[Reading]) -> list[Agreement]:
    """Return how far each two readers agree, those with most pairs first.

    Who of the two read first says nothing.

    >>> agreement([Reading("ada", "merge", "bo", "merge"),
    ...            Reading("bo", "not_same", "ada", "not_same")])
    [Agreement(readers=('ada', 'bo'), pairs=2, agreed=2, kappa=1.0)]
    """
    of_two: Mapping[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for each in readings:
        one, other = (each.first, each.said_first), (each.second, each.said_second)
        (low, said_low), (high, said_high) = sorted((one, other))
        of_two[low, high].append((said_low, said_high))
    found = [
        Agreement(readers, len(said), sum(a == b for a, b in said), kappa(said))
        for readers, said in of_two.items()
    ]
    return sorted(found, key=lambda each: (-each.pairs, each.readers))
