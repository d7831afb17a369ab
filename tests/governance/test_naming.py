"""The log names who did it, whichever door they came in by."""

import os

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from governance.models import GovernanceEvent, User
from governance.naming import NameWhoActs, while_acts
from tests import databases, make


@pytest.fixture(scope="module")
def kept(django_db_setup, django_db_blocker):
    """One database for all that must really commit here: copying one takes a second."""
    name = f"test_{os.getpid()}_naming"
    with django_db_blocker.unblock():
        databases.copy(name)
        with databases.working_in(name):
            yield
        databases.drop(name)


@pytest.fixture
def committing(kept, django_db_blocker):
    with django_db_blocker.unblock():
        yield


def events() -> list[tuple[str, str, str]]:
    """Return who did what to what, the last first."""
    said = GovernanceEvent.objects.order_by("-seq")
    return list(said.values_list("actor", "verb", "object_key")[:9])


def last_event() -> tuple[str, str, str]:
    return events()[0]


def named() -> str:
    """Return whom the database takes to be acting."""
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('plumbline.actor', true)")
        return cursor.fetchall()[0][0] or "nobody"


def send_away(somebody: User) -> None:
    """Change something that is logged, in one statement and no transaction."""
    User.objects.filter(pk=somebody.pk).update(is_active=False)


def test_the_log_names_who_made_an_account_and_who_changed_a_password(committing):
    admin = make.user(role="admin")
    client = Client()
    client.force_login(admin)
    words = {"password1": "plumb-bob-7731", "password2": "plumb-bob-7731"}
    client.post(
        reverse("admin:governance_user_add"),
        {"username": "newcomer", "usable_password": "true", **words},
    )
    made, joined = events()[1::-1]

    client.post(
        reverse(
            "admin:auth_user_password_change",
            args=[User.objects.get(username="newcomer").pk],
        ),
        {"password1": "plumb-line-8842", "password2": "plumb-line-8842"},
    )

    assert made == (admin.username, "made", "newcomer")
    assert joined == (admin.username, "joined", "newcomer viewer")
    assert last_event() == (admin.username, "changed", "newcomer")


def test_a_statement_outside_any_transaction_is_named_too(committing):
    somebody, gone = make.user(), make.user()

    with while_acts(somebody):
        send_away(gone)

    assert last_event() == (somebody.username, "changed", gone.username)


def test_the_name_is_gone_with_the_request(committing):
    somebody, gone = make.user(), make.user()
    with while_acts(somebody):
        send_away(make.user())
        with transaction.atomic():
            send_away(make.user())

    send_away(gone)

    role = connection.settings_dict["USER"]
    assert (named(), last_event()) == ("nobody", (role, "changed", gone.username))


def test_the_name_outlives_a_part_that_was_rolled_back(committing):
    somebody, gone = make.user(), make.user()

    with while_acts(somebody), transaction.atomic():
        with transaction.atomic():
            send_away(make.user())
            transaction.set_rollback(True)
        send_away(gone)

    assert last_event() == (somebody.username, "changed", gone.username)


def test_a_transaction_after_one_that_was_rolled_back_is_named_anew(committing):
    somebody, gone = make.user(), make.user()

    with while_acts(somebody):
        with transaction.atomic():
            send_away(gone)
            transaction.set_rollback(True)
        send_away(gone)

    assert last_event() == (somebody.username, "changed", gone.username)


def test_a_transaction_that_was_open_already_is_named(db):
    somebody, gone = make.user(), make.user()

    with while_acts(somebody):
        send_away(gone)

    assert last_event() == (somebody.username, "changed", gone.username)


@pytest.mark.parametrize(
    ("method", "is_named"),
    [("post", True), ("put", True), ("patch", True), ("delete", True),
     ("get", False), ("head", False), ("options", False)],
)  # fmt: skip
def test_only_what_may_change_something_is_named(db, method, is_named):
    somebody = make.user()
    request = getattr(RequestFactory(), method)("/")
    request.user = somebody
    seen = []

    def view(_request):
        seen.append(named())
        return HttpResponse()

    NameWhoActs(view)(request)

    assert seen == [str(somebody.pk) if is_named else "nobody"]
