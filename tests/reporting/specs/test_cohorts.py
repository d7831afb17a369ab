"""Months of first orders, and what became of the people in them."""

DRAWN = """
    buyer | on         | lines | refunds | segment
    ------+------------+-------+---------+--------
    ada   | 2026-01-31 | 10    |         | loyal
    ada   | 2026-03-01 | 20    | 5       | new
    bo    | 2026-01-01 | 30    |         |
    cy    | 2026-03-30 | 7     |         | new
"""


def test_a_cohort_is_who_bought_first_in_a_month(spec):
    assert spec("cohort_customers", DRAWN) == {
        ("2026-01", "all"): (2, 2, "sure"),
        ("2026-01", "loyal"): (1, 1, "sure"),
        ("2026-03", "all"): (1, 1, "immature"),
        ("2026-03", "new"): (1, 1, "immature"),
    }


def test_retention_is_who_came_in_that_month_whatever_happened_between(spec):
    assert spec("cohort_retention", DRAWN) == {
        ("2026-01", "all", 0): (1, 2, "sure"),
        ("2026-01", "all", 1): (0, 2, "sure"),
        ("2026-01", "all", 2): (0.5, 2, "immature"),
        ("2026-01", "loyal", 0): (1, 1, "sure"),
        ("2026-01", "loyal", 1): (0, 1, "sure"),
        ("2026-01", "loyal", 2): (1, 1, "immature"),
        ("2026-03", "all", 0): (1, 1, "immature"),
        ("2026-03", "new", 0): (1, 1, "immature"),
    }


def test_value_per_head_grows_month_by_month(spec):
    brought = spec("cohort_value", DRAWN)

    assert [brought["2026-01", "all", month] for month in (0, 1, 2)] == [
        (20, 2, "sure"),
        (20, 2, "sure"),
        (27.5, 2, "immature"),
    ]


def test_a_month_has_ended_with_its_last_day(spec):
    counted = spec(
        "cohort_customers",
        """
        buyer | on
        ------+-----------
        ada   | 2026-02-28
    """,
    )

    assert counted == {("2026-02", "all"): (1, 1, "sure")}
