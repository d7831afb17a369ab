"""What waits for whom: piles on the desk, a count on every page, the same cost for many."""

import re

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from governance import desk, differences
from governance.models import Operation, User
from tests import make
from tests.governance import requests
from tests.governance.pages import as_, press, seen

pytestmark = pytest.mark.django_db


def count(user: User, path: str = "/runs/") -> str:
    page = as_(user).get(path).content.decode()
    return "".join(re.findall(r"waiting for you: </span>(\d+)<", page)[:1])


def test_a_request_waits_for_the_owners_of_its_domain_alone(domain, steward):
    owner, elsewhere = make.owner(domain), make.owner(make.domain("orders"))
    request = requests.in_review(requests.kpi(domain), by=steward)

    waits = [
        list(desk.to_decide(each))
        for each in (owner, elsewhere, steward, make.domain_steward(domain))
    ]

    assert waits == [[request], [], [], []]


def test_words_wait_for_stewards_too_but_not_for_who_asked(domain, steward):
    requests.applied(requests.field(domain), domain=domain)
    request = requests.in_review(requests.field(domain, meaning="Mail."), by=steward)

    assert list(desk.to_decide(make.domain_steward(domain))) == [request]
    assert list(desk.to_decide(steward)) == []


def test_a_definition_that_moves_waits_for_the_owners_it_leaves_and_joins(
    domain, steward
):
    orders = make.domain("orders")
    requests.applied(requests.kpi(domain), domain=domain)
    request = requests.in_review(requests.kpi(orders), by=steward)

    assert list(desk.to_decide(make.owner(domain))) == [request]
    assert list(desk.to_decide(make.owner(orders))) == [request]


def test_what_somebody_decided_on_waits_for_them_no_more_until_asked_again(
    domain, steward
):
    owner = make.owner(domain)
    request = requests.in_review(requests.kpi(domain), by=steward)
    press(owner, request, "approve")
    decided = count(owner)

    press(steward, request, "recall")
    press(steward, request, "submit")

    assert (decided, count(owner)) == ("", "1")


def test_what_waits_is_counted_on_every_page(domain, steward):
    for days in (30, 45, 60):
        requests.in_review(
            requests.kpi(domain, f"ltv_{days}", window_days=days), by=steward
        )

    assert [count(make.owner(domain), path) for path in ("/runs/", "/changes/")] == [
        "3", "3",
    ]  # fmt: skip
    assert count(steward) == ""


@pytest.mark.parametrize("rows", [1, 20])
def test_the_desk_costs_the_same_for_one_row_and_for_many(
    domain, steward, rows, django_assert_num_queries
):
    for each in range(rows):
        requests.in_review(requests.kpi(domain, f"ltv_{each}"), by=steward)
    client = as_(make.owner(domain))

    with django_assert_num_queries(22):
        client.get("/changes/")


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_for_one_row_and_for_many(
    domain, steward, rows, django_assert_num_queries
):
    for each in range(rows):
        requests.draft(requests.kpi(domain, f"ltv_{each}"), by=steward)
    client = as_(steward)

    with django_assert_num_queries(10):
        client.get("/changes/all/")


@pytest.mark.parametrize("rows", [1, 20])
def test_a_request_costs_the_same_with_one_definition_and_with_many(
    domain, steward, rows, django_assert_num_queries
):
    request = requests.draft(
        *(requests.kpi(domain, f"ltv_{each}") for each in range(rows)), by=steward
    )
    client = as_(make.user())

    with django_assert_num_queries(24):
        client.get(f"/changes/{request.pk}/")


@pytest.mark.parametrize(
    "query", ["state=draft", "state=dragon", "state=%00", "page=9999", "page=x"]
)
def test_the_list_answers_whatever_is_asked(steward, query):
    assert as_(steward).get(f"/changes/all/?{query}").status_code == 200


def test_the_list_shows_those_in_one_state(domain, steward):
    requests.draft(requests.kpi(domain, "ltv_30"), by=steward)
    requests.in_review(requests.kpi(domain, "ltv_60"), by=steward)

    page = seen(steward, "/changes/all/?state=draft")

    assert ("KPI ltv_30" in page, "KPI ltv_60" in page) == (True, False)


def test_the_desk_shows_what_somebody_asked_and_what_took_effect(domain, steward):
    requests.applied(requests.kpi(domain), domain=domain)
    requests.draft(requests.kpi(domain, "ltv_30"), by=steward)

    asked, _, lately = seen(steward, "/changes/").partition("Changed lately")

    assert "KPI ltv_30" in asked.partition("Asked by you")[2]
    assert "KPI ltv_90" in lately


def said(body: dict[str, object]) -> Operation:
    return Operation(kind="kpi", key="ltv", domain_id="customer", body=body)


def test_a_part_one_of_them_alone_has_is_a_change():
    changed = differences.between(
        said({"name": "LTV", "unit": "euro"}), said({"name": "LTV", "grain": "person"})
    )

    assert [(each.name, each.is_one) for each in changed] == [
        ("name", False), ("grain", True), ("unit", True), ("domain", False),
        ("state", False),
    ]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_marking_words_loses_none_and_marks_only_what_differs(before, after):
    found = differences.pieces(before, after)

    assert "".join(each.text for each in found if each.mark != "new") == before
    assert "".join(each.text for each in found if each.mark != "gone") == after
    assert any(each.mark for each in found) == (before != after)


def test_a_very_long_text_is_shown_as_replaced_and_at_once():
    began = timezone.now()

    found = differences.pieces("a b " * 50_000, "b a " * 50_000)

    assert ([each.mark for each in found], (timezone.now() - began).seconds) == (
        ["gone", "new"],
        0,
    )


def test_what_waits_before_and_after_is_the_order_of_the_desk(domain, steward):
    first, second, third = (
        requests.in_review(requests.kpi(domain, f"ltv_{each}"), by=steward)
        for each in range(3)
    )
    owner = make.owner(domain)

    found = [desk.beside(owner, each) for each in (first, second, third)]

    assert found == [
        desk.Beside(None, second.pk),
        desk.Beside(first.pk, third.pk),
        desk.Beside(second.pk, None),
    ]


def test_after_what_does_not_wait_comes_the_first_that_does(domain, steward):
    first, second = (
        requests.in_review(requests.kpi(domain, f"ltv_{each}"), by=steward)
        for each in range(2)
    )
    owner = make.owner(domain)
    press(owner, first, "approve")

    assert desk.beside(owner, first) == desk.Beside(None, second.pk)
    assert desk.beside(steward, first) == desk.Beside(None, None)


def test_the_page_leads_to_what_else_waits(domain, steward):
    first, second = (
        requests.in_review(requests.kpi(domain, f"ltv_{each}"), by=steward)
        for each in range(2)
    )

    page = as_(make.owner(domain)).get(f"/changes/{second.pk}/").content.decode()

    assert re.findall(r'rel="(\w+)" data-key="(\w)" href="([^"]+)"', page) == [
        ("prev", "k", f"/changes/{first.pk}/")
    ]
