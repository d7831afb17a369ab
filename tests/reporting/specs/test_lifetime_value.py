"""What a new buyer brought in their first days."""

import pytest


@pytest.mark.parametrize(
    ("metric", "value"),
    [("ltv_30", 10), ("ltv_60", 12), ("ltv_90", 15), ("ltv_365", 22)],
)
def test_orders_count_until_the_day_before_the_window_closes(spec, metric, value):
    brought = spec(
        metric,
        """
        buyer | on         | lines | via
        ------+------------+-------+------
        ada   | 2025-01-01 | 10    | email
        ada   | 2025-01-31 | 2     | email
        ada   | 2025-03-02 | 3     | email
        ada   | 2025-04-01 | 7     | email
        ada   | 2026-01-01 | 100   | email
    """,
    )

    assert brought == {"all": (value, 1, "sure"), "email": (value, 1, "sure")}


def test_a_refund_lowers_it_whenever_it_was_given(spec):
    brought = spec(
        "ltv_30",
        """
        buyer | on         | lines | refunds | via
        ------+------------+-------+---------+-------
        ada   | 2026-01-05 | 10    | 4       | email
        bo    | 2026-12-05 | 10    |         | direct
    """,
    )

    assert brought["email"] == (6, 1, "sure")


def test_somebody_too_young_is_in_neither_sum_nor_count(spec):
    brought = spec(
        "ltv_30",
        """
        buyer | on         | lines | via
        ------+------------+-------+------
        ada   | 2026-01-05 | 10    | email
        bo    | 2026-02-03 | 90    | email
        bo    | 2026-02-04 | 90    | email
    """,
    )

    assert brought == {"all": (10, 1, "sure"), "email": (10, 1, "sure")}
