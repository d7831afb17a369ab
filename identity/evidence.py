"""What speaks for two records being one person, pair by pair. Pure.

Two patterns join by themselves, for they were counted to be right 999 times in 1,000:
the shop's own customer id with a name that agrees, and an e-mail with a first name that
agrees. All else waits for a steward, or says nothing. Whether they still do, and how many
may share a value, is agreed on.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum
from itertools import combinations

from identity import limits, policy
from identity.names import Agreement, compare_first, compare_last, look_alike
from identity.policy import Policy
from identity.scored import Likely

# A value of a storefront: the kind of it, and what it says.
type Value = tuple[int, str, str]

NO_NAME_AGREES = "No name agrees, and an id alone is at times somebody else's."
FIRST_NAMES_DIFFER = "The first names differ."
FIRST_NAMES_ALIKE = "The first names differ by what may be a slip of the fingers."
FIRST_NAME_UNCLEAR = (
    "A first name is missing, an initial, or may be another's nickname."
)
NICKNAME_OF_TWO = "The nickname is short for more than one name at this mailbox."
ONLY_ASKS = "It was agreed that this joins nobody by itself."
ONLY_A_PHONE = "A number alone is often a household's; only the names agree beside it."


class Kind(IntEnum):
    """What two records share, the surest first."""

    CROSS_ID = 0
    EMAIL = 1
    PHONE = 2
    SCORE = 3


# Compared as what it is, not by what it says: two records may say the same.
@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What the judging reads of a record.

    ``place`` is its system and id: the same however rows arrived, so it settles ties.
    ``account_of`` is the shop it is a registered account of; ``claims`` are the shop
    customer ids it has or says it has; ``carries`` is what of it a person may have but so
    many of. ``said_on`` is when it was last said, where that is known.
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
    carries: tuple[tuple[str, str], ...] = ()
    said_on: date | None = None


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
    likely: Likely | None = None

    @property
    def rests_on(self) -> frozenset[str]:
        """Return the identifiers it needs."""
        if self.likely:
            return self.likely.rests_on
        return frozenset({_KEY_OF[self.kind]})

    @property
    def rank(self) -> tuple[int, int, tuple[str, str], tuple[str, str]]:
        return (self.kind, -self.strength, self.left.place, self.right.place)


@dataclass(frozen=True, slots=True)
class Crowd:
    """A value that too many share to join anybody, and how many that are."""

    value: Value
    records: int
    surnames: int


@dataclass(frozen=True, slots=True)
class Found:
    """Every pair that shares an id or a mailbox, and the values too many share."""

    pairs: list[Pair]
    crowds: list[Crowd]

    @property
    def crowded(self) -> Counter[Kind]:
        """Return of how many values of each kind there are too many."""
        return Counter(_KIND_OF[crowd.value[1]] for crowd in self.crowds)


_KIND_OF = {"cross_id": Kind.CROSS_ID, "email": Kind.EMAIL, "phone": Kind.PHONE}
_KEY_OF = {kind: key for key, kind in _KIND_OF.items()}


def alike_guests(
    facts: Iterable[Facts],
    *,
    said_of: Mapping[int, Hashable],
    together: bool = True,
) -> dict[Facts, list[int]]:
    """Return the records to compare, each with the guests who say word for word the same.

    Somebody who checks out as a guest twenty times is twenty records and one voice.
    ``said_of`` is what stewards said of records: only those share a voice of which they
    said the same. Unless they are to be taken ``together``, each is a voice.
    """
    voices: dict[object, list[Facts]] = defaultdict(list)
    for one in sorted(facts, key=lambda fact: fact.place):
        said: object = one.record
        if together and one.is_guest and one.first and one.emails:
            named = (one.first, one.last, one.birth_on)
            shared = (one.storefront, one.emails, one.claims)
            said = (said_of.get(one.record), *shared, *named)
        voices[said].append(one)
    return {_one_voice(same): [one.record for one in same] for same in voices.values()}


class _Judging:
    """The rules as they were agreed on, and the values that are set aside."""

    def __init__(self, agreed: Policy, aside: Container[Value]) -> None:
        self.agreed = agreed
        self.aside = aside
        self.alike = agreed.names.alike
        self.nicknames = agreed.nicknames
        self.crowds: list[Crowd] = []

    def sharing(
        self, records: Sequence[Facts], what: str, kind: str
    ) -> Iterator[tuple[Value, list[Facts]]]:
        """Yield the values more than one record has, and that may say something."""
        for (storefront, value), same in _sharing(records, what):
            place = (storefront, kind, value)
            if place not in self.aside:
                yield place, same

    def are_too_many(self, place: Value, same: Sequence[Facts]) -> bool:
        """Return whether it is everybody's by now; remember it, if it is."""
        most = self.agreed.of(place[1])
        named = [(one.last, one.said_on) for one in same if one.last]
        surnames = len({last for last, _ in named})
        everybody = [(one.record, one.said_on) for one in same]
        if not (
            _exceed(everybody, len(same), most.most_people, most.window_days)
            or _exceed(named, surnames, most.most_surnames, most.window_days)
        ):
            return False
        self.crowds.append(Crowd(place, len(same), surnames))
        return True

    def found(self, pairs: Iterable[Pair]) -> Found:
        return Found(sorted(pairs, key=lambda pair: pair.rank), self.crowds)

    def joined(self, pair: Pair, pattern: str) -> Pair:
        """Return the pair; it waits, where its pattern joins nobody any more."""
        if pair.guard or self.agreed.joins(pattern):
            return pair
        return replace(pair, guard=ONLY_ASKS, score=_OF_WHAT_JOINS)


