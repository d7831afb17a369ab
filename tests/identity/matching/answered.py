"""Pairs whose truth follows known weights, and the answers a steward gives."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from identity.matching.model import Feature, Model, interaction

EMAIL = Feature("email", ("not known", "differs", "equal"))
PHONE = Feature("phone", ("not known", "differs", "equal"))
FIRST = Feature("first", ("not known", "conflicts", "alike", "equal"))
MAILBOX = interaction(
    "email × first",
    (EMAIL, (0, 0, 1), ("", "email")),
    (FIRST, (0, 1, 0, 0), ("", "first conflicts")),
)
FEATURES = (EMAIL, PHONE, FIRST, MAILBOX)
TRUE = Model(
    FEATURES,
    ((0.0, -1.0, 5.0), (0.0, -0.5, 3.0), (0.0, -3.0, 1.0, 2.5), (0.0, 0.0, 0.0, -4.0)),
    prior=-3.0,
)
# Estimated as if everything were independent: twice as sure, and blind to the mailbox.
PRIOR = replace(
    TRUE,
    weights=(
        *(tuple(2 * bits for bits in one) for one in TRUE.weights[:3]),
        (0.0,) * 4,
    ),
    prior=-6.0,
)


@dataclass(frozen=True)
class Answered:
    """Pairs, whether they are one person, and what a steward said."""

    levels: pa.Table
    truth: np.ndarray
    said: np.ndarray


def answered(count: int, *, seed: int = 1, wrong: float = 0.0) -> Answered:
    rng = np.random.default_rng(seed)
    levels = pa.table(
        {
            feature.name: rng.integers(0, len(feature.levels), count)
            for feature in TRUE.compared
        }
    )
    truth = rng.random(count) < TRUE.probability(TRUE.bits(levels))
    return Answered(levels, truth, truth ^ (rng.random(count) < wrong))
