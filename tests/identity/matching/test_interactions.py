"""What two comparisons say together."""

import pyarrow as pa
import pytest

from identity.matching.interactions import with_interactions
from identity.matching.model import Feature, Model

FIRST = Feature("first", ("not known", "differs", "an initial", "equal, rare", "equal"))
EMAIL = Feature("email", ("not known", "differs", "equal"))
WHOSE = Feature("whose mailbox", ("not known", "names one of the two", "names both"))
HAIR = Feature("hair", ("not known", "differs", "equal"))


def model(*features: Feature) -> Model:
    return Model(features, tuple((0.0,) * len(each.levels) for each in features), -5.0)


def names(found: Model) -> list[str]:
    return [feature.name for feature in found.features]


def level(found: Model, name: str, **levels: int) -> str:
    feature = next(each for each in found.features if each.name == name)
    table = pa.table({each: [value] for each, value in levels.items()})
    columns = {each: table[each].to_numpy() for each in feature.of}
    return feature.levels[int(feature.column(columns)[0])]


def test_only_what_is_compared_is_taken_together():
    found = with_interactions(model(FIRST, EMAIL, HAIR))

    assert names(found) == ["first", "email", "hair", "first × email"]


def test_a_model_that_has_them_gets_none_twice():
    once = with_interactions(model(FIRST, EMAIL, WHOSE))

    assert with_interactions(once) == once


def test_they_weigh_nothing_until_somebody_answers():
    before = model(FIRST, EMAIL, WHOSE)
    pair = pa.table({"first": [1, 4], "email": [2, 2], "whose mailbox": [1, 0]})

    after = with_interactions(before)

    assert after.bits(pair).tolist() == before.bits(pair).tolist()


@pytest.mark.parametrize(
    ("first", "email", "called"),
    [
        (0, 0, "neither"),
        (1, 2, "first differs, email equal"),
        (2, 2, "first alike, email equal"),
        (3, 1, "first equal, email differs"),
        (4, 1, "first equal, email differs"),
        (0, 2, "email equal"),
        (4, 0, "first equal"),
    ],
)
def test_a_pair_of_levels_is_called_by_what_it_says(first, email, called):
    found = with_interactions(model(FIRST, EMAIL))

    assert level(found, "first × email", first=first, email=email) == called


def test_levels_that_are_not_about_equality_stay_what_they_are():
    found = with_interactions(model(FIRST, WHOSE))

    said = level(found, "first × whose mailbox", first=1, **{"whose mailbox": 2})

    assert said == "first differs, whose mailbox names both"
