"""From gross to net, in both refund calendars, and what is left when goods are paid."""

import pytest

from tests import make
from tests.reporting.shops import Sale, Shop


def sold(on: str, by: str | None = "ada", **money: object) -> Sale:
    return Sale(by, make.moment(on), **money)  # type: ignore[arg-type]


def test_gross_is_what_was_taken_and_what_was_given_away(monthly):
    shop = Shop((sold("2026-01-05", lines=(8_000_000,), discounts=(2_000_000,)),))

    assert monthly("gross", shop) == {
        "all": (10, 1, "sure"), "2026-01": (10, 1, "immature"),
    }  # fmt: skip


def test_a_split_payment_with_a_refund_is_given_back_once(monthly):
    shop = Shop(
        (sold("2026-01-05", lines=(60_000_000, 40_000_000), refunds=(30_000_000,)),)
    )

    assert monthly("revenue", shop)["all"] == (70, 1, "sure")


def test_what_came_back_as_a_line_is_a_return_and_no_discount(specs_of):
    shop = Shop((sold("2026-01-05", lines=(9_000_000,), returns=(4_000_000,)),))

    told = specs_of(["gross", "returns", "discounts", "revenue"], shop)

    assert told == {"gross": 9, "returns": 4, "discounts": 0, "revenue": 5}


class TestTwoCalendars:
    shop = Shop(
        (
            sold("2026-01-05", refunds=(3_000_000,)),
            sold("2026-03-31", by="bo", lines=(20_000_000,)),
        )
    )

    def test_a_refund_lowers_the_month_of_its_sale(self, monthly):
        assert monthly("refunds", self.shop) == {
            "all": (3, 2, "sure"), "2026-01": (3, 1, "sure"),
            "2026-02": (0, 0, "sure"), "2026-03": (0, 1, "sure"),
        }  # fmt: skip

    def test_or_the_month_it_was_paid_in(self, monthly):
        assert monthly("refunds_by_refund_date", self.shop) == {
            "all": (3, 2, "sure"), "2026-01": (0, 1, "sure"),
            "2026-02": (3, 0, "sure"), "2026-03": (0, 1, "sure"),
        }  # fmt: skip

    def test_and_the_bridge_between_them_is_nothing_in_all(self, monthly):
        assert monthly("refund_bridge", self.shop) == {
            "all": (0, 2, "sure"), "2026-01": (3, 1, "sure"),
            "2026-02": (-3, 0, "sure"), "2026-03": (0, 1, "sure"),
        }  # fmt: skip


class TestMargin:
    def test_is_what_is_left_of_net_sales_when_goods_are_paid(self, monthly):
        shop = Shop(
            (
                sold(
                    "2026-01-05",
                    lines=(10_000_000,) * 2,
                    refunds=(5_000_000,),
                    unit_cost=4_000_000,
                ),
            )
        )

        assert monthly("margin", shop)["all"] == (7, 1, "sure")

    def test_an_unknown_cost_is_unknown_and_never_zero(self, specs_of):
        shop = Shop(
            (
                sold("2026-01-05", lines=(30_000_000,)),
                sold("2026-01-06", lines=(10_000_000,), unit_cost=4_000_000),
            )
        )

        told = specs_of(["margin", "costed_revenue", "margin_coverage"], shop)

        assert told == {"margin": 6, "costed_revenue": 10, "margin_coverage": 0.25}

    def test_where_no_cost_is_known_there_is_no_margin(self, monthly):
        shop = Shop((sold("2026-01-05"),))

        assert monthly("margin", shop)["all"] == (None, 1, "small")

    def test_a_unit_that_came_back_cost_nothing(self, monthly):
        shop = Shop(
            (
                sold(
                    "2026-01-05",
                    lines=(9_000_000,),
                    returns=(9_000_000,),
                    unit_cost=4_000_000,
                ),
            )
        )

        assert monthly("margin", shop)["all"] == (None, 1, "small")


def test_revenue_is_of_first_purchases_of_later_ones_and_of_nobody(specs_of):
    shop = Shop(
        (
            sold("2026-01-05", lines=(10_000_000,)),
            sold("2026-01-06", lines=(20_000_000,)),
            sold("2026-02-06", lines=(-1_000_000,), status="credit"),
            sold("2026-02-07", by=None, lines=(5_000_000,)),
        )
    )

    told = specs_of(
        ["new_revenue", "returning_revenue", "unknown_revenue", "revenue"], shop
    )

    assert told == {
        "new_revenue": 10, "returning_revenue": 19, "unknown_revenue": 5, "revenue": 34,
    }  # fmt: skip


def test_who_buys_again_in_the_month_of_their_first_purchase_is_new_and_not_returning(
    monthly,
):
    shop = Shop(
        (sold("2026-01-05"), sold("2026-01-20"), sold("2026-02-20"), sold("2026-02-21"))
    )

    assert monthly("returning_customers", shop) == {
        "2026-01": (0, 0, "sure"), "2026-02": (1, 1, "immature"),
    }  # fmt: skip


@pytest.fixture
def specs_of(monthly, db):
    """Return the total of several metrics of one shop."""

    def told(metrics: list[str], shop: Shop) -> dict[str, float | None]:
        from tests.reporting import builds, shops

        storefront = shops.write(shop)
        build = builds.computed()
        return {
            metric: float(value) if value is not None else None
            for metric in metrics
            for dimensions, value, _, _ in builds.told(build, metric, storefront)
            if not dimensions
        }

    return told
