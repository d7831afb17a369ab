"""What each role may do, and who is asking."""

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.core.exceptions import PermissionDenied

from governance import people, roles
from tests import make

pytestmark = pytest.mark.django_db


def rights(role: str) -> set[str]:
    return {
        f"{app}.{codename}"
        for app, codename in Group.objects.get(name=role).permissions.values_list(
            "content_type__app_label", "codename"
        )
    }


def test_every_role_has_its_group():
    assert set(Group.objects.values_list("name", flat=True)) == {
        "viewer",
        "steward",
        "data_owner",
        "privacy",
        "auditor",
        "admin",
    }


def test_a_viewer_reads_everything_of_ours_but_who_signs_in():
    ours = {
        f"{model._meta.app_label}.view_{model._meta.model_name}"
        for label in roles.OURS
        for model in apps.get_app_config(label).get_models()
    }

    assert rights("viewer") == ours - {"governance.view_user"}


@pytest.mark.parametrize(
    ("role", "beyond_reading"),
    [
        ("steward", {"identity.change_matchcandidate"}),
        ("privacy", set()),
        (
            "auditor",
            {"governance.view_user", "auth.view_group", "admin.view_logentry"},
        ),
        (
            "admin",
            {
                "governance.view_user",
                "governance.add_user",
                "governance.change_user",
                "auth.view_group",
            },
        ),
        (
            "data_owner",
            {
                f"governance.{verb}_{model}"
                for verb in ("add", "change")
                for model in (
                    "storefront",
                    "sourcesystem",
                    "sourcestream",
                    "fieldmapping",
                    "channel",
                    "campaignrule",
                )
            },
        ),
    ],
)
def test_what_a_role_may_beyond_reading(role, beyond_reading):
    assert rights(role) - rights("viewer") == beyond_reading


def test_no_role_deletes_anything():
    deleting = Permission.objects.filter(codename__startswith="delete_")

    assert not Group.objects.filter(permissions__in=deleting).exists()


def test_a_right_given_to_a_role_by_hand_is_gone_after_the_next_migration():
    before = rights("viewer")
    by_hand = Permission.objects.get(codename="delete_user")
    Group.objects.get(name="viewer").permissions.add(by_hand)

    for label in roles.OURS:
        roles.write_groups(app_config=apps.get_app_config(label), using="default")

    assert rights("viewer") == before


def test_who_asks_is_who_is_signed_in(rf):
    request = rf.get("/")
    request.user = make.user()

    assert people.asking(request) == request.user


def test_nobody_is_refused(rf):
    request = rf.get("/")
    request.user = AnonymousUser()

    with pytest.raises(PermissionDenied):
        people.asking(request)


def test_a_role_is_had_by_whoever_is_in_its_group():
    steward = make.user(role="steward")

    held = {key: people.has_role(steward, key) for key in roles.BY_KEY}

    assert [key for key, is_held in held.items() if is_held] == ["steward"]


def test_a_role_nobody_wrote_down_is_a_mistake():
    with pytest.raises(KeyError):
        people.has_role(make.user(), "overlord")
