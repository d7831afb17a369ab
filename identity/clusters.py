"""People out of pairs: the surest pairs join first, and a guard may refuse. Pure.

What was proven pattern by pattern joins first, then what weights hold for likely, in
descending order: no union holds two whom a name, a date, an id or a word keeps apart.

A guard looks at everybody a join would put together, not at the pair alone. Ties are
settled by the records' own ids, so any order of arrival gives the same people.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from identity import evidence, policy
from identity.evidence import Crowd, Facts, Kind, Pair, Value
from identity.guards import (
    BIRTHS_DIFFER,
    BIRTHS_SWAPPED,
    CONSENT_REFUSED,
    SAID_DIFFERENT,
    TOO_LARGE,
    TWO_ACCOUNTS,
    Cluster,
    Forest,
    Said,
)
from identity.policy import Policy
from identity.scored import Likely

__all__ = [
    "ALONE",
    "BIRTHS_DIFFER",
    "BIRTHS_SWAPPED",
    "RULES",
    "STEWARD",
    "TOO_LARGE",
    "TWO_ACCOUNTS",
    "Beside",
    "People",
    "Question",
    "Said",
    "people",
]

RULES = {Kind.CROSS_ID: "cross_id", Kind.EMAIL: "email", Kind.SCORE: "score"}
ALONE, STEWARD = "alone", "steward"
# About these nobody is asked: it was said before.
_SAID = frozenset({SAID_DIFFERENT, CONSENT_REFUSED})
_AMONG_THEM = "Joining them would make one person of others, too: "


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known beside what records say: pairs that weights join, and consent.

    ``refused`` are the identifiers by which a record's person has said not to be known.
    """

    likely: Sequence[Likely] = ()
    refused: Mapping[int, frozenset[str]] = field(default_factory=dict)


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
    """Which records are one person, by which rule, and which pairs wait.

    ``by_score`` are the pairs that weights have joined.
    """

    groups: list[list[int]]
    rule_of: dict[int, str]
    questions: list[Question]
    crowded: Counter[Kind]
    crowds: list[Crowd] = field(default_factory=list)
    by_score: list[Likely] = field(default_factory=list)


def people(
    facts: Iterable[Facts],
    said: Said,
    *,
    asked: Iterable[tuple[int, int]] = (),
    complete: Container[int] | None = None,
    agreed: Policy | None = None,
    aside: Container[Value] = (),
    beside: Beside | None = None,
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
        beside: what is known beside what they say.
    """
    agreed, beside = agreed or policy.beginning(), beside or Beside()
    voices = evidence.alike_guests(
        facts, said_of=said.of, together=agreed.guests.same_words_are_one
    )
    voice_of = {record: one for one, same in voices.items() for record in same}
    forest = Forest(voice_of, said, agreed, beside.refused)
    rule_of = {record: STEWARD for group in said.together for record in group}
    found = evidence.find(list(voices), agreed=agreed, aside=aside)
    likeliest = [*found.pairs, *_by_score(beside.likely, voice_of)]
    refused = _joined(forest, likeliest, rule_of)
    by_phone = evidence.find_by_phone(
        list(voices), complete=complete, agreed=agreed, aside=aside
    )
    questions = _questions(forest, [*refused, *by_phone.pairs], voice_of, asked)
    return People(
        _groups(forest, voices),
        _rules(voices, rule_of),
        questions,
        found.crowded + by_phone.crowded,
        found.crowds + by_phone.crowds,
        forest.by_score,
    )


def _groups(forest: Forest, voices: Mapping[Facts, list[int]]) -> list[list[int]]:
    """Return which records are one person, each record once."""
    return [
        sorted(record for voice in group for record in voices[voice])
        for group in forest.groups(voices)
    ]


def _by_score(likely: Iterable[Likely], voice_of: Mapping[int, Facts]) -> list[Pair]:
    """Return what weights join as pairs of voices, the surest first."""
    found = []
    for each in likely:
        if each.left not in voice_of or each.right not in voice_of:
            continue
        two = (voice_of[each.left], voice_of[each.right])
        left, right = sorted(two, key=lambda fact: fact.place)
        found.append(
            Pair(
                Kind.SCORE, left, right, score=each.probability, strength=each.bits,
                likely=each,
            )
        )  # fmt: skip
    return sorted(found, key=lambda pair: pair.rank)


def _joined(
    forest: Forest, pairs: Iterable[Pair], rule_of: dict[int, str]
) -> list[Pair]:
    """Join what the pairs say, the surest first; return those a guard refused."""
    refused: list[Pair] = []
    for pair in pairs:
        one, other = forest.of(pair.left), forest.of(pair.right)
        if one is other:
            continue
        if pair.guard or forest.against(pair):
            refused.append(pair)
            continue
        forest.join(one, other)
        if pair.likely:
            forest.by_score.append(pair.likely)
        for voice in (pair.left, pair.right):
            rule_of.setdefault(voice.record, RULES[pair.kind])
    return refused


def _questions(
    forest: Forest,
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
        refusal = forest.against(pair)
        if refusal not in _SAID:
            questions.append(_question(pair, refusal, forest.agreed))
    return questions


def _known(
    forest: Forest, voice_of: Mapping[int, Facts], asked: Iterable[tuple[int, int]]
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
    its_own = Forest({}, Said(), agreed)
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


def _both(one: Cluster, other: Cluster) -> frozenset[int]:
    return frozenset((id(one), id(other)))