# Of pairs that joined by themselves until somebody agreed that they ask.
_OF_WHAT_JOINS = 0.99


def find(
    records: Sequence[Facts],
    *,
    agreed: Policy | None = None,
    aside: Container[Value] = (),
) -> Found:
    """Return the pairs that share a customer id or a mailbox, surest first.

    Args:
        agreed: what was agreed on; without it, what an installation begins with.
        aside: values that join nobody, whoever has them.
    """
    judging = _Judging(agreed or policy.beginning(), aside)
    pairs: list[Pair] = []
    for place, claimed in judging.sharing(records, "claims", "cross_id"):
        accounts = [one for one in claimed if _owns(one, place[2])]
        claimants = [one for one in claimed if not _owns(one, place[2])]
        if not accounts or judging.are_too_many(place, claimants):
            continue
        pairs += [
            _by_id(one, other, judging) for one in claimants for other in accounts
        ]
    for place, sharing in judging.sharing(records, "emails", "email"):
        if judging.are_too_many(place, sharing):
            continue
        firsts = {one.first for one in sharing if one.first}
        pairs += [
            _by_email(one, other, firsts, judging)
            for one, other in combinations(sharing, 2)
        ]
    return judging.found(pairs)


def find_by_phone(
    records: Sequence[Facts],
    *,
    complete: Container[int] | None = None,
    agreed: Policy | None = None,
    aside: Container[Value] = (),
) -> Found:
    """Return the pairs that share a number and whose names agree: never enough to join.

    ``complete`` are the records of whose numbers every other record is there, too.
    """
    judging = _Judging(agreed or policy.beginning(), aside)
    pairs: list[Pair] = []
    for place, sharing in judging.sharing(records, "phones", "phone"):
        if complete is not None and not any(one.record in complete for one in sharing):
            continue
        if judging.are_too_many(place, sharing):
            continue
        for one, other in combinations(sharing, 2):
            if (
                compare_first(one.first, other.first, judging.nicknames)
                is not Agreement.AGREE
            ):
                continue
            last = compare_last(one.last, other.last)
            if last is Agreement.CONFLICT and not look_alike(
                one.last, other.last, judging.alike
            ):
                continue
            score = 0.99 if last is Agreement.AGREE else 0.9
            pairs.append(_pair(Kind.PHONE, one, other, ONLY_A_PHONE, score))
    return judging.found(pairs)


def _by_id(one: Facts, other: Facts, judging: _Judging) -> Pair:
    first = compare_first(one.first, other.first, judging.nicknames)
    last = compare_last(one.last, other.last)
    if first is Agreement.CONFLICT:
        alike = look_alike(one.first, other.first, judging.alike)
        guard = FIRST_NAMES_ALIKE if alike else FIRST_NAMES_DIFFER
        return _pair(Kind.CROSS_ID, one, other, guard, 0.97 if alike else 0.6)
    if Agreement.AGREE in (first, last):
        return judging.joined(_pair(Kind.CROSS_ID, one, other), "cross_id+a_name")
    # Also where neither record has a name: an id alone was right 998 times in 1,000,
    # and what joins by itself has to be right more often.
    return _pair(Kind.CROSS_ID, one, other, NO_NAME_AGREES, 0.9)


def _by_email(one: Facts, other: Facts, firsts: set[str], judging: _Judging) -> Pair:
    agreement = compare_first(one.first, other.first, judging.nicknames)
    if agreement is Agreement.AGREE:
        if _is_ambiguous(one.first, other.first, firsts, judging):
            return _pair(Kind.EMAIL, one, other, NICKNAME_OF_TWO, 0.5)
        return judging.joined(_pair(Kind.EMAIL, one, other), "email+first_name")
    if agreement is Agreement.UNCLEAR:
        return _pair(Kind.EMAIL, one, other, FIRST_NAME_UNCLEAR, 0.93)
    if look_alike(one.first, other.first, judging.alike):
        return _pair(Kind.EMAIL, one, other, FIRST_NAMES_ALIKE, 0.95)
    return _pair(Kind.EMAIL, one, other, FIRST_NAMES_DIFFER, 0.17)


def _is_ambiguous(
    one: str | None, other: str | None, firsts: set[str], judging: _Judging
) -> bool:
    """Return whether a third name at the mailbox agrees with one and not the other.

    Chris is Christine or Christopher: where both are, it says nothing.
    """
    if one == other:
        return False
    return any(
        {compare_first(third, each, judging.nicknames) for each in (one, other)}
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


def _exceed(said: Iterable[limits.Said], ever: int, most: int, days: int) -> bool:
    """Return whether more than may be are there at one time; ``ever`` are there in all."""
    if not 0 < most < ever:
        return False
    return not days or limits.most_at_once(said, days) > most


def _owns(one: Facts, value: str) -> bool:
    return one.account_of is not None and one.place[1] == value


def _sharing(
    records: Sequence[Facts], what: str
) -> Iterator[tuple[tuple[int, str], list[Facts]]]:
    """Yield values and the records of one storefront that share them, more than one."""
    sharing: dict[tuple[int, str], list[Facts]] = defaultdict(list)
    for one in records:
        for value in getattr(one, what):
            sharing[one.storefront, value].append(one)
    return ((key, same) for key, same in sharing.items() if len(same) > 1)


def _one_voice(same: Sequence[Facts]) -> Facts:
    """Return the first of records that say the same, with every number any of them gave."""
    if len(same) == 1:
        return same[0]
    phones = sorted({phone for one in same for phone in one.phones})
    carries = sorted({value for one in same for value in one.carries})
    return replace(same[0], phones=tuple(phones), carries=tuple(carries))
