"""What tests of Harbour & Pine look at, read once."""

from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

LONDON = ZoneInfo("Europe/London")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def placed_at(order: dict[str, str]) -> datetime:
    return (
        datetime.fromisoformat(order["created_at"])
        .replace(tzinfo=LONDON)
        .astimezone(UTC)
    )


@pytest.fixture(scope="module")
def orders(demo) -> dict[str, dict[str, str]]:
    return {row["order_id"]: row for row in demo.rows("harbour_shop", "orders")}


@pytest.fixture(scope="module")
def subtotals(demo) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for line in demo.rows("harbour_shop", "order_lines"):
        found[line["order_id"]] += Decimal(line["amount"])
    return found


@pytest.fixture(scope="module")
def buyers(demo, orders) -> dict[str, list[dict[str, str]]]:
    """The paid orders of each person."""
    who = demo.people("harbour_shop")
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for order in orders.values():
        if order["status"] == "paid":
            found[who[order["customer_id"] or f"guest:{order['order_id']}"]].append(
                order
            )
    return found


@pytest.fixture(scope="module")
def first_sources(demo) -> dict[str, str | None]:
    """The source of the first visit of each person."""
    who = demo.people("harbour_shop")
    found: dict[str, str | None] = {}
    for visit in sorted(demo.rows("harbour_web", "touches"), key=lambda row: row["at"]):
        person = who[visit["customer_id"] or f"guest:{visit['order_id']}"]
        found.setdefault(person, visit["utm_source"])
    return found
