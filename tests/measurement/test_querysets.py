"""Questions asked of orders and of customer records."""

from decimal import Decimal

import pytest

from measurement.models import CustomerRecord, Order, OrderLine
from tests import make
from tests.make import moment

pytestmark = pytest.mark.django_db

AT = moment("2026-03-01T10:00")


@pytest.fixture
def one_of_each_status():
    for status in Order.Status:
        make.order(None, AT, source_id=status, status=status)


def ids(found):
    return list(found.order_by("source_id").values_list("source_id", flat=True))


def test_sales_are_neither_test_nor_cancelled_and_have_credits_among_them(
    one_of_each_status,
):
    assert ids(Order.objects.sales()) == ["credit", "paid", "pending"]


def test_purchases_are_sales_without_credits(one_of_each_status):
    assert ids(Order.objects.purchases()) == ["paid", "pending"]


def test_a_period_has_its_first_moment_and_not_its_last():
    for at in ("2026-02-28T23:59", "2026-03-01", "2026-03-31T23:59", "2026-04-01"):
        make.order(None, moment(at), source_id=at)

    march = Order.objects.placed_between(moment("2026-03-01"), moment("2026-04-01"))

    assert ids(march) == ["2026-03-01", "2026-03-31T23:59"]


def test_the_sales_value_is_what_all_lines_took_in_the_currency_paid():
    order = make.order(None, AT)
    for number, (kind, quantity, amount) in enumerate(
        [("sale", 2, "10.50"), ("return", -1, "-3.25"), ("adjustment", 0, "-1")]
    ):
        OrderLine.objects.create(
            order=order, source_id=f"{number}", kind=kind, quantity=quantity,
            amount=Decimal(amount), amount_shop=99, amount_reporting=99, run=1,
        )  # fmt: skip

    valued = Order.objects.with_sales_value().get()

    assert valued.sales_value == Decimal("6.25")


def test_an_order_without_lines_has_no_sales_value():
    make.order(None, AT)

    assert Order.objects.with_sales_value().get().sales_value is None


def test_orders_of_a_storefront_come_from_all_its_systems_and_no_others():
    harbour = make.storefront("harbour")
    for source_id, of in [("a", harbour), ("b", harbour), ("c", make.storefront())]:
        make.order(make.record(of=make.system(of=of)), AT, source_id=source_id)

    assert ids(Order.objects.of_storefront("harbour")) == ["a", "b"]


def test_records_of_a_storefront_come_from_all_its_systems_and_no_others():
    harbour = make.storefront("harbour")
    for source_id, of in [("a", harbour), ("b", harbour), ("c", make.storefront())]:
        make.record(of=make.system(of=of), source_id=source_id)

    assert ids(CustomerRecord.objects.of_storefront("harbour")) == ["a", "b"]


def test_guests_are_the_records_of_one_checkout_each():
    make.record(source_id="guest:1", is_guest=True)
    make.record(source_id="member")

    assert ids(CustomerRecord.objects.guests()) == ["guest:1"]


def test_questions_are_asked_together():
    harbour = make.system(of=make.storefront("harbour"))
    buyer = make.record(of=harbour)
    make.order(buyer, moment("2026-03-05"), source_id="asked for")
    make.order(buyer, moment("2026-04-05"), source_id="later")
    make.order(buyer, moment("2026-03-05"), source_id="a test", status="test")
    make.order(None, moment("2026-03-05"), source_id="elsewhere")

    found = (
        Order.objects.of_storefront("harbour")
        .purchases()
        .placed_between(moment("2026-03-01"), moment("2026-04-01"))
    )

    assert ids(found) == ["asked for"]
