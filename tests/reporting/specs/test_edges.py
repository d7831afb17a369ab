"""What the definitions say where a shop, a window or a day ends."""

import pytest

from governance.models import Storefront
from identity.models import Link
from tests.reporting import builds, shops

COUNTS = ["customers", "orders", "revenue", "average_order_value"]
WINDOWS = ["repeat_rate_90", "ltv_30", "ltv_365"]


def test_one_person_with_one_order_is_all_there_is(specs):
    expected = {
        "customers": {"all": (1, 1, "sure"), "email": (1, 1, "sure")},
        "orders": {"all": (1, 1, "sure"), "email": (1, 1, "sure")},
        "revenue": {"all": (10, 1, "sure"), "email": (10, 1, "sure")},
        "average_order_value": {"all": (10, 1, "sure"), "email": (10, 1, "sure")},
        "repeat_rate_90": {
            "all": (None, 0, "immature"),
            "email": (None, 0, "immature"),
        },
        "ltv_30": {"all": (None, 0, "immature"), "email": (None, 0, "immature")},
        "cohort_customers": {("2026-01", "all"): (1, 1, "immature")},
        "cohort_retention": {("2026-01", "all", 0): (1, 1, "immature")},
        "cohort_value": {("2026-01", "all", 0): (10, 1, "immature")},
    }

    told = specs(
        list(expected),
        """
        buyer | on         | via
        ------+------------+------
        ada   | 2026-01-05 | email
    """,
    )

    assert told == expected


def test_where_nobody_is_known_there_is_money_and_no_customer(specs):
    expected = {
        "customers": {"all": (0, 0, "sure"), "unattributed": (0, 0, "sure")},
        "orders": {"all": (2, 2, "sure"), "unattributed": (2, 2, "sure")},
        "revenue": {"all": (17, 2, "sure"), "unattributed": (17, 2, "sure")},
        "average_order_value": {
            "all": (8.5, 2, "sure"),
            "unattributed": (8.5, 2, "sure"),
        },
        **{metric: {} for metric in [*WINDOWS, "cohort_customers", "cohort_value"]},
    }

    told = specs(
        list(expected),
        """
        buyer  | on         | lines
        -------+------------+------
        nobody | 2026-01-05 | 10
        nobody | 2026-06-05 | 7
    """,
    )

    assert told == expected


def test_a_shop_of_tests_and_cancelled_orders_has_no_number_at_all(specs):
    asked = [*COUNTS, *WINDOWS, "cohort_customers"]

    told = specs(
        asked,
        """
        buyer | on         | status
        ------+------------+----------
        ada   | 2026-01-05 | cancelled
        bo    | 2026-01-06 | test
    """,
    )

    assert told == {metric: {} for metric in asked}


def test_credits_alone_are_money_below_zero_by_no_purchase(specs):
    expected = {
        "customers": {"all": (0, 0, "sure"), "unattributed": (0, 0, "sure")},
        "revenue": {"all": (-5, 0, "sure"), "unattributed": (-5, 0, "sure")},
        "average_order_value": {
            "all": (None, 0, "small"),
            "unattributed": (None, 0, "small"),
        },
        "repeat_rate_90": {},
    }

    told = specs(
        list(expected),
        """
        buyer | on         | lines | status
        ------+------------+-------+-------
        ada   | 2026-01-05 | -5    | credit
    """,
    )

    assert told == expected


@pytest.mark.parametrize(("last", "told"), [("2026-02-03", None), ("2026-02-04", 10)])
def test_a_buyer_is_judged_once_the_shop_is_known_for_the_whole_window(
    spec, last, told
):
    brought = spec(
        "ltv_30",
        f"""
        buyer  | on         | lines | via
        -------+------------+-------+------
        ada    | 2026-01-05 | 10    | email
        nobody | {last} | 1     |
    """,
    )

    assert brought["email"] == ((told, 1, "sure") if told else (None, 0, "immature"))


def test_a_cancelled_order_does_not_make_the_shop_known_for_longer(spec):
    brought = spec(
        "ltv_30",
        """
        buyer | on         | status    | via
        ------+------------+-----------+------
        ada   | 2026-01-05 | paid      | email
        ada   | 2026-12-05 | cancelled |
    """,
    )

    assert brought["email"] == (None, 0, "immature")


def test_a_credit_makes_the_shop_known_for_longer(spec):
    # It is a sale, below zero, on its own day.
    brought = spec(
        "ltv_30",
        """
        buyer | on         | lines | status | via
        ------+------------+-------+--------+------
        ada   | 2026-01-05 | 10    | paid   | email
        ada   | 2026-02-04 | -4    | credit |
    """,
    )

    assert brought["email"] == (10, 1, "sure")


