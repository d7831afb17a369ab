"""Ways to give oneself or a friend by hand what nobody agreed on, each of them refused."""

import psycopg
import pytest
from django.contrib.auth.models import Group, Permission
from django.db import DatabaseError, connection

from governance import changes
from governance.models import Domain, DomainRight, User
from tests import make
from tests.governance import requests
from tests.governance.attacks import (
    decision_by_sql,
    refused,
    typed,
)
from tests.governance.pages import as_

pytestmark = pytest.mark.django_db

ROLES = "Who has which role is agreed on: ask for a change of roles; two others decide."
RIGHTS = (
    "What a role may do is written by the owner of the database, and by nobody else."
)
OWNING = (
    "Who owns and stewards a domain is agreed on; its groups are the owner's to make."
)
NO_SUPERUSER = "Nobody is made a superuser here: the owner of the database does."


@pytest.fixture
def mallory() -> User:
    return make.user(role="steward")


def named(role: str) -> Group:
    return Group.objects.get(name=role)


def by_orm(who: User, group: Group) -> None:
    who.groups.add(group)


def from_behind(who: User, group: Group) -> None:
    group.user_set.add(who)


def in_bulk(who: User, group: Group) -> None:
    members = User.groups.through
    members.objects.bulk_create([members(user=who, group=group)])


def by_sql(who: User, group: Group) -> None:
    typed(
        "insert into governance_user_groups (user_id, group_id) values (%s, %s)",
        who.pk, group.pk,
    )  # fmt: skip


def by_copy(who: User, group: Group) -> None:
    copy = "copy governance_user_groups (user_id, group_id) from stdin"
    try:
        with connection.cursor() as cursor, cursor.copy(copy) as rows:
            rows.write_row((who.pk, group.pk))
    except psycopg.Error as error:
        raise DatabaseError(str(error)) from error


def by_moving(who: User, group: Group) -> None:
    typed(
        "update governance_user_groups set group_id = %s where user_id = %s",
        group.pk, who.pk,
    )  # fmt: skip


def by_moving_the_account(who: User, group: Group) -> None:
    typed(
        "update governance_user_groups set user_id = %s where group_id = %s",
        who.pk, group.pk,
    )  # fmt: skip


def by_merging(who: User, group: Group) -> None:
    typed(
        "merge into governance_user_groups m using (values (%s::bigint, %s::int))"
        " v (who, role) on m.user_id = v.who and m.group_id = v.role"
        " when not matched then insert (user_id, group_id) values (v.who, v.role)",
        who.pk, group.pk,
    )  # fmt: skip


JOINING = [
    by_orm, from_behind, in_bulk, by_sql, by_copy, by_moving, by_moving_the_account,
    by_merging,
]  # fmt: skip


@pytest.mark.parametrize("join", JOINING)
@pytest.mark.parametrize("what", ["admin", "owners"])
def test_nobody_joins_a_group_by_hand(domain, mallory, what, join):
    group = named("admin") if what == "admin" else domain.owners

    with refused(ROLES):
        join(mallory, group)

    assert set(mallory.groups.all()) == {named("steward")}


@pytest.mark.parametrize(
    "statement",
    ["delete from governance_user_groups", "truncate governance_user_groups"],
)
def test_nobody_is_put_out_by_hand(domain, mallory, statement):
    make.owner(domain)

    said = ROLES if statement.startswith("delete") else (
        "permission denied for table governance_user_groups"
    )  # fmt: skip
    with refused(said):
        typed(statement)


def test_a_membership_for_one_transaction_approves_nothing(domain, mallory):
    """In, say yes, and out again before the commit: it is refused at once, not then."""
    request = requests.in_review(requests.kpi(domain), by=make.domain_steward(domain))

    with refused(ROLES):
        by_sql(mallory, domain.owners)
        decision_by_sql(request, mallory)
        typed("delete from governance_user_groups where user_id = %s", mallory.pk)

    assert changes.missing(request) == "it needs 2 approval(s) and has 0"


