"""Values set aside and weights of evidence stay as they were written."""

import pytest
from django.db import IntegrityError, transaction

from identity.models import MatchModel, QuarantinedValue
from tests import make
from tests.identity.test_models import MONDAY, TUESDAY, set_aside, weights
from tests.make import moment
from tests.refused import broken

pytestmark = pytest.mark.django_db


def refused(sentence):
    return pytest.raises(IntegrityError, match=sentence)


@pytest.mark.parametrize(
    "write",
    [
        lambda: MatchModel.objects.update(body={"bias": 9}),
        lambda: MatchModel.objects.update(measured={"precision": 1}),
        lambda: MatchModel.objects.all().delete(),
    ],
)
def test_weights_that_scored_somebody_are_never_others(write):
    model = weights()

    with refused("identity_matchmodel is kept as it was written"), transaction.atomic():
        write()

    model.refresh_from_db()
    assert (model.body, model.measured) == ({"bias": -7.5}, {})


def test_a_model_is_known_by_what_it_weighs():
    one = weights(body={"bias": -7.5, "email": {"equal": 9, "none": 0}})
    other = weights(body={"bias": -7.25, "email": {"equal": 9, "none": 0}})

    assert one.digest != other.digest
    with broken("same_weights_are_one_model"):
        weights(body={"email": {"none": 0, "equal": 9}, "bias": -7.5})


def test_a_value_that_was_set_aside_is_lifted_and_counted_and_no_more():
    value = set_aside()

    QuarantinedValue.objects.update(records=9, surnames=4)
    QuarantinedValue.objects.update(lifted_at=TUESDAY)

    value.refresh_from_db()
    assert (value.records, value.surnames, value.lifted_at) == (9, 4, TUESDAY)
    for said in ({"lifted_at": None}, {"records": 10}, {"value": "+12125550124"}):
        with refused("it is counted, and lifted once"), transaction.atomic():
            QuarantinedValue.objects.update(**said)


def test_a_value_that_was_set_aside_is_not_forgotten():
    set_aside()

    with refused("identity_quarantinedvalue is kept"), transaction.atomic():
        QuarantinedValue.objects.all().delete()

    assert QuarantinedValue.objects.count() == 1


def test_a_value_may_be_set_aside_again_and_elsewhere():
    storefront = make.storefront()
    before = set_aside(storefront, lifted_at=TUESDAY)

    again, elsewhere = set_aside(storefront), set_aside()

    standing = QuarantinedValue.objects.standing()
    assert set(standing) == {again, elsewhere}
    assert list(QuarantinedValue.objects.as_of(TUESDAY)) == [again, elsewhere]
    assert before in QuarantinedValue.objects.as_of(MONDAY)
    assert not QuarantinedValue.objects.as_of(moment("2026-03-01")).exists()


def test_a_steward_who_sets_a_value_aside_says_why():
    who = make.user(role="steward")

    value = set_aside(why="steward", by=who, reason="The shop's own till.")

    assert list(QuarantinedValue.objects.standing()) == [value]
    with broken("who_sets_a_value_aside_says_why"):
        set_aside(why="steward", by=who)
