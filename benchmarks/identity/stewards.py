"""Stewards who are asked in the order of the queue, and are wrong at times.

They know the truth of a pair and say it 98 times in 100. Every reading costs one of the
answers there are: second ones, blind ones and those that settle a doubt, too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from identity.matching import asking, bands, learning
from identity.matching.asking import Answer
from identity.matching.bands import Band
from identity.matching.model import Model

WRONG, CANT_TELL = 0.02, 0.02
# Of the answers, so many go to audits of what was learned from the others.
AUDITS = 0.62
_ROUNDS = 3
# Of a round, so many are drawn from all pairs that are not hopeless.
_AT_RANDOM, _HOPELESS = 0.3, 0.02


@dataclass
class Stewards:
    """What stewards said so far, and how many readings it took."""

    is_one: np.ndarray
    rng: np.random.Generator
    left: int
    said: dict[int, bool] = field(default_factory=dict)
    unsettled: set[int] = field(default_factory=set)

    @property
    def answered(self) -> np.ndarray:
        return np.array([*self.said, *self.unsettled], dtype=np.int64)

    def ask(self, pairs: Iterable[int], probability: np.ndarray) -> list[int]:
        """Ask about the pairs until the readings are spent; return what was settled."""
        settled = []
        for pair in pairs:
            answer = self._settle(pair, float(probability[pair]))
            if answer is None:
                break
            if answer is Answer.CANT_TELL:
                self.unsettled.add(pair)
            else:
                self.said[pair] = answer is Answer.SAME
                settled.append(pair)
        return settled

    def _settle(self, pair: int, probability: float) -> Answer | None:
        answers: list[Answer] = []
        again = self.rng.random() < asking.SECOND_READS
        while self.left > 0:
            answers.append(self._read(pair))
            doubtful = again or asking.is_doubtful(answers[0], probability)
            counts = asking.settled(answers, doubtful=doubtful)
            if counts is not None:
                return counts
        return None

    def _read(self, pair: int) -> Answer:
        self.left -= 1
        chance = self.rng.random()
        if chance < CANT_TELL:
            return Answer.CANT_TELL
        truly = bool(self.is_one[pair]) != (chance > 1 - WRONG)
        return Answer.SAME if truly else Answer.DIFFERENT


@dataclass(frozen=True)
class Taught:
    """What was learned, from how many pairs, and which bands of it may merge."""

    model: Model
    bands: list[Band]
    merge_at: float
    answers: int


def teach(
    pairs: pa.Table,
    cold: Model,
    *,
    is_one: np.ndarray,
    at_risk: np.ndarray,
    answers: int,
    seed: int,
) -> Taught:
    """Ask, learn, ask again by what was learned, and audit what came of it."""
    asked = Stewards(is_one, np.random.default_rng(seed), answers)
    model = cold
    learning_from = int(answers * (1 - AUDITS))
    for nth in range(_ROUNDS):
        probability = model.probability(model.bits(pairs))
        asked.left = learning_from // _ROUNDS
        asked.ask(_next(asked, probability, at_risk), probability)
        rows = np.array(sorted(asked.said), dtype=np.int64)
        said = np.array([asked.said[row] for row in rows.tolist()])
        model = learning.learn(pairs.take(rows), said, cold)
        answers -= learning_from // _ROUNDS - asked.left
        assert nth < _ROUNDS
    found = _audit(asked, model.probability(model.bits(pairs)), answers)
    return Taught(model, found, bands.merge_at(found), len(asked.said))


def _next(asked: Stewards, probability: np.ndarray, at_risk: np.ndarray) -> list[int]:
    """Return what to ask in this round: the queue's first, others drawn among them."""
    worth = asking.worth(probability, at_risk, np.full(len(at_risk), 2))
    queue = asking.in_order(worth, asked.left, answered=asked.answered).tolist()
    hopeful = np.setdiff1d(np.flatnonzero(probability > _HOPELESS), asked.answered)
    drawn = asked.rng.choice(
        hopeful, size=min(asked.left, len(hopeful)), replace=False
    ).tolist()
    chosen = []
    for pair in queue:
        if drawn and asked.rng.random() < _AT_RANDOM:
            chosen.append(drawn.pop())
        chosen.append(pair)
    return list(dict.fromkeys(chosen))


def _audit(asked: Stewards, probability: np.ndarray, answers: int) -> list[Band]:
    """Audit the bands, the highest first, until the answers are spent."""
    audited: list[int] = []
    asked.left = answers
    while True:
        found = bands.count(
            probability,
            probability[audited],
            np.array([asked.said[pair] for pair in audited], dtype=bool),
        )
        chosen = asking.to_audit(
            probability, found, asked.left, answered=asked.answered, rng=asked.rng
        )
        settled = asked.ask(chosen.tolist(), probability)
        if not settled:
            return found
        audited += settled
