"""By which channel somebody came."""


def test_the_earliest_touch_before_the_first_order_names_the_channel(spec):
    came = spec(
        "customers",
        """
        buyer | on
        ------+-----------
        ada   | 2026-01-05
    """,
        touches="""
        visitor | at         | via
        --------+------------+------------
        ada     | 2026-01-03 | direct
        ada     | 2026-01-01 | paid_search
        ada     | 2026-01-04 | email
    """,
    )

    assert came == {"all": (1, 1, "sure"), "paid_search": (1, 1, "sure")}


def test_a_touch_at_the_moment_of_the_order_counts(spec):
    came = spec(
        "customers",
        """
        buyer | on
        ------+-----------------
        ada   | 2026-01-05T10:00
    """,
        touches="""
        visitor | at               | via
        --------+------------------+------
        ada     | 2026-01-05T10:00 | email
    """,
    )

    assert came == {"all": (1, 1, "sure"), "email": (1, 1, "sure")}


def test_a_touch_after_the_first_order_did_not_bring_anybody(spec):
    came = spec(
        "customers",
        """
        buyer | on
        ------+-----------------
        ada   | 2026-01-05T10:00
        ada   | 2026-02-05T10:00
    """,
        touches="""
        visitor | at               | via
        --------+------------------+------
        ada     | 2026-01-05T10:01 | email
    """,
    )

    assert came == {"all": (1, 1, "sure"), "unattributed": (1, 1, "sure")}


def test_a_cancelled_first_order_leaves_the_first_sale_to_later_touches(spec):
    came = spec(
        "customers",
        """
        buyer | on         | status
        ------+------------+----------
        ada   | 2026-01-05 | cancelled
        ada   | 2026-02-05 | paid
    """,
        touches="""
        visitor | at         | via
        --------+------------+------
        ada     | 2026-02-01 | email
    """,
    )

    assert came == {"all": (1, 1, "sure"), "email": (1, 1, "sure")}


def test_the_visit_of_somebody_else_brings_nobody(spec):
    came = spec(
        "customers",
        """
        buyer | on
        ------+-----------
        ada   | 2026-01-05
    """,
        touches="""
        visitor | at         | via
        --------+------------+------
        bo      | 2026-01-01 | email
    """,
    )

    assert came == {"all": (1, 1, "sure"), "unattributed": (1, 1, "sure")}
