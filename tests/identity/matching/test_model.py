"""A score is the sum of its weights, whoever adds it up."""

import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from identity.matching.model import Feature, Model, ModelError, Weight, interaction

EMAIL = Feature("email", ("not known", "differs", "equal"))
FIRST = Feature("first", ("not known", "differs", "alike", "equal"))
BOTH = interaction(
    "first × email",
    (FIRST, (0, 1, 0, 0), ("", "first differs")),
    (EMAIL, (0, 0, 1), ("", "email equal")),
)
MODEL = Model(
    (EMAIL, FIRST, BOTH),
    ((0.0, -1.5, 9.0), (0.0, -4.0, 2.0, 6.0), (0.0, 0.0, 0.0, -3.0)),
    prior=-8.0,
)

bits = st.floats(-30, 30, allow_nan=False)
models = st.builds(
    lambda email, first, both, prior: replace(
        MODEL, weights=(tuple(email), tuple(first), tuple(both)), prior=prior
    ),
    *(st.lists(bits, min_size=size, max_size=size) for size in (3, 4, 4)),
    bits,
)


def test_a_pair_is_explained_by_its_weights():
    found = MODEL.explain({"email": 2, "first": 1})

    assert found == (
        Weight("prior", "", -8.0),
        Weight("email", "equal", 9.0),
        Weight("first", "differs", -4.0),
        Weight("first × email", "first differs, email equal", -3.0),
    )


def test_what_is_not_known_is_not_in_the_explanation():
    assert MODEL.explain({"email": 1}) == (
        Weight("prior", "", -8.0),
        Weight("email", "differs", -1.5),
    )


@given(model=models, email=st.integers(0, 2), first=st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_weights_sum_to_the_score(model, email, first):
    levels = pa.table({"email": [email], "first": [first]})

    added = sum(
        weight.bits for weight in model.explain({"email": email, "first": first})
    )

    assert model.bits(levels)[0] == pytest.approx(added)


@given(model=models, points=st.lists(st.tuples(bits, bits), max_size=3))
@settings(max_examples=60, deadline=None)
def test_a_model_is_the_same_after_it_was_written_and_read(model, points):
    model = replace(model, calibration=tuple(sorted(points)))

    assert Model.from_json(model.to_json()) == model


def test_a_model_of_another_version_is_not_read():
    written = json.dumps(json.loads(MODEL.to_json()) | {"version": 99})

    with pytest.raises(ModelError, match="of version 99"):
        Model.from_json(written)


def test_every_level_has_a_weight():
    with pytest.raises(ModelError, match="email has 3 levels and 2 weights"):
        replace(MODEL, weights=((0.0, 1.0), *MODEL.weights[1:]))


def test_a_column_that_is_not_there_is_not_known():
    assert MODEL.bits(pa.table({"email": [2]})).tolist() == [1.0]


def test_without_calibration_a_score_is_the_log_odds():
    assert MODEL.probability(np.array([0.0, 1.0])).tolist() == [
        0.5,
        pytest.approx(2 / 3),
    ]


def test_calibration_reads_a_score_between_its_points():
    model = replace(MODEL, calibration=((-10.0, -2.0), (10.0, 2.0)))

    found = model.probability(np.array([0.0, 99.0]))

    assert found.tolist() == [0.5, pytest.approx(0.8)]
