"""What makes two rows one: every part of a key, and no more than the key."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, models
from django.db.models import UniqueConstraint

from measurement import models as canonical
from measurement.models.workbench import ColumnProfile, FieldFill
from tests import make
from tests.measurement import test_models as rows
from tests.measurement.test_models import AT, DAY, DOLLARS
from tests.refused import broken

pytestmark = pytest.mark.django_db


def made(model, **fields):
    return model._default_manager.create(**fields)


def campaign():
    return made(canonical.Campaign, system=make.system(), source_id="1", run=1)


def told(model, **fields):
    """Return how to make a row a system tells under an id."""
    return model, {"system": make.system, "source_id": "1", "run": 1, **fields}


MONEY = {"amount": 5, **DOLLARS}
KEYS = {
    "one_record_per_system_and_id": told(canonical.CustomerRecord),
    "identifier_is_said_once": (canonical.Identifier, {"customer": make.record, "kind": "card", "value": "1", "run": 1}),
    "one_stage_begins_at_a_moment": (canonical.LifecycleStage, {"customer": make.record, "started_at": AT, "stage": "lead", "run": 1}),
    "one_consent_per_purpose_channel_and_moment": (
        canonical.ConsentEvent,
        {"customer": make.record, "purpose": "news", "channel": "", "at": AT, "state": "granted", "run": 1},
    ),
    "one_deal_per_system_and_id": told(canonical.CrmDeal, **MONEY),
    "one_campaign_per_system_and_id": told(canonical.Campaign),
    "campaign_reaches_a_customer_once": (canonical.CampaignSend, {"campaign": campaign, "customer": make.record, "run": 1}),
    "message_counts_once": (canonical.Event, {"system": make.system, "message_id": "m", "kind": "visit", "at": AT, "run": 1}),
    "one_spend_per_campaign_and_day": (canonical.AdSpend, {"system": make.system, "on": DAY, "campaign": "", "spend": 5, **DOLLARS}),
    "one_rate_per_pair_and_day": (
        canonical.ExchangeRate,
        {"base": "EUR", "quote": "USD", "on": DAY, "rate": 1, "published_on": DAY, "publisher": "a bank"},
    ),
    "one_order_per_system_and_id": told(canonical.Order, placed_at=AT, placed_offset=0, placed_on=DAY, currency="USD"),
    "one_line_per_order_and_id": (
        canonical.OrderLine,
        {"order": lambda: make.order(None, AT), "source_id": "1", "kind": "sale", "quantity": 1,
         "amount": 5, "amount_shop": 5, "amount_reporting": 5, "run": 1},
    ),
    "one_payment_per_order_and_id": (
        canonical.Payment, {"order": lambda: make.order(None, AT), "source_id": "1", "paid_at": AT, **MONEY},
    ),
    "one_refund_per_system_and_id": told(
        canonical.Refund, order=lambda: make.order(None, AT), refunded_at=AT, refunded_offset=0,
        refunded_on=DAY, amount_shop=5, amount_reporting=5, **MONEY,
    ),
    "line_stands_once_in_a_refund": (
        canonical.RefundLine, {"refund": rows.refund, "line": rows.line, "quantity": 1, "amount": 5, "run": 1},
    ),
    "one_product_per_system_and_id": told(canonical.Product),
    "one_cost_begins_on_a_day": (canonical.ProductCost, {"product": rows.product, "valid_from": DAY, "cost": 1, **DOLLARS}),
    "steps_are_in_order": (
        canonical.NightStep,
        {"night": lambda: rows.night(state="done"), "position": 1, "task": "a task", "label": "Rows"},
    ),
    "row_is_rejected_once": (canonical.RejectedRow, {"run": rows.sync_run, "line": 7, "reason": "", "text": ""}),
    "column_is_profiled_once_per_stream": (
        ColumnProfile,
        {"stream": make.stream, "name": "id", "position": 1, "kind": "text", "rows": 1, "filled": 1, "different": 1,
         "odd": 0, "shortest": 1, "longest": 1, "first_run": rows.sync_run, "last_run": rows.sync_run},
    ),
    "field_is_counted_once_per_stream": (
        FieldFill,
        {"stream": make.stream, "entity": "order", "field": "status", "rows": 1, "filled": 1, "measured_at": AT},
    ),
}  # fmt: skip


def unique_constraints() -> dict[str, UniqueConstraint]:
    """Return what makes rows of ours unique always, by its name."""
    return {
        each.name: each
        for model in apps.get_app_config("measurement").get_models()
        for each in model._meta.constraints
        if isinstance(each, UniqueConstraint) and each.condition is None
    }


def another(value):
    """Return a value that differs."""
    match value:
        case str():
            return f"{value[:-1]}~"
        case int():
            return value + 1
        case _:
            # A day, or the least a moment can differ by.
            return value + (timedelta(days=1) if value == DAY else timedelta.resolution)


def settled(fields):
    """Return the fields with the rows they point to made."""
    return {
        name: value() if callable(value) else value for name, value in fields.items()
    }


PARTS = [
    (name, part) for name, each in unique_constraints().items() for part in each.fields
]


def test_every_key_is_known_here():
    assert set(unique_constraints()) == set(KEYS)


@pytest.mark.parametrize(("name", "part"), PARTS)
def test_rows_that_differ_in_one_part_of_their_key_are_two(name, part):
    model, fields = KEYS[name]
    one = settled(fields)
    given = fields[part]

    first = made(model, **one)
    differs = given() if callable(given) else another(given)
    second = made(model, **{**one, part: differs})

    assert second.pk != first.pk


# What is said of the row beside its key does not make it another one.
BESIDE = {
    "one_record_per_system_and_id": {"email": "b@x", "is_guest": True, "run": 2},
    "one_stage_begins_at_a_moment": {"stage": "customer", "segment": "b", "run": 2},
    "one_consent_per_purpose_channel_and_moment": {"state": "withdrawn", "run": 2},
    "message_counts_once": {"kind": "click", "utm_source": "b", "run": 2},
    "one_line_per_order_and_id": {"quantity": 2, "amount": 7, "run": 2},
    "one_cost_begins_on_a_day": {"cost": 2, "currency": "EUR", "run": 2},
    "one_rate_per_pair_and_day": {"rate": 2, "publisher": "another bank"},
    "row_is_rejected_once": {"reason": "another", "field": "amount"},
}


@pytest.mark.parametrize("name", BESIDE)
def test_rows_that_differ_in_all_but_their_key_are_one(name):
    model, fields = KEYS[name]
    one = settled(fields)
    made(model, **one)

    with broken(name):
        made(model, **{**one, **BESIDE[name]})


def unchecked_parents() -> set[type[models.Model]]:
    """Return what rows of ours point to without the database checking it."""
    return {
        field.related_model
        for model in apps.get_models()
        # What was said before may name what is gone by now.
        if not model.__name__.endswith("History")
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and not field.db_constraint
    }


def may_delete(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select has_table_privilege(%s, 'delete')", [table])
        return bool(cursor.fetchall()[0][0])


def test_the_app_may_not_delete_what_rows_point_to_unchecked():
    parents = {model._meta.db_table for model in unchecked_parents()}

    assert "measurement_order" in parents
    assert {table for table in parents if may_delete(table)} == set()
    assert may_delete("measurement_event")


def test_a_record_cannot_be_taken_away_from_its_orders():
    buyer = make.record()
    make.order(buyer, AT)

    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "delete from measurement_customerrecord where id = %s", [buyer.pk]
        )
