"""Weights out of answers: nearer to the truth, and never far from where they began."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from identity.matching import calibration, learning, measuring
from identity.matching.model import Model
from tests.identity.matching.answered import (
    EMAIL,
    MAILBOX,
    PRIOR,
    TRUE,
    answered,
)

UNSEEN = answered(40_000, seed=99)


def surprise_of(model: Model) -> float:
    """Return how surprising the truth of unseen pairs is to a model."""
    likely = model.probability(model.bits(UNSEEN.levels)).clip(1e-9, 1 - 1e-9)
    return float(-np.log(np.where(UNSEEN.truth, likely, 1 - likely)).mean())


def error_of(model: Model) -> float:
    probability = model.probability(model.bits(UNSEEN.levels))
    return measuring.calibration_error(probability, UNSEEN.truth)


def weight(model: Model, feature: str, level: str) -> float:
    names = [each.name for each in model.features]
    at = names.index(feature)
    return model.weights[at][model.features[at].levels.index(level)]


@pytest.fixture(scope="module")
def learned():
    asked = answered(1_500, wrong=0.02)
    return learning.learn(asked.levels, asked.said, PRIOR)


def test_what_was_learned_foretells_nearly_as_well_as_the_truth_does(learned):
    assert surprise_of(PRIOR) > 1.3 * surprise_of(TRUE)
    assert surprise_of(learned) < 1.05 * surprise_of(TRUE)


def test_eighty_in_a_hundred_happens_eighty_times_in_a_hundred():
    # Hardly any of these pairs is sure, so it takes more answers than where most are.
    asked = answered(6_000, wrong=0.02)

    learned = learning.learn(asked.levels, asked.said, PRIOR)

    assert error_of(PRIOR) > 0.05
    assert error_of(learned) < 0.025


def test_it_learns_what_two_levels_mean_together(learned):
    assert weight(PRIOR, MAILBOX.name, "email, first conflicts") == 0
    assert weight(learned, MAILBOX.name, "email, first conflicts") < -2


def test_it_says_from_how_many_answers_it_learned_and_keeps_its_features(learned):
    assert learned.learned_from == 1_500
    assert learned.features[: len(PRIOR.features)] == PRIOR.features


def test_a_pair_is_explained_by_weights_that_sum_to_its_score(learned):
    pair = {"email": 2, "phone": 1, "first": 1}

    explained = learned.explain(pair)

    row = pa.table({name: [level] for name, level in pair.items()})
    assert sum(each.bits for each in explained) == pytest.approx(learned.bits(row)[0])


def test_it_is_written_and_read_like_any_other_model(learned):
    assert Model.from_json(learned.to_json()) == learned


def test_the_same_answers_teach_the_same():
    asked = answered(200)

    first, again = (learning.learn(asked.levels, asked.said, PRIOR) for _ in range(2))

    assert first == again


def test_a_weight_no_answer_speaks_of_keeps_its_part_in_the_score():
    asked = answered(600)
    without = asked.levels["phone"].to_numpy() == 0

    learned = learning.learn(asked.levels.filter(without), asked.said[without], TRUE)

    equal, differs = (weight(learned, "phone", level) for level in ("equal", "differs"))
    assert equal / differs == pytest.approx(3.0 / -0.5)
    assert equal == pytest.approx(3.0, abs=0.9)


def test_a_hundred_answers_do_little_harm_to_a_model_that_is_right():
    asked = answered(100)

    learned = learning.learn(asked.levels, asked.said, TRUE)

    assert surprise_of(learned) < 1.15 * surprise_of(TRUE)


def test_more_answers_teach_more():
    few, many = answered(150), answered(3_000)

    foretold = [
        surprise_of(learning.learn(asked.levels, asked.said, PRIOR))
        for asked in (few, many)
    ]

    assert foretold[0] > foretold[1]


def test_a_wrong_answer_about_what_is_sure_moves_little():
    asked = answered(1_000)
    sure = np.flatnonzero(TRUE.bits(asked.levels) > 6)[:1]
    said = asked.said.copy()
    said[sure] = False

    before = learning.learn(asked.levels, asked.said, TRUE)
    after = learning.learn(asked.levels, said, TRUE)

    pair = asked.levels.take(sure)
    assert before.bits(pair)[0] - after.bits(pair)[0] < 1.5


def test_knowing_that_some_answers_are_wrong_foretells_better():
    asked = answered(3_000, wrong=0.05)

    knowing, trusting = (
        learning.learn(asked.levels, asked.said, PRIOR, wrong=wrong)
        for wrong in (0.05, 0.0)
    )

    assert surprise_of(knowing) < surprise_of(trusting)


def test_a_feature_no_pair_has_keeps_what_it_weighs():
    asked = answered(100)
    other = replace(EMAIL, name="card")
    wider = replace(
        TRUE,
        features=(*TRUE.features, other),
        weights=(*TRUE.weights, (0.0, -2.0, 8.0)),
    )

    learned = learning.learn(asked.levels, asked.said, wider)

    assert weight(learned, "card", "equal") / weight(learned, "card", "differs") == -4


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ([True] * 10 + [False] * 10, "There are 20 answers, 10 of them 'same person'. Learning needs 30, and both kinds."),
        ([True] * 40, "There are 40 answers, 40 of them 'same person'. Learning needs 30, and both kinds."),
        ([False] * 40, "There are 40 answers, 0 of them 'same person'. Learning needs 30, and both kinds."),
        ([], "There are 0 answers, 0 of them 'same person'. Learning needs 30, and both kinds."),
    ],
)  # fmt: skip
def test_too_few_answers_teach_nothing(said, sentence):
    asked = answered(len(said))

    with pytest.raises(learning.TooFewAnswers) as refused:
        learning.learn(asked.levels, np.array(said), PRIOR)

    assert str(refused.value) == sentence


def test_a_line_through_scores_that_are_too_sure_makes_them_modest():
    rng = np.random.default_rng(3)
    true = rng.normal(0, 3, 4_000)
    said = (rng.random(4_000) < 1 / (1 + np.exp2(-true))).astype(float)

    points = calibration.line(2 * true + 4, said, wrong=0.0)

    scores, odds = zip(*points, strict=True)
    assert np.interp([4.0, 10.0], scores, odds) == pytest.approx([0, 3], abs=0.3)


def test_a_line_never_falls():
    bits = np.linspace(-5, 5, 400)

    (low, least), (high, most) = calibration.line(bits, (bits < 0) * 1.0, wrong=0.0)

    assert (low < high, least < most) == (True, True)


@settings(max_examples=60, deadline=None)
@given(
    scores=st.lists(st.floats(-12, 12), min_size=1, max_size=6),
    wrong=st.sampled_from([0.0, 0.02, 0.1]),
    same=st.booleans(),
)
def test_how_a_surprise_changes_is_its_slope(scores, wrong, same):
    at = np.array(scores)
    answers = np.full(len(at), float(same))

    _, slope = calibration.surprise(at, answers, wrong)

    above, below = (
        calibration.surprise(at + step, answers, wrong)[0] for step in (1e-5, -1e-5)
    )
    assert slope == pytest.approx((above - below) / 2e-5, abs=1e-4)


def test_no_answer_is_more_surprising_than_a_slip():
    lost, _ = calibration.surprise(np.array([200.0]), np.array([0.0]), 0.02)

    assert lost[0] == pytest.approx(-np.log(0.02))
