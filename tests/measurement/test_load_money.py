"""Money kept three times: as paid, in the shop's currency, in the reporting currency."""

from datetime import date
from decimal import Decimal

import pytest

from measurement.models import Order, OrderLine
from tests.measurement import loading
from tests.measurement.loading import rate

ORDERS = """
[order]
source_id = "id"
placed_at = "at"
currency = "currency"
shipping = "shipping"
"""
LINES = """
[order_line]
order = { column = "id", lookup = true }
source_id = "line"
quantity = "n"
amount = "amount"
"""
REFUNDS = """
[refund]
source_id = "refund"
order = { column = "id", lookup = true }
refunded_at = "at"
amount = "amount"
currency = "currency"
"""
FRIDAY, SATURDAY = "2026-01-02", "2026-01-03"


@pytest.fixture
def shop(db):
    """A shop in pounds; we report in dollars."""
    return loading.system(currency="GBP", zone="Europe/London")


@pytest.fixture
def rates(db):
    """The rates of a Friday, and of the Saturday that carries them."""
    return {
        (base, quote, on): rate(base, quote, on, value, of=FRIDAY)
        for base, quote, value in [("EUR", "GBP", "0.8"), ("EUR", "USD", "1.1"), ("GBP", "USD", "1.4")]
        for on in (FRIDAY, SATURDAY)
    }  # fmt: skip


def test_an_amount_is_kept_as_paid_in_the_shops_and_in_the_reporting_currency(
    load, shop, rates
):
    stream = loading.stream(ORDERS, grain="order", of=shop)

    load(stream, f"id,at,currency,shipping\n1,{FRIDAY} 12:00:00,EUR,10.01\n")

    order = Order.objects.get()
    assert (order.shipping, order.shipping_shop, order.shipping_reporting) == (
        Decimal("10.01"),
        Decimal("8.008"),
        Decimal("11.011"),
    )
    assert (order.shop_rate, order.reporting_rate) == (
        rates["EUR", "GBP", FRIDAY],
        rates["EUR", "USD", FRIDAY],
    )


def test_an_amount_in_the_shops_currency_needs_one_rate(load, shop, rates):
    stream = loading.stream(ORDERS, grain="order", of=shop)

    load(stream, f"id,at,currency,shipping\n1,{FRIDAY} 12:00:00,GBP,10\n")

    order = Order.objects.get()
    assert (order.shipping_shop, order.shipping_reporting) == (10, 14)
    assert (order.shop_rate, order.reporting_rate) == (
        None,
        rates["GBP", "USD", FRIDAY],
    )


def test_an_amount_in_the_reporting_currency_is_not_converted_to_it(load, rates):
    stream = loading.stream(ORDERS, grain="order", of=loading.system(currency="USD"))

    load(stream, f"id,at,currency,shipping\n1,{FRIDAY} 12:00:00,USD,10\n")

    order = Order.objects.get()
    assert (order.shipping_reporting, order.reporting_rate) == (10, None)


def test_a_weekend_is_converted_by_the_rate_published_before_it(load, shop, rates):
    stream = loading.stream(ORDERS, grain="order", of=shop)

    load(stream, f"id,at,currency,shipping\n1,{SATURDAY} 12:00:00,EUR,10\n")

    used = Order.objects.get().shop_rate
    assert (used.on, used.published_on) == (date(2026, 1, 3), date(2026, 1, 2))


def test_the_day_of_a_rate_is_that_of_the_reporting_zone(load, shop, rates):
    stream = loading.stream(ORDERS, grain="order", of=shop)

    # In London it is Saturday, in New York still Friday.
    load(stream, f"id,at,currency,shipping\n1,{SATURDAY} 02:00:00,EUR,10\n")

    assert Order.objects.get().shop_rate == rates["EUR", "GBP", FRIDAY]


def test_a_line_is_converted_by_the_rates_of_its_order(load, shop, rates):
    load(
        loading.stream(ORDERS, grain="order", of=shop, key="orders"),
        f"id,at,currency,shipping\n1,{FRIDAY} 12:00:00,EUR,0\n",
        name="orders.csv",
    )

    load(
        loading.stream(LINES, grain="order_line", of=shop),
        "id,line,n,amount\n1,a,3,9.99\n",
    )

    assert loading.rows("order_line", "amount", "amount_shop", "amount_reporting") == [
        (Decimal("9.99"), Decimal("7.992"), Decimal("10.989"))
    ]


def test_a_line_that_tells_its_order_is_converted_by_it_too(load, shop, rates):
    stream = loading.stream(ORDERS + LINES, grain="order_line", of=shop)

    load(
        stream,
        "id,at,currency,shipping,line,n,amount\n"
        f"1,{FRIDAY} 12:00:00,EUR,0,a,1,10\n"
        f"2,{FRIDAY} 12:00:00,GBP,0,a,-1,-10\n",
    )

    assert loading.rows("order_line", "kind", "amount_shop", "amount_reporting") == [
        ("sale", Decimal(8), Decimal(11)),
        ("return", Decimal(-10), Decimal(-14)),
    ]


