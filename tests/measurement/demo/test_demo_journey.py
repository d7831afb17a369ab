"""Complete Journey: what is made up fits what is real: accounts, refunds, costs."""

from datetime import timedelta
from decimal import Decimal

from tests.measurement.demo.journey_shop import moment, text


def test_the_real_baskets_are_whole(lines, baskets):
    total = sum((value for _, value in baskets.values()), Decimal(0))

    assert (lines.num_rows, len(baskets), total) == (
        1_469_307,
        155_848,
        Decimal("4596039.58"),
    )


# Accounts


def test_every_household_has_one_account(demo, first_bought):
    accounts = demo.column("journey_shop", "accounts", "household_id")

    assert len(accounts) == 2_469
    assert set(accounts) == set(first_bought)


def test_an_account_is_older_than_the_first_basket(demo, first_bought):
    late = [
        row
        for row in demo.rows("journey_shop", "accounts")
        if moment(row["created_at"]) >= first_bought[row["household_id"]]
    ]

    assert late == []


def test_an_account_says_its_time_with_the_shops_offset(demo):
    offsets = {row["created_at"][19:] for row in demo.rows("journey_shop", "accounts")}

    assert offsets == {"-05:00", "-04:00"}


def test_an_account_is_updated_after_it_was_made(demo):
    rows = demo.rows("journey_shop", "accounts")

    assert [r for r in rows if moment(r["updated_at"]) < moment(r["created_at"])] == []


def test_who_bought_in_the_first_month_was_a_customer_before_the_panel(
    demo, first_bought
):
    old = [
        row["household_id"]
        for row in demo.rows("journey_shop", "accounts")
        if row["created_at"] < "2016-12"
    ]

    assert len(old) == sum(text(at) < "2017-02" for at in first_bought.values())


# Refunds


def test_about_two_per_cent_of_baskets_are_refunded(demo, baskets):
    share = len(demo.rows("journey_shop", "refunds")) / len(baskets)

    assert 0.018 < share < 0.022


def test_a_refund_gives_back_something_and_never_more_than_was_paid(demo, baskets):
    wrong = [
        row
        for row in demo.rows("journey_shop", "refunds")
        if not 0 < Decimal(row["amount"]) <= baskets[row["basket_id"]][1]
    ]

    assert wrong == []


def test_a_basket_is_refunded_once(demo):
    refunded = demo.column("journey_shop", "refunds", "basket_id")

    assert len(set(refunded)) == len(refunded)


def test_a_refund_follows_within_thirty_days(demo, baskets):
    wrong = [
        row
        for row in demo.rows("journey_shop", "refunds")
        if not timedelta(days=1)
        <= moment(row["refunded_at"]) - baskets[row["basket_id"]][0]
        <= timedelta(days=30)
    ]

    assert wrong == []


def test_no_refund_is_told_before_it_happened(demo):
    last = max(demo.column("journey_shop", "refunds", "refunded_at"))

    assert last < "2018"


def test_some_refunds_are_partial_and_some_are_whole(demo, baskets):
    rows = demo.rows("journey_shop", "refunds")

    whole = sum(Decimal(r["amount"]) == baskets[r["basket_id"]][1] for r in rows)

    assert 0.5 < whole / len(rows) < 0.6


def test_refunds_are_numbered_by_date(demo):
    rows = demo.rows("journey_shop", "refunds")

    assert [row["refund_id"] for row in rows] == [
        f"R{number:06d}" for number in range(1, len(rows) + 1)
    ]
    moments = [moment(row["refunded_at"]) for row in rows]
    assert moments == sorted(moments)


# Costs


def test_every_cost_is_of_a_listed_product(demo):
    listed = {str(one) for one in demo.column("journey_shop", "products", "product_id")}

    costed = set(demo.column("journey_shop", "product_costs", "product_id"))

    assert costed - listed == set()


def test_most_products_sold_have_a_cost_and_some_do_not(demo):
    sold = {
        str(one) for one in demo.column("journey_shop", "transactions", "product_id")
    }

    costed = set(demo.column("journey_shop", "product_costs", "product_id"))

    assert 0.93 < len(costed & sold) / len(sold) < 0.97


def test_every_cost_is_more_than_nothing(demo):
    costs = demo.column("journey_shop", "product_costs", "cost")

    assert [cost for cost in costs if Decimal(cost) <= 0] == []


def test_a_product_has_one_cost_a_day(demo):
    rows = demo.rows("journey_shop", "product_costs")

    assert len({(row["product_id"], row["valid_from"]) for row in rows}) == len(rows)


def test_the_first_cost_holds_before_the_first_basket(demo):
    first: dict[str, str] = {}
    for row in demo.rows("journey_shop", "product_costs"):
        first.setdefault(row["product_id"], row["valid_from"])

    assert set(first.values()) == {"2016-12-01"}
