"""What is withheld as numbers are computed, and so stands in no build."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from reporting.metrics import Cell
from reporting.metrics.withholding import shown
from tests.reporting import builds, shops

BEGAN = datetime(2026, 1, 5, tzinfo=UTC)

ONE, TWO = Decimal("0.25"), Decimal("0.5")


def channel(key: str, value: Decimal | None, n: int, state: str = "sure") -> Cell:
    place = {"channel": key} if key else {}
    return Cell(place, value, n, value, value, state=state)


def test_the_next_smallest_is_withheld_beside_a_small_one():
    said = [
        (1, channel("", ONE, 260)),
        (1, channel("email", TWO, 150)),
        (1, channel("direct", ONE, 100)),
        (1, channel("display", None, 10, "small")),
    ]

    found = list(shown(said, least=30))

    assert found == [*said[:2], (1, channel("direct", None, 100, "withheld")), said[3]]


def test_each_storefront_is_looked_at_by_itself():
    said = [
        (1, channel("", ONE, 160)),
        (1, channel("email", TWO, 160)),
        (2, channel("", None, 10, "small")),
        (2, channel("email", None, 10, "small")),
    ]

    assert list(shown(said, least=30)) == said


def test_a_number_that_is_said_of_any_is_withheld_beside_none():
    said = [
        (1, channel("", ONE, 110)),
        (1, channel("email", TWO, 100)),
        (1, channel("display", None, 10, "small")),
    ]

    assert list(shown(said, least=0)) == said


@pytest.mark.django_db
def test_a_build_holds_no_number_that_gives_a_small_one_away():
    shop = shops.write(came_by({"email": 60, "direct": 45, "paid_search": 8}))

    build = builds.computed()

    rates = {
        dimensions.get("channel", ""): (value is None, n, state)
        for dimensions, value, n, state in builds.told(build, "repeat_rate_90", shop)
    }
    assert rates == {
        "": (False, 112, "sure"),
        "email": (False, 60, "sure"),
        "direct": (True, 44, "withheld"),
        "paid_search": (True, 8, "small"),
    }


def came_by(people: dict[str, int]) -> shops.Shop:
    """Return a shop where so many came by each channel and bought once, long ago."""
    sales, touches = [], []
    for channel_key, count in people.items():
        for nth in range(count):
            at, who = BEGAN + timedelta(hours=nth), f"{channel_key} {nth}"
            touches.append(shops.Touch(who, at - timedelta(hours=1), channel_key))
            sales.append(shops.Sale(who, at))
    # The shop is known until its last sale, which is a young buyer's.
    young = replace(sales[-1 - people["paid_search"]], at=BEGAN + timedelta(days=200))
    sales[-1 - people["paid_search"]] = young
    return shops.Shop(tuple(sales), tuple(touches))
