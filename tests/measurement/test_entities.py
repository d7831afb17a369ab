"""What the mapping compiler knows of the tables is what the tables are."""

import pytest
from django.db.models import CheckConstraint, UniqueConstraint

from measurement.entities import ENTITIES, by_model, in_order

# What a check of the table refuses of a whole page, and who refuses the row before.
REFUSED_BEFORE = {
    "record_has_an_id": "a key is not empty",
    "identifier_has_a_value": "a key is not empty",
    "consent_is_granted_or_withdrawn": "a choice is one of those there are",
    "order_status_is_known": "a choice is one of those there are",
    "line_kind_follows_its_quantity": "the kind is computed from the quantity",
    "refund_gives_money_back": "above_zero",
    "cost_is_not_negative": "not_below_zero",
}


def constraints(entity, kind) -> list:
    return [each for each in entity.model._meta.constraints if isinstance(each, kind)]


@pytest.mark.parametrize("name", ENTITIES)
def test_a_key_names_one_row(name):
    entity = ENTITIES[name]

    unique = [set(each.fields) for each in constraints(entity, UniqueConstraint)]

    assert set(entity.key) in unique


@pytest.mark.parametrize("name", ENTITIES)
def test_what_is_computed_is_a_field_and_cannot_be_mapped(name):
    entity = ENTITIES[name]

    fields = {field.name for field in entity.model._meta.concrete_fields}

    assert entity.computed <= fields
    assert entity.mappable() == fields - entity.computed - {"id", "run", "system"}


@pytest.mark.parametrize("name", ENTITIES)
def test_an_amount_is_kept_in_three_currencies(name):
    entity = ENTITIES[name]

    kept = {
        f"{amount}_{which}"
        for amount in entity.money
        for which in ("shop", "reporting")
    }

    assert kept <= entity.computed


def test_every_check_of_a_table_is_refused_before_it_costs_a_page():
    held = {
        each.name
        for entity in ENTITIES.values()
        for each in constraints(entity, CheckConstraint)
    }

    assert held == set(REFUSED_BEFORE)


def test_entities_are_found_by_their_model():
    assert by_model() == {entity.model: entity for entity in ENTITIES.values()}


@pytest.mark.parametrize(
    ("name", "references"),
    [
        ("customer", {}),
        ("order", {"customer": "customer"}),
        ("order_line", {"order": "order", "product": "product"}),
        ("event", {"customer": "customer", "order": "order"}),
        ("campaign_send", {"campaign": "campaign", "customer": "customer"}),
    ],
)
def test_a_rate_is_no_row_a_source_may_point_to(name, references):
    found = {
        field: target.name for field, target in ENTITIES[name].references().items()
    }

    assert found == references


@pytest.mark.parametrize(
    ("name", "field", "needed"),
    [
        ("order", "placed_at", True),
        ("order", "customer", False),
        ("order", "status", False),
        ("order", "tax", False),
        ("order_line", "order", True),
        ("order_line", "title", False),
        ("consent_event", "state", True),
        ("consent_event", "channel", False),
    ],
)
def test_a_field_is_needed_where_nothing_stands_in_for_it(name, field, needed):
    assert ENTITIES[name].needs(field) is needed


def test_entities_come_parents_first():
    names = [entity.name for entity in in_order({"order_line", "customer", "order"})]

    assert names == ["customer", "order", "order_line"]
