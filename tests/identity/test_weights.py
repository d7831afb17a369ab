"""Models that scored are kept as they were; which one does is agreed on."""

import pytest

from governance.models import Operation
from identity import policy, weights
from identity.models import MatchModel
from tests import make
from tests.identity.test_policy import rule, vars_of
from tests.make import moment

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY = moment("2026-03-02"), moment("2026-03-03")
BODY = {"prior": -7.5, "weights": [[0, -1.25, 9]]}


def kept(body=BODY, *, answers=0, at=MONDAY, by=None):
    return weights.keep(
        body, answers=answers, measured={"precision": 0.998}, by=by, at=at
    )


def agreed(domain, model):
    wanted = rule(domain, "scoring", model=model)
    return policy.proposed([Operation(**vars_of(wanted))])


def test_weights_are_kept_with_what_they_were_made_from():
    steward = make.user(role="steward")

    model = kept(answers=1500, by=steward)

    assert (model.body, model.answers, model.origin) == (BODY, 1500, "learned")
    assert (model.measured, model.made_by, model.made_at) == (
        {"precision": 0.998}, steward, MONDAY,
    )  # fmt: skip


def test_the_same_weights_are_kept_once_as_they_came_first():
    first = kept()

    again = kept({"weights": [[0, -1.25, 9]], "prior": -7.5}, answers=9, at=TUESDAY)

    assert (again, again.made_at, again.origin) == (first, MONDAY, "cold_start")
    assert MatchModel.objects.count() == 1


def test_a_model_scores_once_it_was_agreed_on(domain):
    model = kept()
    kept({"prior": -9})

    assert weights.in_force(policy.now()) is None
    assert weights.in_force(agreed(domain, model.digest)) == model


def test_a_model_nobody_keeps_scores_nobody(domain):
    with pytest.raises(weights.UnknownModel, match="no such model is kept here"):
        weights.in_force(agreed(domain, "f00"))
