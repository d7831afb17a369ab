"""Harbour & Pine: a shop that could be: its size, its ids, its money."""

from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.measurement.demo.harbour_shop import moment, placed_at

# How much there is


@pytest.mark.parametrize(
    ("system", "stream", "least", "most"),
    [
        ("harbour_shop", "products", 380, 420),
        ("harbour_shop", "customers", 23_500, 24_500),
        ("harbour_shop", "orders", 68_000, 80_000),
        ("harbour_shop", "order_lines", 150_000, 175_000),
        ("harbour_crm", "contacts", 22_000, 22_000),
    ],
)
def test_there_is_as_much_as_promised(demo, system, stream, least, most):
    assert least <= len(demo.rows(system, stream)) <= most


def test_about_seven_thousand_orders_are_of_guests(orders):
    guests = sum(not order["customer_id"] for order in orders.values())

    assert 6_300 < guests < 7_800


def test_orders_are_of_the_24_months(orders):
    days = [order["created_at"][:10] for order in orders.values()]

    assert (min(days), max(days)) == ("2024-10-01", "2026-09-30")


def test_business_grows_from_year_to_year(orders):
    by_month = Counter(order["created_at"][:7] for order in orders.values())

    shrunk = [
        month
        for month in range(1, 13)
        if month not in (10, 11, 12)
        and by_month[f"2026-{month:02d}"] <= by_month[f"2025-{month:02d}"]
    ]

    assert shrunk == []


@pytest.mark.parametrize("year", [2024, 2025])
def test_christmas_is_the_peak(orders, year):
    by_month = Counter(order["created_at"][:7] for order in orders.values())

    assert by_month[f"{year}-11"] > 1.15 * by_month[f"{year}-10"]
    assert by_month[f"{year}-12"] > 1.10 * by_month[f"{year + 1}-01"]


def test_about_three_per_cent_is_paid_in_euro(orders):
    currencies = Counter(order["currency"] for order in orders.values())

    assert set(currencies) == {"GBP", "EUR"}
    assert 0.025 < currencies["EUR"] / len(orders) < 0.045


def test_most_orders_are_paid_and_each_other_status_is_met(orders):
    statuses = Counter(order["status"] for order in orders.values())

    assert set(statuses) == {"paid", "cancelled", "pending", "test"}
    assert statuses["paid"] / len(orders) > 0.95


def test_test_orders_are_of_staff(demo, orders):
    emails = {row["id"]: row["email"] for row in demo.rows("harbour_shop", "customers")}

    hosts = {
        emails[order["customer_id"]].partition("@")[2]
        for order in orders.values()
        if order["status"] == "test"
    }

    assert hosts == {"harbourandpine.example"}


# Ids


@pytest.mark.parametrize(
    ("system", "stream", "key"),
    [
        ("harbour_shop", "products", "sku"),
        ("harbour_shop", "customers", "id"),
        ("harbour_shop", "customers", "email"),
        ("harbour_shop", "orders", "order_id"),
        ("harbour_shop", "order_lines", "line_id"),
        ("harbour_shop", "refunds", "refund_id"),
        ("harbour_crm", "contacts", "contact_id"),
    ],
)
def test_an_id_stands_once(demo, system, stream, key):
    ids = demo.column(system, stream, key)

    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("child", "column", "parent", "key"),
    [
        ("harbour_shop/product_costs", "sku", "harbour_shop/products", "sku"),
        ("harbour_shop/orders", "customer_id", "harbour_shop/customers", "id"),
        ("harbour_shop/order_lines", "order_id", "harbour_shop/orders", "order_id"),
        ("harbour_shop/order_lines", "sku", "harbour_shop/products", "sku"),
        ("harbour_shop/refunds", "order_id", "harbour_shop/orders", "order_id"),
        ("harbour_crm/contacts", "shop_customer_id", "harbour_shop/customers", "id"),
        ("harbour_crm/lifecycle", "contact_id", "harbour_crm/contacts", "contact_id"),
        ("harbour_crm/consent", "contact_id", "harbour_crm/contacts", "contact_id"),
        ("harbour_web/touches", "customer_id", "harbour_shop/customers", "id"),
        ("harbour_web/touches", "order_id", "harbour_shop/orders", "order_id"),
    ],
)
def test_what_a_row_points_to_exists(demo, child, column, parent, key):
    pointed = set(demo.column(*child.split("/"), column)) - {"", None}

    assert pointed - set(demo.column(*parent.split("/"), key)) == set()


