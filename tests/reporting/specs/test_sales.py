"""How many bought, what was sold."""


def test_a_buyer_counts_once(spec):
    counted = spec(
        "customers",
        """
        buyer | on         | via
        ------+------------+-------
        ada   | 2026-01-05 | email
        ada   | 2026-02-05 | email
        bo    | 2026-01-05 | direct
    """,
    )

    assert counted == {
        "all": (2, 2, "sure"),
        "email": (1, 1, "sure"),
        "direct": (1, 1, "sure"),
    }


def test_tests_and_cancelled_orders_are_no_sales(spec):
    counted = spec(
        "orders",
        """
        buyer | on         | status
        ------+------------+----------
        ada   | 2026-01-05 | paid
        ada   | 2026-01-06 | pending
        ada   | 2026-01-07 | cancelled
        bo    | 2026-01-08 | test
    """,
    )

    assert counted == {"all": (2, 2, "sure"), "unattributed": (2, 2, "sure")}


def test_a_refund_lowers_the_sale_it_belongs_to(spec):
    sold = spec(
        "revenue",
        """
        buyer | on         | lines   | refunds | via
        ------+------------+---------+---------+------
        ada   | 2026-01-05 | 20 5.01 | 5 0.01  | email
        bo    | 2026-01-05 | 7       |         | direct
    """,
    )

    assert sold == {
        "all": (27, 2, "sure"),
        "email": (20, 1, "sure"),
        "direct": (7, 1, "sure"),
    }


def test_a_sale_of_nobody_known_is_money_without_a_buyer(spec):
    drawn = """
        buyer  | on         | lines | via
        -------+------------+-------+------
        ada    | 2026-01-05 | 20    | email
        nobody | 2026-01-06 | 7     |
    """

    assert spec("revenue", drawn) == {
        "all": (27, 2, "sure"),
        "email": (20, 1, "sure"),
        "unattributed": (7, 1, "sure"),
    }
    assert spec("customers", drawn) == {
        "all": (1, 1, "sure"),
        "email": (1, 1, "sure"),
        "unattributed": (0, 0, "sure"),
    }


def test_an_average_order_is_net_sales_by_sales(spec):
    brought = spec(
        "average_order_value",
        """
        buyer | on         | lines | refunds
        ------+------------+-------+--------
        ada   | 2026-01-05 | 20    |
        ada   | 2026-01-06 | 10    | 1
        bo    | 2026-01-07 | 0     |
    """,
    )

    assert brought == {
        "all": (9.6667, 3, "sure"),
        "unattributed": (9.6667, 3, "sure"),
    }
