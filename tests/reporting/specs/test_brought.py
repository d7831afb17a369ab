"""What kind of customers a campaign brought, and what a segment earns."""

# Far enough on for every buyer drawn in January to be mature.
LATER = (
    "    zoe   | 2026-12-31 |       |         |           |      | direct |          |"
)
COLUMNS = """
        buyer | on         | lines | refunds | discounts | cost | via    | campaign | segment
        ------+------------+-------+---------+-----------+------+--------+----------+--------
"""
JANUARY = f"""{COLUMNS}
        ada   | 2026-01-05 | 10    | 2       |           | 4    | email  | spring   | loyal
        ada   | 2026-02-05 | 20    |         | 5         | 6    | direct |          | loyal
        bo    | 2026-01-06 | 30    |         |           | 20   | email  | spring   |
        cy    | 2026-01-07 | 40    |         | 10        |      | email  |          | new
    """.replace("\n\n", "\n")


def test_people_stand_where_their_first_touch_and_first_purchase_put_them(spec):
    assert spec("buyers", JANUARY) == {
        "all": (3, 3, "sure"),
        "email": (3, 3, "sure"),
        "campaign spring": (2, 2, "sure"),
        "segment loyal": (1, 1, "sure"),
        "segment new": (1, 1, "sure"),
    }


def test_who_bought_again_in_180_days_is_no_one_time_buyer(spec):
    once = spec(
        "one_time_share",
        f"""{COLUMNS}
        ada   | 2026-01-05 | 10    |         |           |      | email  | spring   |
        ada   | 2026-07-03 | 10    |         |           |      | email  |          |
        bo    | 2026-01-05 | 10    |         |           |      | email  | spring   |
        bo    | 2026-07-04 | 10    |         |           |      | email  |          |
    {LATER}
    """.replace("\n\n", "\n"),
    )

    assert once["campaign spring"] == (0.5, 2, "sure")


def test_who_came_last_week_is_no_one_time_buyer_yet(spec):
    once = spec(
        "one_time_share",
        f"""{COLUMNS}
        ada   | 2026-01-05 | 10    |         |           |      | email  | spring   |
        bo    | 2026-07-03 | 10    |         |           |      | email  | spring   |
        cy    | 2026-07-04 | 10    |         |           |      | email  | spring   |
    """.replace("\n\n", "\n"),
    )

    assert once["campaign spring"] == (1, 1, "immature")


def test_a_repeat_counts_before_the_90th_day(specs):
    back = specs(
        ["repeat_of_buyers_90", "repeat_rate_90"],
        f"""{COLUMNS}
        ada   | 2026-01-05 | 10    |         |           |      | email  | spring   |
        ada   | 2026-04-04 | 10    |         |           |      | email  |          |
        bo    | 2026-01-05 | 10    |         |           |      | email  | spring   |
        bo    | 2026-04-05 | 10    |         |           |      | email  |          |
    {LATER}
    """.replace("\n\n", "\n"),
    )

    assert back["repeat_of_buyers_90"]["campaign spring"] == (0.5, 2, "sure")
    assert back["repeat_of_buyers_90"]["all"] == back["repeat_rate_90"]["all"]


def test_all_that_people_ever_bought_counts_and_not_the_first_basket(specs):
    told = specs(
        [
            "net_of_buyers", "returns_of_buyers", "refund_rate_of_buyers",
            "discount_rate_of_buyers",
        ],
        JANUARY,
    )  # fmt: skip

    assert {metric: cells["campaign spring"] for metric, cells in told.items()} == {
        "net_of_buyers": (58, 2, "sure"),
        "returns_of_buyers": (2, 2, "sure"),
        "refund_rate_of_buyers": (round(2 / 60, 4), 2, "sure"),
        "discount_rate_of_buyers": (round(5 / 65, 4), 2, "sure"),
    }


def test_a_margin_is_of_what_has_a_known_cost(specs):
    told = specs(
        [
            "margin_of_buyers", "margin_coverage_of_buyers", "margin_rate_of_buyers",
            "margin_per_buyer",
        ],
        JANUARY,
    )  # fmt: skip

    assert {metric: cells["all"] for metric, cells in told.items()} == {
        "margin_of_buyers": (28, 3, "sure"),
        "margin_coverage_of_buyers": (round(58 / 98, 4), 3, "sure"),
        "margin_rate_of_buyers": (round(28 / 58, 4), 3, "sure"),
        # Nobody knows what cy was worth.
        "margin_per_buyer": (14, 2, "sure"),
    }


def test_where_no_cost_is_known_there_is_no_margin_and_never_zero(specs):
    told = specs(
        ["margin_of_buyers", "margin_rate_of_buyers", "margin_per_buyer"], JANUARY
    )

    assert {metric: cells.get("segment new") for metric, cells in told.items()} == {
        "margin_of_buyers": None,
        "margin_rate_of_buyers": None,
        "margin_per_buyer": None,
    }
