"""Readable history: whole, in words, of whoever acted; and no way to write through it."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.models import User
from governance.naming import while_acts
from governance.people import acting
from tests import make

pytestmark = pytest.mark.django_db


def told(row, *names: str) -> list[tuple[object, ...]]:
    """Return what the history of a row says, the oldest first."""
    return list(row.history.order_by("history_id").values_list(*names))


def remember() -> None:
    """Have the database look for what was left out, as it does before each commit."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


def test_what_changed_is_kept_with_whoever_changed_it():
    ada, bo = make.user(), make.user()

    with while_acts(ada):
        bo.email = "bo@shop.example"
        bo.save()

    assert told(bo, "history_type", "email", "history_user") == [
        ("+", "", None), ("~", "bo@shop.example", ada.pk),
    ]  # fmt: skip


def test_saving_what_it_says_already_is_no_change():
    ada = make.user()

    ada.save()
    ada.save(update_fields=["email"])

    assert told(ada, "history_type") == [("+",)]


def test_signing_in_is_no_change(client):
    ada = make.user()

    client.force_login(ada)

    ada.refresh_from_db()
    assert (ada.last_login is not None, told(ada, "history_type")) == (True, [("+",)])


def test_no_password_is_copied():
    kept = {field.name for field in User.history.model._meta.fields}

    assert kept & {"password", "last_login"} == set()


def test_the_history_says_what_the_row_says_and_not_what_an_old_object_holds():
    old = make.user()
    User.objects.filter(pk=old.pk).update(first_name="As it is")
    remember()
    old.first_name, old.last_name = "As it was", "New"

    old.save(update_fields=["last_name"])

    assert told(old, "first_name", "last_name")[-1] == ("As it is", "New")


def test_what_the_database_works_out_is_kept_as_it_came_out():
    ada = make.user()
    ada.first_name = Concat(Value("Dr "), F("username"))

    ada.save()

    assert told(ada, "first_name")[-1] == (f"Dr {ada.username}",)


@pytest.mark.parametrize(
    "change",
    [
        lambda user: User.objects.filter(pk=user.pk).update(first_name="Ada"),
        lambda user: User.objects.bulk_update([user], ["first_name"]),
    ],
)
def test_what_was_changed_past_the_app_is_kept_all_the_same(change):
    ada, by = make.user(), make.user(role="admin")
    ada.first_name = "Ada"

    acting(by)
    change(ada)
    remember()

    assert told(
        ada, "history_type", "first_name", "history_user", "history_change_reason"
    )[1:] == [("~", "Ada", by.pk, "Changed past the pages.")]


def test_a_change_cannot_ask_to_be_forgotten():
    ada = make.user()
    ada.first_name = "Ada"

    ada.save_without_historical_record()

    assert told(ada, "first_name") == [("",), ("Ada",)]


def test_what_was_made_past_the_app_is_kept_all_the_same():
    [ada] = User.objects.bulk_create([User(username="ada")])

    remember()

    assert told(ada, "history_type", "username") == [("+", "ada")]


def test_what_the_app_has_kept_is_not_kept_twice():
    ada = make.user()
    for name in ("A", "B"):
        ada.first_name = name
        ada.save()

    remember()

    assert told(ada, "first_name") == [("",), ("A",), ("B",)]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ABC"), st.booleans()), max_size=6))
def test_whatever_way_it_changes_the_last_of_the_history_is_the_row(steps):
    with transaction.atomic():
        ada = make.user()
        changes = 0
        for name, past_the_app in steps:
            ada.refresh_from_db()
            changes += ada.first_name != name
            if past_the_app:
                User.objects.filter(pk=ada.pk).update(first_name=name)
                remember()
            else:
                ada.first_name = name
                ada.save()

        ada.refresh_from_db()
        assert told(ada, "first_name")[-1] == (ada.first_name,)
        assert len(told(ada, "history_id")) == 1 + changes
        transaction.set_rollback(True)


def test_nobody_is_named_by_writing_a_name_on_the_object():
    ada, bo = make.user(), make.user()
    bo.first_name, bo._history_user = "Bo", ada

    bo.save()

    assert told(bo, "history_user")[-1] == (None,)


def test_history_is_dated_by_the_database():
    ada = make.user()
    ada.first_name, ada._history_date = "Ada", make.moment("1999-01-01")

    ada.save()

    [made, changed] = told(ada, "history_date")
    assert made < changed


@pytest.mark.parametrize("value", [False, 0, None])
def test_it_cannot_be_switched_off(settings, value):
    settings.SIMPLE_HISTORY_ENABLED = value
    ada = make.user()
    ada.first_name = "Ada"
    ada.save()

    assert told(ada, "history_type") == [("+",), ("~",)]


def test_a_change_whose_history_cannot_be_written_is_not_made():
    ada = make.user()
    ada.first_name, ada._change_reason = "Ada", "\0"

    with pytest.raises((ValueError, DatabaseError)):
        ada.save()

    ada.refresh_from_db()
    assert (ada.first_name, told(ada, "history_type")) == ("", [("+",)])


def test_a_change_that_is_rolled_back_leaves_no_history():
    ada = make.user()
    with transaction.atomic():
        ada.first_name = "Ada"
        ada.save()
        transaction.set_rollback(True)

    assert told(ada, "history_type") == [("+",)]


@pytest.mark.parametrize(
    "table", ["governance_userhistory", "governance_domainhistory"]
)
@pytest.mark.parametrize(
    "statement",
    ["update {} set history_change_reason = 'x'", "delete from {}", "truncate {}"],
)
def test_the_app_rewrites_and_loses_no_history(table, statement):
    make.domain()

    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        connection.cursor().execute(statement.format(table))

    assert str(refused.value).startswith(f"permission denied for table {table}")


@pytest.mark.parametrize("command", ["clean_old_history", "clean_duplicate_history"])
def test_the_librarys_own_cleaning_is_no_command_here(command):
    with pytest.raises(CommandError, match="Unknown command"):
        call_command(command, auto=True)
