"""Who is behind each record is known of all of them."""

import pytest

from measurement.demo.people import People
from measurement.demo.truth import Truth


def _records(demo, system: str) -> set[str]:
    if system == "journey_shop":
        return set(demo.column(system, "accounts", "household_id"))
    if system == "harbour_shop":
        guests = {
            f"guest:{order['order_id']}"
            for order in demo.rows(system, "orders")
            if not order["customer_id"]
        }
        return guests | set(demo.column(system, "customers", "id"))
    return set(demo.column(system, "contacts", "contact_id"))


@pytest.mark.parametrize(
    "system", ["journey_shop", "journey_crm", "harbour_shop", "harbour_crm"]
)
def test_every_record_is_somebody_and_nobody_else_is_told(demo, system):
    assert set(demo.people(system)) == _records(demo, system)


def test_people_of_the_two_storefronts_are_different_people(demo):
    journey = {
        *demo.people("journey_shop").values(),
        *demo.people("journey_crm").values(),
    }
    harbour = {
        *demo.people("harbour_shop").values(),
        *demo.people("harbour_crm").values(),
    }

    assert journey & harbour == set()


def test_every_household_is_a_person_of_its_own(demo):
    people = list(demo.people("journey_shop").values())

    assert len(set(people)) == len(people)


def test_the_first_contact_of_a_household_is_who_holds_the_account(demo):
    accounts, contacts = demo.people("journey_shop"), demo.people("journey_crm")

    wrong = [
        one for one in contacts if one.isdigit() and contacts[one] != accounts[one]
    ]

    assert wrong == []


def test_most_contacts_are_also_customers(demo):
    customers = set(demo.people("harbour_shop").values())
    contacts = set(demo.people("harbour_crm").values())

    assert 0.95 < len(contacts & customers) / len(contacts) < 1


def test_a_record_cannot_be_two_people(random):
    people, truth = People(random, prefix="X", with_phone=0), Truth()
    truth.add("shop", "1", people.make("GB"))

    with pytest.raises(ValueError) as refused:
        truth.add("shop", "1", people.make("GB"))

    assert str(refused.value) == (
        "Record 1 of shop is X00001 and cannot be X00002 as well. Give the second one "
        "an id of its own."
    )


def test_a_record_may_be_told_twice(tmp_path, random):
    person, truth = People(random, prefix="X", with_phone=0).make("GB"), Truth()

    truth.add("shop", "1", person)
    truth.add("shop", "1", person)
    truth.write(tmp_path)

    assert (
        tmp_path / "truth.csv"
    ).read_text() == "system,record_id,person\nshop,1,X00001\n"


def test_truth_is_written_in_the_order_of_systems_and_ids(tmp_path, random):
    person, truth = People(random, prefix="X", with_phone=0).make("GB"), Truth()
    for system, record in [("web", "1"), ("crm", "2"), ("crm", "10")]:
        truth.add(system, record, person)

    truth.write(tmp_path)

    assert (tmp_path / "truth.csv").read_text().splitlines()[1:] == [
        "crm,10,X00001",
        "crm,2,X00001",
        "web,1,X00001",
    ]
