"""Harbour & Pine: its accounts, guests and contacts."""

from collections import Counter, defaultdict
from datetime import timedelta

import pytest

from tests.measurement.demo.harbour_shop import moment, placed_at

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
