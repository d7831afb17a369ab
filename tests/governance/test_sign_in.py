"""The door people come in by."""

import pytest

from governance.accounts import make_demo_accounts
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def test_a_demo_names_its_accounts_at_the_door_and_no_password(client, tmp_path):
    accounts = make_demo_accounts(tmp_path)

    page = client.get("/sign-in/")

    assert page.context["demo_names"] == [account.username for account in accounts]
    assert [account for account in accounts if account.password in page.text] == []


def test_an_installation_without_demo_accounts_names_nobody(client):
    make.user(role="steward")

    page = client.get("/sign-in/")

    assert page.context["demo_names"] == []
    assert "demo" not in page.text


def test_a_public_site_names_nobody(client, tmp_path, settings):
    make_demo_accounts(tmp_path)
    settings.ON_LOOPBACK_ONLY = False

    page = client.get("/sign-in/")

    assert page.context["demo_names"] == []


def test_a_wrong_password_is_told_in_words(client):
    page = client.post("/sign-in/", {"username": "ada", "password": "guess"})

    assert "That name and password do not belong together." in page.text


def test_who_is_signed_in_is_not_asked_again(client):
    client.force_login(make.user())

    answer = client.get("/sign-in/")

    assert (answer.status_code, answer.url) == (302, "/acquisition/")
