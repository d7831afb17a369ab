"""How much of a kind one person may carry, and how many may share a value, at a time. Pure."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date, timedelta

from identity.rules import Identifier

# Somebody's values of a kind, each with when it was said, where that is known.
type Said = tuple[Hashable, date | None]
type Carried = Mapping[str, frozenset[Said]]

ONE_EACH = "They have two values of what everybody has one of: {name}."
TOO_MANY = "Together they would have more values than one person may have: {name}."


def carried(values: Iterable[tuple[str, str]], on: date | None) -> Carried:
    """Return by kind what one record says, and when it said so."""
    found: dict[str, set[Said]] = defaultdict(set)
    for kind, value in values:
        found[kind].add((value, on))
    return {kind: frozenset(said) for kind, said in found.items()}


def together(one: Carried, other: Carried) -> Carried:
    """Return what two carry between them."""
    nothing: frozenset[Said] = frozenset()
    return {
        kind: one.get(kind, nothing) | other.get(kind, nothing)
        for kind in one.keys() | other.keys()
    }


def refusal(one: Carried, other: Carried, limits: Sequence[Identifier]) -> str:
    """Return why two who carry this must not be one person, or nothing.

    Who changed a number carries both, and leads from the one to the other: only where
    none is the same they are two people's.
    """
    if not one or not other:
        return ""
    for limit in limits:
        ours, theirs = one.get(limit.key), other.get(limit.key)
        if not ours or not theirs:
            continue
        if limit.is_unique and _values(ours).isdisjoint(_values(theirs)):
            return ONE_EACH.format(name=limit.name or limit.key)
        if _are_too_many(ours, theirs, limit):
            return TOO_MANY.format(name=limit.name or limit.key)
    return ""


def most_at_once(said: Iterable[Said], days: int) -> int:
    """Return how many different ones were said within so many days; 0 days are ever.

    What was said nobody knows when counts at any time.

    >>> bought = [("a", date(2026, 1, 1)), ("b", date(2026, 1, 31)), ("c", None)]
    >>> most_at_once(bought, 0), most_at_once(bought, 30), most_at_once(bought, 31)
    (3, 2, 3)
    """
    given = list(said)
    if not days:
        return len({value for value, _ in given})
    always = {value for value, on in given if on is None}
    dated = sorted(
        ((on, value) for value, on in given if on is not None and value not in always),
        key=lambda each: each[0],
    )
    inside: Counter[Hashable] = Counter()
    most = first = 0
    for on, value in dated:
        inside[value] += 1
        while dated[first][0] <= on - timedelta(days=days):
            left = dated[first][1]
            inside[left] -= 1
            if not inside[left]:
                del inside[left]
            first += 1
        most = max(most, len(inside))
    return most + len(always)


def _are_too_many(
    ours: frozenset[Said], theirs: frozenset[Said], limit: Identifier
) -> bool:
    """Return whether the two have too many between them, and more than either has."""
    if not limit.most_values:
        return False
    days = limit.window_days
    both = most_at_once(ours | theirs, days)
    return both > limit.most_values and both > max(
        most_at_once(ours, days), most_at_once(theirs, days)
    )


def _values(said: Iterable[Said]) -> set[Hashable]:
    return {value for value, _ in said}
