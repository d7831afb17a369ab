"""The registry begins once, whole, and as the owner; a house's own rows stay as they are."""

import threading
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection, connections

from governance import starter
from governance.models import (
    CampaignRule,
    ChangeRequest,
    Channel,
    Domain,
    GovernanceEvent,
    Kind,
    User,
    Version,
)

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def current(kind: str) -> dict[str, dict]:
    return dict(Version.objects.current().filter(kind=kind).values_list("key", "body"))


@pytest.mark.django_db
def test_the_role_of_the_app_begins_nothing():
    with pytest.raises(starter.NotTheOwner) as refused:
        starter.begin(at=AT, using="default")

    app = connections["default"].settings_dict["USER"]
    assert str(refused.value) == (
        f"{app} may not begin the registry: only the role that owns the tables does. "
        f"Set DATABASE_OWNER_URL for this command alone."
    )
    left = [ChangeRequest, Domain, Version, GovernanceEvent]
    assert [model.objects.count() for model in left] == [0, 0, 0, 0]
    assert not Group.objects.filter(name__endswith=" owners").exists()


@pytest.mark.django_db
def test_the_command_of_the_app_says_why_it_is_refused(monkeypatch):
    with monkeypatch.context() as without:
        without.delitem(settings.DATABASES, "owner")
        with pytest.raises(CommandError, match="may not begin the registry"):
            call_command("bootstrap")


def test_the_command_says_what_it_wrote_and_then_that_it_was_written(own_database):
    first, second = StringIO(), StringIO()

    call_command("bootstrap", stdout=first)
    call_command("bootstrap", stdout=second)

    written = Version.objects.count()
    request = ChangeRequest.objects.get()
    assert first.getvalue().splitlines()[:2] == [
        f"The registry begins with request {request.pk}: {written} definitions in 5 "
        f"domains.",
        f"  {'Field':<20} {Version.objects.filter(kind='field').count():>5}",
    ]
    assert first.getvalue().splitlines()[-1] == (
        "Nobody has a role yet, so nobody decides on anything. Run this again and name the "
        "first people with --person."
    )
    assert second.getvalue() == (
        "The registry has begun already; from here on a change is asked for.\n"
    )


def asked_for() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select message->'headers'->>'task' from pgmq.q_plumbline")
        return [task for (task,) in cursor.fetchall()]


def test_the_first_lines_of_the_log_are_sealed_soon(own_database):
    call_command("bootstrap", stdout=StringIO())
    call_command("bootstrap", stdout=StringIO())

    assert asked_for() == ["governance.seal"]


def test_what_a_house_made_its_own_is_agreed_on_as_it_stands(own_database):
    theirs = Group.objects.using("owner").create(name="finance")
    Domain.objects.using("owner").create(
        key="revenue", name="Money", owners=theirs, stewards=theirs
    )
    Channel.objects.filter(key="other").update(name="All the rest")
    CampaignRule.objects.filter(position=10).delete()
    CampaignRule.objects.create(
        position=15, channel=Channel.objects.get(key="display"), source="^house$"
    )

    starter.begin(at=AT)

    assert Domain.objects.get(key="revenue").owners == theirs
    assert current(Kind.CHANNEL)["other"]["name"] == "All the rest"
    rules = current(Kind.CAMPAIGN_RULE)
    assert rules["display_at_15"] == {
        "position": 15,
        "channel": "display",
        "source": "^house$",
        "medium": "",
        "campaign": "",
        "referrer": "",
    }
    assert "affiliates_by_medium" not in rules
    assert len(rules) == CampaignRule.objects.count()


def test_two_who_begin_at_once_begin_it_once(own_database):
    found = []

    def begin() -> None:
        try:
            found.append(starter.begin(at=AT))
        finally:
            connections["owner"].close()

    threads = [threading.Thread(target=begin) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(each is None for each in found) == [False, True]
    assert set(Version.objects.values_list("number", flat=True)) == {1}


FIRST = ("anna:data_owner,admin", "bela:data_owner", "cleo:steward")


def bootstrap(*people: str) -> list[str]:
    said = StringIO()
    call_command("bootstrap", *(f"--person={each}" for each in people), stdout=said)
    return said.getvalue().splitlines()


def groups_of(username: str) -> set[str]:
    names = Group.objects.filter(user__username=username).values_list("name", flat=True)
    return set(names)


def test_the_first_people_are_let_in_by_the_request_it_begins_with(own_database):
    said = bootstrap(*FIRST)

    assert said[-3:] == [
        "anna begins as data_owner, admin.", "bela begins as data_owner.",
        "cleo begins as steward.",
    ]  # fmt: skip
    granted = Version.objects.get(kind=Kind.PERMISSION, key="cleo")
    areas = list(Domain.objects.order_by("key").values_list("key", flat=True))
    assert granted.body == {"roles": ["steward"], "owns": [], "stewards": areas}
    assert granted.operation.revision.request.is_bootstrap
    assert groups_of("bela") == {"data_owner", *(f"{key} owners" for key in areas)}
    assert not User.objects.get(username="anna").has_usable_password()


def test_who_comes_after_a_beginning_without_people_is_let_in_once(own_database):
    bootstrap()

    first, second = bootstrap(*FIRST), bootstrap("mallory:admin")

    assert first[-1] == "cleo begins as steward."
    assert second == [
        "The registry has begun already; from here on a change is asked for."
    ]
    assert len(groups_of("anna")) == 7
    assert groups_of("mallory") == set()


@pytest.mark.parametrize("text", ["anna", "anna:", ":admin", "anna:king"])
def test_a_first_person_is_named_with_a_role_there_is(text):
    with pytest.raises(starter.NotAPerson) as refused:
        starter.First.written(text)

    assert str(refused.value) == (
        f"'{text}' names nobody with a role: write a name, a colon and roles, as in "
        f"anna:data_owner,admin. There are viewer, steward, data_owner, privacy, auditor, "
        f"admin."
    )
