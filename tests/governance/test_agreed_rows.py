"""No row the steps read says what was not agreed."""

import pytest
from django.db import IntegrityError, connection, connections, transaction
from psycopg.types.json import Jsonb

from governance.models import (
    CampaignRule,
    Channel,
    FieldMapping,
    SourceSystem,
    Storefront,
    Version,
)
from tests import make
from tests.governance.requests import AT

KINDS = (
    "campaign_rule",
    "channel",
    "mapping",
    "source",
    "stream",
    "storefront",
)


def begin_with_what_is_there() -> None:
    """Begin the registry, as its owner, with a version of every row there is."""
    domain = make.domain("everything")
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(
            "insert into governance_changerequest (title, reason, state, risk, made_at,"
            " cycle, revision, expires_at, is_bootstrap, note) values ('Begin', 'begin',"
            " 'draft', 'high', %s, 0, 1, %s, true, '') returning id",
            [AT, AT],
        )
        [[request]] = cursor.fetchall()
        cursor.execute(
            "insert into governance_revision (request_id, number, made_at, digest)"
            " values (%s, 1, %s, '') returning id",
            [request, AT],
        )
        [[revision]] = cursor.fetchall()
        cursor.execute(
            "insert into governance_operation (revision_id, position, kind, key,"
            " domain_id, state, successor, body, digest)"
            " select %s, row_number() over (), kind,"
            " coalesce(key, 'rule-' || (said ->> 'position')), %s, 'active', '',"
            " case kind when 'mapping' then jsonb_build_object('rule', said) else said end,"
            " '' from governance_held_row",
            [revision, domain.key],
        )
        cursor.execute(
            "update governance_revision set digest = '' where id = %s", [revision]
        )
        cursor.execute(
            "insert into governance_version (kind, key, number, domain_id, state,"
            " successor, body, digest, valid_during, operation_id)"
            " select kind, key, 1, domain_id, state, successor, body, '',"
            " tstzrange(now(), null), id from governance_operation"
        )
        cursor.execute(
            "insert into governance_application (request_id, revision_id, digest, at)"
            " select request_id, id, digest, made_at from governance_revision"
        )
        cursor.execute("update governance_changerequest set state = 'applied'")


@pytest.fixture
def begun(own_database):
    make.stream("orders", of=make.system("shop")).mappings.create(
        entity="order", field="source_id", rule="id"
    )
    begin_with_what_is_there()


def refused(act) -> str:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        act()
    return str(error.value).splitlines()[0]


def test_before_it_begins_rows_are_free(own_database):
    make.system("shop")

    assert SourceSystem.objects.filter(key="shop").exists()


def test_what_is_there_when_it_begins_is_agreed(begun):
    assert {each.kind for each in Version.objects.all()} == set(KINDS)


@pytest.mark.parametrize(
    "act",
    [
        lambda: SourceSystem.objects.update(time_zone="Asia/Tokyo"),
        lambda: Storefront.objects.update(currency="EUR"),
        lambda: FieldMapping.objects.update(rule="another"),
        lambda: FieldMapping.objects.all().delete(),
        lambda: FieldMapping.objects.create(
            stream=FieldMapping.objects.get().stream,
            entity="order",
            field="tax",
            rule="t",
        ),
        lambda: Channel.objects.filter(key="email").update(name="Post"),
        lambda: Channel.objects.create(key="radio", name="Radio", position=99),
        lambda: CampaignRule.objects.filter(position__gt=2).delete(),
        lambda: CampaignRule.objects.update(medium="^x$"),
        lambda: make.system("another"),
        lambda: make.stream("lines", of=SourceSystem.objects.get()),
    ],
)
def test_a_row_nobody_agreed_on_is_refused(begun, act):
    with pytest.raises(IntegrityError), transaction.atomic():
        act()


def test_the_refusal_names_what_is_wrong(begun):
    said = refused(lambda: FieldMapping.objects.update(rule="another"))

    assert said.startswith(
        "The mapping shop/orders:order.source_id is not what was agreed"
    )


def test_raw_sql_is_refused_like_everything_else(begun):
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("update governance_fieldmapping set rule = %s", [Jsonb("x")])


def test_the_owner_of_the_tables_is_refused_too(begun):
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(using="owner"),
        connections["owner"].cursor() as cursor,
    ):
        cursor.execute("delete from governance_campaignrule")


def test_saying_the_same_again_is_no_change(begun):
    system = SourceSystem.objects.get()
    system.save()

    assert SourceSystem.objects.get() == system


def test_nobody_writes_them_in_the_admin_any_more(begun, client):
    client.force_login(make.user(role="data_owner"))
    system = SourceSystem.objects.get()

    listed = client.get("/admin/governance/sourcesystem/")
    added = client.get("/admin/governance/sourcesystem/add/")
    changed = client.post(
        f"/admin/governance/sourcesystem/{system.pk}/change/",
        {"time_zone": "Asia/Tokyo"},
    )

    assert (listed.status_code, added.status_code, changed.status_code) == (
        200,
        403,
        403,
    )
