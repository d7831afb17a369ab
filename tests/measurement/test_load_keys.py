"""How rows find each other: lookups, parents, guests, numbers within a group."""

from decimal import Decimal

import pytest

from measurement.models import CustomerRecord, Order
from tests.measurement import loading
from tests.measurement.loading import LINES

CUSTOMERS = '[customer]\nsource_id = "id"\nfirst_name = "name"\n'
ORDERS = """
[order]
source_id = "id"
placed_at = "at"
customer = { column = "who", lookup = true }
"""
PLAIN_LINES = """
[order_line]
order = { column = "order", lookup = true }
source_id = "line"
product = { column = "sku", lookup = true }
quantity = "n"
amount = "amount"
"""


@pytest.fixture
def shop(db):
    return loading.system()


def test_a_reference_finds_the_row_of_its_own_system(load, shop):
    other = loading.system()
    for number, of in enumerate([other, shop]):
        load(
            loading.stream(CUSTOMERS, grain="customer", of=of, key="customers"),
            "id,name\n7,ada\n",
            name=f"{number}.csv",
        )

    load(
        loading.stream(ORDERS, grain="order", of=shop), "id,at,who\n1,2026-01-01, 7 \n"
    )

    assert Order.objects.get().customer == CustomerRecord.objects.get(system=shop)


def test_a_reference_finds_the_row_of_the_system_it_names(load, shop):
    crm = loading.system()
    load(
        loading.stream(CUSTOMERS, grain="customer", of=crm, key="customers"),
        "id,name\n7,ada\n",
        name="crm.csv",
    )
    mapped = ORDERS.replace("lookup", f"system = '{crm.key}', lookup")

    load(loading.stream(mapped, grain="order", of=shop), "id,at,who\n1,2026-01-01,7\n")

    assert Order.objects.get().customer == CustomerRecord.objects.get(system=crm)


def test_a_reference_that_may_be_missing_is_empty_where_it_finds_nothing(load, shop):
    stream = loading.stream(ORDERS, grain="order", of=shop)

    run = load(stream, "id,at,who\n1,2026-01-01,7\n2,2026-01-01,\n")

    assert loading.column("order", "customer") == [None, None]
    assert loading.counts(run) == (2, 2, 0, 0)


def test_a_reference_that_must_be_there_rejects_the_row_with_its_line(load, shop):
    load(
        loading.stream(loading.ORDERS, grain="order", of=shop, key="orders"),
        "id,at\n1,2026-01-01\n",
        name="orders.csv",
    )
    stream = loading.stream(PLAIN_LINES, grain="order_line", of=shop)

    run = load(stream, "order,line,sku,n,amount\n1,a,x,1,2\n9,a,x,1,2\n,a,x,1,2\n")

    assert loading.column("order_line", "order__source_id") == ["1"]
    assert loading.rejects(run) == [
        (3, "order", 'There is no order "9" yet; load it first.'),
        (4, "order", "is empty."),
    ]


def test_a_row_that_was_rejected_is_taken_in_once_its_parent_is_there(load, shop):
    orders = loading.stream(loading.ORDERS, grain="order", of=shop, key="orders")
    stream = loading.stream(PLAIN_LINES, grain="order_line", of=shop)
    load(stream, "order,line,sku,n,amount\n1,a,x,1,2\n", name="lines.csv")
    load(orders, "id,at\n1,2026-01-01\n", name="orders.csv")

    run = load(stream, "order,line,sku,n,amount\n1,a,x,1,2\n", name="lines.csv")

    assert loading.counts(run) == (1, 1, 0, 0)


