"""Complete Journey: what is made up fits what is real."""

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from measurement.demo.journey.duplicates import _RETYPED


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def text(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture(scope="module")
def lines(demo) -> pa.Table:
    """The real lines, their value in whole cents."""
    path = demo.file("journey_shop", "transactions").path
    columns = ["household_id", "basket_id", "transaction_timestamp", "sales_value"]
    read = pq.ParquetFile(path).read(columns=columns)
    cents = pc.cast(pc.round(pc.multiply(read["sales_value"], 100)), pa.int64())
    return read.append_column("cents", cents)


@pytest.fixture(scope="module")
def baskets(lines) -> dict[str, tuple[datetime, Decimal]]:
    """When each basket was paid, and what its lines came to."""
    sums = lines.group_by("basket_id").aggregate(
        [("transaction_timestamp", "min"), ("cents", "sum")]
    )
    return {
        str(basket): (at, Decimal(cents) / 100)
        for basket, at, cents in zip(
            sums["basket_id"].to_pylist(),
            _moments(sums["transaction_timestamp_min"]),
            sums["cents_sum"].to_pylist(),
            strict=True,
        )
    }


@pytest.fixture(scope="module")
def first_bought(lines) -> dict[str, datetime]:
    """When each household first bought."""
    first = lines.group_by("household_id").aggregate([("transaction_timestamp", "min")])
    households = map(str, first["household_id"].to_pylist())
    return dict(
        zip(households, _moments(first["transaction_timestamp_min"]), strict=True)
    )


def _moments(column: pa.ChunkedArray) -> list[datetime]:
    """Return the moments, in UTC as they are meant."""
    return list(pc.cast(column, pa.timestamp("us", tz="UTC")).to_pylist())


@pytest.fixture(scope="module")
def contacts(demo) -> list[dict[str, str]]:
    return demo.rows("journey_crm", "contacts")


def test_the_real_baskets_are_whole(lines, baskets):
    total = sum((value for _, value in baskets.values()), Decimal(0))

    assert (lines.num_rows, len(baskets), total) == (
        1_469_307,
        155_848,
        Decimal("4596039.58"),
    )


# Accounts


def test_every_household_has_one_account(demo, first_bought):
    accounts = demo.column("journey_shop", "accounts", "household_id")

    assert len(accounts) == 2_469
    assert set(accounts) == set(first_bought)


def test_an_account_is_older_than_the_first_basket(demo, first_bought):
    late = [
        row
        for row in demo.rows("journey_shop", "accounts")
        if moment(row["created_at"]) >= first_bought[row["household_id"]]
    ]

    assert late == []


def test_an_account_says_its_time_with_the_shops_offset(demo):
    offsets = {row["created_at"][19:] for row in demo.rows("journey_shop", "accounts")}

    assert offsets == {"-05:00", "-04:00"}


def test_an_account_is_updated_after_it_was_made(demo):
    rows = demo.rows("journey_shop", "accounts")

    assert [r for r in rows if moment(r["updated_at"]) < moment(r["created_at"])] == []


def test_who_bought_in_the_first_month_was_a_customer_before_the_panel(
    demo, first_bought
):
    old = [
        row["household_id"]
        for row in demo.rows("journey_shop", "accounts")
        if row["created_at"] < "2016-12"
    ]

    assert len(old) == sum(text(at) < "2017-02" for at in first_bought.values())


# Refunds


def test_about_two_per_cent_of_baskets_are_refunded(demo, baskets):
    share = len(demo.rows("journey_shop", "refunds")) / len(baskets)

    assert 0.018 < share < 0.022


def test_a_refund_gives_back_something_and_never_more_than_was_paid(demo, baskets):
    wrong = [
        row
        for row in demo.rows("journey_shop", "refunds")
        if not 0 < Decimal(row["amount"]) <= baskets[row["basket_id"]][1]
    ]

    assert wrong == []


def test_a_basket_is_refunded_once(demo):
    refunded = demo.column("journey_shop", "refunds", "basket_id")

    assert len(set(refunded)) == len(refunded)


def test_a_refund_follows_within_thirty_days(demo, baskets):
    wrong = [
        row
        for row in demo.rows("journey_shop", "refunds")
        if not timedelta(days=1)
        <= moment(row["refunded_at"]) - baskets[row["basket_id"]][0]
        <= timedelta(days=30)
    ]

    assert wrong == []


def test_no_refund_is_told_before_it_happened(demo):
    last = max(demo.column("journey_shop", "refunds", "refunded_at"))

    assert last < "2018"


def test_some_refunds_are_partial_and_some_are_whole(demo, baskets):
    rows = demo.rows("journey_shop", "refunds")

    whole = sum(Decimal(r["amount"]) == baskets[r["basket_id"]][1] for r in rows)

    assert 0.5 < whole / len(rows) < 0.6


def test_refunds_are_numbered_by_date(demo):
    rows = demo.rows("journey_shop", "refunds")

    assert [row["refund_id"] for row in rows] == [
        f"R{number:06d}" for number in range(1, len(rows) + 1)
    ]
    moments = [moment(row["refunded_at"]) for row in rows]
    assert moments == sorted(moments)


# Costs


def test_every_cost_is_of_a_listed_product(demo):
    listed = {str(one) for one in demo.column("journey_shop", "products", "product_id")}

    costed = set(demo.column("journey_shop", "product_costs", "product_id"))

    assert costed - listed == set()


def test_most_products_sold_have_a_cost_and_some_do_not(demo):
    sold = {
        str(one) for one in demo.column("journey_shop", "transactions", "product_id")
    }

    costed = set(demo.column("journey_shop", "product_costs", "product_id"))

    assert 0.93 < len(costed & sold) / len(sold) < 0.97


def test_every_cost_is_more_than_nothing(demo):
    costs = demo.column("journey_shop", "product_costs", "cost")

    assert [cost for cost in costs if Decimal(cost) <= 0] == []


def test_a_product_has_one_cost_a_day(demo):
    rows = demo.rows("journey_shop", "product_costs")

    assert len({(row["product_id"], row["valid_from"]) for row in rows}) == len(rows)


def test_the_first_cost_holds_before_the_first_basket(demo):
    first: dict[str, str] = {}
    for row in demo.rows("journey_shop", "product_costs"):
        first.setdefault(row["product_id"], row["valid_from"])

    assert set(first.values()) == {"2016-12-01"}


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
