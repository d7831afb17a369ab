"""A request goes its way by the buttons of its page, and no other way."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from governance import changes
from governance.models import ChangeRequest, User
from tests import make
from tests.governance import requests
from tests.governance.pages import as_, buttons, press, refusal, state

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("verb", ["recall", "withdraw"])
def test_only_who_asked_takes_it_back(domain, steward, verb):
    request = requests.in_review(requests.kpi(domain), by=steward)

    answer = press(make.domain_steward(domain), request, verb)

    assert (answer.status_code, refusal(answer)) == (
        403,
        f"{steward} asked for this, and alone takes it back.",
    )


def test_what_is_not_approved_does_not_take_effect(domain, steward):
    request = requests.in_review(requests.kpi(domain), by=steward)

    answer = press(steward, request, "apply")

    assert (answer.status_code, refusal(answer)) == (
        409,
        f"Request {request.pk} is in review.",
    )


def test_before_its_day_nothing_takes_effect(domain, steward):
    made = changes.propose(
        title="Later", reason="The contract ends.", operations=[requests.kpi(domain)],
        by=steward, at=timezone.now(), effective_at=timezone.now() + timedelta(days=3),
    )  # fmt: skip
    changes.submit(request_id=made.pk, by=steward, at=timezone.now())
    requests.as_measured(made)
    for _ in range(2):
        press(make.owner(domain), made, "approve")

    answer = press(steward, made, "apply")

    assert (state(made), answer.status_code) == ("scheduled", 409)
    assert buttons(steward, made) == ["Withdraw it"]


@pytest.mark.parametrize("role", ["viewer", "auditor"])
@pytest.mark.parametrize("verb", ["submit", "apply", "revert"])
def test_who_only_reads_moves_nothing(domain, role, verb):
    applied = requests.applied(requests.kpi(domain), domain=domain)

    answer = press(make.user(role=role), applied, verb, words="Now.")

    assert (answer.status_code, ChangeRequest.objects.count()) == (403, 1)


def test_what_was_applied_is_reverted_by_another_request(domain, steward):
    applied = requests.applied(requests.kpi(domain), domain=domain)

    answer = press(steward, applied, "revert", words="It doubled.")

    made = ChangeRequest.objects.get(reverts=applied)
    assert answer.headers["Location"] == f"/changes/{made.pk}/"
    assert (made.state, made.reason, state(applied)) == (
        "draft",
        "It doubled.",
        "applied",
    )


def test_a_revert_says_why(domain, steward):
    applied = requests.applied(requests.kpi(domain), domain=domain)

    answer = press(steward, applied, "revert", words=" ")

    assert refusal(answer) == "Say why it must not stand: who decides reads it."


def test_a_button_pressed_twice_says_what_is(domain, steward):
    request = requests.draft(requests.kpi(domain), by=steward)
    press(steward, request, "submit")

    answer = press(steward, request, "submit")

    assert (answer.status_code, refusal(answer)) == (
        409,
        f"Request {request.pk} is in review; this is done while it is draft or changes "
        f"requested.",
    )


def test_nothing_is_done_by_looking(domain, steward):
    request = requests.draft(requests.kpi(domain), by=steward)

    assert as_(steward).get(f"/changes/{request.pk}/submit/").status_code == 405


@pytest.mark.parametrize(
    "path", ["/changes/{}/dance/", "/changes/999999/", "/changes/999999/submit/"]
)
def test_what_is_not_there_is_said_not_to_be(domain, steward, path):
    request = requests.draft(requests.kpi(domain), by=steward)

    assert as_(steward).post(path.format(request.pk)).status_code == 404


def test_a_form_of_another_site_is_refused(domain, steward):
    request = requests.draft(requests.kpi(domain), by=steward)
    client = Client(enforce_csrf_checks=True)
    client.force_login(steward)

    answer = client.post(f"/changes/{request.pk}/submit/")

    assert (answer.status_code, state(request)) == (403, "draft")


@pytest.mark.parametrize(
    "path", ["/changes/", "/changes/all/", "/changes/new/", "/changes/1/"]
)
def test_nobody_reads_it_without_signing_in(path):
    answer = Client().get(path)

    assert answer.headers["Location"] == f"/sign-in/?next={path}"


@pytest.mark.parametrize("path", ["/changes/", "/changes/all/", "/changes/new/"])
def test_who_has_no_role_reads_nothing(path):
    nobody = User.objects.create(username="nobody")

    assert as_(nobody).get(path).status_code == 403


@pytest.mark.parametrize("path", ["/changes/", "/changes/all/"])
def test_no_copy_of_a_page_is_shared(steward, path):
    answer = as_(steward).get(path)

    assert answer.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 302), ("steward", 302), ("auditor", 403)]
)
def test_those_who_may_suggest_may_talk(domain, steward, role, status):
    request = requests.draft(requests.kpi(domain), by=steward)

    answer = press(make.user(role=role), request, "comment", words="Why <90>?\0")

    assert answer.status_code == status
    said = list(request.comments.values_list("text", flat=True))
    assert said == (["Why <90>?"] if status == 302 else [])


def test_the_history_is_that_of_the_log(domain, steward):
    owner = make.owner(domain)
    request = requests.in_review(requests.kpi(domain), by=steward)
    press(owner, request, "reject", words="No.")

    page = as_(steward).get(f"/changes/{request.pk}/").content.decode()
    told = re.search(r'<ol class="happened">(.*?)</ol>', page, re.DOTALL)[1]
    assert re.findall(r"<span><b>(.*?)</b> (.*?)</span>", told) == [
        (steward.username, "opened it as a draft"),
        (steward.username, "wrote revision 1"),
        (steward.username, "now in review"),
        (owner.username, "decided: reject (review 1)"),
        (owner.username, "now rejected"),
    ]
