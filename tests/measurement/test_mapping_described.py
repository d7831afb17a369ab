"""A mapping that cannot be is refused when it is described, before a row is read."""

import tomllib

import pytest

from measurement import mapping
from measurement.entities import ENTITIES, in_order
from tests import make
from tests.measurement import loading

pytestmark = pytest.mark.django_db

ORDER = '[order]\nsource_id = "id"\nplaced_at = "at"\n'
LINE = '[order_line]\norder = "id"\nsource_id = "line"\nquantity = "n"\namount = "amount"\n'


def describe(written: str, *, grain: str = "order") -> mapping.StreamMapping:
    shop = make.system("shop")
    return mapping.describe(
        make.stream("orders", of=shop, grain=grain), tomllib.loads(written)
    )


@pytest.mark.parametrize(
    ("written", "grain", "sentence"),
    [
        (
            "[basket]\nid = 'a'",
            "order",
            f"shop/orders maps basket; the model has {', '.join(ENTITIES)}.",
        ),
        (
            ORDER,
            "customer",
            "shop/orders: each row is to be one customer, but no field of customer is "
            "mapped.",
        ),
        ("order = 'a'", "order", "shop/orders: order is 'a'; write a table of fields."),
        (
            ORDER + "colour = 'a'",
            "order",
            "shop/orders maps order.colour, which is not a field a source can fill. "
            "order has currency, customer, placed_at, shipping, source_id, "
            "source_updated_at, status, tax.",
        ),
        (
            ORDER + "placed_on = 'a'",
            "order",
            "shop/orders maps order.placed_on, which is not a field a source can fill. "
            "order has currency, customer, placed_at, shipping, source_id, "
            "source_updated_at, status, tax.",
        ),
        (
            "[order]\nsource_id = 'id'",
            "order",
            "shop/orders does not map order.placed_at, without which no order can be. "
            "Add a rule for it.",
        ),
        (
            "[consent_event]\ncustomer = 'a'\npurpose = 'b'\nat = 'c'",
            "consent_event",
            "shop/orders does not map consent_event.state, without which no "
            "consent_event can be. Add a rule for it.",
        ),
        (
            ORDER + "when_empty = 7",
            "order",
            "shop/orders: order.when_empty is 7; write a column's name.",
        ),
        (
            ORDER + "status = { colour = 'a' }",
            "order",
            "The rule of shop/orders: order.status names no column. Write one of column, "
            "columns, constant, multiply, ordinal_within, repeats_within.",
        ),
        (
            ORDER + "status = { column = 'a', zone = 'UTC' }",
            "order",
            "shop/orders: order.status has a zone, but it is not a moment.",
        ),
        (
            "[order]\nsource_id = 'id'\nplaced_at = { column = 'a', zone = 'Mars' }",
            "order",
            "shop/orders: order.placed_at is in the zone 'Mars', which is none; write "
            "Europe/Berlin or UTC.",
        ),
        (
            ORDER + "status = { column = 'a', system = 'crm' }",
            "order",
            "shop/orders: order.status names a system, but it does not point to another "
            "row.",
        ),
        (
            ORDER + "customer = { column = 'a', system = 'crm', lookup = true }",
            "order",
            "shop/orders looks rows up in crm, which is no registered system.",
        ),
        (
            ORDER + "customer = { ordinal_within = 'a' }",
            "order",
            "shop/orders: order.customer points to another row; name the column of its "
            "id.",
        ),
        (
            ORDER + "status = { multiply = ['a', 'b'] }",
            "order",
            "shop/orders: order.status is no amount; multiply makes one.",
        ),
        (
            ORDER + "status = { repeats_within = 'a' }",
            "order",
            "shop/orders: order.status is not a yes or no; repeats_within makes one.",
        ),
        (
            ORDER + "shipping = { ordinal_within = 'a' }",
            "order",
            "shop/orders: order.shipping is no id; ordinal_within makes one.",
        ),
        (
            "[order]\nsource_id = { ordinal_within = 'a' }\nplaced_at = 'at'\n" + LINE,
            "order_line",
            "shop/orders: order.source_id counts rows, which only the order_line of a "
            "row can.",
        ),
        (
            ORDER + "status = { column = 'a', decimals = 2 }",
            "order",
            "shop/orders: order.status rounds to 2 decimals; we keep 0 of it.",
        ),
        (
            ORDER + "tax = { column = 'a', decimals = 7 }",
            "order",
            "shop/orders: order.tax rounds to 7 decimals; we keep 6 of it.",
        ),
        (
            LINE.replace('"line"', "{ ordinal_within = 'a' }")
            + "repeats_earlier = { repeats_within = 'b' }",
            "order_line",
            "shop/orders counts the rows of order_line within a and within b. Count "
            "within one column.",
        ),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_in_a_sentence(written, grain, sentence):
    with pytest.raises(mapping.MappingError) as refused:
        describe(written, grain=grain)

    assert str(refused.value) == sentence


def test_a_stream_without_a_mapping_says_how_to_get_one():
    stream = make.stream("orders", of=make.system("shop"))

    with pytest.raises(mapping.MappingError) as refused:
        mapping.of_stream(stream)

    assert str(refused.value) == (
        "shop/orders has no mapping yet. Register one: manage.py load FILE --mapping "
        "MAPPING.toml."
    )


def test_an_amount_without_a_currency_is_in_the_one_of_its_system():
    described = describe(ORDER)

    [order] = described.entities
    assert order.fields["currency"].source.value == "USD"


def test_entities_are_written_parents_first_however_they_stand_in_the_file():
    described = describe(LINE + ORDER, grain="order_line")

    assert [each.entity.name for each in described.entities] == ["order", "order_line"]


def test_every_entity_stands_behind_those_it_points_to():
    names = [entity.name for entity in in_order(set(ENTITIES))]

    behind = {
        (name, target.name)
        for name, entity in ENTITIES.items()
        for target in entity.references().values()
        if names.index(target.name) > names.index(name)
    }

    assert behind == set()


def test_a_mapping_knows_each_column_it_reads_once():
    described = describe(
        ORDER
        + "status = { columns = ['state', 'at'] }\ntax = 'tax'\nwhen_filled = 'paid'"
    )

    assert sorted(described.columns()) == ["at", "id", "paid", "state", "tax"]


def test_a_column_read_as_a_number_and_as_a_text_is_copied_as_a_text():
    described = describe(ORDER + "tax = 'tax'\nshipping = 'id'\n", grain="order")

    assert described.numbers() == {"tax"}


def test_the_digest_changes_with_all_that_decides_what_a_row_becomes(settings):
    stream = loading.stream(ORDER, grain="order")
    digests = [mapping.of_stream(stream).digest]

    def change(of: object, name: str, value: str) -> None:
        setattr(of, name, value)
        if of is not settings:
            of.save()
        digests.append(mapping.of_stream(stream).digest)

    change(stream, "delimiter", ";")
    change(stream, "encoding", "cp1252")
    change(stream.system, "time_zone", "Europe/London")
    change(stream.system, "currency", "GBP")
    change(stream.system.storefront, "currency", "EUR")
    change(settings, "REPORTING_TIME_ZONE", "Asia/Tokyo")
    change(settings, "REPORTING_CURRENCY", "JPY")
    loading.remap(stream, ORDER + "tax = 'tax'")
    digests.append(mapping.of_stream(stream).digest)

    assert len(set(digests)) == 9


def test_the_digest_of_the_same_mapping_is_the_same():
    stream = loading.stream(ORDER, grain="order")

    assert mapping.of_stream(stream).digest == mapping.of_stream(stream).digest
