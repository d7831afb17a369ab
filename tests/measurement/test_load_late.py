"""Rows that come before the rows they name."""

import pytest

from measurement import sync
from tests.make import moment
from tests.measurement import loading
from tests.measurement.loading import AT

CUSTOMERS = '[customer]\nsource_id = "id"\nfirst_name = "name"\n'
ORDERS = """
[order]
source_id = "id"
placed_at = "at"
customer = { column = "who", lookup = true }
"""
LINES = """
[order_line]
order = { column = "order", lookup = true }
source_id = "line"
quantity = "n"
amount = "amount"
"""
ORDERED = "id,at,who\n1,2026-01-01,7\n2,2026-01-01,8\n3,2026-01-01,\n"
ADA, BO = "id,name\n7,ada\n", "id,name\n8,bo\n"
LINED = "order,line,n,amount\n1,a,1,2\n9,a,1,2\n"


@pytest.fixture
def shop(db):
    return loading.system()


@pytest.fixture
def orders(shop):
    return loading.stream(ORDERS, grain="order", of=shop, key="orders")


@pytest.fixture
def customers(shop):
    return loading.stream(CUSTOMERS, grain="customer", of=shop, key="customers")


def is_loaded(run) -> bool:
    return sync.is_loaded(stream=run.stream, sha256=run.file.sha256)


def test_a_run_says_how_many_rows_wait_for_others(load, orders, shop):
    run = load(orders, ORDERED, page_rows=1)

    assert (run.waits_for, run.notes) == (
        {f"{shop.pk} customer": 2},
        ["2 rows wait for their customer: no file has brought it yet."],
    )


def test_a_run_whose_rows_found_all_they_name_waits_for_nothing(
    load, orders, customers
):
    load(customers, ADA + "8,bo\n", name="customers.csv")

    run = load(orders, ORDERED)

    assert (run.waits_for, run.notes, is_loaded(run)) == ({}, [], True)


def test_a_file_is_loaded_until_something_its_rows_wait_for_has_come(
    load, orders, customers
):
    run = load(orders, ORDERED)
    before = is_loaded(run)

    load(customers, ADA, name="customers.csv")

    assert (before, is_loaded(run)) == (True, False)


def test_a_file_loaded_again_finds_who_came_late(load, orders, customers):
    load(orders, ORDERED)
    load(customers, ADA, name="customers.csv")

    again = load(orders, ORDERED)

    assert loading.column("order", "customer__first_name") == ["ada", None, None]
    assert (loading.counts(again), is_loaded(again)) == ((3, 1, 2, 0), True)


def test_any_order_of_arrival_leaves_the_same_orders(load, orders, customers):
    load(orders, ORDERED)
    for number, came in enumerate([ADA, BO]):
        load(customers, came, name=f"customers{number}.csv")
        load(orders, ORDERED)

    assert loading.column("order", "customer__first_name") == ["ada", "bo", None]


def test_rows_of_another_kind_or_system_are_not_waited_for(load, orders, shop):
    run = load(orders, ORDERED)
    product = loading.stream(
        '[product]\nsource_id = "id"\n', grain="product", of=shop, key="products"
    )
    elsewhere = loading.stream(CUSTOMERS, grain="customer")

    load(product, "id\n7\n", name="products.csv")
    load(elsewhere, ADA, name="elsewhere.csv")

    assert is_loaded(run)


def test_a_file_that_changed_nothing_brings_nothing(load, orders, customers):
    load(customers, "id,name\n6,cy\n", name="first.csv")
    run = load(orders, ORDERED)

    load(customers, "id,name\n6,cy\n\n", name="same.csv")

    assert is_loaded(run)


def test_what_comes_much_later_is_not_waited_for(load, orders, customers):
    run = load(orders, ORDERED, at=AT)
    load(customers, ADA, name="soon.csv", at=moment("2026-06-14"))
    load(orders, ORDERED, at=moment("2026-06-14"))

    load(customers, BO, name="late.csv", at=moment("2026-06-16"))

    assert is_loaded(run)


def test_a_rejected_row_waits_too_and_is_taken_in_when_its_order_is_there(load, shop):
    orders = loading.stream(loading.ORDERS, grain="order", of=shop, key="orders")
    lines = loading.stream(LINES, grain="order_line", of=shop, key="lines")
    load(orders, "id,at\n1,2026-01-01\n", name="orders.csv")
    run = load(lines, LINED, name="lines.csv")
    load(orders, "id,at\n9,2026-01-01\n", name="later.csv")
    is_new = not is_loaded(run)

    again = load(lines, LINED, name="lines.csv")

    assert (is_new, loading.counts(run), loading.counts(again)) == (
        True,
        (2, 1, 0, 1),
        (2, 1, 1, 0),
    )


def test_a_person_may_load_a_file_again_that_had_rows_rejected(load, orders):
    first = load(orders, "id,at,who\n1,soon,\n")

    second = load(orders, "id,at,who\n1,soon,\n")

    assert (second.pk > first.pk, is_loaded(first)) == (True, True)
