"""Weights out of stewards' answers. They move away from those a model began with. Pure.

A weight nobody's answer speaks of stays what it was, so a few hundred answers improve a
model and cannot ruin it. Some answers are wrong: each is taken for what it says with the
share of wrong ones in mind, so one surprising answer does not outweigh a hundred others.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from identity.matching import calibration
from identity.matching.calibration import surprise
from identity.matching.interactions import with_interactions
from identity.matching.model import MISSING, Model, Numbers, columns_of

# How often a steward is wrong: counted by second readings, until then taken for this.
WRONG_ANSWERS = 0.02
# Fewer answers, or answers that all say one thing, teach nothing.
FEWEST = 30
# How freely weights may move: the one that foretells answers it has not seen is taken.
_HOLDS = (1.0, 3.0, 10.0, 30.0)
_PARTS = 4
_ABOUT = 0.25
# More answers hold the weights no otherwise: so many are tried, drawn at random.
_TRIED = 5_000
# The prior is estimated as if what is compared were independent, so it is too sure of
# itself, by a factor that answers find. These two hold the factor and the start.
_HOLD_FACTOR, _HOLD_START = 4.0, 0.5
_BITS = float(np.log(2))


class LearningError(Exception):
    """Nothing can be learned; the message says what is missing."""


class TooFewAnswers(LearningError):
    """So few answers, or so much alike, teach nothing."""


@dataclass(frozen=True, slots=True)
class _Fitted:
    """How the prior's weights are scaled, and what is added to the start and to each."""

    factor: float
    start: float
    added: Numbers


@dataclass(frozen=True, slots=True)
class _Asked:
    """Answered pairs: what the prior says of each, its levels as columns, the answer."""

    scores: Numbers
    design: Any
    answers: Numbers

    def only(self, rows: np.ndarray) -> "_Asked":
        return _Asked(self.scores[rows], self.design[rows], self.answers[rows])

    def score(self, fitted: _Fitted) -> Numbers:
        """Return the pairs' log odds by the fitted weights."""
        added = self.design @ fitted.added
        return np.asarray(fitted.factor * self.scores + fitted.start + added)


def learn(
    levels: pa.Table,
    labels: np.ndarray,
    prior: Model,
    *,
    wrong: float = WRONG_ANSWERS,
) -> Model:
    """Return a model that says what the answers say, near to the prior where none does.

    Args:
        levels: the answered pairs, a column of levels for each of ``prior.compared``.
        labels: of each pair whether it is one person. One pair answered twice is two rows.
        prior: where the weights begin, and which features there are. What two of them
            say together is learned, too.
        wrong: which share of the answers is taken to be wrong.

    Raises:
        TooFewAnswers: below 30, or all of them the same.
    """
    answers = np.asarray(labels, dtype=np.float64)
    if len(answers) < FEWEST or answers.min() == answers.max():
        raise TooFewAnswers(
            f"There are {len(answers):,} answers, {answers.sum():,.0f} of them "
            f"'same person'. Learning needs {FEWEST}, and both kinds."
        )
    from threadpoolctl import threadpool_limits

    # Vectors this short are added up faster than threads can be woken for them.
    with threadpool_limits(1):
        return _learned(levels, answers, with_interactions(prior), wrong)


def _learned(levels: pa.Table, answers: Numbers, prior: Model, wrong: float) -> Model:
    asked = _Asked(prior.bits(levels) * _BITS, _design(levels, prior), answers)
    tried = np.random.default_rng(len(answers)).permutation(len(answers))[:_TRIED]
    hold, unseen = _best_hold(asked.only(tried), wrong)
    fitted = _fit(asked, hold=hold, wrong=wrong)
    return replace(
        prior,
        weights=_weights(prior, fitted),
        prior=fitted.factor * prior.prior + fitted.start / _BITS,
        calibration=calibration.line(unseen / _BITS, answers[tried], wrong=wrong),
        learned_from=len(answers),
    )


def _design(levels: pa.Table, model: Model) -> Any:
    """Return a row per pair and a column per level of each feature, ones where it is so.

    What is not known has no column: it neither speaks for nor against.
    """
    from scipy.sparse import csr_array

    columns = columns_of(levels, model.compared)
    begins = np.cumsum([0, *(len(feature.levels) for feature in model.features)])
    found = [feature.column(columns) for feature in model.features]
    places = np.stack(found, axis=1)
    known = (places != MISSING).astype(np.float64)
    rows = np.repeat(np.arange(levels.num_rows), len(found))
    at = (places + begins[:-1]).ravel()
    return csr_array(
        (known.ravel(), (rows, at)), shape=(levels.num_rows, int(begins[-1]))
    )


def _best_hold(asked: _Asked, wrong: float) -> tuple[float, Numbers]:
    """Return how firmly to hold the weights, and each answer's score by the others."""
    part = np.arange(len(asked.answers)) % _PARTS
    unseen = {hold: np.empty(len(part)) for hold in _HOLDS}
    for hold, scores in unseen.items():
        for each in range(_PARTS):
            fitted = _fit(asked.only(part != each), hold=hold, wrong=wrong)
            scores[part == each] = asked.only(part == each).score(fitted)
    lost = {
        hold: surprise(scores, asked.answers, wrong)[0]
        for hold, scores in unseen.items()
    }
    best = min(_HOLDS, key=lambda hold: float(lost[hold].sum()))
    # Of what foretells about as well, the firmest: few answers tell little apart.
    for hold in reversed(_HOLDS):
        worse = lost[hold] - lost[best]
        if worse.sum() <= _ABOUT * worse.std() * np.sqrt(len(worse)):
            return hold, unseen[hold]
    return best, unseen[best]


def _fit(asked: _Asked, *, hold: float, wrong: float) -> _Fitted:
    from scipy.optimize import minimize

    def cost(moved: Numbers) -> tuple[float, Numbers]:
        fitted = _Fitted(float(np.exp(moved[0])), moved[1], moved[2:])
        lost, slope = surprise(asked.score(fitted), asked.answers, wrong)
        held = np.full(len(moved), hold)
        held[:2] = _HOLD_FACTOR, _HOLD_START
        back = np.concatenate(
            [
                [fitted.factor * (slope @ asked.scores), slope.sum()],
                asked.design.T @ slope,
            ]
        )
        return float(lost.sum() + held @ moved**2 / 2), back + held * moved

    began = np.zeros(asked.design.shape[1] + 2)
    found = minimize(cost, began, jac=True, method="L-BFGS-B").x
    return _Fitted(float(np.exp(found[0])), float(found[1]), found[2:])


def _weights(prior: Model, fitted: _Fitted) -> tuple[tuple[float, ...], ...]:
    begins = np.cumsum([len(feature.levels) for feature in prior.features])[:-1]
    return tuple(
        tuple((fitted.factor * np.asarray(old) + added / _BITS).tolist())
        for old, added in zip(
            prior.weights, np.split(fitted.added, begins), strict=True
        )
    )