def test_every_order_has_lines(orders, subtotals):
    assert set(subtotals) == set(orders)


# Money


def test_a_lines_amount_is_quantity_times_price_less_discount(demo):
    wrong = [
        line
        for line in demo.rows("harbour_shop", "order_lines")
        if Decimal(line["quantity"]) * Decimal(line["unit_price"])
        - Decimal(line["discount"])
        != Decimal(line["amount"])
    ]

    assert wrong == []


def test_every_amount_has_two_decimals(demo):
    amounts = [
        line[name]
        for line in demo.rows("harbour_shop", "order_lines")
        for name in ("unit_price", "discount", "amount")
    ]

    assert [amount for amount in amounts if amount[-3] != "."] == []


def test_the_tax_is_a_sixth_of_what_is_paid(orders, subtotals):
    wrong = [
        order
        for order in orders.values()
        if abs(
            Decimal(order["tax"])
            - (subtotals[order["order_id"]] + Decimal(order["shipping"])) / 6
        )
        > Decimal("0.01")
    ]

    assert wrong == []


def test_an_order_in_pounds_ships_free_from_fifty_pounds(orders, subtotals):
    free = {
        subtotals[order["order_id"]] >= 50
        for order in orders.values()
        if order["currency"] == "GBP" and order["shipping"] == "0.00"
    }

    assert free == {True}


def test_refunds_of_an_order_never_exceed_its_lines(demo, subtotals):
    refunded: dict[str, Decimal] = defaultdict(Decimal)
    for row in demo.rows("harbour_shop", "refunds"):
        refunded[row["order_id"]] += Decimal(row["amount"])

    assert [one for one, amount in refunded.items() if amount > subtotals[one]] == []


def test_every_refund_gives_something_back(demo):
    amounts = demo.column("harbour_shop", "refunds", "amount")

    assert [amount for amount in amounts if Decimal(amount) <= 0] == []


def test_only_paid_orders_are_refunded_and_in_their_currency(demo, orders):
    wrong = [
        row
        for row in demo.rows("harbour_shop", "refunds")
        if orders[row["order_id"]]["status"] != "paid"
        or orders[row["order_id"]]["currency"] != row["currency"]
    ]

    assert wrong == []


def test_a_refund_follows_its_order(demo, orders):
    early = [
        row
        for row in demo.rows("harbour_shop", "refunds")
        if moment(row["refunded_at"])
        < placed_at(orders[row["order_id"]]) + timedelta(days=1)
    ]

    assert early == []


def test_no_refund_is_told_before_it_happened(demo):
    assert max(demo.column("harbour_shop", "refunds", "refunded_at")) < "2026-10"


def test_some_orders_are_refunded_in_two_parts(demo):
    times = Counter(demo.column("harbour_shop", "refunds", "order_id"))

    assert set(times.values()) == {1, 2}


def test_about_five_per_cent_of_products_have_no_cost(demo):
    products = demo.column("harbour_shop", "products", "sku")

    costed = set(demo.column("harbour_shop", "product_costs", "sku"))

    assert 0.02 < 1 - len(costed) / len(products) < 0.08


def test_some_costs_change_and_none_twice_a_day(demo):
    rows = demo.rows("harbour_shop", "product_costs")

    assert len({(row["sku"], row["valid_from"]) for row in rows}) == len(rows)
    assert max(Counter(row["sku"] for row in rows).values()) > 1


def test_the_first_cost_holds_before_the_first_order(demo):
    first: dict[str, str] = {}
    for row in demo.rows("harbour_shop", "product_costs"):
        first.setdefault(row["sku"], row["valid_from"])

    assert set(first.values()) == {"2024-09-01"}
