"""People out of pairs: the surest pairs join first, and a guard may refuse. Pure.

A guard looks at everybody a join would put together, not at the pair alone. Ties are
settled by the records' own ids, so any order of arrival gives the same people.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

from identity import evidence, limits, policy
from identity.evidence import Crowd, Facts, Kind, Pair, Value
from identity.keys import births_look_swapped
from identity.names import Agreement, compare_first
from identity.policy import Policy

RULES = {Kind.CROSS_ID: "cross_id", Kind.EMAIL: "email"}
ALONE, STEWARD = "alone", "steward"

BIRTHS_DIFFER = "The birth dates differ."
BIRTHS_SWAPPED = "The birth dates differ by which number is the day."
TWO_ACCOUNTS = "Both are registered accounts of one shop."
TOO_LARGE = "Together they would be more records than one person may have."
SAID_DIFFERENT = "A steward has said that they are not the same."
_AMONG_THEM = "Joining them would make one person of others, too: "


@dataclass(frozen=True, slots=True)
class Said:
    """What stewards decided: records that are one person, pairs that are not."""

    together: Sequence[frozenset[int]] = ()
    apart: frozenset[tuple[int, int]] = frozenset()

    @property
    def of(self) -> dict[int, Hashable]:
        """Return what was said of each record somebody spoke of, to be compared.

        Of records that were joined with the same others the same was said; who is two
        people with somebody stands alone.
        """
        joined: dict[int, set[int]] = defaultdict(set)
        for number, group in enumerate(self.together):
            for record in group:
                joined[record].add(number)
        said: dict[int, Hashable] = {
            record: frozenset(numbers) for record, numbers in joined.items()
        }
        return said | {record: record for pair in self.apart for record in pair}


@dataclass(frozen=True, slots=True)
class Question:
    """A pair a steward is asked about, and what stood between them."""

    left: int
    right: int
    kind: Kind
    guard: str
    score: float


@dataclass(frozen=True, slots=True)
class People:
    """Which records are one person, by which rule, and which pairs wait."""

    groups: list[list[int]]
    rule_of: dict[int, str]
    questions: list[Question]
    crowded: Counter[Kind]
    crowds: list[Crowd] = field(default_factory=list)


@dataclass(slots=True)
class _Cluster:
    """Some records taken for one person, and what of them a guard looks at.

    ``accepted`` are differences a steward has seen and joined across.
    """

    voices: list[Facts]
    firsts: set[str] = field(default_factory=set)
    births: set[date] = field(default_factory=set)
    shops: set[int] = field(default_factory=set)
    strangers: set[int] = field(default_factory=set)
    records: set[int] = field(default_factory=set)
    accepted: set[frozenset[str | date]] = field(default_factory=set)
    carries: limits.Carried = field(default_factory=dict)

    def take_in(self, other: "_Cluster") -> None:
        self.voices += other.voices
        self.firsts |= other.firsts
        self.births |= other.births
        self.shops |= other.shops
        self.strangers |= other.strangers
        self.records |= other.records
        self.accepted |= other.accepted
        if other.carries:
            self.carries = limits.together(self.carries, other.carries)

    def refusal(self, other: "_Cluster") -> str:
        """Return why the two must not be one person, or nothing."""
        if self.strangers & other.records:
            return SAID_DIFFERENT
        accepted = self.accepted | other.accepted
        for ours in self.firsts:
            for theirs in other.firsts:
                if (
                    _conflict(ours, theirs)
                    and frozenset((ours, theirs)) not in accepted
                ):
                    return evidence.FIRST_NAMES_DIFFER
        for born in self.births:
            for also_born in other.births - {born}:
                if frozenset((born, also_born)) not in accepted:
                    swapped = births_look_swapped(born, also_born)
                    return BIRTHS_SWAPPED if swapped else BIRTHS_DIFFER
        return TWO_ACCOUNTS if self.shops & other.shops else ""


class _Forest:
    """Every record in a cluster; clusters grow together.

    One that nothing is compared with never gets a cluster of its own: most are so.
    """

    def __init__(
        self, voice_of: Mapping[int, Facts], said: Said, agreed: Policy
    ) -> None:
        self.agreed = agreed
        self._most = agreed.size.most_records
        self._limits = agreed.limited()
        self._strangers: dict[int, set[int]] = defaultdict(set)
        for one, other in said.apart:
            self._strangers[one].add(other)
            self._strangers[other].add(one)
        self._of: dict[int, _Cluster] = {}
        for group in said.together:
            theirs = (voice_of[record] for record in sorted(group))
            self._join_by_hand(list(dict.fromkeys(theirs)))

    def of(self, one: Facts) -> _Cluster:
        if one.record not in self._of:
            self._of[one.record] = _Cluster(
                voices=[one],
                firsts={one.first} if one.first else set(),
                births={one.birth_on} if one.birth_on else set(),
                shops=set() if one.account_of is None else {one.account_of},
                strangers=set(self._strangers.get(one.record, ())),
                records={one.record},
                carries=limits.carried(one.carries, one.said_on),
            )
        return self._of[one.record]

    def refusal(self, one: _Cluster, other: _Cluster) -> str:
        """Return why the two must not be one person, or nothing."""
        together = len(one.voices) + len(other.voices)
        return (
            one.refusal(other)
            or limits.refusal(one.carries, other.carries, self._limits)
            or (TOO_LARGE if 0 < self._most < together else "")
        )

    def groups(self, voices: Iterable[Facts]) -> Iterator[list[Facts]]:
        """Yield the voices that are one person, each voice once."""
        seen: set[int] = set()
        for one in voices:
            cluster = self._of.get(one.record)
            if cluster is None:
                yield [one]
            elif id(cluster) not in seen:
                seen.add(id(cluster))
                yield cluster.voices

    def join(self, one: _Cluster, other: _Cluster) -> None:
        large, small = sorted((one, other), key=lambda each: -len(each.voices))
        large.take_in(small)
        for voice in small.voices:
            self._of[voice.record] = large

    def _join_by_hand(self, voices: Sequence[Facts]) -> None:
        """Join what a steward joined, whatever differs; remember the differences."""
        for voice in voices[1:]:
            one, other = self.of(voices[0]), self.of(voice)
            if one is not other:
                self.join(one, other)
        for voice in voices[:1]:
            cluster = self.of(voice)
            seen: Sequence[str | date] = [*cluster.firsts, *cluster.births]
            cluster.accepted |= {frozenset(two) for two in combinations(seen, 2)}


def people(
    facts: Iterable[Facts],
    said: Said,
    *,
    asked: Iterable[tuple[int, int]] = (),
    complete: Container[int] | None = None,
    agreed: Policy | None = None,
    aside: Container[Value] = (),
) -> People:
    """Return who is who among the records, and what a steward has to be asked.

    Args:
        facts: every record that shares an id or a mailbox with one of them.
        said: what stewards decided.
        asked: pairs asked before, whatever the answer was: two people are asked about
            once, by whichever of their records.
        complete: records all of whose phones' other records are there, too; without it,
            all are. Of a number only half known nobody can say who shares it.
        agreed: what was agreed on; without it, what an installation begins with.
        aside: values that join nobody, whoever has them.
    """
    agreed = agreed or policy.beginning()
    voices = evidence.alike_guests(
        facts, said_of=said.of, together=agreed.guests.same_words_are_one
    )
    voice_of = {record: one for one, same in voices.items() for record in same}
    forest = _Forest(voice_of, said, agreed)
    rule_of = {record: STEWARD for group in said.together for record in group}
    found = evidence.find(list(voices), agreed=agreed, aside=aside)
    refused = _joined(forest, found.pairs, rule_of)
    by_phone = evidence.find_by_phone(
        list(voices), complete=complete, agreed=agreed, aside=aside
    )
    questions = _questions(forest, [*refused, *by_phone.pairs], voice_of, asked)
    groups = [
        sorted(record for voice in group for record in voices[voice])
        for group in forest.groups(voices)
    ]
    return People(
        groups,
        _rules(voices, rule_of),
        questions,
        found.crowded + by_phone.crowded,
        found.crowds + by_phone.crowds,
    )


def _joined(
    forest: _Forest, pairs: Iterable[Pair], rule_of: dict[int, str]
) -> list[Pair]:
    """Join what the pairs say, the surest first; return those a guard refused."""
    refused: list[Pair] = []
    for pair in pairs:
        one, other = forest.of(pair.left), forest.of(pair.right)
        if one is other:
            continue
        if pair.guard or forest.refusal(one, other):
            refused.append(pair)
            continue
        forest.join(one, other)
        for voice in (pair.left, pair.right):
            rule_of.setdefault(voice.record, RULES[pair.kind])
    return refused


def _questions(
    forest: _Forest,
    refused: list[Pair],
    voice_of: Mapping[int, Facts],
    asked: Iterable[tuple[int, int]],
) -> list[Question]:
    """Return one question per two people nobody was asked about, the likeliest first."""
    known = _known(forest, voice_of, asked)
    questions = []
    for pair in sorted(refused, key=lambda each: (-each.score, each.rank)):
        one, other = forest.of(pair.left), forest.of(pair.right)
        if one is other or _both(one, other) in known:
            continue
        known.add(_both(one, other))
        refusal = forest.refusal(one, other)
        if refusal != SAID_DIFFERENT:
            questions.append(_question(pair, refusal, forest.agreed))
    return questions


def _known(
    forest: _Forest, voice_of: Mapping[int, Facts], asked: Iterable[tuple[int, int]]
) -> set[frozenset[int]]:
    """Return which two people were asked about, by whichever of their records."""
    return {
        _both(forest.of(voice_of[left]), forest.of(voice_of[right]))
        for left, right in asked
        if left in voice_of and right in voice_of
    }


def _question(pair: Pair, refusal: str, agreed: Policy) -> Question:
    left, right = sorted((pair.left.record, pair.right.record))
    if not refusal:
        return Question(left, right, pair.kind, pair.guard, pair.score)
    score = min(pair.score, 0.5)
    if pair.guard and pair.kind is not Kind.PHONE:
        return Question(left, right, pair.kind, pair.guard, score)
    its_own = _Forest({}, Said(), agreed)
    if not its_own.refusal(its_own.of(pair.left), its_own.of(pair.right)):
        refusal = _AMONG_THEM + refusal[0].lower() + refusal[1:]
    return Question(left, right, pair.kind, f"{pair.guard} {refusal}".strip(), score)


def _rules(voices: dict[Facts, list[int]], rule_of: dict[int, str]) -> dict[int, str]:
    """Return by which rule each record belongs to its person."""
    rules = {}
    for voice, same in voices.items():
        together = RULES[Kind.EMAIL] if len(same) > 1 else ALONE
        for record in same:
            rules[record] = rule_of.get(voice.record, together)
    return rules


def _both(one: _Cluster, other: _Cluster) -> frozenset[int]:
    return frozenset((id(one), id(other)))


def _conflict(one: str, other: str) -> bool:
    return compare_first(one, other) is Agreement.CONFLICT
