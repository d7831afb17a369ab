"""What each role may do, and who is asking."""

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.core.exceptions import PermissionDenied

from governance import people, roles
from tests import make

pytestmark = pytest.mark.django_db


# What groups may do is written by the owner of the tables alone.
as_the_owner = pytest.mark.django_db(databases=["default", "owner"])


def rights(role: str, *, seen_by: str = "default") -> set[str]:
    group = Group.objects.using(seen_by).get(name=role)
    return {
        f"{app}.{codename}"
        for app, codename in group.permissions.values_list(
            "content_type__app_label", "codename"
        )
    }


def group_of(role: str) -> Group:
    return Group.objects.using("owner").get(name=role)


def write(label: str) -> None:
    roles.write_groups(app_config=apps.get_app_config(label), using="owner")


def test_every_role_has_its_group():
    assert set(Group.objects.values_list("name", flat=True)) == {
        "viewer",
        "steward",
        "data_owner",
        "privacy",
        "auditor",
        "admin",
    }


def test_a_viewer_reads_everything_of_ours_but_who_signs_in_and_did_what():
    ours = {
        f"{model._meta.app_label}.view_{model._meta.model_name}"
        for label in roles.OURS
        for model in apps.get_app_config(label).get_models()
    }

    assert ours - rights("viewer") == {
        "governance.view_user",
        "governance.view_userhistory",
        "governance.view_visit",
        "governance.view_governanceevent",
        "governance.view_letter",
        "governance.view_apitoken",
    }


@pytest.mark.parametrize(
    ("role", "beyond_reading"),
    [
        (
            "steward",
            {
                "identity.change_matchcandidate",
                "governance.add_changerequest",
                "reporting.add_note",
            },
        ),
        (
            "privacy",
            {
                "governance.add_changerequest",
                "governance.view_governanceevent",
                "reporting.add_note",
            },
        ),
        (
            "auditor",
            {
                "governance.view_user",
                "governance.view_governanceevent",
                "governance.view_apitoken",
                "governance.change_apitoken",
                "auth.view_group",
                "admin.view_logentry",
            },
        ),
        (
            "admin",
            {
                "governance.view_user",
                "governance.add_user",
                "governance.change_user",
                "governance.change_domain",
                "governance.add_changerequest",
                "governance.view_governanceevent",
                "governance.view_apitoken",
                "governance.change_apitoken",
                "governance.add_freezewindow",
                "governance.change_freezewindow",
                "auth.view_group",
                "reporting.add_note",
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
                    "freezewindow",
                )
            }
            | {"governance.add_changerequest", "reporting.add_note"},
        ),
    ],
)
def test_what_a_role_may_beyond_reading(role, beyond_reading):
    assert rights(role) - rights("viewer") == beyond_reading


def test_no_role_deletes_anything():
    deleting = Permission.objects.filter(codename__startswith="delete_")

    assert not Group.objects.filter(permissions__in=deleting).exists()


@as_the_owner
def test_a_right_given_to_a_role_by_hand_is_gone_after_the_next_migration():
    by_hand = Permission.objects.using("owner").get(codename="delete_user")
    group_of("viewer").permissions.add(by_hand)

    for label in roles.OURS:
        write(label)

    assert rights("viewer", seen_by="owner") == rights("viewer")


def test_writing_the_roles_again_changes_nothing():
    before = {key: rights(key) for key in roles.BY_KEY}
    groups = set(Group.objects.values_list("pk", "name"))

    for app_config in apps.get_app_configs():
        roles.write_groups(app_config=app_config, using="default")

    assert {key: rights(key) for key in roles.BY_KEY} == before
    assert set(Group.objects.values_list("pk", "name")) == groups


@as_the_owner
def test_a_role_that_lost_a_right_has_it_again_after_the_next_migration():
    group_of("data_owner").permissions.clear()

    write("identity")

    assert rights("data_owner", seen_by="owner") == rights("data_owner")


@as_the_owner
def test_a_group_that_was_deleted_comes_back_with_its_rights():
    group_of("steward").delete()

    write("governance")

    assert rights("steward", seen_by="owner") == rights("steward")


@as_the_owner
def test_a_group_of_a_houses_own_is_left_alone():
    own = Group.objects.using("owner").create(name="interns")
    by_hand = Permission.objects.using("owner").get(codename="delete_user")
    own.permissions.add(by_hand)

    write("governance")

    assert list(own.permissions.all()) == [by_hand]


@as_the_owner
def test_the_migration_of_somebody_elses_app_writes_no_role():
    group_of("viewer").permissions.clear()

    write("sessions")

    assert rights("viewer", seen_by="owner") == set()


def test_every_right_a_role_names_is_one():
    named = {
        f"{model.partition('.')[0]}.{verb}_{model.partition('.')[2]}"
        for role in roles.ROLES
        for model, verbs in role.may.items()
        for verb in verbs
    }
    known = {
        f"{app}.{codename}"
        for app, codename in Permission.objects.values_list(
            "content_type__app_label", "codename"
        )
    }

    assert named - known == set()


def test_two_roles_of_one_person_add_up():
    somebody = make.seated(make.user(), "steward", "data_owner")

    assert somebody.get_group_permissions() == rights("steward") | rights("data_owner")


def test_who_was_shut_out_may_nothing():
    somebody = make.user(role="data_owner")
    somebody.is_active = False

    assert somebody.get_all_permissions() == set()


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