def test_a_refund_is_converted_by_the_rate_of_its_own_day(load, shop, rates):
    later = rate("EUR", "GBP", "2026-02-02", "0.9")
    rate("EUR", "USD", "2026-02-02", "1.2")
    load(
        loading.stream(ORDERS, grain="order", of=shop, key="orders"),
        f"id,at,currency,shipping\n1,{FRIDAY} 12:00:00,EUR,0\n",
        name="orders.csv",
    )

    load(
        loading.stream(REFUNDS, grain="refund", of=shop),
        "refund,id,at,amount,currency\nr,1,2026-02-02 12:00:00,10,EUR\n",
    )

    assert loading.rows(
        "refund", "refunded_on", "amount_shop", "amount_reporting", "shop_rate"
    ) == [(date(2026, 2, 2), Decimal(9), Decimal(12), later.pk)]


@pytest.mark.parametrize(
    ("on", "currency", "reason"),
    [
        (
            "2026-03-05",
            "EUR",
            "There is no exchange rate from EUR to GBP on 2026-03-05. Add EUR to "
            "CURRENCIES, or load rates that reach that day.",
        ),
        (
            FRIDAY,
            "usd",
            "There is no exchange rate from usd to GBP on 2026-01-02. Add usd to "
            "CURRENCIES, or load rates that reach that day.",
        ),
        (
            FRIDAY,
            "USD",
            "There is no exchange rate from USD to GBP on 2026-01-02. Add USD to "
            "CURRENCIES, or load rates that reach that day.",
        ),
        (FRIDAY, "EURO", '"EURO…" is longer than 3 characters.'),
    ],
)
def test_an_amount_no_rate_is_known_for_is_rejected(
    load, shop, rates, on, currency, reason
):
    stream = loading.stream(ORDERS, grain="order", of=shop)

    run = load(
        stream,
        f"id,at,currency,shipping\n1,{FRIDAY} 12:00:00,EUR,1\n"
        f"2,{on} 12:00:00,{currency},1\n",
    )

    assert loading.rejects(run) == [(3, "currency", reason)]
    assert loading.column("order", "source_id") == ["1"]


def test_an_order_and_its_lines_are_rejected_together_where_a_rate_is_missing(
    load, shop, rates
):
    stream = loading.stream(ORDERS + LINES, grain="order_line", of=shop)

    run = load(
        stream,
        "id,at,currency,shipping,line,n,amount\n"
        "1,2026-03-05 12:00:00,EUR,0,a,1,10\n"
        "1,2026-03-05 12:00:00,EUR,0,b,1,10\n",
    )

    assert loading.counts(run) == (2, 0, 0, 2)
    assert (Order.objects.count(), OrderLine.objects.count()) == (0, 0)


def test_the_lines_of_an_order_follow_it_to_another_day(load, shop, rates):
    rate("EUR", "GBP", "2026-02-02", "0.9")
    rate("EUR", "USD", "2026-02-02", "1.2")
    orders = loading.stream(ORDERS, grain="order", of=shop, key="orders")
    header = "id,at,currency,shipping\n"
    first = f"1,{FRIDAY} 12:00:00,EUR,0\n2,{FRIDAY} 12:00:00,EUR,0\n"
    load(orders, header + first, name="orders.csv")
    lines = load(
        loading.stream(LINES, grain="order_line", of=shop),
        "id,line,n,amount\n1,a,1,10\n2,a,1,10\n",
    )

    moved = load(orders, f"{header}1,2026-02-02 12:00:00,EUR,0\n", name="moved.csv")

    assert loading.rows("order_line", "amount_shop", "amount_reporting", "run") == [
        (Decimal(9), Decimal(12), moved.pk),
        (Decimal(8), Decimal(11), lines.pk),
    ]


def test_an_order_may_move_in_a_file_that_tells_its_lines_anew(load, shop, rates):
    stream = loading.stream(ORDERS + LINES, grain="order_line", of=shop)
    header = "id,at,currency,shipping,line,n,amount\n"
    load(stream, f"{header}1,{FRIDAY} 12:00:00,EUR,0,a,1,10\n", name="first.csv")

    moved = load(stream, f"{header}1,{FRIDAY} 12:00:00,GBP,0,a,1,20\n", name="b.csv")

    assert loading.counts(moved) == (1, 1, 0, 0)
    assert loading.rows("order_line", "amount_shop", "amount_reporting") == [
        (Decimal(20), Decimal(28))
    ]
