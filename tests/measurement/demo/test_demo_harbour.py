"""Harbour & Pine: a shop that could be, with the difference between channels in it."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
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


# How much there is


@pytest.mark.parametrize(
    ("system", "stream", "least", "most"),
    [
        ("harbour_shop", "products", 380, 420),
        ("harbour_shop", "customers", 23_500, 24_500),
        ("harbour_shop", "orders", 68_000, 80_000),
        ("harbour_shop", "order_lines", 150_000, 175_000),
        ("harbour_crm", "contacts", 22_000, 22_000),
    ],
)
def test_there_is_as_much_as_promised(demo, system, stream, least, most):
    assert least <= len(demo.rows(system, stream)) <= most


def test_about_seven_thousand_orders_are_of_guests(orders):
    guests = sum(not order["customer_id"] for order in orders.values())

    assert 6_300 < guests < 7_800


def test_orders_are_of_the_24_months(orders):
    days = [order["created_at"][:10] for order in orders.values()]

    assert (min(days), max(days)) == ("2024-10-01", "2026-09-30")


def test_business_grows_from_year_to_year(orders):
    by_month = Counter(order["created_at"][:7] for order in orders.values())

    shrunk = [
        month
        for month in range(1, 13)
        if month not in (10, 11, 12)
        and by_month[f"2026-{month:02d}"] <= by_month[f"2025-{month:02d}"]
    ]

    assert shrunk == []


@pytest.mark.parametrize("year", [2024, 2025])
def test_christmas_is_the_peak(orders, year):
    by_month = Counter(order["created_at"][:7] for order in orders.values())

    assert by_month[f"{year}-11"] > 1.15 * by_month[f"{year}-10"]
    assert by_month[f"{year}-12"] > 1.10 * by_month[f"{year + 1}-01"]


def test_about_three_per_cent_is_paid_in_euro(orders):
    currencies = Counter(order["currency"] for order in orders.values())

    assert set(currencies) == {"GBP", "EUR"}
    assert 0.025 < currencies["EUR"] / len(orders) < 0.045


def test_most_orders_are_paid_and_each_other_status_is_met(orders):
    statuses = Counter(order["status"] for order in orders.values())

    assert set(statuses) == {"paid", "cancelled", "pending", "test"}
    assert statuses["paid"] / len(orders) > 0.95


def test_test_orders_are_of_staff(demo, orders):
    emails = {row["id"]: row["email"] for row in demo.rows("harbour_shop", "customers")}

    hosts = {
        emails[order["customer_id"]].partition("@")[2]
        for order in orders.values()
        if order["status"] == "test"
    }

    assert hosts == {"harbourandpine.example"}


# Ids


@pytest.mark.parametrize(
    ("system", "stream", "key"),
    [
        ("harbour_shop", "products", "sku"),
        ("harbour_shop", "customers", "id"),
        ("harbour_shop", "customers", "email"),
        ("harbour_shop", "orders", "order_id"),
        ("harbour_shop", "order_lines", "line_id"),
        ("harbour_shop", "refunds", "refund_id"),
        ("harbour_crm", "contacts", "contact_id"),
    ],
)
def test_an_id_stands_once(demo, system, stream, key):
    ids = demo.column(system, stream, key)

    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("child", "column", "parent", "key"),
    [
        ("harbour_shop/product_costs", "sku", "harbour_shop/products", "sku"),
        ("harbour_shop/orders", "customer_id", "harbour_shop/customers", "id"),
        ("harbour_shop/order_lines", "order_id", "harbour_shop/orders", "order_id"),
        ("harbour_shop/order_lines", "sku", "harbour_shop/products", "sku"),
        ("harbour_shop/refunds", "order_id", "harbour_shop/orders", "order_id"),
        ("harbour_crm/contacts", "shop_customer_id", "harbour_shop/customers", "id"),
        ("harbour_crm/lifecycle", "contact_id", "harbour_crm/contacts", "contact_id"),
        ("harbour_crm/consent", "contact_id", "harbour_crm/contacts", "contact_id"),
        ("harbour_web/touches", "customer_id", "harbour_shop/customers", "id"),
        ("harbour_web/touches", "order_id", "harbour_shop/orders", "order_id"),
    ],
)
def test_what_a_row_points_to_exists(demo, child, column, parent, key):
    pointed = set(demo.column(*child.split("/"), column)) - {"", None}

    assert pointed - set(demo.column(*parent.split("/"), key)) == set()


def test_every_order_has_lines(orders, subtotals):
    assert set(subtotals) == set(orders)


# Money


def test_a_lines_amount_is_quantity_times_price_less_discount(demo):
    wrong = [
        line
        for line in demo.rows("harbour_shop", "order_lines")
        if Decimal(line["quantity"]) * Decimal(line["unit_price"])
        - Decimal(line["discount"])
        != Decimal(line["amount"])
    ]

    assert wrong == []


def test_every_amount_has_two_decimals(demo):
    amounts = [
        line[name]
        for line in demo.rows("harbour_shop", "order_lines")
        for name in ("unit_price", "discount", "amount")
    ]

    assert [amount for amount in amounts if amount[-3] != "."] == []


def test_the_tax_is_a_sixth_of_what_is_paid(orders, subtotals):
    wrong = [
        order
        for order in orders.values()
        if abs(
            Decimal(order["tax"])
            - (subtotals[order["order_id"]] + Decimal(order["shipping"])) / 6
        )
        > Decimal("0.01")
    ]

    assert wrong == []


def test_an_order_in_pounds_ships_free_from_fifty_pounds(orders, subtotals):
    free = {
        subtotals[order["order_id"]] >= 50
        for order in orders.values()
        if order["currency"] == "GBP" and order["shipping"] == "0.00"
    }

    assert free == {True}


def test_refunds_of_an_order_never_exceed_its_lines(demo, subtotals):
    refunded: dict[str, Decimal] = defaultdict(Decimal)
    for row in demo.rows("harbour_shop", "refunds"):
        refunded[row["order_id"]] += Decimal(row["amount"])

    assert [one for one, amount in refunded.items() if amount > subtotals[one]] == []


def test_every_refund_gives_something_back(demo):
    amounts = demo.column("harbour_shop", "refunds", "amount")

    assert [amount for amount in amounts if Decimal(amount) <= 0] == []


def test_only_paid_orders_are_refunded_and_in_their_currency(demo, orders):
    wrong = [
        row
        for row in demo.rows("harbour_shop", "refunds")
        if orders[row["order_id"]]["status"] != "paid"
        or orders[row["order_id"]]["currency"] != row["currency"]
    ]

    assert wrong == []


def test_a_refund_follows_its_order(demo, orders):
    early = [
        row
        for row in demo.rows("harbour_shop", "refunds")
        if moment(row["refunded_at"])
        < placed_at(orders[row["order_id"]]) + timedelta(days=1)
    ]

    assert early == []


def test_no_refund_is_told_before_it_happened(demo):
    assert max(demo.column("harbour_shop", "refunds", "refunded_at")) < "2026-10"


def test_some_orders_are_refunded_in_two_parts(demo):
    times = Counter(demo.column("harbour_shop", "refunds", "order_id"))

    assert set(times.values()) == {1, 2}


def test_about_five_per_cent_of_products_have_no_cost(demo):
    products = demo.column("harbour_shop", "products", "sku")

    costed = set(demo.column("harbour_shop", "product_costs", "sku"))

    assert 0.02 < 1 - len(costed) / len(products) < 0.08


def test_some_costs_change_and_none_twice_a_day(demo):
    rows = demo.rows("harbour_shop", "product_costs")

    assert len({(row["sku"], row["valid_from"]) for row in rows}) == len(rows)
    assert max(Counter(row["sku"] for row in rows).values()) > 1


def test_the_first_cost_holds_before_the_first_order(demo):
    first: dict[str, str] = {}
    for row in demo.rows("harbour_shop", "product_costs"):
        first.setdefault(row["sku"], row["valid_from"])

    assert set(first.values()) == {"2024-09-01"}


# Accounts and guests


def test_nobody_buys_with_an_account_before_it_is_opened(demo, orders):
    opened = {
        row["id"]: moment(row["created_at"])
        for row in demo.rows("harbour_shop", "customers")
    }

    # An hour of grace: the order's clock does not say which side of the change it is on.
    early = [
        order
        for order in orders.values()
        if order["customer_id"]
        and placed_at(order) < opened[order["customer_id"]] - timedelta(hours=1)
    ]

    assert early == []


def test_only_guests_leave_their_name_in_the_order(orders):
    fields = ("email", "phone", "first_name", "last_name")

    signed_in = {
        order[name]
        for order in orders.values()
        if order["customer_id"]
        for name in fields
    }
    nameless = [
        o for o in orders.values() if not o["customer_id"] and not o["first_name"]
    ]

    assert signed_in == {""}
    assert nameless == []


def test_about_forty_per_cent_of_guests_also_have_an_account(demo):
    people = demo.people("harbour_shop")
    guests = {
        person for record, person in people.items() if record.startswith("guest:")
    }
    registered = {person for record, person in people.items() if record.isdigit()}

    assert 0.33 < len(guests & registered) / len(guests) < 0.45


def test_some_guests_return_as_guests(demo):
    people = demo.people("harbour_shop")
    times = Counter(
        person for record, person in people.items() if record.startswith("guest:")
    )

    assert sum(count > 1 for count in times.values()) > 500


def test_a_few_people_have_two_accounts(demo):
    times = Counter(
        person
        for record, person in demo.people("harbour_shop").items()
        if record.isdigit()
    )

    assert 100 < sum(count > 1 for count in times.values()) < 600


def test_some_guests_use_the_mailbox_of_somebody_else(demo, orders):
    who = demo.people("harbour_shop")
    holder = {
        row["email"]: who[row["id"]] for row in demo.rows("harbour_shop", "customers")
    }

    borrowed = [
        order
        for order in orders.values()
        if not order["customer_id"]
        and holder.get(order["email"], who[f"guest:{order['order_id']}"])
        != who[f"guest:{order['order_id']}"]
    ]

    assert len(borrowed) > 50


def test_most_guests_with_an_account_type_its_address(demo, orders):
    who = demo.people("harbour_shop")
    emails: dict[str, set[str]] = defaultdict(set)
    for row in demo.rows("harbour_shop", "customers"):
        emails[who[row["id"]]].add(row["email"])
    typed = [
        order["email"] in emails[who[f"guest:{order['order_id']}"]]
        for order in orders.values()
        if not order["customer_id"] and who[f"guest:{order['order_id']}"] in emails
    ]

    assert 0.75 < sum(typed) / len(typed) < 0.95


def test_only_some_customers_tell_their_birthday(demo):
    told = [bool(row["birth_date"]) for row in demo.rows("harbour_shop", "customers")]

    assert 0.30 < sum(told) / len(told) < 0.40


# Contacts


def test_about_seventy_per_cent_of_contacts_have_a_cross_id(demo):
    filled = [
        bool(one) for one in demo.column("harbour_crm", "contacts", "shop_customer_id")
    ]

    assert 0.65 < sum(filled) / len(filled) < 0.75


def test_a_few_cross_ids_are_wrong(demo):
    contacts, customers = demo.people("harbour_crm"), demo.people("harbour_shop")
    linked = [
        row for row in demo.rows("harbour_crm", "contacts") if row["shop_customer_id"]
    ]

    wrong = sum(
        contacts[row["contact_id"]] != customers[row["shop_customer_id"]]
        for row in linked
    )

    assert 0.001 < wrong / len(linked) < 0.006


def test_about_six_per_cent_of_contacts_are_second_ones(demo):
    people = demo.people("harbour_crm")

    second = len(people) - len(set(people.values()))

    assert 0.05 < second / len(people) < 0.07


def test_one_agency_signed_up_forty_people_with_its_number(demo):
    who = demo.people("harbour_crm")
    people_by_phone: dict[str, set[str]] = defaultdict(set)
    for row in demo.rows("harbour_crm", "contacts"):
        digits = "".join(filter(str.isdigit, row["phone"].replace("(0)", "")))[-9:]
        if digits and len(set(digits)) > 1:
            people_by_phone[digits].add(who[row["contact_id"]])
    most = sorted((len(people) for people in people_by_phone.values()), reverse=True)

    assert 38 <= max(n for n in most) <= 41


def test_some_contacts_have_what_gets_past_a_form(demo):
    rows = demo.rows("harbour_crm", "contacts")

    assert sum(row["email"] == "test@test.com" for row in rows) > 10
    assert sum(row["phone"] == "0000000000" for row in rows) > 10


@pytest.mark.parametrize(
    ("column", "allowed"),
    [
        ("status", {"active", "lapsed", "prospect"}),
        ("subscription_status", {"subscribed", "unsubscribed", "never"}),
        ("segment", {"", "Families", "Couples", "Seniors", "Young singles"}),
    ],
)
def test_a_contacts_attribute_is_one_we_know(demo, column, allowed):
    assert set(demo.column("harbour_crm", "contacts", column)) == allowed


def test_every_contact_has_one_to_four_stages(demo):
    counted = Counter(demo.column("harbour_crm", "lifecycle", "contact_id"))

    assert set(counted) == set(demo.column("harbour_crm", "contacts", "contact_id"))
    assert set(counted.values()) == {1, 2, 3, 4}


@pytest.mark.parametrize(
    ("stream", "key"),
    [
        ("lifecycle", ("contact_id", "started_at")),
        ("consent", ("contact_id", "purpose", "channel", "at")),
    ],
)
def test_history_says_one_thing_at_a_moment(demo, stream, key):
    rows = demo.rows("harbour_crm", stream)

    assert len({tuple(row[name] for name in key) for row in rows}) == len(rows)


def test_nothing_is_remembered_from_the_future(demo):
    moments = [
        *demo.column("harbour_crm", "lifecycle", "started_at"),
        *demo.column("harbour_crm", "consent", "at"),
        *demo.column("harbour_crm", "contacts", "updated_at"),
    ]

    assert max(moments) < "2026-10"


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
