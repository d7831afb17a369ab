"""What speaks for two records being one person, pair by pair. Pure.

Two patterns join by themselves, for they were counted to be right 999 times in 1,000:
the shop's own customer id with a name that agrees, and an e-mail with a first name that
agrees. All else waits for a steward, or says nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum
from itertools import combinations

from identity.names import Agreement, compare_first, compare_last, look_alike

# A mailbox or number on more records than this is an office's, a kiosk's, a family's.
MOST_SHARING = 8

NO_NAME_AGREES = "No name agrees, and an id alone is at times somebody else's."
FIRST_NAMES_DIFFER = "The first names differ."
FIRST_NAMES_ALIKE = "The first names differ by what may be a slip of the fingers."
FIRST_NAME_UNCLEAR = (
    "A first name is missing, an initial, or may be another's nickname."
)
NICKNAME_OF_TWO = "The nickname is short for more than one name at this mailbox."
ONLY_A_PHONE = "A number alone is often a household's; only the names agree beside it."


class Kind(IntEnum):
    """What two records share, the surest first."""

    CROSS_ID = 0
    EMAIL = 1
    PHONE = 2


# Compared as what it is, not by what it says: two records may say the same.
@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What the judging reads of a record.

    ``place`` is its system and id: the same however rows arrived, so it settles ties.
    ``account_of`` is the shop it is a registered account of; ``claims`` are the shop
    customer ids it has or says it has.
    """

    record: int
    place: tuple[str, str]
    storefront: int
    first: str | None = None
    last: str | None = None
    birth_on: date | None = None
    account_of: int | None = None
    is_guest: bool = False
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that share something. ``guard`` says why that does not join them.

    ``score`` is how often such evidence was one person where it was counted. It orders
    the queue and decides nothing.
    """

    kind: Kind
    left: Facts
    right: Facts
    guard: str = ""
    score: float = 0.5
    strength: int = 0

    @property
    def rank(self) -> tuple[int, int, tuple[str, str], tuple[str, str]]:
        return (self.kind, -self.strength, self.left.place, self.right.place)


@dataclass(frozen=True, slots=True)
class Found:
    """Every pair that shares an id or a mailbox, and how many values too many share."""

    pairs: list[Pair]
    crowded: Counter[Kind]


def alike_guests(
    facts: Iterable[Facts], *, said_of: Mapping[int, Hashable]
) -> dict[Facts, list[int]]:
    """Return the records to compare, each with the guests who say word for word the same.

    Somebody who checks out as a guest twenty times is twenty records and one voice.
    ``said_of`` is what stewards said of records: only those share a voice of which they
    said the same.
    """
    voices: dict[object, list[Facts]] = defaultdict(list)
    for one in sorted(facts, key=lambda fact: fact.place):
        said: object = one.record
        if one.is_guest and one.first and one.emails:
            named = (one.first, one.last, one.birth_on)
            shared = (one.storefront, one.emails, one.claims)
            said = (said_of.get(one.record), *shared, *named)
        voices[said].append(one)
    return {_one_voice(same): [one.record for one in same] for same in voices.values()}


def find(records: Sequence[Facts]) -> Found:
    """Return the pairs that share a customer id or a mailbox, surest first."""
    pairs: list[Pair] = []
    crowded: Counter[Kind] = Counter()
    for value, claimed in _sharing(records, "claims"):
        accounts = [one for one in claimed if _owns(one, value)]
        claimants = [one for one in claimed if not _owns(one, value)]
        if len(claimants) > MOST_SHARING:
            crowded[Kind.CROSS_ID] += bool(accounts)
            continue
        pairs += [_by_id(one, other) for one in claimants for other in accounts]
    for _, sharing in _sharing(records, "emails"):
        if len(sharing) > MOST_SHARING:
            crowded[Kind.EMAIL] += 1
            continue
        firsts = {one.first for one in sharing if one.first}
        pairs += [
            _by_email(one, other, firsts) for one, other in combinations(sharing, 2)
        ]
    return Found(sorted(pairs, key=lambda pair: pair.rank), crowded)


def find_by_phone(
    records: Sequence[Facts], *, complete: Container[int] | None = None
) -> Found:
    """Return the pairs that share a number and whose names agree: never enough to join.

    ``complete`` are the records of whose numbers every other record is there, too.
    """
    pairs: list[Pair] = []
    crowded: Counter[Kind] = Counter()
    for _, sharing in _sharing(records, "phones"):
        if complete is not None and not any(one.record in complete for one in sharing):
            continue
        if len(sharing) > MOST_SHARING:
            crowded[Kind.PHONE] += 1
            continue
        for one, other in combinations(sharing, 2):
            if compare_first(one.first, other.first) is not Agreement.AGREE:
                continue
            last = compare_last(one.last, other.last)
            if last is Agreement.CONFLICT and not look_alike(one.last, other.last):
                continue
            score = 0.99 if last is Agreement.AGREE else 0.9
            pairs.append(_pair(Kind.PHONE, one, other, ONLY_A_PHONE, score))
    return Found(sorted(pairs, key=lambda pair: pair.rank), crowded)


def _by_id(one: Facts, other: Facts) -> Pair:
    first = compare_first(one.first, other.first)
    last = compare_last(one.last, other.last)
    if first is Agreement.CONFLICT:
        alike = look_alike(one.first, other.first)
        guard = FIRST_NAMES_ALIKE if alike else FIRST_NAMES_DIFFER
        return _pair(Kind.CROSS_ID, one, other, guard, 0.97 if alike else 0.6)
    if Agreement.AGREE in (first, last):
        return _pair(Kind.CROSS_ID, one, other)
    # Also where neither record has a name: an id alone was right 998 times in 1,000,
    # and what joins by itself has to be right more often.
    return _pair(Kind.CROSS_ID, one, other, NO_NAME_AGREES, 0.9)


def _by_email(one: Facts, other: Facts, firsts: set[str]) -> Pair:
    agreement = compare_first(one.first, other.first)
    if agreement is Agreement.AGREE:
        if _is_ambiguous(one.first, other.first, firsts):
            return _pair(Kind.EMAIL, one, other, NICKNAME_OF_TWO, 0.5)
        return _pair(Kind.EMAIL, one, other)
    if agreement is Agreement.UNCLEAR:
        return _pair(Kind.EMAIL, one, other, FIRST_NAME_UNCLEAR, 0.93)
    if look_alike(one.first, other.first):
        return _pair(Kind.EMAIL, one, other, FIRST_NAMES_ALIKE, 0.95)
    return _pair(Kind.EMAIL, one, other, FIRST_NAMES_DIFFER, 0.17)


def _is_ambiguous(one: str | None, other: str | None, firsts: set[str]) -> bool:
    """Return whether a third name at the mailbox agrees with one and not the other.

    Chris is Christine or Christopher: where both are, it says nothing.
    """
    if one == other:
        return False
    return any(
        {compare_first(third, one), compare_first(third, other)}
        >= {Agreement.AGREE, Agreement.CONFLICT}
        for third in firsts - {one, other}
    )


def _pair(
    kind: Kind, one: Facts, other: Facts, guard: str = "", score: float = 0.5
) -> Pair:
    left, right = sorted((one, other), key=lambda fact: fact.place)
    strength = (
        int(one.first == other.first)
        + int(compare_last(one.last, other.last) is Agreement.AGREE)
        + int(not set(one.phones).isdisjoint(other.phones))
        + int(one.birth_on is not None and one.birth_on == other.birth_on)
    )
    return Pair(kind, left, right, guard, score, strength)


def _owns(one: Facts, value: str) -> bool:
    return one.account_of is not None and one.place[1] == value


def _sharing(records: Sequence[Facts], what: str) -> Iterator[tuple[str, list[Facts]]]:
    """Yield values and the records of one storefront that share them, more than one."""
    sharing: dict[tuple[int, str], list[Facts]] = defaultdict(list)
    for one in records:
        for value in getattr(one, what):
            sharing[one.storefront, value].append(one)
    return ((key[1], same) for key, same in sharing.items() if len(same) > 1)


def _one_voice(same: Sequence[Facts]) -> Facts:
    """Return the first of records that say the same, with every number any of them gave."""
    if len(same) == 1:
        return same[0]
    phones = sorted({phone for one in same for phone in one.phones})
    return replace(same[0], phones=tuple(phones))
