"""What must never end in a merge, through a whole night: rules, weights, visits, homes."""

import pytest

from governance.models import Operation
from identity import doubts, homes, ledger, policy, stitching, visitors
from identity.models import (
    AttachedVisit,
    Link,
    MatchCandidate,
    Merge,
    QuarantinedValue,
)
from measurement.models import CustomerRecord, Event
from tests import make
from tests.identity import drawn
from tests.identity.test_policy import identifier
from tests.identity.test_policy import vars_of as said_of
from tests.make import moment

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY = moment("2026-03-02"), moment("2026-03-03")
OFFICE = "020 7946 0123"


def night(*, at=MONDAY, agreed=None) -> str:
    """Do all that a night does to who is who; return what it says of records."""
    stitched = stitching.stitch(at=at, agreed=agreed)
    doubts.ask(at=at, agreed=agreed)
    homes.see(at=at, agreed=agreed)
    visitors.attach(at=at, agreed=agreed)
    return stitched.message


def strangers(shop: drawn.Shop, count: int, **said: str) -> list[CustomerRecord]:
    """Write so many contacts whose names have nothing in common."""
    letters = "bcdfghjklmnprstvwz"
    return CustomerRecord.objects.bulk_create(
        CustomerRecord(
            system=shop.systems["crm"],
            source_id=f"{number}",
            first_name=f"A{letters[number % 18]}{letters[number // 18 % 18]}a",
            last_name=f"{letters[number // 324 % 18]}o{letters[number // 5832]}{number % 7}l",
            run=1,
            **said,
        )
        for number in range(count)
    )


def people() -> int:
    return Link.objects.as_of(None).values("person").distinct().count()


def test_who_is_one_in_a_circle_but_for_two_ends_in_a_question():
    """Ann is Nan by her id, Nan is Tom by theirs, and Tom has Ann's mailbox."""
    shop = drawn.shop()
    shop.write("""
        record | name     | email            | id | born
        shop 1 | Ann Bell | ann@home.example |    | 1980-05-07
        crm 2  | A. Bell  | b@home.example   | 1  |
        crm 3  | Tom Bell | b@home.example   | 1  | 1991-01-02
        crm 4  | Tom Bell | ann@home.example |    |
    """)

    night()

    one_person = {frozenset(each.split(" + ")) for each in shop.people()}
    assert not any({"shop 1", "crm 3"} <= each for each in one_person)
    assert MatchCandidate.objects.pending().exists()


def test_merges_in_a_circle_are_one_person_and_the_next_night_says_so():
    shop = drawn.shop()
    shop.write("""
        record | name
        crm 1  | Ann Bell
        crm 2  | Bea Bell
        crm 3  | Eva Bell
    """)
    night()
    one, two, three = Link.objects.order_by("record").values_list("person", flat=True)
    steward = make.user(role="steward")

    def merge(*both):
        return ledger.merge(people=both, by=steward, reason="One.", at=TUESDAY)

    merge(one, two)
    merge(one, three)

    with pytest.raises(ledger.LedgerError):
        merge(three, two)
    night(at=moment("2026-03-04"))
    assert shop.people() == ["crm 1 + crm 2 + crm 3"]
    assert Merge.objects.as_of(None).count() == 2


def test_nobody_is_merged_with_themselves():
    shop = drawn.shop()
    shop.write([drawn.Row("crm 1", "Ann Bell", "ann@home.example")])
    night()
    [person] = Link.objects.values_list("person", flat=True)

    with pytest.raises(ledger.SamePerson):
        ledger.merge(
            people=[person, person],
            by=make.user(role="steward"),
            reason="One.",
            at=TUESDAY,
        )
    night(at=TUESDAY)
    assert (people(), Merge.objects.count()) == (1, 0)
    assert not MatchCandidate.objects.exists()


def test_three_sources_that_come_at_once_are_one_person_without_a_merge():
    shop = drawn.shop()
    shop.write("""
        record  | name     | email            | id
        shop 1  | Ann Bell | ann@home.example |
        crm 2   | Ann Bell | ann@home.example | 1
        guest 3 | Ann Bell | ann@home.example |
    """)

    night()

    assert shop.people() == ["crm 2 + guest 3 + shop 1"]
    assert not Merge.objects.exists()