BY_HAND = {
    "insert into governance_user_user_permissions (user_id, permission_id)"
    " select %(who)s, id from auth_permission": ROLES,
    "insert into auth_group_permissions (group_id, permission_id)"
    " select g.id, p.id from auth_group g, auth_permission p": RIGHTS,
    "update auth_group_permissions set group_id = (select id from auth_group"
    " where name = 'viewer')": RIGHTS,
    "delete from auth_group_permissions": RIGHTS,
    "update auth_group set name = 'privacy officers' where name = 'privacy'": RIGHTS,
    "update auth_group set name = case name when 'steward' then 'admin' else 'steward' end"
    " where name in ('steward', 'admin')": RIGHTS,
    "insert into auth_group (name) values ('mine')": RIGHTS,
    "delete from auth_group where name = 'auditor'": RIGHTS,
    "update auth_permission set codename = 'add_changerequest'"
    " where codename = 'view_channel'": RIGHTS,
    "update django_content_type set model = 'changerequest' where model = 'channel'": RIGHTS,
    "update governance_domain set owners_id = stewards_id": OWNING,
    "update governance_domain set stewards_id = (select id from auth_group"
    " where name = 'steward')": OWNING,
    "update governance_domain set key = 'mine'": OWNING,
    "insert into governance_domain (key, name, owners_id, stewards_id)"
    " select 'mine', 'Mine', id, id from auth_group where name = 'steward'": OWNING,
    "delete from governance_domain": OWNING,
    "insert into governance_domainright (content_object_id, group_id, permission_id)"
    " select d.id, g.id, p.id from governance_domain d, auth_group g, auth_permission p"
    " where g.name = 'steward' and p.codename = 'own_domain'": OWNING,
    "update governance_domainright set group_id = (select id from auth_group"
    " where name = 'steward')": OWNING,
    "delete from governance_domainright": OWNING,
    "insert into guardian_groupobjectpermission (object_pk, content_type_id, group_id,"
    " permission_id) select 1, content_type_id, 1, id from auth_permission": RIGHTS,
    "insert into guardian_userobjectpermission (object_pk, content_type_id, user_id,"
    " permission_id) select 1, content_type_id, %(who)s, id from auth_permission": RIGHTS,
    "update governance_user set is_superuser = true where id = %(who)s": NO_SUPERUSER,
    "delete from governance_user": "permission denied for table governance_user",
    "truncate auth_group cascade": "permission denied for table auth_group",
    "truncate governance_domainright": "permission denied for table governance_domainright",
    "alter table governance_user_groups disable trigger all":
        "must be owner of table governance_user_groups",
    "drop trigger memberships_are_agreed on governance_user_groups":
        "must be owner of relation governance_user_groups",
    "set session_replication_role = replica":
        "permission denied to set parameter \"session_replication_role\"",
    "create trigger mine before insert on governance_user_groups"
    " for each row execute function governance_seat()":
        "permission denied for table governance_user_groups",
    "select governance_write_rights(1)":
        "permission denied for function governance_write_rights",
}  # fmt: skip


@pytest.mark.parametrize("statement", BY_HAND)
def test_nobody_changes_by_hand_what_people_may_do(domain, mallory, statement):
    with connection.cursor() as cursor, refused(BY_HAND[statement]):
        cursor.execute(statement, {"who": mallory.pk})


ORM = {
    "a right of one's own": (
        lambda who, _: who.user_permissions.set(Permission.objects.all()), ROLES,
    ),
    "a right of the role": (
        lambda who, _: named("steward").permissions.add(*Permission.objects.all()),
        RIGHTS,
    ),
    "a domain's owners": (
        lambda who, domain: Domain.objects.filter(pk=domain.pk).update(
            owners=named("steward")
        ),
        OWNING,
    ),
    "a right in a domain": (
        lambda who, domain: DomainRight.objects.create(
            content_object=domain, group=named("steward"),
            permission=Permission.objects.get(codename="own_domain"),
        ),
        OWNING,
    ),
    "a group of that name": (
        lambda who, _: Group.objects.filter(name="steward").update(name="data_owner"),
        RIGHTS,
    ),
    "all rights there are": (
        lambda who, _: User.objects.filter(pk=who.pk).update(is_superuser=True),
        NO_SUPERUSER,
    ),
    "an account that has them": (
        lambda who, _: User.objects.create_superuser("root", password="x"), NO_SUPERUSER,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ORM)
def test_nobody_gets_by_the_orm(domain, mallory, what):
    take, sentence = ORM[what]

    with refused(sentence):
        take(mallory, domain)


def test_a_trigger_of_ours_on_a_table_of_ones_own_seats_nobody(mallory):
    """A row that looks like a version, and the owner's function to believe it."""
    typed("create temp table mine (kind text, key text, state text, body jsonb)")

    with refused("permission denied for function governance_seat"):
        typed(
            "create trigger mine after insert on mine for each row"
            " execute function governance_seat()"
        )


def test_a_temporary_version_lets_nobody_past(mallory):
    """It comes first in everybody's search path; the rules look past it."""
    typed("create temp table governance_user (like public.governance_user)")

    with refused(ROLES):
        by_sql(mallory, named("admin"))


@pytest.mark.parametrize("role", ["steward", "data_owner", "admin"])
def test_the_admin_takes_no_role_for_oneself(mallory, role):
    admin = make.user(role="admin")
    page = f"/admin/governance/user/{admin.pk}/change/"

    as_(admin).post(
        page,
        {
            "username": admin.username, "is_active": "on", "is_staff": "on",
            "is_superuser": "on", "groups": [named(role).pk, named("data_owner").pk],
            "user_permissions": [1, 2, 3],
        },
    )  # fmt: skip

    admin.refresh_from_db()
    assert (list(admin.groups.all()), admin.is_superuser) == ([named("admin")], False)
    assert not admin.user_permissions.exists()
