"""The data dictionary of the pack, held against the columns it speaks of."""

from datetime import date, datetime
from decimal import Decimal

from django.db import models

from governance.models import Kind
from governance.starter import pack
from measurement.entities import ENTITIES
from measurement.models import CustomerRecord


def written(kind: str) -> dict[str, dict]:
    return {each.key: each.body for each in pack.definitions() if each.kind == kind}


def columns() -> dict[str, models.Field]:
    return {
        f"{entity.name}.{column.name}": column
        for entity in ENTITIES.values()
        for column in entity.model._meta.concrete_fields
        if column.name not in {"id", "run", "system"}
    }


def test_every_field_is_known_by_other_names_too():
    assert [
        key for key, body in written(Kind.FIELD).items() if not body["synonyms"]
    ] == []


def test_what_counts_something_says_what():
    fields = written(Kind.FIELD).items()
    counting = {key for key, body in fields if body["type"] in {"money", "number"}}
    with_unit = {key for key, body in fields if body["unit"]}

    assert with_unit == counting


def type_of(column: models.Field) -> set[str]:
    match column:
        case models.DateTimeField():
            return {"moment"}
        case models.DateField():
            return {"day"}
        case models.BooleanField():
            return {"yes or no"}
        case models.ForeignKey():
            return {"id"}
        case models.DecimalField() | models.IntegerField():
            return {"money", "number"}
    return {"text", "id"}


def test_the_type_of_a_field_is_that_of_its_column():
    fields = written(Kind.FIELD)

    assert {
        key: fields[key]["type"]
        for key, column in columns().items()
        if fields[key]["type"] not in type_of(column)
    } == {}


def test_amounts_are_money_and_counts_are_not():
    fields = written(Kind.FIELD)
    decimals = {
        key
        for key, column in columns().items()
        if isinstance(column, models.DecimalField)
    }

    money = {key for key, body in fields.items() if body["type"] == "money"}
    assert money == decimals - {"order_line.quantity"}


def test_a_field_is_required_where_a_row_without_it_is_rejected():
    fields = written(Kind.FIELD)

    assert {key for key, body in fields.items() if body["required"]} == {
        f"{entity.name}.{name}"
        for entity in ENTITIES.values()
        for name in entity.mappable()
        if entity.needs(name)
    }


READ = {
    "moment": lambda text: datetime.fromisoformat(text).tzinfo is not None,
    "day": lambda text: bool(date.fromisoformat(text)),
    "money": lambda text: Decimal(text) > 0,
    "number": lambda text: Decimal(text).is_finite(),
    "yes or no": lambda text: text in {"yes", "no"},
}


def test_every_example_is_a_value_of_its_type():
    fields = written(Kind.FIELD)

    strange = [
        key
        for key, body in fields.items()
        if not READ.get(body["type"], bool)(body["example"])
    ]

    assert strange == []


def test_what_tells_who_somebody_is_is_marked():
    personal = {
        key
        for key, body in written(Kind.FIELD).items()
        if body["sensitivity"] != "none" and key.startswith("customer.")
    }

    assert personal == {
        f"customer.{name}"
        for name in (
            "source_id", "first_name", "last_name", "email", "phone", "street",
            "postcode", "city", "country",
            "birth_on", "status", "subscription_status", "segment",
        )
    }  # fmt: skip


def test_every_reference_to_a_customer_is_personal():
    fields = written(Kind.FIELD)

    assert {
        fields[key]["sensitivity"]
        for key, column in columns().items()
        if column.related_model is CustomerRecord
    } == {"personal"}


def test_money_of_an_order_is_the_shops_alone():
    owned = written(Kind.OWNERSHIP)
    entities = {"order", "order_line", "payment", "refund"}

    assert {
        (body["owner"], *body["fallbacks"])
        for key, body in owned.items()
        if key.split(".")[0] in entities
    } == {("shop",)}
