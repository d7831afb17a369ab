"""What took effect without its approvals is told on every page until it was reviewed."""

import pytest

from governance.models import ChangeRequest, Domain, User, Version
from tests import make
from tests.governance import requests
from tests.governance.pages import as_, buttons, press, refusal, seen, state

pytestmark = pytest.mark.django_db

EVERYWHERE = [
    "/changes/", "/changes/all/", "/acquisition/", "/people/", "/runs/", "/definitions/",
]  # fmt: skip


@pytest.fixture
def broken(domain: Domain, steward: User) -> ChangeRequest:
    """A request that took effect in an emergency."""
    request = requests.in_review(requests.kpi(domain), by=steward)
    press(
        make.user(role="admin"),
        request,
        "break-glass",
        sure="yes",
        words="The shop is down.",
    )
    assert state(request) == "applied"
    return request


def alarm(user: User, path: str) -> bool:
    return "took effect before anybody had said yes" in seen(user, path)


@pytest.mark.parametrize(
    ("role", "becomes"),
    [
        ("viewer", "in_review"),
        ("auditor", "in_review"),
        ("steward", "in_review"),
        ("privacy", "in_review"),
        ("data_owner", "applied"),
        ("admin", "applied"),
    ],
)
def test_a_data_owner_or_an_administrator_breaks_the_glass(
    domain, steward, role, becomes
):
    request = requests.in_review(requests.kpi(domain), by=steward)
    somebody = make.user(role=role)

    offered = "Break the glass" in seen(somebody, f"/changes/{request.pk}/")
    press(somebody, request, "break-glass", sure="yes", words="The shop is down.")

    assert (offered, state(request)) == (becomes == "applied", becomes)


def test_an_emergency_has_to_be_said(domain, steward):
    request = requests.in_review(requests.kpi(domain), by=steward)

    answer = press(
        make.user(role="admin"), request, "break-glass", sure="yes", words=" "
    )

    assert refusal(answer) == "Say what the emergency is; everybody will read it."
    assert not Version.objects.exists()


def test_nobody_breaks_the_glass_by_a_slip(domain, steward):
    request = requests.in_review(requests.kpi(domain), by=steward)

    answer = press(make.user(role="admin"), request, "break-glass", words="The shop.")

    assert refusal(answer) == "Tick that you cannot wait, and answer for it."
    assert state(request) == "in_review"


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_page_says_what_took_effect_without_approval(broken, path):
    assert alarm(make.user(), path)


@pytest.mark.parametrize("path", EVERYWHERE)
def test_no_page_says_so_without_an_emergency(domain, path):
    requests.applied(requests.kpi(domain), domain=domain)

    assert not alarm(make.user(), path)


def test_the_admin_says_it_too(broken):
    page = as_(make.user(role="auditor")).get("/admin/").content.decode()

    assert "took effect before anybody had said yes" in page


def test_a_page_kept_by_the_reader_does_not_hide_it(domain, steward):
    reader = as_(make.user())
    kept = reader.get("/definitions/")
    request = requests.in_review(requests.kpi(domain), by=steward)
    press(
        make.user(role="admin"),
        request,
        "break-glass",
        sure="yes",
        words="The shop is down.",
    )

    answer = reader.get("/definitions/", headers={"if-none-match": kept["ETag"]})

    assert (kept.status_code, answer.status_code) == (200, 200)


def test_those_it_went_without_review_it_and_the_alarm_ends(domain, broken):
    one, other = make.owner(domain), make.owner(domain)
    path = f"/changes/{broken.pk}/"

    offered = buttons(one, broken)
    press(one, broken, "approve", words="I would have said yes.")
    lacking = seen(other, path)
    press(other, broken, "approve", words="So would I.")

    assert offered == ["Reviewed: it stands"]
    assert "Before it counts as reviewed: it needs 2 approval(s) and has 1." in lacking
    assert "took effect before anybody had said yes" in lacking
    assert not alarm(other, "/changes/")


@pytest.mark.parametrize("verb", ["reject", "request-changes"])
def test_what_has_taken_effect_is_not_rejected_but_reverted(domain, broken, verb):
    answer = press(make.owner(domain), broken, verb, words="It must not stand.")

    assert (answer.status_code, refusal(answer)) == (
        409,
        f"Request {broken.pk} has taken effect. If it must not stand, ask for what held "
        f"before: revert it.",
    )
    assert state(broken) == "applied"


def test_who_broke_the_glass_does_not_review_it(domain, steward):
    owner = make.owner(domain)
    request = requests.in_review(requests.kpi(domain), by=steward)
    press(owner, request, "break-glass", sure="yes", words="The shop is down.")

    answer = press(owner, request, "approve", words="It was right.")

    assert refusal(answer) == "You have decided on this already."
    assert alarm(owner, "/changes/")


def test_the_one_who_asked_for_it_does_not_review_it(domain):
    owner = make.owner(domain)
    request = requests.in_review(requests.kpi(domain), by=owner)
    press(
        make.user(role="admin"),
        request,
        "break-glass",
        sure="yes",
        words="The shop is down.",
    )

    answer = press(owner, request, "approve", words="It was right.")

    assert answer.status_code == 403


def test_the_privacy_office_is_asked_about_consent(domain, steward):
    office = make.user(role="privacy")
    consent = requests.changes.Proposed(
        "consent", "marketing", domain.key, {"name": "Mail", "meaning": "Letters."}
    )
    request = requests.in_review(consent, by=steward)

    page = seen(steward, f"/changes/{request.pk}/")

    assert f"Consent nobody yet May decide: {office.username}." in page
    assert buttons(office, request) == ["Approve", "Request changes", "Reject"]
