"""Who shares what a household may share is of one household, and stays two people."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from governance.models import Operation
from identity import homes, policy, stitching
from identity.models import HouseholdLink, QuarantinedValue
from measurement.models import CustomerRecord
from tests import make
from tests.identity import drawn
from tests.identity.test_policy import identifier
from tests.identity.test_policy import vars_of as said_of
from tests.make import moment

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY = moment("2026-03-02"), moment("2026-03-03")
WEDNESDAY = moment("2026-03-04")


@pytest.fixture
def bells() -> drawn.Shop:
    """Ann and Tom Bell at one mailbox, with somebody of another name; Ann again at work."""
    shop = drawn.shop()
    shop.write("""
        record | name     | email
        crm 1  | Ann Bell | bell@home.example
        crm 2  | Tom Bell | bell@home.example
        crm 3  | Zoe Hart | bell@home.example
        crm 4  | Ann Bell | ann@work.example
    """)
    stitching.stitch(at=MONDAY)
    return shop


def together(shop) -> list[str]:
    """Return who is of one household now: ``crm 1 + crm 2``."""
    held: dict[int, list[str]] = {}
    for link in HouseholdLink.objects.as_of(None).order_by("record"):
        held.setdefault(link.household_id, []).append(f"crm {link.record.source_id}")
    return sorted(" + ".join(names) for names in held.values())


def agreed(domain, key, **parts):
    return policy.proposed([Operation(**said_of(identifier(domain, key, **parts)))])


def test_who_shares_a_mailbox_and_a_last_name_is_a_household_and_two_people(bells):
    found = homes.see(at=TUESDAY)

    assert together(bells) == ["crm 1 + crm 2"]
    assert bells.people() == ["crm 1", "crm 2", "crm 3", "crm 4"]
    assert (found.records, found.begun, found.ended) == (2, 2, 0)
    assert set(HouseholdLink.objects.values_list("reason", "by", "started_at")) == {
        (
            "Rule: one last name, two first names, and what a household shares: "
            "E-mail address.",
            None,
            TUESDAY,
        )
    }


def test_seeing_it_again_changes_nothing(bells):
    homes.see(at=TUESDAY)
    before = list(HouseholdLink.objects.values())

    found = homes.see(at=WEDNESDAY)

    assert (found.records, found.begun, found.ended, found.message) == (2, 0, 0, "")
    assert list(HouseholdLink.objects.values()) == before


def test_what_no_household_may_share_makes_none(bells, domain):
    homes.see(at=TUESDAY, agreed=agreed(domain, "email", in_household=False))

    assert together(bells) == []


def test_what_was_agreed_on_later_ends_what_a_rule_saw(bells, domain):
    homes.see(at=TUESDAY)

    found = homes.see(at=WEDNESDAY, agreed=agreed(domain, "email", in_household=False))

    assert (found.begun, found.ended, together(bells)) == (0, 2, [])
    assert HouseholdLink.objects.as_of(TUESDAY).count() == 2


@pytest.mark.parametrize("name", ["Anne Bell", "Ann Bel", "A. Bell", "Bell"])
def test_one_name_written_in_two_ways_is_no_household(bells, name):
    bells.write([drawn.Row("crm 2", name, "bell@home.example")])

    homes.see(at=TUESDAY)

    assert together(bells) == []


def test_what_was_set_aside_makes_no_household(bells):
    QuarantinedValue.objects.create(
        storefront=bells.storefront, kind="email", value="bell@home.example",
        why="crowded", since=MONDAY,
    )  # fmt: skip

    homes.see(at=TUESDAY)

    assert together(bells) == []


def test_a_home_shared_by_more_than_may_share_it_makes_none(bells, domain):
    homes.see(at=TUESDAY, agreed=agreed(domain, "email", most_people=2))

    assert together(bells) == []


def test_a_home_is_shared_as_a_mailbox_is(bells):
    CustomerRecord.objects.filter(source_id__in=["1", "4"]).update(
        street="12 High Street", postcode="AB1 2CD"
    )
    CustomerRecord.objects.filter(source_id="4").update(first_name="Eva")
    stitching.stitch(at=TUESDAY)

    homes.see(at=TUESDAY)

    assert together(bells) == ["crm 1 + crm 2 + crm 4"]


def test_two_homes_that_turn_out_to_be_one_are_the_older_one(bells):
    bells.write("""
        record | name     | email              | phone
        crm 5  | Eva Bell | eva@else.example   | 020 7946 0123
        crm 6  | Ian Bell | ian@else.example   | 020 7946 0123
    """)
    stitching.stitch(at=TUESDAY)
    homes.see(at=TUESDAY)
    before = together(bells)
    bells.write([drawn.Row("crm 6", "Ian Bell", "bell@home.example", "020 7946 0123")])
    stitching.stitch(at=WEDNESDAY)

    homes.see(at=WEDNESDAY)

    assert before == ["crm 1 + crm 2", "crm 5 + crm 6"]
    assert together(bells) == ["crm 1 + crm 2 + crm 5 + crm 6"]


def test_what_a_steward_said_of_a_household_stands(bells, domain):
    homes.see(at=TUESDAY)
    HouseholdLink.objects.update(by=make.user(role="steward"))

    homes.see(at=WEDNESDAY, agreed=agreed(domain, "email", in_household=False))

    assert together(bells) == ["crm 1 + crm 2"]


def test_who_lives_at_two_shops_storefronts_is_seen_in_each_alone(bells):
    other = drawn.shop()
    other.write([drawn.Row("crm 9", "Tim Bell", "bell@home.example")])
    stitching.stitch(at=TUESDAY)

    homes.see(at=TUESDAY)

    assert together(bells) == ["crm 1 + crm 2"]


def test_records_are_paired_within_what_they_share_and_never_all_with_all():
    # Nobody has measured what this transaction wrote, as on a first night.
    shop = drawn.shop()
    shop.write(
        "record | name | email\n"
        + "\n".join(
            f"crm {home}{first} | {name} Bell | bell{home}@home.example"
            for home in range(300)
            for first, name in (("1", "Ann"), ("2", "Tom"))
        )
    )
    stitching.stitch(at=MONDAY)
    statement = Path(homes.__file__).parent / "sql" / "of_one_home.sql"

    with connection.cursor() as cursor:
        cursor.execute(
            f"explain (analyze, format json) {statement.read_text()}",
            {"kinds": ["email"], "most": [8]},
        )
        ((plan,),) = cursor.fetchall()

    assert homes.see(at=TUESDAY).records == 600
    assert _thrown_away(plan[0]["Plan"]) <= 4 * 600


def _thrown_away(node: dict[str, Any]) -> float:
    """Return how many pairs a plan looked at for nothing, each node as often as it ran."""
    own = node.get("Rows Removed by Join Filter", 0) + node.get(
        "Rows Removed by Filter", 0
    )
    return own * node["Actual Loops"] + sum(map(_thrown_away, node.get("Plans", [])))
