"""The accounts to try the product with."""

import stat

import pytest
from django.contrib.auth import authenticate
from django.test import Client

from governance.accounts import PublicSite, make_demo_accounts
from governance.models import User
from governance.roles import BY_KEY
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def test_each_role_has_an_account_that_signs_in(tmp_path):
    accounts = make_demo_accounts(tmp_path)

    signed_in = {
        account.role.key: authenticate(
            username=account.username, password=account.password
        )
        for account in accounts
    }

    assert {key: user.username for key, user in signed_in.items()} == {
        **{key: key for key in BY_KEY},
        "data_owner": "other_owner",
    }


def test_an_account_that_was_only_just_made_may_do_nothing(tmp_path):
    """What each may do is agreed on where the registries begin, by the owner's hand."""
    make_demo_accounts(tmp_path)

    assert not User.objects.filter(groups__isnull=False).exists()


def test_a_role_that_was_agreed_on_stays_when_the_accounts_are_made_again(tmp_path):
    make_demo_accounts(tmp_path)
    make.seated(User.objects.get(username="viewer"), "steward")

    make_demo_accounts(tmp_path)

    viewer = User.objects.get(username="viewer")
    assert [group.name for group in viewer.groups.all()] == ["steward"]


def test_a_second_data_owner_signs_in_for_the_second_approval(tmp_path):
    accounts = make_demo_accounts(tmp_path)

    owners = [one for one in accounts if one.role.key == "data_owner"]

    assert [
        authenticate(username=one.username, password=one.password).username
        for one in owners
    ] == ["data_owner", "other_owner"]


def test_no_two_accounts_are_called_the_same(tmp_path):
    make_demo_accounts(tmp_path)

    names = {user.username: user.get_full_name() for user in User.objects.all()}

    assert len(set(names.values())) == len(names)
    assert (names["data_owner"], names["other_owner"]) == (
        "Demo Data owner",
        "Demo Other owner",
    )


def test_no_account_is_a_superuser_and_only_the_viewer_stays_out_of_the_admin(tmp_path):
    make_demo_accounts(tmp_path)

    outside = User.objects.filter(is_staff=False).values_list("username", flat=True)

    assert (list(outside), User.objects.filter(is_superuser=True).count()) == (
        ["viewer"],
        0,
    )


def test_a_second_time_gives_the_same_passwords(tmp_path):
    assert make_demo_accounts(tmp_path) == make_demo_accounts(tmp_path)


def test_another_installation_has_other_passwords(tmp_path):
    here = make_demo_accounts(tmp_path / "here")
    there = make_demo_accounts(tmp_path / "there")

    assert {a.password for a in here}.isdisjoint({a.password for a in there})


def test_accounts_made_by_hand_before_the_file_was_lost_can_sign_in_again(tmp_path):
    make_demo_accounts(tmp_path)
    (tmp_path / "accounts.txt").unlink()

    viewer = make_demo_accounts(tmp_path)[0]

    assert authenticate(username="viewer", password=viewer.password) is not None


def test_an_account_an_administrator_shut_stays_shut(tmp_path):
    make_demo_accounts(tmp_path)
    User.objects.filter(username="steward").update(is_active=False)

    make_demo_accounts(tmp_path)

    assert not User.objects.get(username="steward").is_active


def test_a_line_somebody_spoilt_gets_a_new_password_and_the_others_stay(tmp_path):
    before = {one.username: one.password for one in make_demo_accounts(tmp_path)}
    kept = tmp_path / "accounts.txt"
    spoilt = kept.read_text().replace(f"steward {before['steward']}", "steward")
    kept.write_text(f"{spoilt}\n# a note of mine\n")

    after = {one.username: one.password for one in make_demo_accounts(tmp_path)}

    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"steward"}
    assert authenticate(username="steward", password=after["steward"]) is not None


def test_the_file_says_who_signs_in_with_what_and_nothing_else(tmp_path):
    accounts = make_demo_accounts(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["accounts.txt"]
    assert (tmp_path / "accounts.txt").read_text().splitlines() == [
        f"{account.username} {account.password}" for account in accounts
    ]


def test_no_password_stands_in_the_database(tmp_path):
    accounts = make_demo_accounts(tmp_path)

    stored = "".join(User.objects.values_list("password", flat=True))
    assert [one.role.key for one in accounts if one.password in stored] == []


def test_the_passwords_are_readable_by_us_alone(tmp_path):
    make_demo_accounts(tmp_path)

    mode = stat.S_IMODE((tmp_path / "accounts.txt").stat().st_mode)

    assert mode == 0o600


def test_a_site_others_can_reach_gets_no_such_account(tmp_path, settings):
    settings.ON_LOOPBACK_ONLY = False

    with pytest.raises(PublicSite):
        make_demo_accounts(tmp_path)

    assert (User.objects.count(), list(tmp_path.iterdir())) == (0, [])


@pytest.fixture
def signed_in(tmp_path):
    accounts = {account.role.key: account for account in make_demo_accounts(tmp_path)}
    for role, account in accounts.items():
        make.seated(User.objects.get(username=account.username), role)

    def sign_in(role: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(username=accounts[role].username))
        return client

    return sign_in


ADD_A_USER = "/admin/governance/user/add/"
READ_MAPPINGS = "/admin/governance/fieldmapping/"
ADD_A_MAPPING = "/admin/governance/fieldmapping/add/"


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        ("viewer", {ADD_A_USER: 302, READ_MAPPINGS: 302, ADD_A_MAPPING: 302}),
        ("steward", {ADD_A_USER: 403, READ_MAPPINGS: 200, ADD_A_MAPPING: 403}),
        ("data_owner", {ADD_A_USER: 403, READ_MAPPINGS: 200, ADD_A_MAPPING: 200}),
        ("privacy", {ADD_A_USER: 403, READ_MAPPINGS: 200, ADD_A_MAPPING: 403}),
        ("auditor", {ADD_A_USER: 403, READ_MAPPINGS: 200, ADD_A_MAPPING: 403}),
        ("admin", {ADD_A_USER: 200, READ_MAPPINGS: 200, ADD_A_MAPPING: 403}),
    ],
)
def test_each_role_comes_as_far_as_its_rights(role, pages, signed_in, settings):
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        }
    }
    client = signed_in(role)

    assert {page: client.get(page).status_code for page in pages} == pages


def test_an_administrator_makes_nobody_a_superuser(signed_in):
    client = signed_in("admin")
    viewer = User.objects.get(username="viewer")

    answer = client.post(
        f"/admin/governance/user/{viewer.pk}/change/",
        {"username": "viewer", "is_active": "on", "is_superuser": "on"},
    )

    viewer.refresh_from_db()
    assert (answer.status_code, viewer.is_superuser) == (302, False)


def test_nobody_is_deleted(signed_in):
    client = signed_in("admin")
    viewer = User.objects.get(username="viewer")

    answer = client.post(f"/admin/governance/user/{viewer.pk}/delete/", {"post": "yes"})

    assert (answer.status_code, User.objects.filter(pk=viewer.pk).exists()) == (
        403,
        True,
    )
