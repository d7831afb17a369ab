"""Scores made honest: that "80 in 100" happens 80 times in 100. Pure."""

import numpy as np

from identity.matching.model import Numbers

type Points = tuple[tuple[float, float], ...]

# Scores beyond are as sure as these, in bits.
_FURTHEST = 60.0
_BITS = float(np.log(2))
# A line through few answers stays near to the one that changes nothing.
_HOLD_SLOPE, _HOLD_START = 4.0, 1.0


def surprise(
    scores: Numbers, answers: Numbers, wrong: float
) -> tuple[Numbers, Numbers]:
    """Return how surprising each answer is at its log odds, and how that changes.

    The share of wrong answers bounds it: no answer is more surprising than a slip.
    """
    likely = 1 / (1 + np.exp(-np.clip(scores, -700, 700)))
    said = np.clip(wrong + (1 - 2 * wrong) * likely, 1e-12, 1 - 1e-12)
    lost = -np.where(answers > 0.5, np.log(said), np.log1p(-said))
    slope = np.where(answers > 0.5, -1 / said, 1 / (1 - said))
    return lost, slope * (1 - 2 * wrong) * likely * (1 - likely)


def line(bits: Numbers, answers: Numbers, *, wrong: float) -> Points:
    """Return between which points a score is read as log odds: a line through answers.

    ``bits`` are scores by weights that were learned without the answer beside them: a
    score that has seen its answer is always too sure of it.
    """
    from scipy.optimize import minimize

    def cost(moved: Numbers) -> tuple[float, Numbers]:
        slope, start = float(np.exp(moved[0])), moved[1]
        lost, back = surprise((slope * bits + start) * _BITS, answers, wrong)
        held = np.array([_HOLD_SLOPE, _HOLD_START])
        down = np.array([slope * (back @ bits), back.sum()]) * _BITS
        return float(lost.sum() + held @ moved**2 / 2), down + held * moved

    slope, start = minimize(cost, np.zeros(2), jac=True, method="L-BFGS-B").x
    slope = float(np.exp(slope))
    return tuple(
        (bits_of, slope * bits_of + float(start)) for bits_of in (-_FURTHEST, _FURTHEST)
    )
