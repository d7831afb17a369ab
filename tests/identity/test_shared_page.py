"""The page of values that join nobody, and the request it drafts."""

import pytest

from governance.models import ChangeRequest
from governance.roles import ROLES
from identity import blocking, quarantine
from identity.models import QuarantinedValue
from tests import make
from tests.governance.pages import as_, seen
from tests.identity.test_policy import agree, identifier
from tests.make import moment

pytestmark = pytest.mark.django_db

MONDAY = moment("2026-03-02")


@pytest.fixture
def storefront():
    return make.storefront("corner")


def crowd(storefront, value="office@bell.example", *, kind="email", records=12):
    return QuarantinedValue.objects.create(
        storefront=storefront, kind=kind, value=value, why="crowded",
        records=records, surnames=5, since=MONDAY,
    )  # fmt: skip


def said(request: ChangeRequest) -> dict[str, list[str]]:
    """Return what the request would block, by identifier."""
    operations = request.revisions.get(number=request.revision).operations
    return {each.key: each.body["blocked_values"] for each in operations.all()}


def test_an_empty_list_says_that_nothing_is_set_aside(db):
    assert "Nothing is set aside" in seen(make.user(), "/review/shared/")


def test_a_value_stands_with_how_many_share_it_and_why(storefront):
    crowd(storefront)
    steward = make.user(role="steward")
    QuarantinedValue.objects.create(
        storefront=storefront, kind="phone", value="+12125550123", why="steward",
        by=steward, reason="The shop's own till.", records=3, surnames=2, since=MONDAY,
    )  # fmt: skip

    words = seen(make.user(), "/review/shared/")

    assert (
        "office@bell.example E-mail address · Corner Records 12 Last names 5" in words
    )
    assert "+12125550123 Phone number · Corner Records 3 Last names 2" in words
    assert f"The shop&#x27;s own till. {steward}" in words


def test_the_thousandth_value_is_chosen_as_any_other(domain, storefront):
    """Numbers are written with commas, and a form sends what is written."""
    QuarantinedValue.objects.create(
        pk=1_234, storefront=storefront, kind="email", value="till@bell.example",
        why="crowded", since=MONDAY,
    )  # fmt: skip

    page = as_(make.domain_steward(domain)).get("/review/shared/")

    assert 'name="value" value="1234"' in page.text
    assert "1,234" not in page.text


def test_one_click_drafts_the_request_that_blocks_a_value(domain, storefront):
    value = crowd(storefront)
    reader = as_(make.domain_steward(domain))

    answer = reader.post("/review/shared/", {"value": value.pk})

    request = ChangeRequest.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/changes/{request.pk}/")
    assert said(request) == {"email": ["office@bell.example"]}
    assert (request.state, request.title) == ("draft", "Block 1 shared value")
    assert request.reason == (
        "Set aside, and nobody's own: office@bell.example (12 records, 5 last names)."
    )


def test_several_values_are_one_request_and_what_was_blocked_stays_so(
    domain, storefront
):
    agree(domain, identifier(domain, "email", blocked_values=["x@till.example"]))
    chosen = [
        crowd(storefront),
        crowd(storefront, "info@bell.example", records=20),
        crowd(storefront, "+12125550123", kind="phone"),
    ]
    crowd(storefront, "left@bell.example")

    as_(make.domain_steward(domain)).post(
        "/review/shared/", {"value": [value.pk for value in chosen]}
    )

    request = ChangeRequest.objects.latest("pk")
    assert said(request) == {
        "email": ["info@bell.example", "office@bell.example", "x@till.example"],
        "phone": ["+12125550123"],
    }
    assert request.reason.startswith(
        "Set aside, and nobody's own: info@bell.example (20"
    )


