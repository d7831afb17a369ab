"""Which share of new buyers came back within 90 days."""

# Far enough on for every buyer drawn in January to be mature.
LATER = "    cy    | 2026-12-31 | direct"


def test_the_window_closes_90_days_after_the_first_order(spec):
    came_back = spec(
        "repeat_rate_90",
        f"""
        buyer | on         | via
        ------+------------+-------
        ada   | 2026-01-05 | email
        ada   | 2026-04-05 | email
        bo    | 2026-01-05 | email
        bo    | 2026-04-04 | email
        {LATER}
    """,
    )

    assert came_back == {
        "all": (0.5, 2, "sure"),
        "email": (0.5, 2, "sure"),
        "direct": (None, 0, "immature"),
    }


def test_a_second_order_on_the_same_day_counts(spec):
    came_back = spec(
        "repeat_rate_90",
        f"""
        buyer | on               | via
        ------+------------------+-------
        ada   | 2026-01-05T10:00 | email
        ada   | 2026-01-05T10:00 | email
        {LATER}
    """,
    )

    assert came_back["email"] == (1, 1, "sure")


def test_a_buyer_is_judged_from_the_90th_day_on(spec):
    came_back = spec(
        "repeat_rate_90",
        """
        buyer | on         | via
        ------+------------+-------
        ada   | 2026-01-05 | email
        bo    | 2026-01-06 | direct
        bo    | 2026-04-05 | direct
    """,
    )

    assert came_back == {
        "all": (0, 1, "sure"),
        "email": (0, 1, "sure"),
        "direct": (None, 0, "immature"),
    }


def test_a_channel_with_fewer_mature_than_young_buyers_is_still_growing(spec):
    came_back = spec(
        "repeat_rate_90",
        """
        buyer | on         | via
        ------+------------+-------
        ada   | 2026-01-05 | email
        ada   | 2026-01-06 | email
        bo    | 2026-12-01 | email
        cy    | 2026-12-02 | email
    """,
    )

    assert came_back == {"all": (1, 1, "immature"), "email": (1, 1, "immature")}