def test_a_record_that_says_nothing_any_more_stays_who_it_was_and_joins_nobody():
    shop = drawn.shop()
    shop.write("""
        record | name     | email
        crm 1  | Ann Bell | ann@home.example
        crm 2  |          |
    """)
    night()
    before = dict(Link.objects.values_list("record", "person"))
    shop.write("""
        record | name | email
        crm 1  |      |
        crm 2  |      |
    """)

    night(at=TUESDAY)

    assert dict(Link.objects.as_of(None).values_list("record", "person")) == before
    assert not MatchCandidate.objects.exists()


def test_who_is_merged_with_somebody_unknown_is_told_so():
    shop = drawn.shop()
    shop.write([drawn.Row("crm 1", "Ann Bell")])
    night()
    [person] = Link.objects.values_list("person", flat=True)

    with pytest.raises(ledger.NoSuchPerson):
        ledger.merge(
            people=[person, 10**9],
            by=make.user(role="steward"),
            reason="One.",
            at=TUESDAY,
        )


def test_a_blocked_value_joins_and_asks_nothing(domain):
    shop = drawn.shop()
    shop.write("""
        record | name     | email            | phone
        crm 1  | Ann Bell | till@bell.example | 020 7946 0123
        crm 2  | Ann Bell | till@bell.example | 020 7946 0123
    """)
    blocked = policy.proposed(
        [
            Operation(**said_of(each))
            for each in (
                identifier(domain, "email", blocked_patterns=["till@*"]),
                identifier(domain, "phone", blocked_values=["+442079460123"]),
            )
        ]
    )

    night(agreed=blocked)

    assert shop.people() == ["crm 1", "crm 2"]
    assert not MatchCandidate.objects.exists()


def test_a_guest_who_returns_is_merged_by_rule():
    shop = drawn.shop()
    shop.write([drawn.Row("shop 1", "Ann Bell", "ann@home.example")])
    night()
    shop.write([drawn.Row("guest 7", "Ann Bell", "ann@home.example")])
    night(at=TUESDAY)
    shop.write([drawn.Row("guest 8", "Ann B", "ann@home.example")])

    night(at=moment("2026-03-04"))

    assert shop.people() == ["guest 7 + guest 8 + shop 1"]
    guests = Link.objects.as_of(None).filter(record__is_guest=True)
    assert set(guests.values_list("reason", flat=True)) == {"email"}


def test_a_guest_who_comes_before_the_account_is_merged_by_rule():
    shop = drawn.shop()
    shop.write([drawn.Row("guest 7", "Ann Bell", "ann@home.example")])
    night()
    shop.write([drawn.Row("shop 1", "Ann Bell", "ann@home.example")])

    night(at=TUESDAY)

    assert shop.people() == ["guest 7 + shop 1"]


@pytest.mark.slow
def test_ten_thousand_who_share_a_phone_are_nobody_together():
    shop = drawn.shop()
    strangers(shop, 10_000, phone=OFFICE)

    said = night()

    assert people() == 10_000
    assert "Shared by too many to join anybody: 1 phone numbers." in said
    [aside] = QuarantinedValue.objects.standing()
    assert (aside.value, aside.records) == ("+442079460123", 10_000)
    assert not MatchCandidate.objects.filter(evidence__contains="phone").exists()


@pytest.mark.slow
def test_a_kiosk_of_four_thousand_customers_joins_nobody_and_ties_nothing(domain):
    shop = drawn.shop()
    records = strangers(shop, 4_000)
    Event.objects.bulk_create(
        Event(
            system=shop.systems["shop"], message_id=f"m{number}", kind="visit",
            at=MONDAY, customer=record, visitor_id="kiosk", run=1,
        )
        for number, record in enumerate([*records, None])
    )  # fmt: skip
    free = policy.proposed(
        [Operation(**said_of(identifier(domain, "visitor", consent="")))]
    )

    night(agreed=free)

    assert people() == 4_000
    assert not AttachedVisit.objects.exists()
    assert not Merge.objects.exists()