def test_what_is_blocked_already_is_said_and_not_asked_for_again(domain, storefront):
    value = crowd(storefront)
    agree(domain, identifier(domain, "email", blocked_values=["office@bell.example"]))
    steward = make.domain_steward(domain)

    words = seen(steward, "/review/shared/")

    assert "Blocked" in words and "Ask to block office" not in words
    with pytest.raises(blocking.NothingToBlock, match="Choose a value of the list"):
        blocking.propose(value_ids=[value.pk], by=steward, at=MONDAY)


@pytest.mark.parametrize("typed", [[], ["7"], ["pigeon"], ["9" * 40], ["²"]])
def test_what_is_not_on_the_list_asks_for_nothing(domain, storefront, typed):
    crowd(storefront)

    answer = as_(make.domain_steward(domain)).post(
        "/review/shared/", {"value": typed}, follow=True
    )

    assert "Choose a value of the list" in answer.text
    assert not ChangeRequest.objects.exists()


def test_whoever_may_not_ask_is_shown_no_button_and_refused(domain, storefront):
    value = crowd(storefront)
    auditor = as_(make.user(role="auditor"))

    page = auditor.get("/review/shared/").text

    assert "Ask to block" not in page
    assert auditor.post("/review/shared/", {"value": value.pk}).status_code == 403


def test_the_page_costs_the_same_for_one_value_and_for_three(
    domain, storefront, django_assert_max_num_queries
):
    reader = as_(make.user())
    crowd(storefront)
    reader.get("/review/shared/")
    with django_assert_max_num_queries(14) as one:
        reader.get("/review/shared/")
    for value in ("a@b.example", "c@d.example"):
        crowd(storefront, value)

    with django_assert_max_num_queries(len(one)):
        reader.get("/review/shared/")


@pytest.mark.parametrize("role", [role.key for role in ROLES])
def test_every_role_reads_the_page(storefront, role):
    crowd(storefront)

    assert "office@bell.example" in seen(make.user(role=role), "/review/shared/")


def test_whoever_has_no_role_reads_no_value(client, storefront):
    crowd(storefront)
    nobody = as_(make.seated(make.user()))

    assert client.get("/review/shared/").status_code == 302
    assert nobody.get("/review/shared/").status_code == 403


def test_what_a_source_sent_is_text_wherever_it_stands(storefront):
    crowd(storefront, "<script>alert(1)</script>@x.example")

    page = as_(make.user()).get("/review/shared/")

    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def set_aside(storefront, by) -> QuarantinedValue:
    return quarantine.set_aside(
        storefront=storefront, kind="phone", value="+12125550123", by=by,
        reason="The shop's own till.", at=MONDAY,
    )  # fmt: skip


def test_a_steward_lifts_what_a_steward_set_aside(storefront):
    steward = make.user(role="steward")
    value = set_aside(storefront, steward)

    answer = as_(steward).post("/review/shared/", {"lift": value.pk}, follow=True)

    value.refresh_from_db()
    assert value.lifted_at is not None
    assert "+12125550123 may join again." in answer.text


def test_a_value_is_lifted_once(storefront):
    steward = make.user(role="steward")
    value = set_aside(storefront, steward)
    client = as_(steward)
    client.post("/review/shared/", {"lift": value.pk})

    again = client.post("/review/shared/", {"lift": value.pk}, follow=True)

    assert "The value was lifted before." in again.text


@pytest.mark.parametrize("role", ["viewer", "data_owner"])
def test_nobody_but_a_steward_lifts(storefront, role):
    value = set_aside(storefront, make.user(role="steward"))
    somebody = as_(make.user(role=role))

    refused = somebody.post("/review/shared/", {"lift": value.pk})

    assert refused.status_code == 403
    assert ">Lift<" not in somebody.get("/review/shared/").text


def test_a_crowd_is_not_lifted_by_hand(storefront):
    value, steward = crowd(storefront), make.user(role="steward")

    answer = as_(steward).post("/review/shared/", {"lift": value.pk}, follow=True)

    value.refresh_from_db()
    assert value.lifted_at is None
    assert "No steward set that aside." in answer.text
