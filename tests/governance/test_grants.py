"""Somebody is given roles: asked for on a page, decided on by two, written by the database."""

import re

import pytest
from django.contrib.auth.models import Group

from governance import changes
from governance.models import ChangeRequest, Domain, User, Version
from tests import make
from tests.governance import requests
from tests.governance.pages import as_, press, seen, state
from tests.governance.requests import AT, digest, permission

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return make.user(role="admin")


def groups_of(somebody: User) -> set[str]:
    return set(somebody.groups.values_list("name", flat=True))


def granted(*asked: changes.Proposed, domain: Domain) -> ChangeRequest:
    return requests.applied(*asked, domain=domain)


def ask(by: User, somebody: User, **typed: object):
    return as_(by).post(
        f"/changes/new/?kind=permission&key={somebody.username}",
        {
            "title": "More to do", "reason": "Bo takes over from Ada.",
            "effective_at": "", "base": "0", "domain": "customer", "state": "active",
            "successor": "", **typed,
        },
    )  # fmt: skip


def test_from_the_form_to_the_desk_of_the_new_owner(domain, admin):
    bo, owners = make.user(), [make.owner(domain), make.owner(domain)]

    ask(admin, bo, part_roles=["data_owner"], part_owns=["customer"])
    request = ChangeRequest.objects.get()
    press(admin, request, "submit")
    for owner in owners:
        press(owner, request, "approve")
    press(admin, request, "apply")

    bo.refresh_from_db()
    assert state(request) == "applied"
    assert (groups_of(bo), bo.is_staff) == ({"data_owner", "customer owners"}, True)
    said = Version.objects.get(kind="permission").body
    assert said == {"roles": ["data_owner"], "owns": ["customer"], "stewards": []}


def test_the_form_ticks_what_there_is(domain, admin):
    bo = make.user()
    page = as_(admin).get(f"/changes/new/?kind=permission&key={bo.username}").text

    ticks = re.findall(r'name="part_(\w+)" value="([^"]+)"', page)
    assert [value for name, value in ticks if name == "roles"] == [
        "viewer", "steward", "data_owner", "privacy", "auditor", "admin",
    ]  # fmt: skip
    assert [value for name, value in ticks if name == "owns"] == ["customer"]
    assert "<legend>Roles</legend>" in page


def test_the_form_has_ticked_what_holds(domain, admin):
    bo = make.user()
    granted(permission(domain, bo, ["steward"], stewards=["customer"]), domain=domain)

    page = as_(admin).get(f"/changes/new/?kind=permission&key={bo.username}").text

    assert re.findall(r'name="part_(\w+)" value="(\w+)"[^>]*checked', page) == [
        ("roles", "steward"), ("stewards", "customer"),
    ]  # fmt: skip


def test_the_form_has_ticked_what_somebody_had_before_it_was_agreed_on(domain, admin):
    """Else whoever asks for one thing more would take away the rest unseen."""
    bo = make.seated(make.user(), "steward", "data_owner", domain.owners)

    page = as_(admin).get(f"/changes/new/?kind=permission&key={bo.username}").text

    assert re.findall(r'name="part_(\w+)" value="(\w+)"[^>]*checked', page) == [
        ("roles", "steward"), ("roles", "data_owner"), ("owns", "customer"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("roles", "owns", "sentence"),
    [
        (["king"], [], "there is no role king; there are admin, auditor, data_owner, privacy, steward, viewer."),
        (["customer owners"], [], "there is no role customer owners; there are admin, auditor, data_owner, privacy, steward, viewer."),
        (["viewer", ["admin"]], [], "there is no role ['admin']; there are admin, auditor, data_owner, privacy, steward, viewer."),
        (["data_owner"], ["moon", "sun"], "there is no domain moon, sun; there are customer."),
    ],
)  # fmt: skip
def test_what_there_is_not_is_not_asked_for(domain, admin, roles, owns, sentence):
    bo = make.user()

    with pytest.raises(changes.Unsound) as said:
        requests.draft(permission(domain, bo, roles, owns=owns), by=admin)

    assert str(said.value) == f"Permission {bo.username}: {sentence}"


def test_nobody_is_asked_for_who_has_no_account(domain, admin):
    with pytest.raises(changes.Unsound) as said:
        requests.draft(permission(domain, User(username="ghost"), ["viewer"]), by=admin)

    assert str(said.value) == (
        "Permission ghost: there is no account ghost. An administrator makes it first; "
        "then it is given roles."
    )


def test_a_right_that_is_given_up_leaves_no_group(domain):
    bo = make.owner(domain)
    granted(permission(domain, bo, ["data_owner"], owns=["customer"]), domain=domain)
    held = Version.objects.current().get(kind="permission")

    granted(
        changes.Proposed(
            "permission", held.key, "customer", held.body, state="retired"
        ),
        domain=domain,
    )

    bo.refresh_from_db()
    assert (groups_of(bo), bo.is_staff) == (set(), False)


def test_a_grant_that_is_reverted_gives_back_what_was_before(domain, admin):
    bo = make.user()
    granted(permission(domain, bo, ["steward"]), domain=domain)
    more = granted(permission(domain, bo, ["steward", "auditor"]), domain=domain)

    back = changes.revert(request_id=more.pk, reason="Too much.", by=admin, at=AT)
    changes.submit(request_id=back.pk, by=admin, at=AT)
    for _ in range(2):
        changes.approve(
            request_id=back.pk, digest=digest(back), by=make.owner(domain), at=AT
        )
    changes.apply(request_id=back.pk, digest=digest(back), by=admin, at=AT)

    assert groups_of(bo) == {"steward"}


def test_two_people_are_given_roles_by_one_request(domain):
    bo, cleo = make.user(), make.user()

    granted(
        permission(domain, bo, ["auditor"]), permission(domain, cleo, ["privacy"]),
        domain=domain,
    )  # fmt: skip

    assert (groups_of(bo), groups_of(cleo)) == ({"auditor"}, {"privacy"})


def test_a_data_owner_asks_and_an_administrator_is_one_of_two(domain, admin):
    asker, other = make.owner(domain), make.owner(domain)
    request = requests.in_review(permission(domain, make.user(), ["auditor"]), by=asker)

    changes.approve(request_id=request.pk, digest=digest(request), by=admin, at=AT)
    changes.approve(request_id=request.pk, digest=digest(request), by=other, at=AT)

    assert state(request) == "approved"


def test_the_page_says_who_decides_and_offers_no_emergency(domain, admin):
    bo = make.owner(domain)
    other = make.owner(domain)
    request = requests.in_review(permission(domain, bo, ["auditor"]), by=admin)

    page = seen(other, f"/changes/{request.pk}/")

    assert "Nobody decides on what they may do themselves." in page
    assert f"May decide: {other.username}." in page
    assert "Break the glass" not in page


def test_whoever_answers_for_none_of_it_is_told_who_does(domain, admin):
    request = requests.in_review(permission(domain, make.user(), ["auditor"]), by=admin)

    assert changes.why_not(request, make.owner(make.domain("orders"))) == (
        "Who may do what is decided on by an administrator, and by the owners of the "
        "domains it is about; you are neither."
    )


def test_a_group_of_a_houses_own_is_given_like_a_role(domain):
    make.group("interns")
    bo = make.user()

    granted(permission(domain, bo, ["viewer", "interns"]), domain=domain)

    assert groups_of(bo) == {"viewer", "interns"}
    assert Group.objects.get(name="interns").user_set.count() == 1
