"""What a request asks for is edited on its pages, by those who may; others suggest."""

import pytest

from governance import changes
from governance.models import ChangeRequest
from tests import make
from tests.governance import requests
from tests.governance.pages import as_, press, refusal, seen, state, typed
from tests.governance.requests import digest

pytestmark = pytest.mark.django_db

NEW = "/changes/new/?kind=kpi&key=ltv_90"


def test_a_second_definition_joins_the_same_request(domain, steward):
    request = requests.draft(requests.kpi(domain), by=steward)

    as_(steward).post(
        f"/changes/{request.pk}/edit/?kind=kpi&key=ltv_30", typed(domain, base="0")
    )

    request.refresh_from_db()
    asked = changes.current_revision(request).operations.values_list("key", flat=True)
    assert (list(asked), request.revision) == (["ltv_90", "ltv_30"], 2)


def test_a_definition_said_otherwise_keeps_its_place(domain, steward):
    request = requests.draft(
        requests.kpi(domain), requests.kpi(domain, "ltv_30"), by=steward
    )

    as_(steward).post(
        f"/changes/{request.pk}/edit/?kind=kpi&key=ltv_90",
        typed(domain, part_window_days="60"),
    )

    request.refresh_from_db()
    asked = changes.current_revision(request).operations.all()
    assert [(each.key, each.body["window_days"]) for each in asked] == [
        ("ltv_90", 60),
        ("ltv_30", 90),
    ]


def test_a_definition_is_taken_out_of_a_request(domain, steward):
    request = requests.draft(
        requests.kpi(domain), requests.kpi(domain, "ltv_30"), by=steward
    )

    as_(steward).post(f"/changes/{request.pk}/drop/", {"kind": "kpi", "key": "ltv_90"})

    request.refresh_from_db()
    asked = changes.current_revision(request).operations.values_list("key", flat=True)
    assert list(asked) == ["ltv_30"]


def test_the_last_definition_is_not_taken_out(domain, steward):
    request = requests.draft(requests.kpi(domain), by=steward)

    answer = as_(steward).post(
        f"/changes/{request.pk}/drop/", {"kind": "kpi", "key": "ltv_90"}, follow=True
    )

    assert "The request changes nothing. Say which" in answer.content.decode()
    assert changes.current_revision(request).operations.count() == 1


def test_an_edit_in_review_makes_it_a_draft_and_voids_what_was_said(domain, steward):
    request = requests.in_review(requests.kpi(domain), by=steward)
    press(make.owner(domain), request, "approve")

    as_(steward).post(
        f"/changes/{request.pk}/edit/?kind=kpi&key=ltv_90",
        typed(domain, part_window_days="60"),
    )

    assert state(request) == "draft"
    assert "void since it was edited" in seen(steward, f"/changes/{request.pk}/")


def test_what_is_closed_is_not_edited(domain, steward):
    request = requests.in_review(requests.kpi(domain), by=steward)
    press(steward, request, "withdraw")

    answer = as_(steward).post(
        f"/changes/{request.pk}/edit/?kind=kpi&key=ltv_90",
        typed(domain, part_window_days="60"),
    )

    assert (answer.status_code, refusal(answer)) == (
        409,
        f"Request {request.pk} is withdrawn and cannot be edited. Open a new one.",
    )


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        ("viewer", (200, 403, 403)),
        ("auditor", (403, 403, 403)),
        ("steward", (200, 200, 302)),
        ("data_owner", (200, 200, 302)),
        ("privacy", (200, 200, 302)),
        ("admin", (200, 200, 302)),
    ],
)
def test_each_role_writes_what_it_may(domain, steward, role, statuses):
    request = requests.draft(requests.kpi(domain), by=steward)
    client = as_(make.user(role=role))

    answers = [
        client.get(NEW),
        client.get(f"/changes/{request.pk}/edit/?kind=kpi&key=ltv_90"),
        client.post(f"/changes/{request.pk}/drop/", {"kind": "kpi", "key": "none"}),
    ]

    assert tuple(each.status_code for each in answers) == statuses


def test_what_a_viewer_suggests_is_put_to_review_by_a_steward(domain, steward):
    viewer = make.user(role="viewer")
    as_(viewer).post(NEW, typed(domain))
    [request] = ChangeRequest.objects.all()

    refused = press(viewer, request, "submit")
    submitted = press(steward, request, "submit")

    assert (refused.status_code, refusal(refused)) == (
        403,
        "You may suggest this. A steward or a data owner reads it and puts it to review.",
    )
    assert (submitted.status_code, state(request)) == (302, "in_review")


def test_a_suggestion_lies_on_the_desk_of_who_answers_for_it(domain, steward):
    as_(make.user(role="viewer")).post(NEW, typed(domain))
    elsewhere = make.domain_steward(make.domain("orders"))

    assert "Suggested to you" in seen(steward, "/changes/")
    assert "Suggested to you" in seen(make.owner(domain), "/changes/")
    assert "Suggested to you" not in seen(elsewhere, "/changes/")


def test_a_draft_of_a_steward_is_no_suggestion(domain, steward):
    requests.draft(requests.kpi(domain), by=make.domain_steward(domain))

    assert "Suggested to you" not in seen(steward, "/changes/")


def test_who_suggested_edits_their_own_and_no_other(domain, steward):
    viewer = make.user(role="viewer")
    client = as_(viewer)
    client.post(NEW, typed(domain))
    [request] = ChangeRequest.objects.all()
    edit = f"/changes/{request.pk}/edit/?kind=kpi&key=ltv_90"

    own = client.post(edit, typed(domain, part_window_days="30"))
    others = as_(make.user(role="viewer")).post(edit, typed(domain))

    assert (own.status_code, others.status_code) == (302, 403)


def test_a_request_that_was_overtaken_says_which_version_holds(domain, steward):
    requests.applied(requests.kpi(domain), domain=domain)
    request = requests.in_review(requests.kpi(domain, window_days=60), by=steward)
    requests.applied(requests.kpi(domain, window_days=30), domain=domain)

    page = seen(steward, f"/changes/{request.pk}/")

    assert state(request) == "conflicted"
    assert "Version 2 holds by now. This cannot take effect until it is edited" in page


def test_what_is_typed_is_shown_as_it_was_typed(domain, steward):
    as_(steward).post(NEW, typed(domain, title="<b>Bold</b> & 🦄", reason="<i>so</i>"))
    [request] = ChangeRequest.objects.all()

    page = as_(steward).get(f"/changes/{request.pk}/").content.decode()

    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; 🦄" in page
    assert "<i>so</i>" not in page
    assert (
        digest(request) in as_(steward).get(f"/changes/{request.pk}/").content.decode()
    )
