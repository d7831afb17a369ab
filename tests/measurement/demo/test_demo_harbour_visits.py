"""Harbour & Pine: who came how, and what the pages should show of it."""

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise

import pytest

from tests.measurement.demo.harbour_shop import moment

# Visits


def test_about_eight_per_cent_of_buyers_were_never_seen(buyers, first_sources):
    unseen = sum(person not in first_sources for person in buyers)

    assert 0.06 < unseen / len(buyers) < 0.10


def test_a_visit_is_of_a_customer_or_of_a_guests_order(demo):
    both_or_none = [
        row
        for row in demo.rows("harbour_web", "touches")
        if bool(row["customer_id"]) == bool(row["order_id"])
    ]

    assert both_or_none == []


def test_a_visit_with_an_order_led_to_a_guests_order(demo, orders):
    of_guests = {
        bool(orders[order]["customer_id"])
        for order in demo.column("harbour_web", "touches", "order_id")
        if order
    }

    assert of_guests == {False}


def test_some_visits_are_delivered_late(demo):
    moments = [moment(at) for at in demo.column("harbour_web", "touches", "at")]

    late = sum(
        before - after > timedelta(hours=12) for before, after in pairwise(moments)
    )

    assert 0.005 < late / len(moments) < 0.03


def test_some_messages_are_delivered_twice_word_for_word(demo):
    said: dict[str, set[str]] = defaultdict(set)
    rows = demo.rows("harbour_web", "touches")
    for row in rows:
        said[row["message_id"]].add(str(row))

    assert 100 < len(rows) - len(said) < 1_000
    assert max(map(len, said.values())) == 1


# What the pages should show


@pytest.fixture(scope="module")
def repeat_rate(buyers, first_sources):
    def rate(*sources: str) -> float:
        orders = [
            len(bought)
            for person, bought in buyers.items()
            if first_sources.get(person) in sources
        ]
        return sum(count > 1 for count in orders) / len(orders)

    return rate


def test_who_came_by_email_or_a_friend_is_loyal(repeat_rate):
    assert repeat_rate("newsletter", "klaviyo", "Newsletter") > 0.6
    assert repeat_rate("friend", "refer-a-friend") > 0.6


def test_who_came_by_paid_social_mostly_buys_once(repeat_rate):
    assert repeat_rate("facebook", "fb", "Facebook", "ig") < 0.45
    assert repeat_rate("tiktok", "TikTok", "tiktok_ads") < 0.35


def test_customers_of_affiliates_send_most_back(demo, buyers, first_sources):
    refunded = set(demo.column("harbour_shop", "refunds", "order_id"))

    def rate(source: str) -> float:
        orders = [
            order["order_id"] in refunded
            for person, bought in buyers.items()
            if first_sources.get(person) == source
            for order in bought
        ]
        return sum(orders) / len(orders)

    assert rate("awin") > 2 * rate("google")
    assert rate("awin") > 3 * rate("newsletter")
