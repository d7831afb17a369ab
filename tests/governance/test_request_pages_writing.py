"""What shall be is written down on a page, by those who propose and those who suggest."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from governance import changes
from governance.kinds import KINDS
from governance.models import ChangeRequest, Domain, User, Version
from tests import make
from tests.governance import requests
from tests.governance.pages import as_, press, refusal, seen, state
from tests.governance.requests import digest

pytestmark = pytest.mark.django_db

NEW = "/changes/new/?kind=kpi&key=ltv_90"


@pytest.fixture
def domain() -> Domain:
    return make.domain("customer")


@pytest.fixture
def steward(domain: Domain) -> User:
    return make.domain_steward(domain)


def typed(domain: Domain, **otherwise: str) -> dict[str, str]:
    """Return a form that was filled in, with what holds as its base."""
    held = Version.objects.current().filter(kind="kpi", key="ltv_90").first()
    return {
        "title": "Ninety days", "reason": "As agreed.", "effective_at": "",
        "base": str(held.number if held else 0), "domain": domain.key,
        "state": "active", "successor": "",
        "part_name": "LTV", "part_meaning": "What they bought.",
        "part_formula": "ltv_90", "part_parameters": "", "part_grain": "person",
        "part_unit": "euro", "part_window_days": "90", "part_refund_calendar": "order",
        "part_min_n": "", "part_comparison": "restated", "part_decision": "",
        **otherwise,
    }  # fmt: skip


def wrong(answer) -> list[str]:
    found = re.findall(r'class="wrong"[^>]*>(.*?)</p>', answer.content.decode())
    return [
        each.replace("&#x27;", "'").replace("&quot;", '"').strip() for each in found
    ]


def test_what_was_typed_becomes_a_draft_of_who_typed_it(domain, steward):
    answer = as_(steward).post(NEW, typed(domain))

    [request] = ChangeRequest.objects.all()
    [operation] = changes.current_revision(request).operations.all()
    assert answer.headers["Location"] == f"/changes/{request.pk}/"
    assert (request.state, request.requested_by, request.title) == (
        "draft",
        steward,
        "Ninety days",
    )
    assert (operation.kind, operation.key, operation.domain_id) == (
        "kpi", "ltv_90", "customer",
    )  # fmt: skip
    assert operation.body == {
        "name": "LTV", "meaning": "What they bought.", "formula": "ltv_90",
        "parameters": {}, "grain": "person", "unit": "euro", "window_days": 90,
        "refund_calendar": "order", "min_n": 0, "comparison": "restated",
        "decision": "",
    }  # fmt: skip


def test_the_form_begins_with_what_holds_now(domain, steward):
    requests.applied(requests.kpi(domain, window_days=45), domain=domain)

    page = as_(steward).get(NEW).content.decode()

    assert 'name="part_window_days" value="45"' in page
    assert 'name="base" value="1"' in page
    assert "Version 1 holds now." in page


def test_what_was_written_against_an_older_version_is_refused(domain, steward):
    requests.applied(requests.kpi(domain), domain=domain)

    answer = as_(steward).post(NEW, typed(domain, base="0"))

    assert (answer.status_code, refusal(answer)) == (
        409,
        "kpi ltv_90 was written against version 0, and version 1 holds now. Look at what "
        "changed and propose again.",
    )
    assert 'value="LTV"' in answer.content.decode()


def test_asking_for_what_holds_already_is_refused(domain, steward):
    client = as_(steward)
    made = ChangeRequest.objects.get(
        pk=client.post(NEW, typed(domain)).headers["Location"].split("/")[2]
    )
    changes.submit(request_id=made.pk, by=steward, at=timezone.now())
    for _ in range(2):
        press(make.owner(domain), made, "approve")
    press(steward, made, "apply")

    answer = client.post(NEW, typed(domain))

    assert refusal(answer) == "kpi ltv_90 says that already, in version 1."


@pytest.mark.parametrize(
    ("part", "said", "sentence"),
    [
        (
            "part_parameters",
            '{"days": 90,',
            "This is no table: expecting property name enclosed in double quotes in "
            'line 1, column 13. Write {"name": value, …}.',
        ),
        ("part_parameters", "[1]", 'This is no table. Write {"name": value, …}.'),
        (
            "part_parameters",
            '{"share": NaN}',
            "A number in this table is not finite. Write one that is.",
        ),
        (
            "part_parameters",
            '{"share": 1e999}',
            "A number in this table is not finite. Write one that is.",
        ),
        (
            "part_parameters",
            '{"name": ["a\\u0000"]}',
            "A text in this table has a character nobody can read. Take it out.",
        ),
        (
            "part_parameters",
            '{"\\ud800": 1}',
            "A text in this table has a character nobody can read. Take it out.",
        ),
        (
            "part_parameters",
            '{"deep": ' + "[" * 20_000 + "]" * 20_000 + "}",
            "This is no table: it is nested too deep, or a number in it is too long.",
        ),
        (
            "part_parameters",
            '{"much": ' + "9" * 5_000 + "}",
            "This is no table: it is nested too deep, or a number in it is too long.",
        ),
        ("part_window_days", "many", "Enter a whole number."),
        ("part_name", " ", "This field is required."),
        ("reason", "", "This field is required."),
        (
            "effective_at",
            "2020-01-01T00:00",
            "This moment has passed, and nobody writes the past. Leave it empty, or "
            "choose a later one.",
        ),
    ],
)
def test_what_cannot_be_is_said_beside_it_and_nothing_is_kept(
    domain, steward, part, said, sentence
):
    answer = as_(steward).post(NEW, typed(domain, **{part: said}))

    assert (answer.status_code, wrong(answer)) == (422, [sentence])
    assert not ChangeRequest.objects.exists()


def test_a_moment_is_typed_in_the_reporting_zone(domain, steward, settings):
    settings.REPORTING_TIME_ZONE = "Asia/Tokyo"

    as_(steward).post(NEW, typed(domain, effective_at="2199-07-01T09:30"))

    assert ChangeRequest.objects.get().effective_at == datetime(
        2199, 7, 1, 9, 30, tzinfo=ZoneInfo("Asia/Tokyo")
    )


def test_a_moment_the_clocks_skip_is_refused(domain, steward, settings):
    settings.REPORTING_TIME_ZONE = "Europe/Berlin"

    # Clocks go forward on the last Sunday of March, at two.
    answer = as_(steward).post(NEW, typed(domain, effective_at="2190-03-28T02:30"))

    assert (answer.status_code, len(wrong(answer))) == (422, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_form_with_a_control_for_each_part(steward, kind):
    page = as_(steward).get(f"/changes/new/?kind={kind}&key=some").content.decode()

    named = re.findall(r'<(?:input|select|textarea)[^>]* name="part_(\w+)"', page)
    assert named == [part.name for part in KINDS[kind]]


@pytest.mark.parametrize(
    "query", ["", "?kind=", "?kind=dragon&key=x", "?kind=%00&key=%00"]
)
def test_without_a_kind_there_is_the_choice_of_one(steward, query):
    page = as_(steward).get(f"/changes/new/{query}").content.decode()

    assert re.findall(r'<option value="(\w+)"', page) == list(KINDS)


@pytest.mark.parametrize("key", ["", "%00", "x" * 5000, "%F0%9F%A6%84", "<script>"])
def test_any_key_may_be_asked_for(steward, key):
    answer = as_(steward).get(f"/changes/new/?kind=kpi&key={key}")

    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().partition("<main")[2]


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
