"""The page of a change request: what each reads, and who decides on it."""

import re

import pytest
from django.utils import timezone

from governance import changes
from governance.models import Version
from tests import make
from tests.governance import requests
from tests.governance.pages import as_, buttons, press, refusal, seen, state, words
from tests.governance.requests import digest

pytestmark = pytest.mark.django_db


def test_a_request_says_what_changes_word_by_word(domain, steward):
    requests.applied(requests.kpi(domain), domain=domain)
    request = requests.draft(requests.kpi(domain, window_days=60), by=steward)

    page = as_(steward).get(f"/changes/{request.pk}/").content.decode()

    assert re.findall(r"<(del|ins)>(.*?)</\1>", page) == [("del", "90"), ("ins", "60")]


def test_a_request_names_who_has_to_say_yes(domain, steward):
    owner = make.owner(domain)
    request = requests.in_review(requests.kpi(domain), by=steward)

    page = seen(steward, f"/changes/{request.pk}/")

    assert "High risk. It touches what decides what a number is" in page
    assert "Two people say yes, among them an owner of each domain." in page
    assert f"Customer nobody yet May decide: {owner.username}." in page
    assert "Before it can take effect: it needs 2 approval(s) and has 0." in page


def test_where_nobody_may_decide_the_page_says_whom_to_ask(domain, steward):
    request = requests.in_review(requests.kpi(domain), by=steward)

    page = seen(steward, f"/changes/{request.pk}/")

    assert "somebody else needs the group customer owners." in page


def test_numbers_nobody_computed_are_said_not_to_be_measured(domain, steward):
    request = requests.draft(requests.kpi(domain), by=steward)

    assert "Not measured." in seen(steward, f"/changes/{request.pk}/")


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        ("viewer", []),
        ("auditor", []),
        ("steward", []),
        ("privacy", []),
        ("admin", []),
        ("data_owner", []),
        ("owner", ["Approve", "Request changes", "Reject"]),
        ("asker", ["Take it back to draft", "Withdraw it"]),
    ],
)
def test_each_reads_a_request_in_review_with_the_buttons_they_may_press(
    domain, steward, role, offered
):
    request = requests.in_review(requests.kpi(domain), by=steward)
    match role:
        case "owner":
            reader = make.owner(domain)
        case "asker":
            reader = steward
        case _:
            reader = make.user(role=role)

    assert buttons(reader, request) == offered


def test_two_owners_approve_and_the_steward_lets_it_take_effect(domain, steward):
    request = requests.in_review(requests.kpi(domain), by=steward)

    press(make.owner(domain), request, "approve")
    press(make.owner(domain), request, "approve", words="Agreed.")
    assert state(request) == "approved"
    answer = press(steward, request, "apply")

    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"/changes/{request.pk}/",
    )
    assert state(request) == "applied"
    assert list(Version.objects.values_list("key", "number")) == [("ltv_90", 1)]


def test_what_was_done_is_told_on_the_page_it_leads_to(domain, steward):
    request = requests.draft(requests.kpi(domain), by=steward)
    client = as_(steward)

    answer = client.post(f"/changes/{request.pk}/submit/", follow=True)

    assert "It is in review." in words(answer)


def test_who_asked_does_not_decide(domain):
    both = make.owner(domain)
    request = requests.in_review(requests.kpi(domain), by=both)

    answer = press(both, request, "approve")

    assert (answer.status_code, refusal(answer)) == (
        403,
        "You asked for this; somebody else decides on it.",
    )
    assert state(request) == "in_review"


def test_who_wrote_part_of_it_does_not_decide(domain, steward):
    owner = make.owner(domain)
    request = requests.draft(requests.kpi(domain), by=steward)
    changes.revise(
        request_id=request.pk, operations=[requests.kpi(domain, window_days=30)],
        by=owner, at=timezone.now(),
    )  # fmt: skip
    changes.submit(request_id=request.pk, by=steward, at=timezone.now())

    answer = press(owner, request, "approve")

    assert (answer.status_code, refusal(answer)) == (
        403,
        "You wrote part of this; somebody else decides on it.",
    )


@pytest.mark.parametrize("verb", ["approve", "request-changes", "reject"])
@pytest.mark.parametrize(
    "role", ["viewer", "auditor", "steward", "data_owner", "privacy", "admin"]
)
def test_who_answers_for_none_of_it_decides_nothing(domain, steward, role, verb):
    request = requests.in_review(requests.kpi(domain), by=steward)

    answer = press(make.user(role=role), request, verb, words="No.")

    assert (answer.status_code, state(request)) == (403, "in_review")


def test_a_superuser_decides_nothing(domain, steward):
    somebody = make.owner(domain)
    make.superuser(somebody)
    request = requests.in_review(requests.kpi(domain), by=steward)

    answer = press(somebody, request, "approve")

    assert refusal(answer) == (
        "A superuser&#x27;s account decides on nothing. Use your own."
    ).replace("&#x27;", "'")


def test_a_decision_on_what_was_read_before_an_edit_is_refused(domain, steward):
    owner = make.owner(domain)
    request = requests.in_review(requests.kpi(domain), by=steward)
    read = digest(request)
    changes.revise(
        request_id=request.pk, operations=[requests.kpi(domain, window_days=30)],
        by=steward, at=timezone.now(),
    )  # fmt: skip
    changes.submit(request_id=request.pk, by=steward, at=timezone.now())

    answer = press(owner, request, "approve", digest=read, words="Well said.")

    assert (answer.status_code, refusal(answer)) == (
        409,
        f"Request {request.pk} was changed since you read it. Read it again.",
    )
    # What was typed is not lost with the refusal.
    assert "Well said.</textarea>" in answer.content.decode()
    assert not request.decisions.exists()


@pytest.mark.parametrize("verb", ["request-changes", "reject"])
def test_a_no_needs_its_reason(domain, steward, verb):
    request = requests.in_review(requests.kpi(domain), by=steward)

    answer = press(make.owner(domain), request, verb, words="  ")

    assert (answer.status_code, refusal(answer)) == (
        409,
        "Say why: whoever asked has to know what to do.",
    )


@pytest.mark.parametrize(
    ("verb", "becomes"),
    [("request-changes", "changes_requested"), ("reject", "rejected")],
)
def test_a_no_leaves_what_holds(domain, steward, verb, becomes):
    request = requests.in_review(requests.kpi(domain), by=steward)

    press(make.owner(domain), request, verb, words="Sixty days, please.")

    assert (state(request), Version.objects.count()) == (becomes, 0)
    assert "Sixty days, please." in seen(steward, f"/changes/{request.pk}/")


def test_a_decision_of_an_earlier_review_is_shown_as_void(domain, steward):
    request = requests.in_review(requests.kpi(domain), by=steward)
    press(make.owner(domain), request, "approve")

    press(steward, request, "recall")
    press(steward, request, "submit")

    page = seen(steward, f"/changes/{request.pk}/")
    assert "review 1, void since it was edited or taken back" in page
