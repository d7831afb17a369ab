"""What somebody may do in a domain, asked of the rights its groups have there."""

import pytest
from django.contrib.auth.models import Group
from django.db import connections

from governance.models import Domain, DomainRight, User, Version
from governance.rights import Verb, can, domains
from tests import make
from tests.governance import requests

pytestmark = pytest.mark.django_db


def rows() -> set[tuple[str, str, str]]:
    given = DomainRight.objects.values_list(
        "content_object__key", "group__name", "permission__codename"
    )
    return set(given)


def test_a_domains_groups_have_their_rights_in_it_and_in_no_other(domain):
    make.domain("orders")

    assert rows() == {
        (key, f"{key} {who}", right)
        for key in ("customer", "orders")
        for who, right in [
            ("owners", "own_domain"), ("owners", "steward_domain"),
            ("stewards", "steward_domain"),
        ]
    }  # fmt: skip


@pytest.mark.django_db(databases=["default", "owner"])
def test_rights_follow_a_domain_that_is_given_to_another_group():
    groups = Group.objects.using("owner")
    old, new = (groups.create(name=name) for name in ("old", "new"))
    given = Domain.objects.using("owner").create(
        key="sales", name="Sales", owners=old, stewards=old
    )

    given.owners = new
    given.save(using="owner")

    held = DomainRight.objects.using("owner").filter(content_object=given)
    assert set(held.values_list("group__name", "permission__codename")) == {
        ("new", "own_domain"), ("new", "steward_domain"), ("old", "steward_domain"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("who", "verbs"),
    [
        (make.owner, {Verb.OWN, Verb.STEWARD}),
        (make.domain_steward, {Verb.STEWARD}),
        (lambda _: make.user(role="data_owner"), set()),
        (lambda _: make.user(role="admin"), set()),
        (lambda _: make.owner(make.domain("orders")), set()),
        (lambda domain: make.superuser(make.owner(domain)), set()),
        (lambda domain: gone(make.owner(domain)), set()),
        (lambda domain: make.seated(make.user()), set()),
    ],
)
def test_what_somebody_may_do_in_a_domain(domain, who, verbs):
    somebody = who(domain)

    assert {verb for verb in Verb if can(somebody, verb, domain)} == verbs


def gone(somebody: User) -> User:
    somebody.is_active = False
    return somebody


def test_what_is_in_a_domain_is_as_the_domain_is(domain):
    owner, other = make.owner(domain), make.owner(make.domain("orders"))
    requests.applied(requests.kpi(domain), domain=domain)
    [version] = Version.objects.all()

    assert [can(each, Verb.OWN, version) for each in (owner, other)] == [True, False]
    assert can(owner, Verb.OWN, version.operation)


def test_what_is_in_no_domain_is_nobodys(domain):
    owner = make.owner(domain)

    with pytest.raises(TypeError):
        can(owner, Verb.OWN, owner)


@pytest.mark.parametrize("many", [1, 100])
def test_a_list_of_rows_asks_once(many, django_assert_num_queries):
    held = [make.domain() for _ in range(many)]
    owner = make.owner(*held)

    with django_assert_num_queries(1):
        mine = {each.key for each in domains(owner, Verb.OWN)}

    assert mine == {each.key for each in held}


def test_the_app_may_call_nothing_that_writes_as_the_owner():
    """What makes people and domains in tests is in no migration, and in no other schema."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "select n.nspname, p.proname from pg_proc p"
            " join pg_namespace n on n.oid = p.pronamespace"
            " where p.prosecdef and n.nspname not in ('pg_catalog', 'pgmq')"
            " and p.provolatile = 'v' and has_function_privilege(p.oid, 'execute')"
            " and has_schema_privilege(n.oid, 'usage') order by 1, 2"
        )
        callable_ = cursor.fetchall()

    assert callable_ == [
        ("seated", name) for name in ("domain", "grouped", "superuser", "with_groups")
    ]
