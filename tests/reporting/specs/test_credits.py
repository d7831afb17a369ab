"""Money given back as a document of its own."""

import pytest

DRAWN = """
    buyer | on         | lines | status | via
    ------+------------+-------+--------+-------
    ada   | 2026-01-05 | 20    | paid   | email
    ada   | 2026-01-08 | -5    | credit |
    bo    | 2026-01-09 | -3    | credit |
    cy    | 2026-12-05 | 1     | paid   | direct
"""


@pytest.mark.parametrize(
    ("metric", "cells"),
    [
        ("customers", {"all": 2, "email": 1, "direct": 1, "unattributed": 0}),
        ("orders", {"all": 2, "email": 1, "direct": 1, "unattributed": 0}),
        ("revenue", {"all": 13, "email": 15, "direct": 1, "unattributed": -3}),
        ("repeat_rate_90", {"all": 0, "email": 0, "direct": None}),
        ("ltv_30", {"all": 15, "email": 15, "direct": None}),
    ],
)
def test_a_credit_lowers_the_money_and_is_no_purchase(spec, metric, cells):
    told = spec(metric, DRAWN)

    assert {channel: value for channel, (value, _, _) in told.items()} == cells


def test_a_credit_before_the_first_purchase_is_not_of_the_buyers_first_days(spec):
    brought = spec(
        "ltv_30",
        """
        buyer | on         | lines | status | via
        ------+------------+-------+--------+-------
        ada   | 2026-01-01 | -5    | credit |
        ada   | 2026-01-05 | 20    | paid   | email
        bo    | 2026-12-05 | 1     | paid   | direct
    """,
    )

    assert brought["email"] == (20, 1, "sure")


def test_a_month_with_a_credit_alone_is_a_month_without_a_purchase(spec):
    came = spec(
        "cohort_retention",
        """
        buyer | on         | lines | status
        ------+------------+-------+-------
        ada   | 2026-01-05 | 20    | paid
        ada   | 2026-02-28 | -5    | credit
    """,
    )

    assert came == {
        ("2026-01", "all", 0): (1, 1, "sure"),
        ("2026-01", "all", 1): (0, 1, "sure"),
    }
