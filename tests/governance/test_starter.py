"""What a registry holds that has begun: the pack, and what was registered before."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.forms import model_to_dict

from governance import changes, dictionary, exchange, projections, starter
from governance.accounts import make_demo_accounts
from governance.kinds import KINDS
from governance.models import (
    Application,
    CampaignRule,
    ChangeRequest,
    Channel,
    Domain,
    FieldMapping,
    GovernanceEvent,
    Kind,
    Operation,
    SourceStream,
    SourceSystem,
    Storefront,
    User,
    Version,
)
from governance.roles import DEMO_ACCOUNTS
from measurement import mapping, registry
from tests import databases, make
from tests.governance import requests

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
MAPPINGS: Path = settings.BASE_DIR / "measurement" / "mappings"


@pytest.fixture(scope="module")
def begun(django_db_setup, django_db_blocker):
    """A database with every mapping file registered, and begun; read by all tests."""
    with django_db_blocker.unblock():
        name = f"{connections['default'].settings_dict['NAME']}_begun"
        databases.copy(name)
        with databases.working_in(name):
            registry.register_folder(MAPPINGS)
            yield starter.begin(at=AT)
        databases.drop(name)


@pytest.fixture
def undone(begun):
    """The same, for a test whose changes are taken back."""
    with transaction.atomic():
        yield begun
        transaction.set_rollback(True)


def current(kind: str) -> dict[str, dict]:
    return dict(Version.objects.current().filter(kind=kind).values_list("key", "body"))


def test_nobody_asked_for_it_and_it_took_effect(begun):
    request = ChangeRequest.objects.get()

    assert (request.pk, request.is_bootstrap, request.requested_by, request.state) == (
        begun.request_id, True, None, "applied",
    )  # fmt: skip
    assert (request.risk, list(request.contributors.all())) == ("high", [])


def test_what_took_effect_is_word_for_word_what_the_request_says(begun):
    asked = Operation.objects.select_related("version").order_by("pk")
    said = ("kind", "key", "domain_id", "state", "successor", "body", "digest")
    written = [tuple(getattr(each.version, part) for part in said) for each in asked]

    assert written == [tuple(getattr(each, part) for part in said) for each in asked]
    assert len(written) == sum(begun.definitions.values())


def test_each_definition_begins_with_its_first_version(begun):
    assert set(Version.objects.values_list("number", flat=True)) == {1}


def test_the_application_is_of_the_revision_that_was_written(begun):
    revision = ChangeRequest.objects.get().revisions.get()
    application = Application.objects.get()

    assert (application.digest, application.by) == (revision.digest, None)
    assert revision.digest != ""


def test_each_domain_has_a_group_that_owns_and_one_that_stewards(begun):
    assert {
        (each.key, each.owners.name, each.stewards.name)
        for each in Domain.objects.select_related("owners", "stewards")
    } == {
        (key, f"{key} owners", f"{key} stewards")
        for key in ("customer", "orders", "revenue", "marketing", "privacy")
    }


def test_the_log_tells_of_it_event_by_event(begun):
    told = GovernanceEvent.objects.filter(request=begun.request_id)

    assert Counter(told.values_list("verb", "object_type")) == {
        ("opened", "request"): 1,
        ("wrote", "revision"): 1,
        ("applied", "application"): 1,
        ("applied", "request"): 1,
        **{
            ("took effect", kind): count
            for kind, count in Counter(
                Version.objects.values_list("kind", flat=True)
            ).items()
        },
    }
    owner = connections["owner"].settings_dict["USER"]
    assert set(told.values_list("actor", flat=True)) == {owner}


def test_a_second_time_returns_nothing_and_changes_nothing(begun):
    before = [Version.objects.count(), GovernanceEvent.objects.count()]

    again = starter.begin(at=AT)

    assert again is None
    assert [Version.objects.count(), GovernanceEvent.objects.count()] == before
    assert ChangeRequest.objects.count() == 1


def test_every_mapping_registered_is_agreed_on_as_it_stands(begun):
    assert current(Kind.MAPPING) == {
        f"{row.stream}:{row.entity}.{row.field}": {"rule": row.rule}
        for row in FieldMapping.objects.select_related("stream__system")
    }


def test_a_mapping_is_answered_for_by_who_answers_for_its_field(begun):
    domain_of = dict(
        Version.objects.filter(kind=Kind.FIELD).values_list("key", "domain_id")
    )
    astray = [
        version.key
        for version in Version.objects.filter(kind=Kind.MAPPING)
        if (field := version.key.partition(":")[2]) in domain_of
        and version.domain_id != domain_of[field]
    ]

    assert astray == []


def test_the_condition_of_a_mapping_is_its_systems(begun):
    conditions = Version.objects.filter(kind=Kind.MAPPING, key__contains=".when_")

    assert dict(conditions.values_list("key", "domain_id")) == {
        "harbour_crm/contacts:identifier.when_filled": "customer",
        "harbour_shop/orders:customer.when_empty": "orders",
        "journey_crm/contacts:identifier.when_filled": "customer",
        "online_retail/invoices:customer.when_filled": "orders",
    }


def test_a_source_is_agreed_on_with_all_that_is_known_of_it(begun):
    assert (current(Kind.STOREFRONT)["journey"] | {"generated_note": ""}) == {
        "name": "Complete Journey",
        "time_zone": "America/New_York",
        "currency": "USD",
        "is_generated": False,
        "generated_note": "",
        "panel_starts_on": "2017-01-01",
    }
    assert current(Kind.SOURCE)["journey_shop"] == {
        "name": "Complete Journey shop",
        "kind": "shop",
        "storefront": "journey",
        "time_zone": "America/New_York",
        "currency": "USD",
        "cadence": "daily",
    }
    assert current(Kind.STREAM)["journey_shop/transactions"] == {
        "position": 3,
        "grain": "order_line",
        "delimiter": ",",
        "encoding": "utf-8",
        "is_generated": False,
    }


ROWS = (Storefront, SourceSystem, SourceStream, FieldMapping, Channel, CampaignRule)


def rows() -> list[list[dict]]:
    return [
        sorted(
            [{**model_to_dict(row), "id": None} for row in model.objects.all()], key=str
        )
        for model in ROWS
    ]


def test_what_was_agreed_says_what_the_rows_say(undone):
    before = rows()

    projections.follow(Version.objects.current())

    assert rows() == before


def test_no_source_fills_what_another_owns(begun):
    read = [mapping.of_stream(stream) for stream in SourceStream.objects.all()]

    assert len(read) == SourceStream.objects.count() > 20


def test_two_owners_change_what_the_pack_says(undone, tmp_path, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    make_demo_accounts(tmp_path)
    for name, role in DEMO_ACCOUNTS.items():
        domain = Domain.objects.get(key="revenue")
        answers = {"data_owner": [domain.owners], "steward": [domain.stewards]}
        make.seated(User.objects.get(username=name), role, *answers.get(role, []))
    who = {user.username: user for user in User.objects.all()}
    said = {**current(Kind.KPI)["ltv_90"], "min_n": 50}

    request = changes.propose(
        title="Fewer than 50 say too little",
        reason="The quarterly review asked for it.",
        operations=[changes.Proposed("kpi", "ltv_90", "revenue", said)],
        by=who["steward"],
        at=AT,
    )
    changes.submit(request_id=request.pk, by=who["steward"], at=AT)
    requests.as_measured(request)
    digest = changes.current_revision(request).digest
    for name in ("data_owner", "other_owner"):
        changes.approve(request_id=request.pk, digest=digest, by=who[name], at=AT)
    changes.apply(request_id=request.pk, digest=digest, by=who["steward"], at=AT)

    assert current(Kind.KPI)["ltv_90"]["min_n"] == 50


@pytest.mark.parametrize("form", exchange.FORMATS)
def test_all_of_it_exported_and_imported_again_changes_nothing(begun, form):
    every = dictionary.search(dictionary.Asked(), kinds=tuple(KINDS))
    text = exchange.write(every, form=form)

    rows = exchange.read(exchange.text_of(text.encode()), form=form)
    trial = exchange.try_out(rows, known=tuple(KINDS))

    assert trial.counts == {
        **dict.fromkeys(exchange.Verdict.values, 0),
        "unchanged": sum(begun.definitions.values()),
    }
