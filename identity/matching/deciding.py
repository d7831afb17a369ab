"""What becomes of a pair: it merges, it is asked about, it is a household, or nothing.

Patterns that were audited merge unscored; a veto keeps apart what a score would join, and
asks. What is decided of one pair looks at that pair alone: who would become one person by
several pairs is the clusters' affair.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from identity.matching.comparing import ALIKE_FROM, EQUAL_FROM
from identity.matching.fields import Kind
from identity.matching.normalise import NONE, People
from identity.matching.rules import Rules, Said

LEAVE, HOUSEHOLD, ASK, MERGE = range(4)
_DECISIONS = ("leave", "household", "ask", "merge")

BY_ID = "The same customer id, and a name that agrees."
BY_ALL = "The same e-mail, phone and name."
BY_MAIL = "The same e-mail and first name."
BY_SCORE = "The weights speak for one person."
BY_HAND = "Somebody said that they are one person."
UNSURE = "The weights do not settle it."
SAID_APART = "Somebody said that they are not the same."
CONSENT = "What they consented to keeps them apart."
TWO_IDS = "They have two ids of a kind of which everybody has one."
BIRTHS_DIFFER = "The birth dates differ."
FIRST_NAMES_DIFFER = "The first names differ behind a shared mailbox or phone."
FIRST_NAMES = "The first names differ."
NOTHING_OWN = "Only names and a home agree, and a son may be called like his father."
WOULD_JOIN = "Joining them would make one person of others who are not."
ONE_HOUSEHOLD = "They share a home or a mailbox, and are two people."
UNLIKELY = "The weights speak against it."
REASONS = (
    UNLIKELY, UNSURE, BY_SCORE, BY_ID, BY_ALL, BY_MAIL, BY_HAND, SAID_APART, CONSENT,
    TWO_IDS, BIRTHS_DIFFER, FIRST_NAMES_DIFFER, FIRST_NAMES, WOULD_JOIN, ONE_HOUSEHOLD,
    NOTHING_OWN,
)  # fmt: skip
_CODE = {reason: code for code, reason in enumerate(REASONS)}
# A name from this level on agrees; from 4 on it may be a slip.
_NAME_AGREES, _NAME_ALIKE = 5, 4
# Nothing a veto stands against may join through others either.
_APART_BELOW = 0.001

type Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Edges:
    """Pairs of rows that may join, and how surely."""

    left: np.ndarray
    right: np.ndarray
    likely: np.ndarray
    place: np.ndarray


@dataclass(frozen=True, slots=True)
class Decided:
    """What becomes of every pair, and why. ``apart`` are pairs no union may hold."""

    left: np.ndarray
    right: np.ndarray
    likely: np.ndarray
    decision: np.ndarray
    reason: np.ndarray
    guessed: Mask
    apart: Edges

    def auto(self) -> Edges:
        """Return the pairs that merge by themselves."""
        return self._edges(self.decision == MERGE)

    def guess(self) -> Edges:
        """Return the pairs that are rather one person than two."""
        return self._edges(self.guessed)

    def refused(self, places: np.ndarray) -> "Decided":
        """Return the same, those pairs asked about: a guard refused their union."""
        decision, reason = self.decision.copy(), self.reason.copy()
        decision[places] = ASK
        reason[places] = _CODE[WOULD_JOIN]
        return replace(self, decision=decision, reason=reason)

    def with_apart(self, more: Edges) -> "Decided":
        """Return the same, those pairs kept apart, too."""
        both = Edges(
            np.concatenate([self.apart.left, more.left]),
            np.concatenate([self.apart.right, more.right]),
            np.concatenate([self.apart.likely, more.likely]),
            np.concatenate([self.apart.place, more.place]),
        )
        return replace(self, apart=both)

    def decisions(self) -> pa.Array:
        return _texts(self.decision, _DECISIONS)

    def reasons(self) -> pa.Array:
        return _texts(self.reason, REASONS)

    def verdicts(self) -> list[tuple[str, str]]:
        """Return the decision on every pair, and why."""
        both = zip(self.decision.tolist(), self.reason.tolist(), strict=True)
        return [(_DECISIONS[what], REASONS[why]) for what, why in both]

    def is_question(self) -> Mask:
        return np.asarray(self.decision == ASK)

    def is_household(self) -> Mask:
        return np.asarray(self.decision == HOUSEHOLD)

    def _edges(self, chosen: Mask) -> Edges:
        place = np.flatnonzero(chosen)
        return Edges(self.left[place], self.right[place], self.likely[place], place)


def decide(
    people: People,
    levels: pa.Table,
    likely: np.ndarray,
    rules: Rules,
    said: Said,
    *,
    untaught: bool = True,
) -> Decided:
    """Return what becomes of every pair.

    Weights that no answer has corrected are ``untaught``: they merge nobody of whom
    nothing agrees but what a family shares.
    """
    pairs = _Pairs(people, levels)
    verdict = _Verdict(levels.num_rows)
    _by_weight(verdict, pairs, likely, rules, untaught=untaught)
    _veto(verdict, pairs, likely, rules)
    by_hand = _spoken(people, pairs, said.together)
    verdict.be(by_hand, MERGE, BY_HAND)
    apart, walled = (_spoken(people, pairs, each) for each in (said.apart, said.walls))
    verdict.be(apart, LEAVE, SAID_APART)
    verdict.be(walled, LEAVE, CONSENT)
    likely = np.where(by_hand, 1.0, likely)
    never = apart | walled | (pairs.two_of(rules.unique) & ~by_hand)
    decision = verdict.decision
    negative = never | ((likely < _APART_BELOW) & (decision < ASK) & ~by_hand)
    negative |= (decision == ASK) & pairs.conflict("first") & (likely < 0.5)
    guessed = ((likely >= rules.guess_at) | (decision == MERGE)) & ~never
    place = np.flatnonzero(negative & ~guessed)
    kept = Edges(pairs.left[place], pairs.right[place], likely[place], place)
    return Decided(
        pairs.left, pairs.right, likely, decision, verdict.reason, guessed, kept
    )


class _Verdict:
    """What becomes of each pair so far; what is said later goes before."""

    def __init__(self, count: int) -> None:
        self.decision = np.full(count, LEAVE, dtype=np.int8)
        self.reason = np.full(count, _CODE[UNLIKELY], dtype=np.int8)

    def be(self, chosen: Mask, what: int, why: str) -> None:
        self.decision[chosen] = what
        self.reason[chosen] = _CODE[why]

    @property
    def merges(self) -> Mask:
        return np.asarray(self.decision == MERGE)


def _by_weight(
    verdict: _Verdict,
    pairs: "_Pairs",
    likely: np.ndarray,
    rules: Rules,
    *,
    untaught: bool,
) -> None:
    verdict.be(likely >= rules.ask_at, ASK, UNSURE)
    verdict.be(likely >= rules.merge_at, MERGE, BY_SCORE)
    if untaught:
        verdict.be(verdict.merges & ~pairs.shares_own(), ASK, NOTHING_OWN)
    if rules.patterns_merge:
        for chosen, why in pairs.patterns():
            verdict.be(chosen, MERGE, why)


def _veto(verdict: _Verdict, pairs: "_Pairs", likely: np.ndarray, rules: Rules) -> None:
    """Ask where something stands against what the weights would join."""
    strong = np.asarray(verdict.decision >= ASK)
    first_differs = pairs.conflict("first")
    verdict.be(verdict.merges & first_differs, ASK, FIRST_NAMES)
    verdict.be(~strong & pairs.household(), HOUSEHOLD, ONE_HOUSEHOLD)
    behind = strong & first_differs & pairs.shares_contact()
    verdict.be(behind & (likely >= rules.ask_at), ASK, FIRST_NAMES_DIFFER)
    if rules.births_forbid:
        verdict.be(verdict.merges & pairs.conflict("birth"), ASK, BIRTHS_DIFFER)
    verdict.be(strong & pairs.two_of(rules.unique), ASK, TWO_IDS)


class _Pairs:
    """The questions that are asked of pairs, each answered for all of them at once."""

    def __init__(self, people: People, levels: pa.Table) -> None:
        self._people = people
        self._levels = {name: levels[name].to_numpy() for name in levels.schema.names}
        self.left = levels["l"].to_numpy()
        self.right = levels["r"].to_numpy()

    def at_least(self, name: str, level: int) -> Mask:
        if name not in self._levels:
            return np.zeros(len(self.left), dtype=bool)
        return np.asarray(self._levels[name] >= level)

    def conflict(self, name: str) -> Mask:
        """Return where both say something of it, and it is not the same at all."""
        if name not in self._levels:
            return np.zeros(len(self.left), dtype=bool)
        return np.asarray(self._levels[name] == 1)

    def equal(self, *kinds: Kind, way: str) -> Mask:
        found = np.zeros(len(self.left), dtype=bool)
        for name in self._people.of(*kinds):
            found |= self.at_least(name, EQUAL_FROM[way])
        return found

    def patterns(self) -> list[tuple[Mask, str]]:
        """Return which pairs merge unscored, and by which pattern."""
        first = self.at_least("first", _NAME_AGREES)
        last = self.at_least("last", _NAME_AGREES)
        mail = self.equal(Kind.EMAIL, way="email")
        phone = self.equal(Kind.PHONE, way="phone")
        cross = self.equal(Kind.CROSS, way="id")
        named = (first | last) & ~self.conflict("first")
        return [
            (mail & first & ~self.conflict("last"), BY_MAIL),
            (mail & phone & first, BY_ALL),
            (cross & named, BY_ID),
        ]

    def shares_contact(self) -> Mask:
        return self.equal(Kind.EMAIL, way="email") | self.equal(Kind.PHONE, way="phone")

    def shares_own(self) -> Mask:
        """Return where something agrees that is nobody else's in the house."""
        ids = self.equal(Kind.CROSS, Kind.UNIQUE, way="id")
        return self.shares_contact() | ids | self.at_least("birth", ALIKE_FROM["birth"])

    def household(self) -> Mask:
        """Return who lives together, or shares a mailbox or phone and a surname."""
        last = self.at_least("last", _NAME_ALIKE)
        home = self.at_least("street", EQUAL_FROM["text"] - 1) & self.at_least(
            "house", EQUAL_FROM["text"]
        )
        return self.conflict("first") & last & (home | self.shares_contact())

    def two_of(self, unique: frozenset[str]) -> Mask:
        """Return where both have an id of a kind that is unique, and not the same."""
        found = np.zeros(len(self.left), dtype=bool)
        for name, column in self._people.columns.items():
            if column.kind in unique or name in unique:
                one, other = column.codes[self.left], column.codes[self.right]
                found |= (one != NONE) & (other != NONE) & (one != other)
        return found | self._two_accounts()

    def _two_accounts(self) -> Mask:
        """Return where both are registered accounts of one shop."""
        named = self._people.of(Kind.ACCOUNT)
        if not named:
            return np.zeros(len(self.left), dtype=bool)
        codes = self._people.columns[named[0]].codes
        one, other = codes[self.left], codes[self.right]
        return np.asarray((one != NONE) & (one == other))


def _spoken(people: People, pairs: _Pairs, said: frozenset[tuple[int, int]]) -> Mask:
    """Return which pairs somebody spoke of."""
    found = np.zeros(len(pairs.left), dtype=bool)
    # Mostly nobody has: then there is nothing to look for.
    rows = rows_of(people, said) if said else np.empty((0, 2), dtype=np.int64)
    if not len(rows):
        return found
    count = len(people.records)
    code = pairs.left.astype(np.int64) * count + pairs.right
    return np.isin(code, rows[:, 0] * count + rows[:, 1])


def rows_of(people: People, said: frozenset[tuple[int, int]]) -> np.ndarray:
    """Return the rows of pairs of records, the smaller first; unknown ones left out."""
    given = np.array(sorted(said), dtype=np.int64).reshape(-1, 2)
    known = np.isin(given, people.records).all(axis=1) & (given[:, 0] != given[:, 1])
    return np.sort(np.searchsorted(people.records, given[known]), axis=1)


def _texts(codes: np.ndarray, texts: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(
        pa.array(codes, pa.int8()), pa.array(texts, pa.string())
    )
