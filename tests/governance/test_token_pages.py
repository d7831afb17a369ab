"""The page of one's tokens, and the list of everybody's for those who look after accounts."""

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from governance import tokens
from governance.models import ApiToken, GovernanceEvent, User
from governance.roles import ROLES
from tests import make
from tests.governance.pages import as_, refusal, words
from tests.governance.programs import sending

pytestmark = pytest.mark.django_db
PASSWORD = "plumb-bob-7731"


@pytest.fixture(autouse=True)
def quickly(settings):
    """A password is hashed for a third of a second, which no test here is about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def steward():
    return somebody("steward")


def somebody(role: str) -> User:
    user = make.user(role=role)
    user.set_password(PASSWORD)
    user.save()
    return user


def ask(user: User, **otherwise: str):
    typed = {"name": "nightly", "scope": "read", "days": "30", "password": PASSWORD}
    return as_(user).post("/tokens/", {**typed, **otherwise})


def secret(answer) -> str:
    found = re.search(r"<textarea[^>]*>(plumbline_[\w-]+)<", answer.text)
    return html.unescape(found[1]) if found else ""


def wrong(answer) -> list[str]:
    found = re.findall(r'<p class="wrong"[^>]*>(.*?)</p>', answer.text)
    return [each.strip() for each in found]


def given(user: User, **said) -> ApiToken:
    return tokens.make(
        name=said.get("name", "nightly"), scope="read", lives=timedelta(days=7),
        by=user, at=said.get("at", timezone.now()),
    ).token  # fmt: skip


def test_a_token_that_is_made_works_and_is_shown_once(steward):
    shown = ask(steward)

    told = sending(secret(shown)).get("/api/v1/").json()
    again = as_(steward).get("/tokens/")
    assert (shown.status_code, told["acts_for"]) == (200, steward.username)
    assert told["token"]["name"] == "nightly"
    assert "plumbline_" not in again.text
    assert "nightly read 2" in words(again)


def test_no_cache_keeps_the_page_of_a_secret(steward):
    assert ask(steward)["Cache-Control"] == "private, no-store"


def test_a_token_lives_for_as_long_as_was_chosen(steward):
    ask(steward, days="7")

    token = ApiToken.objects.get()
    assert token.expires_at - token.made_at == timedelta(days=7)


@pytest.mark.parametrize("password", ["", "not-mine", PASSWORD.upper()])
def test_without_ones_own_password_none_is_made(steward, password):
    answer = ask(steward, password=password)

    said = "This is not your password." if password else "This field is required."
    assert (answer.status_code, wrong(answer)) == (422, [said])
    assert not ApiToken.objects.exists()


def test_the_password_is_not_sent_back(steward):
    assert PASSWORD not in ask(steward, name="").text


@pytest.mark.parametrize(
    "otherwise", [{"scope": "approve"}, {"days": "366"}, {"days": "x"}, {"name": ""}]
)
def test_what_is_not_to_be_had_is_not_given(steward, otherwise):
    answer = ask(steward, **otherwise)

    assert (answer.status_code, len(wrong(answer))) == (422, 1)
    assert not ApiToken.objects.exists()


def test_a_refusal_of_the_rules_stands_on_the_page(steward):
    ask(steward)

    answer = ask(steward)

    assert (answer.status_code, refusal(answer)) == (
        409,
        "You have a token named nightly already. Revoke it, or name this one otherwise.",
    )


def test_a_page_that_is_sent_again_makes_no_second_token(steward):
    ask(steward)
    ask(steward)

    assert ApiToken.objects.count() == 1


def test_an_auditor_is_offered_no_token_that_asks_for_changes():
    auditor = somebody("auditor")

    offered = as_(auditor).get("/tokens/").text
    answer = ask(auditor, scope="propose")

    assert 'value="propose"' not in offered
    assert (answer.status_code, ApiToken.objects.count()) == (422, 0)


@pytest.mark.parametrize("role", [role.key for role in ROLES])
def test_everybody_sees_their_own_and_nobody_elses(role, steward):
    given(steward, name="of the steward")
    user = make.user(role=role)
    given(user, name="of mine")

    page = as_(user).get("/tokens/")

    assert page.status_code == 200
    assert ("of mine" in page.text, "of the steward" in page.text) == (True, False)


def test_the_page_says_where_there_is_no_token(steward):
    assert "No program acts for you." in words(as_(steward).get("/tokens/"))


def test_a_token_is_revoked_and_heard_no_more(steward):
    made = secret(ask(steward))
    token = ApiToken.objects.get()

    answer = as_(steward).post(f"/tokens/{token.pk}/revoke/", follow=True)

    assert "nightly is revoked: nobody acts by it now." in answer.text
    assert "nightly" in words(answer).partition("Heard no longer")[2]
    assert sending(made).get("/api/v1/").status_code == 401


def test_what_ran_out_is_listed_apart(steward):
    given(steward, at=timezone.now() - timedelta(days=8))

    page = words(as_(steward).get("/tokens/"))

    assert "No program acts for you." in page
    assert "ran out" in page.partition("Heard no longer")[2]


def test_another_ones_token_is_not_revoked_by_its_number(steward):
    token = given(make.user())

    answer = as_(steward).post(f"/tokens/{token.pk}/revoke/", follow=True)

    token.refresh_from_db()
    assert ("You have no such token." in answer.text, token.revoked_at) == (True, None)


def test_looking_at_an_address_revokes_nothing(steward):
    token = given(steward)

    assert as_(steward).get(f"/tokens/{token.pk}/revoke/").status_code == 405


def test_a_form_from_elsewhere_makes_and_revokes_nothing(steward):
    token = given(steward)
    client = Client(enforce_csrf_checks=True)
    client.force_login(steward)

    answers = [
        client.post("/tokens/", {"password": PASSWORD}),
        client.post(f"/tokens/{token.pk}/revoke/"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]


def test_who_is_not_signed_in_is_sent_to_the_door(client):
    assert client.get("/tokens/").url == "/sign-in/?next=/tokens/"


def test_a_name_is_shown_as_it_was_typed(steward):
    given(steward, name="<b>'Ünïcode' & co</b>")

    assert "&lt;b&gt;&#x27;Ünïcode&#x27; &amp; co&lt;/b&gt;" in (
        as_(steward).get("/tokens/").text
    )


def test_many_tokens_cost_no_more_questions_than_one(
    steward, django_assert_num_queries
):
    reader = as_(steward)
    given(steward, name="one")
    reader.get("/tokens/")

    with django_assert_num_queries(7) as one:
        reader.get("/tokens/")
    for number in range(12):
        given(steward, name=f"job {number}")
    with django_assert_num_queries(len(one)):
        reader.get("/tokens/")


def test_the_log_tells_who_made_a_token_on_the_page(steward):
    ask(steward)

    event = GovernanceEvent.objects.filter(object_type="token").get()
    assert (event.actor, event.verb, event.new["scope"]) == (
        steward.username,
        "made",
        "read",
    )


# Everybody's, in the admin.

LIST = "/admin/governance/apitoken/"


@pytest.mark.parametrize("role", ["auditor", "admin"])
def test_who_looks_after_accounts_sees_every_token_and_revokes_it(role, steward):
    token, keeper = given(steward), make.user(role=role)

    page = as_(keeper).get(LIST).text
    as_(keeper).post(LIST, {"action": "revoke", "_selected_action": [token.pk]})

    token.refresh_from_db()
    assert (steward.username in page, token.revoked_at is not None) == (True, True)
    event = GovernanceEvent.objects.filter(verb="revoked").get()
    assert event.actor == keeper.username


@pytest.mark.parametrize("role", ["auditor", "admin"])
def test_they_write_nothing_else_of_it_and_read_no_digest(role, steward):
    token, keeper = given(steward), as_(make.user(role=role))
    one = f"{LIST}{token.pk}/change/"

    shown = keeper.get(one)
    written = [
        keeper.post(one, {"scope": "propose"}).status_code,
        keeper.get(f"{LIST}add/").status_code,
        keeper.post(f"{LIST}{token.pk}/delete/", {"post": "yes"}).status_code,
    ]

    assert (shown.status_code, written) == (200, [403, 403, 403])
    assert token.digest not in shown.text
    assert 'name="scope"' not in shown.text


@pytest.mark.parametrize("role", ["viewer", "steward", "data_owner", "privacy"])
def test_nobody_else_sees_the_tokens_of_others(role, steward):
    token = given(steward)
    user = as_(make.user(role=role))

    answers = [
        user.get(LIST).status_code,
        user.get(f"{LIST}{token.pk}/change/").status_code,
        user.post(
            LIST, {"action": "revoke", "_selected_action": [token.pk]}
        ).status_code,
    ]

    token.refresh_from_db()
    assert set(answers) <= {302, 403}
    assert token.revoked_at is None
