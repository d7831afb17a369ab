"""The pages of a change request: what each role sees and does, and what is refused."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from governance import changes
from governance.models import ChangeRequest, Domain, User, Version
from tests import make
from tests.governance import requests
from tests.governance.requests import digest

pytestmark = pytest.mark.django_db


@pytest.fixture
def domain() -> Domain:
    return make.domain("customer")


@pytest.fixture
def steward(domain: Domain) -> User:
    return make.domain_steward(domain)


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def press(user: User, request: ChangeRequest, verb: str, **typed: str):
    return as_(user).post(
        f"/changes/{request.pk}/{verb}/", {"digest": digest(request), **typed}
    )


def state(request: ChangeRequest) -> str:
    request.refresh_from_db()
    return request.state


def seen(user: User, path: str) -> str:
    """Return the words of a page, without its markup."""
    answer = as_(user).get(path)
    assert answer.status_code == 200
    return words(answer)


def words(answer) -> str:
    main = answer.content.decode().partition("<main")[2]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def buttons(user: User, request: ChangeRequest) -> list[str]:
    """Return what the foot of the page offers."""
    page = as_(user).get(f"/changes/{request.pk}/").content.decode()
    bar = re.search(r'<form class="bar".*?</form>', page, re.DOTALL)
    return re.findall(r"<button[^>]*>(.*?)</button>", bar[0]) if bar else []


def refusal(answer) -> str:
    found = re.search(
        r'role="alert">.*?<span>(.*?)</span>', answer.content.decode(), re.DOTALL
    )
    return found[1].replace("&#x27;", "'") if found else ""


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

    assert "puts somebody else into the group customer owners." in page


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
    somebody.is_superuser = True
    somebody.save()
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
