"""An entity may have so many fields; one more needs room that somebody makes first."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance import budget, changes, usage
from governance.changes import Proposed
from governance.models import LookUp
from tests import make
from tests.governance import requests

pytestmark = pytest.mark.django_db


@pytest.fixture
def domain():
    return make.domain("orders")


def room(domain, most: object, entity: str = "order", **said) -> Proposed:
    body = {
        "name": "Fields of an order", "meaning": "How many there may be.",
        "dataset": entity, "metric": budget.METRIC, "parameters": {"most": most},
    }  # fmt: skip
    return Proposed("quality", f"fields_of_{entity}", domain.key, body, **said)


def fields(domain, *names: str, **said) -> list[Proposed]:
    return [requests.field(domain, f"order.{name}", **said) for name in names]


def agree(domain, *operations: Proposed) -> None:
    requests.applied(*operations, domain=domain)


def refusal(domain, *operations: Proposed) -> str:
    with pytest.raises(changes.Unsound) as refused:
        requests.draft(*operations, by=make.owner(domain))
    return str(refused.value)


def test_without_a_budget_an_entity_has_as_many_fields_as_it_has(domain):
    agree(domain, *fields(domain, *(f"note_{n}" for n in range(40))))

    assert budget.budgets() == []


def test_the_last_field_there_is_room_for_is_taken(domain):
    agree(domain, room(domain, 2))
    agree(domain, *fields(domain, "one", "two"))

    [found] = budget.budgets()
    assert (found.entity, found.most, found.has, found.is_spent) == (
        "order",
        2,
        2,
        False,
    )


def test_one_field_more_is_refused_with_the_budget_and_who_owns_it(domain):
    agree(domain, room(domain, 1), *fields(domain, "one"))

    assert refusal(domain, *fields(domain, "gift_note")) == (
        "order.gift_note: order would have 2 fields, and its budget is 1 (quality "
        "fields_of_order). No field of it has gone unread for 90 days. Ask Orders, who "
        "own the budget, to raise it: a request of its own."
    )


def test_the_refusal_names_what_nobody_reads(domain, monkeypatch):
    agree(domain, room(domain, 2), *fields(domain, "one", "two"))
    LookUp.objects.create(kind="kpi", key="any", on="2020-01-01")
    future = timezone.now() + timedelta(days=100)
    usage.note("field", "order.two", on=future.date())
    monkeypatch.setattr(timezone, "now", lambda: future)

    assert refusal(domain, *fields(domain, "gift_note")) == (
        "order.gift_note: order would have 3 fields, and its budget is 2 (quality "
        "fields_of_order). Nobody has read order.one for 90 days: retire what is not "
        "needed in the same request, or ask Orders, who own the budget, to raise it: a "
        "request of its own."
    )


def test_several_fields_are_counted_together(domain):
    agree(domain, room(domain, 3), *fields(domain, "one"))

    said = refusal(domain, *fields(domain, "two", "three", "four"))

    assert said.startswith(
        "order.two, order.three, order.four: order would have 4 fields"
    )


def test_a_field_of_another_entity_is_none_of_this_one(domain):
    agree(domain, room(domain, 1), *fields(domain, "one"))

    agree(domain, requests.field(domain, "order_line.gift_note"))


def test_room_is_made_by_retiring_one_in_the_same_request(domain):
    agree(domain, room(domain, 1), *fields(domain, "one"))
    [one] = fields(domain, "one")

    agree(
        domain,
        Proposed(one.kind, one.key, one.domain, one.body, state="retired"),
        *fields(domain, "gift_note"),
    )

    assert budget.budgets()[0].has == 1


def test_two_for_one_is_one_too_many(domain):
    agree(domain, room(domain, 1), *fields(domain, "one"))
    [one] = fields(domain, "one")

    said = refusal(
        domain,
        Proposed(one.kind, one.key, one.domain, one.body, state="retired"),
        *fields(domain, "two", "three"),
    )

    assert "order would have 2 fields, and its budget is 1" in said


def test_a_budget_is_not_raised_by_the_request_that_needs_it(domain):
    agree(domain, room(domain, 1), *fields(domain, "one"))

    said = refusal(domain, room(domain, 9), *fields(domain, "two"))

    assert "its budget is 1" in said


def test_a_budget_that_was_raised_has_room(domain):
    agree(domain, room(domain, 1), *fields(domain, "one"))
    agree(domain, room(domain, 2))

    agree(domain, *fields(domain, "two"))

    assert budget.budgets()[0].has == 2


def test_raising_a_budget_is_of_high_risk(domain):
    agree(domain, room(domain, 1))

    request = requests.in_review(room(domain, 2), by=make.owner(domain))

    assert request.risk == "high"


def test_a_budget_that_was_given_up_limits_nothing(domain):
    agree(domain, room(domain, 1), *fields(domain, "one"))
    agree(domain, room(domain, 1, state="retired"))

    agree(domain, *fields(domain, "two"))


def test_an_entity_that_has_too_many_may_say_them_otherwise_and_have_fewer(domain):
    agree(domain, *fields(domain, "one", "two", "three"))
    agree(domain, room(domain, 1))
    [one] = fields(domain, "one")

    agree(domain, *fields(domain, "two", meaning="What to write on the card."))
    agree(domain, Proposed(one.kind, one.key, one.domain, one.body, state="retired"))

    [found] = budget.budgets()
    assert (found.has, found.is_spent) == (2, True)


def test_a_field_that_comes_back_needs_room_again(domain):
    agree(domain, room(domain, 1), *fields(domain, "one"))
    [one] = fields(domain, "one")
    gone = Proposed(one.kind, one.key, one.domain, one.body, state="retired")
    agree(domain, gone, *fields(domain, "two"))

    assert refusal(domain, one).startswith("order.one: order would have 2 fields")


def test_a_field_that_is_only_discouraged_still_takes_its_room(domain):
    agree(domain, room(domain, 1), *fields(domain, "one"))
    [one] = fields(domain, "one")
    agree(domain, Proposed(one.kind, one.key, one.domain, one.body, state="deprecated"))

    assert refusal(domain, *fields(domain, "two")).startswith("order.two: ")


@pytest.mark.parametrize("most", [0, -3, 2.5, "many", True, None], ids=repr)
def test_a_budget_is_a_whole_number_above_zero(domain, most):
    assert refusal(domain, room(domain, most)) == (
        "Quality threshold fields_of_order: a budget says in 'most' how many fields "
        "order may have, as a whole number above zero."
    )


def test_a_revision_is_held_to_the_budget_too(domain):
    agree(domain, room(domain, 1))
    request = requests.draft(*fields(domain, "one"), by=(by := make.owner(domain)))

    with pytest.raises(changes.Unsound, match="its budget is 1"):
        changes.revise(
            request_id=request.pk, operations=fields(domain, "one", "two"), by=by,
            at=requests.AT,
        )  # fmt: skip
