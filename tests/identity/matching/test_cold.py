"""Weights estimated without an answer."""

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.population import generate
from identity.matching.engine import match
from identity.matching.household import HOUSEHOLD

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def outcome():
    return match(generate(count=2_500, seed=3).drop_columns(["value"]), but=["person"])


def weight(outcome, feature: str, level: str) -> float:
    model = outcome.model
    for one, weights in zip(model.features, model.weights, strict=True):
        if one.name == feature:
            return weights[one.levels.index(level)]
    raise AssertionError(f"{feature} is not compared.")


def test_what_agrees_speaks_for_one_person_and_what_differs_against(outcome):
    for feature in ("email", "phone", "birth"):
        assert (
            weight(outcome, feature, "equal")
            > 5
            > 0
            > weight(outcome, feature, "differs")
        )


def test_what_is_not_known_weighs_nothing(outcome):
    for feature, weights in zip(
        outcome.model.features, outcome.model.weights, strict=True
    ):
        assert feature.name == HOUSEHOLD or weights[0] == 0


def test_a_rare_first_name_says_more_than_a_usual_one(outcome):
    rare = weight(outcome, "first", "equal, rare")

    assert rare > weight(outcome, "first", "equal, usual") + 1


def test_who_shares_a_home_and_a_surname_is_not_one_person_for_it(outcome):
    home = "last rare, street, house, postcode, city"

    assert weight(outcome, HOUSEHOLD, home) < -5


def test_namesakes_whose_mailboxes_are_their_names_gain_nothing_by_it(outcome):
    assert weight(outcome, "email", "alike, as the names are") == 0


def test_two_records_of_which_nothing_is_known_are_two_people():
    model = match(pa.table({"record": [1, 2], "first": ["Ada", "Bo"]})).model

    assert model.probability(np.array([model.prior]))[0] < 0.1