def test_a_credit_counts_until_the_last_day_of_the_window(spec):
    brought = spec(
        "ltv_30",
        """
        buyer  | on         | lines | status | via
        -------+------------+-------+--------+-------
        ada    | 2026-01-05 | 10    | paid   | email
        ada    | 2026-02-03 | -4    | credit |
        bo     | 2026-01-05 | 10    | paid   | direct
        bo     | 2026-02-04 | -4    | credit |
        nobody | 2026-12-05 | 1     | paid   |
    """,
    )

    assert (brought["email"], brought["direct"]) == ((6, 1, "sure"), (10, 1, "sure"))


def test_refunds_may_take_back_more_than_was_paid(specs):
    told = specs(
        ["ltv_30", "revenue"],
        """
        buyer  | on         | lines | refunds | via
        -------+------------+-------+---------+------
        ada    | 2026-01-05 | 10    | 10 2.5  | email
        nobody | 2026-12-05 | 1     |         |
    """,
    )

    assert [cells["email"] for cells in told.values()] == [(-2.5, 1, "sure")] * 2


def test_a_leap_day_is_one_of_the_90(spec):
    told = spec(
        "repeat_rate_90",
        """
        buyer  | on         | via
        -------+------------+-------
        ada    | 2024-02-29 | email
        ada    | 2024-05-28 | email
        bo     | 2024-02-29 | direct
        bo     | 2024-05-29 | direct
        nobody | 2024-12-05 |
    """,
    )

    assert (told["email"], told["direct"]) == ((1, 1, "sure"), (0, 1, "sure"))


def test_a_month_ends_with_its_leap_day(spec):
    told = {
        last: spec(
            "cohort_customers",
            f"""
        buyer | on
        ------+-----------
        ada   | {last}
    """,
        )
        for last in ("2024-02-28", "2024-02-29")
    }

    assert [cells["2024-02", "all"][2] for cells in told.values()] == [
        "immature",
        "sure",
    ]


def test_cohorts_go_on_over_new_year(spec):
    told = spec(
        "cohort_value",
        """
        buyer | on         | lines
        ------+------------+------
        ada   | 2025-12-31 | 1
        ada   | 2026-01-01 | 2
        ada   | 2026-12-31 | 4
    """,
    )

    assert {month: value for (_, _, month), (value, _, _) in told.items()} == {
        0: 1, **dict.fromkeys(range(1, 12), 3), 12: 7,
    }  # fmt: skip


def test_a_segment_is_the_one_at_the_first_purchase_for_good(spec):
    told = spec(
        "cohort_customers",
        """
        buyer | on         | segment | status
        ------+------------+---------+----------
        ada   | 2026-01-01 | lapsed  | cancelled
        ada   | 2026-01-02 | new     | paid
        ada   | 2026-01-31 | loyal   | paid
    """,
    )

    assert set(told) == {("2026-01", "all"), ("2026-01", "new")}


def test_two_records_of_one_person_are_one_buyer_who_came_back(db, however_few):
    drawn = shops.drawn("""
        buyer  | on         | via
        -------+------------+-------
        ada    | 2026-01-05 | email
        a.     | 2026-01-06 | direct
        nobody | 2026-12-05 |
    """)
    shop = shops.Shop(drawn.sales, drawn.touches, {"ada": "ada", "a.": "ada"})

    storefront = shops.write(shop)
    told = builds.told(builds.computed(), "repeat_rate_90", storefront)

    assert told == [({}, 1, 1, "sure"), ({"channel": "email"}, 1, 1, "sure")]


def test_two_shops_are_two_shops_to_the_same_person(db, however_few):
    here = shops.write(
        shops.drawn("""
        buyer | on         | lines | via
        ------+------------+-------+------
        ada   | 2026-01-05 | 10    | email
    """)
    )
    there = shops.write(
        shops.drawn("""
        buyer | on         | lines | via
        ------+------------+-------+-------
        ada   | 2026-01-06 | 700   | direct
    """)
    )
    Storefront.objects.filter(pk=there.pk).update(currency="EUR")
    Link.objects.update(person=Link.objects.all()[0].person)

    build = builds.computed()

    assert [
        [cell for cell in builds.told(build, metric, shop) if "month" not in cell[0]]
        for shop in (here, there)
        for metric in ("customers", "revenue", "repeat_rate_90")
    ] == [
        [({}, 1, 1, "sure"), ({"channel": "email"}, 1, 1, "sure")],
        [({}, 10, 1, "sure"), ({"channel": "email"}, 10, 1, "sure")],
        [({}, None, 0, "immature"), ({"channel": "email"}, None, 0, "immature")],
        [({}, 1, 1, "sure"), ({"channel": "direct"}, 1, 1, "sure")],
        [({}, 700, 1, "sure"), ({"channel": "direct"}, 700, 1, "sure")],
        [({}, None, 0, "immature"), ({"channel": "direct"}, None, 0, "immature")],
    ]
