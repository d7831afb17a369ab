"""Pairs put to people: new ones, and those whose evidence is another than it was."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import batched
from typing import TypedDict

from django.db import transaction
from django.db.models import Q

from identity.models import MatchCandidate

Status, Wants = MatchCandidate.Status, MatchCandidate.Wants
_AT_ONCE = 1_000
_SAID_OF_IT = ("evidence", "guard", "score", "pattern", "waterfall", "evidence_digest",
               "value_at_risk", "impact", "model_version", "policy_version")  # fmt: skip


class Step(TypedDict):
    """One comparison of a waterfall: what was compared, how, and what that adds."""

    feature: str
    level: str
    bits: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Question:
    """A pair somebody is to be asked about, and what speaks for and against it.

    ``value_at_risk`` is money in the reporting currency that the answer moves, and
    ``impact`` how many records it touches.
    """

    left: int
    right: int
    evidence: str
    guard: str
    score: float
    pattern: str = ""
    waterfall: Sequence[Step] = ()
    value_at_risk: Decimal = Decimal(0)
    impact: int = 2
    model_version: str = ""
    policy_version: str = ""

    @property
    def evidence_digest(self) -> str:
        """Return a digest of how the two compare; what that weighs is no part of it.

        >>> step = Step(feature="email", level="equal", bits=5.1, sentence="Same e-mail.")
        >>> said = Question(1, 2, "E-mail.", "Names.", 0.5, waterfall=[step])
        >>> heavier = Question(1, 2, "", "", 0.9, waterfall=[{**step, "bits": 7.0}])
        >>> said.evidence_digest == heavier.evidence_digest
        True
        >>> other = Question(1, 2, "", "", 0.5, waterfall=[{**step, "level": "alike"}])
        >>> said.evidence_digest == other.evidence_digest
        False
        """
        steps = sorted((each["feature"], each["level"]) for each in self.waterfall)
        said = [self.pattern, steps] if steps else [self.evidence, self.guard]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


@dataclass(slots=True)
class Asked:
    """What became of questions: new pairs, pairs asked again, and the rest."""

    new: int = 0
    again: int = 0
    told: int = 0
    settled: int = 0
    reopened: list[int] = field(default_factory=list)


@transaction.atomic
def ask(questions: Iterable[Question], *, at: datetime) -> Asked:
    """Put the pairs to people; asking the same again changes nothing.

    A pair that waits says what is known of it now. One of which somebody said that the
    two are not the same is asked about again when its evidence differs from what they
    read, and what they said holds until somebody answers. Whatever else was answered
    stays so.
    """
    found = Asked()
    for some in batched(questions, _AT_ONCE, strict=False):
        known = _known(some)
        new = [_pair(each, at) for each in some if (each.left, each.right) not in known]
        MatchCandidate.objects.bulk_create(new)
        found.new += len(new)
        changed = [
            pair
            for each in some
            if (pair := known.get((each.left, each.right))) is not None
            and _tell(pair, each, found)
        ]
        MatchCandidate.objects.bulk_update(changed, [*_SAID_OF_IT, "wants", "earlier"])
    return found


def what_changed(pair: MatchCandidate) -> list[str]:
    """Return in sentences how a pair compares otherwise than when it was answered."""
    if not pair.earlier:
        return []
    before = {each["feature"]: each["level"] for each in pair.earlier["waterfall"]}
    now = {each["feature"]: each["level"] for each in pair.waterfall}
    said = [
        f"{_named(feature)}: was {before.get(feature, 'not compared')}, "
        f"is {now.get(feature, 'not compared')}."
        for feature in sorted(before.keys() | now.keys())
        if before.get(feature) != now.get(feature)
    ]
    return said or [f"Was: {pair.earlier['evidence']} Is: {pair.evidence}"]


def _known(some: Sequence[Question]) -> Mapping[tuple[int, int], MatchCandidate]:
    lefts = {each.left for each in some}
    rights = {each.right for each in some}
    pairs = MatchCandidate.objects.filter(Q(left__in=lefts) & Q(right__in=rights))
    return {(pair.left_id, pair.right_id): pair for pair in pairs.select_for_update()}


def _pair(question: Question, at: datetime) -> MatchCandidate:
    pair = MatchCandidate(
        left_id=question.left, right_id=question.right, found_at=at
    )  # fmt: skip
    _say(pair, question)
    return pair


def _tell(pair: MatchCandidate, question: Question, found: Asked) -> bool:
    """Bring a pair up to what is known now; return whether there is anything to write."""
    is_other = pair.evidence_digest != question.evidence_digest
    if pair.wants == Wants.NOTHING:
        if pair.status != Status.DIFFERENT or not (is_other and pair.evidence_digest):
            found.settled += 1
            return False
        pair.earlier = {
            "waterfall": pair.waterfall, "evidence": pair.evidence,
            "by": str(pair.decided_by), "reason": pair.reason,
        }  # fmt: skip
        pair.wants = Wants.AGAIN
        found.again += 1
        found.reopened.append(pair.pk)
    else:
        found.told += 1
    _say(pair, question)
    return True


def _say(pair: MatchCandidate, question: Question) -> None:
    for name in _SAID_OF_IT:
        setattr(pair, name, getattr(question, name))
    pair.waterfall = list(question.waterfall)


def _named(feature: str) -> str:
    return feature.replace("_", " ").capitalize()