def test_one_file_tells_lines_their_orders_and_their_customers(load):
    stream = loading.stream(LINES, grain="order_line")

    run = load(
        stream,
        "who,name,id,at,line,quantity,amount\n"
        "c,ada,1,2026-01-01,a,1,2\n"
        "c,ada,1,2026-01-01,b,2,3\n"
        "d,bo,2,2026-01-02,a,0,-1\n",
    )

    assert run.per_entity == {"customer": 2, "order": 2, "order_line": 3}
    assert loading.rows(
        "order_line", "order__customer__first_name", "source_id", "kind", "amount"
    ) == [
        ("ada", "a", "sale", Decimal(2)),
        ("ada", "b", "sale", Decimal(3)),
        ("bo", "a", "adjustment", Decimal(-1)),
    ]


@pytest.mark.parametrize("page_rows", [1, 2, 3, None])
def test_of_a_parent_told_by_several_rows_the_first_counts(load, page_rows):
    stream = loading.stream(LINES, grain="order_line")

    load(
        stream,
        "who,name,id,at,line,quantity,amount\n"
        "c,ada,1,2026-01-01,a,1,2\n"
        "c,eve,1,2026-02-02,b,1,2\n"
        "c,,1,2026-03-03,c,1,2\n",
        page_rows=page_rows,
    )

    assert loading.column("customer", "first_name") == ["ada"]
    assert [f"{on:%m}" for on in loading.column("order", "placed_on")] == ["12"]


def test_a_parent_is_not_told_by_a_row_that_is_rejected(load):
    stream = loading.stream(LINES, grain="order_line")

    load(
        stream,
        "who,name,id,at,line,quantity,amount\n"
        "c,eve,1,2026-01-01,a,x,2\n"
        "c,ada,1,2026-01-01,b,1,2\n",
    )

    assert loading.column("customer", "first_name") == ["ada"]


def test_a_later_file_tells_a_parent_anew(load):
    stream = loading.stream(LINES, grain="order_line")
    header = "who,name,id,at,line,quantity,amount\n"
    load(stream, f"{header}c,ada,1,2026-01-01,a,1,2\n", name="first.csv")

    run = load(stream, f"{header}c,eve,1,2026-01-01,a,1,2\n", name="later.csv")

    assert loading.column("customer", "first_name") == ["eve"]
    assert (loading.counts(run), run.per_entity) == (
        (1, 0, 1, 0),
        {"customer": 1, "order": 0, "order_line": 0},
    )


CONTACTS = """
[customer]
source_id = "id"
first_name = "name"
[identifier]
when_filled = "card"
customer = { column = "holder", lookup = true }
kind = { constant = "card" }
value = "card"
"""


@pytest.mark.parametrize("page_rows", [1, 2, 3, None])
def test_a_row_whose_parent_is_in_no_earlier_line_is_rejected_whole(load, page_rows):
    stream = loading.stream(CONTACTS, grain="customer")

    run = load(
        stream,
        "id,name,holder,card\n"
        "a,ada,a,X1\n"
        "b,bo,a,X2\n"
        "c,cy,d,X3\n"
        "d,di,,\n"
        "e,ed,d,X4\n"
        "f,flo,,X5\n",
        page_rows=page_rows,
    )

    assert loading.column("customer", "source_id") == ["a", "b", "d", "e"]
    assert loading.rows("identifier", "customer__source_id", "value") == [
        ("a", "X1"),
        ("a", "X2"),
        ("d", "X4"),
    ]
    assert loading.counts(run) == (6, 4, 0, 2)
    assert loading.rejects(run) == [
        (
            4,
            "customer",
            'The customer "d" it belongs to is in no file yet; load it first.',
        ),
        (7, "customer", "is empty."),
    ]


GUESTS = """
[customer]
when_empty = "who"
source_id = { column = "id", prefix = "guest:" }
is_guest = { constant = true }
email = "mail"
[order]
source_id = "id"
customer = { columns = ["who", { column = "id", prefix = "guest:" }], lookup = true }
placed_at = "at"
"""


