"""Complete Journey: contacts, their stages and consent, and visits."""

from collections import Counter

import pytest

from measurement.demo.journey.duplicates import _RETYPED
from tests.measurement.demo.journey_shop import (
    text,
)

# Contacts


def test_the_first_contact_of_a_household_carries_its_id(contacts):
    first = [row for row in contacts if not row["contact_id"].startswith("D")]

    assert len(first) == 2_300
    assert {row["household_id"] for row in first if row["household_id"]} < {
        row["contact_id"] for row in first
    }


def test_a_first_contacts_cross_id_is_its_own_household(contacts):
    wrong = [
        row
        for row in contacts
        if row["contact_id"].isdigit()
        and row["household_id"] not in ("", row["contact_id"])
    ]

    assert wrong == []


@pytest.mark.parametrize("stream", ["demographics", "sends", "redemptions"])
def test_whoever_the_crm_really_knows_has_a_contact(demo, contacts, stream):
    ids = {row["contact_id"] for row in contacts}

    known = {str(one) for one in demo.column("journey_crm", stream, "household_id")}

    assert known - ids == set()


def test_every_send_is_of_a_campaign(demo):
    campaigns = set(demo.column("journey_crm", "campaigns", "campaign_id"))

    assert set(demo.column("journey_crm", "sends", "campaign_id")) <= campaigns


def test_there_are_about_180_second_contacts(contacts):
    assert sum(row["contact_id"].startswith("D") for row in contacts) == 180


def test_second_contacts_mostly_come_without_a_cross_id(contacts):
    second = [row for row in contacts if row["contact_id"].startswith("D")]

    assert 5 < sum(bool(row["household_id"]) for row in second) < 30


def test_contact_ids_stand_once(contacts):
    assert len({row["contact_id"] for row in contacts}) == len(contacts)


def test_three_quarters_of_first_contacts_have_their_cross_id(contacts):
    first = [row for row in contacts if row["contact_id"].isdigit()]

    assert 0.72 < sum(bool(row["household_id"]) for row in first) / len(first) < 0.78


def test_some_contacts_have_an_address_that_is_nobodys(contacts):
    emails = Counter(row["email"] for row in contacts)

    assert emails["test@test.com"] + emails["none@none.com"] > 0


def test_some_households_share_a_mailbox_but_are_different_people(demo, contacts):
    who = demo.people("journey_crm")
    people_by_email: dict[str, set[str]] = {}
    for row in contacts:
        if row["email"].endswith(".example"):
            people = people_by_email.setdefault(row["email"].lower(), set())
            people.add(who[row["contact_id"]])

    assert sum(len(people) > 1 for people in people_by_email.values()) >= 10


def test_strangers_at_the_kiosk_gave_one_number(demo, contacts):
    who = demo.people("journey_crm")
    people_by_phone: dict[str, set[str]] = {}
    for row in contacts:
        digits = "".join(filter(str.isdigit, row["phone"]))[-10:]
        if digits:
            people_by_phone.setdefault(digits, set()).add(who[row["contact_id"]])

    assert max(map(len, people_by_phone.values())) == 11


def test_second_contacts_of_a_household_are_mostly_the_same_person(demo, contacts):
    who = demo.people("journey_crm")
    account_holders = set(demo.people("journey_shop").values())

    same = sum(
        who[row["contact_id"]] in account_holders
        for row in contacts
        if row["contact_id"].startswith("D")
    )

    assert same == sum(_RETYPED.values()) == 155


@pytest.mark.parametrize(
    ("column", "allowed"),
    [
        ("status", {"active", "lapsed", "prospect"}),
        ("subscription_status", {"subscribed", "unsubscribed", "never"}),
    ],
)
def test_a_contacts_status_is_one_we_know(demo, column, allowed):
    assert set(demo.column("journey_crm", "contacts", column)) == allowed


def test_the_subscription_follows_from_the_last_consent(demo, contacts):
    last: dict[str, str] = {}
    for row in demo.rows("journey_crm", "consent"):
        if row["purpose"] == "email_marketing":
            last[row["contact_id"]] = row["state"]

    told = {row["contact_id"]: row["subscription_status"] for row in contacts}

    meaning = {"granted": "subscribed", "withdrawn": "unsubscribed", None: "never"}
    assert told == {contact: meaning[last.get(contact)] for contact in told}


# Stages and consent


@pytest.mark.parametrize("stream", ["lifecycle", "consent"])
def test_history_is_of_known_contacts(demo, contacts, stream):
    ids = {row["contact_id"] for row in contacts}

    assert set(demo.column("journey_crm", stream, "contact_id")) <= ids


def test_every_contact_has_one_to_four_stages(demo, contacts):
    counted = Counter(demo.column("journey_crm", "lifecycle", "contact_id"))

    assert set(counted) == {row["contact_id"] for row in contacts}
    assert set(counted.values()) == {1, 2, 3, 4}


def test_a_contact_enters_one_stage_at_a_moment(demo):
    rows = demo.rows("journey_crm", "lifecycle")

    assert len({(row["contact_id"], row["started_at"]) for row in rows}) == len(rows)


def test_a_family_in_the_real_attributes_is_in_the_families_segment(demo):
    families = {
        str(row["household_id"])
        for row in demo.rows("journey_crm", "demographics")
        if row["household_comp"] in ("2 Adults Kids", "1 Adult Kids")
    }

    segments = {
        row["segment"]
        for row in demo.rows("journey_crm", "lifecycle")
        if row["contact_id"] in families
    }

    assert segments == {"Families"}


def test_most_baskets_were_paid_at_a_known_stage(demo, first_bought):
    began: dict[str, str] = {}
    for row in demo.rows("journey_crm", "lifecycle"):
        began.setdefault(row["contact_id"], row["started_at"])

    known = [h for h, at in first_bought.items() if began.get(h, "9") <= text(at)]

    assert len(known) == 2_300


# Visits


def test_every_visit_is_of_a_known_household_or_of_nobody(demo, first_bought):
    seen = set(demo.column("journey_web", "touches", "customer_id"))

    assert seen - set(first_bought) == {None}


def test_some_households_were_never_seen(demo, first_bought):
    seen = set(demo.column("journey_web", "touches", "customer_id")) - {None}

    assert 0.08 < 1 - len(seen) / len(first_bought) < 0.14


def test_a_household_is_seen_up_to_five_times_before_its_first_basket(
    demo, first_bought
):
    before: Counter[str] = Counter()
    for row in demo.rows("journey_web", "touches"):
        household = row["customer_id"]
        if household and row["at"] < text(first_bought[household]):
            before[household] += 1

    assert set(before.values()) == {1, 2, 3, 4, 5}


def test_some_are_only_seen_after_their_first_basket(demo, first_bought):
    first_seen: dict[str, str] = {}
    for row in demo.rows("journey_web", "touches"):
        if row["customer_id"]:
            first_seen.setdefault(row["customer_id"], row["at"])

    later = sum(
        at > text(first_bought[household]) for household, at in first_seen.items()
    )

    assert 0.04 < later / len(first_bought) < 0.10


def test_each_visit_has_a_message_of_its_own(demo):
    messages = demo.column("journey_web", "touches", "message_id")

    assert len(set(messages)) == len(messages)


def test_visits_stand_in_the_order_of_time(demo):
    moments = demo.column("journey_web", "touches", "at")

    assert moments == sorted(moments)