def test_who_checks_out_without_an_account_is_a_record_of_their_own(load, shop):
    load(
        loading.stream(CUSTOMERS, grain="customer", of=shop, key="customers"),
        "id,name\n7,ada\n",
        name="customers.csv",
    )
    stream = loading.stream(GUESTS, grain="order", of=shop)

    load(
        stream,
        "id,at,who,mail\n1,2026-01-01,7,a@x\n2,2026-01-01,,b@x\n3,2026-01-01, ,\n",
    )

    assert loading.rows("customer", "source_id", "is_guest", "email") == [
        ("7", False, ""),
        ("guest:2", True, "b@x"),
        ("guest:3", True, ""),
    ]
    assert loading.column("order", "customer__source_id") == ["7", "guest:2", "guest:3"]


def test_a_condition_spares_a_row_the_checks_of_what_it_is_not(load):
    stream = loading.stream(
        CONTACTS.replace('"name"\n', '"name"\nbirth_on = "born"\n').replace(
            'value = "card"', 'value = { column = "card", strip_suffix = "!" }'
        ),
        grain="customer",
    )

    run = load(stream, "id,name,holder,card,born\na,ada,,,\n")

    assert loading.counts(run) == (1, 1, 0, 0)


NUMBERED = """
[order]
source_id = "id"
placed_at = { constant = "2026-01-01" }
[order_line]
order = { column = "id", lookup = true }
source_id = { ordinal_within = "id" }
title = "title"
quantity = { constant = 1 }
amount = "amount"
repeats_earlier = { repeats_within = "id" }
"""
# Orders in no order, rows that repeat others in their order and in another.
NUMBERED_ROWS = [
    ("1", "jam", "2.50"),
    ("2", "jam", "2.50"),
    ("1", "jam", "2.50"),
    (" 1", "tea", "1"),
    ("2", "jam", "2.5"),
    ("1", "jam", "2.50"),
    ("2", "jam", "2.50"),
    ("3", "tea", "1"),
]


@pytest.mark.parametrize("ragged", [False, True], ids=["lines", "row by row"])
@pytest.mark.parametrize("page_rows", [1, 2, 3, 5, None])
def test_rows_are_numbered_and_repeats_flagged_across_pages(load, page_rows, ragged):
    stream = loading.stream(NUMBERED, grain="order_line")
    rows = [("id", "title", "amount"), *NUMBERED_ROWS, *([("9",)] if ragged else [])]

    load(stream, loading.csv_of(*rows), page_rows=page_rows)

    assert loading.rows(
        "order_line", "order__source_id", "source_id", "title", "repeats_earlier"
    ) == [
        ("1", "1", "jam", False),
        ("1", "2", "jam", True),
        ("1", "3", "tea", False),
        ("1", "4", "jam", True),
        ("2", "1", "jam", False),
        ("2", "2", "jam", False),
        ("2", "3", "jam", True),
        ("3", "1", "tea", False),
    ]


def test_a_row_without_a_group_is_numbered_too(load, shop):
    load(
        loading.stream(loading.ORDERS, grain="order", of=shop, key="orders"),
        "id,at\n1,2026-01-01\n",
        name="orders.csv",
    )
    mapped = PLAIN_LINES.replace('"line"', '{ ordinal_within = "basket" }')
    stream = loading.stream(mapped, grain="order_line", of=shop)

    load(stream, "order,basket,sku,n,amount\n1,,x,1,2\n1,,y,1,2\n")

    assert loading.column("order_line", "source_id") == ["1", "2"]


def test_numbers_begin_anew_with_every_file(load):
    stream = loading.stream(NUMBERED, grain="order_line")
    load(stream, "id,title,amount\n1,jam,1\n1,tea,1\n", name="first.csv")

    run = load(stream, "id,title,amount\n1,jam,1\n1,tea,2\n", name="second.csv")

    assert loading.rows("order_line", "source_id", "amount") == [
        ("1", Decimal(1)),
        ("2", Decimal(2)),
    ]
    assert loading.counts(run) == (2, 1, 1, 0)
