"""Records become people: at first, again, and after something changed."""

from datetime import timedelta

import pytest

from identity import evidence, keys, ledger, queue, stitching
from identity.models import Key, Link, MatchCandidate, Merge, Person
from measurement.models import CustomerRecord
from tests import make
from tests.identity import drawn

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, WEDNESDAY = (make.moment(f"2026-03-0{day}") for day in (2, 3, 4))

ANN = """
    record  | name     | email            | id
    shop 1  | Ann Bell | ann@home.example |
    crm 7   | Ann Bell |                  | 1
    guest 3 | Ann Bell | ann@home.example |
    crm 8   | Tom Bell | tom@home.example |
"""


@pytest.fixture
def ann() -> drawn.Shop:
    """A shop where Ann has three records and Tom one, stitched on Monday."""
    shop = drawn.shop()
    shop.write(ANN)
    stitching.stitch(at=MONDAY)
    return shop


def test_every_record_belongs_to_somebody(ann):
    assert ann.people() == ["crm 7 + guest 3 + shop 1", "crm 8"]


def test_a_first_stitching_says_what_it_found():
    shop = drawn.shop()
    shop.write(ANN)

    stitched = stitching.stitch(at=MONDAY)

    assert stitched == stitching.Stitched(
        records=4,
        linked=4,
        message="4 records read; 2 people in all. 0 pairs wait for a steward.",
    )


def test_a_second_stitching_changes_nothing(ann):
    links = list(Link.objects.order_by("pk").values())

    stitched = stitching.stitch(at=TUESDAY)

    assert stitched == stitching.Stitched(4, 0, "Nothing new was said of anybody.")
    assert list(Link.objects.order_by("pk").values()) == links


def test_a_new_record_joins_who_is_there(ann):
    person = ledger.person_of(record_id=ann.record("shop 1").pk)
    ann.write("""
        record | name     | email
        crm 9  | Ann Bell | ann@home.example
    """)

    stitched = stitching.stitch(at=TUESDAY)

    assert (stitched.records, stitched.linked) == (5, 1)
    assert ledger.person_of(record_id=ann.record("crm 9").pk) == person
    assert Merge.objects.count() == 0


def test_a_record_that_joins_two_people_merges_them_into_the_one_with_more_records(ann):
    ann.write("""
        record | name     | email
        crm 9  | Ann Bell | ann@work.example
    """)
    stitching.stitch(at=TUESDAY)
    shop_person = ledger.person_of(record_id=ann.record("shop 1").pk)
    work_person = ledger.person_of(record_id=ann.record("crm 9").pk)
    ann.write([drawn.Row("crm 9", "Ann Bell", "ann@work.example", id="1")])

    stitching.stitch(at=WEDNESDAY)

    [merge] = Merge.objects.all()
    assert (merge.kept, merge.absorbed) == (shop_person, work_person)
    assert (merge.at, merge.by) == (WEDNESDAY, None)
    assert merge.reason == "Rule: the shop's customer id, and a name that agrees."
    assert ann.people() == ["crm 7 + crm 9 + guest 3 + shop 1", "crm 8"]


def test_a_merge_leaves_every_earlier_moment_as_it_was(ann):
    ann.write([drawn.Row("crm 9", "Ann Bell", "ann@work.example")])
    stitching.stitch(at=TUESDAY)
    record = ann.record("crm 9").pk
    alone = ledger.person_of(record_id=record)
    ann.write([drawn.Row("crm 9", "Ann Bell", "ann@work.example", id="1")])

    stitching.stitch(at=WEDNESDAY)

    just_before = WEDNESDAY - timedelta(microseconds=1)
    assert ledger.person_of(record_id=record, as_of=MONDAY) is None
    assert ledger.person_of(record_id=record, as_of=just_before) == alone
    assert ledger.person_of(record_id=record, as_of=WEDNESDAY) != alone


def test_who_changes_their_email_stays_who_they_were(ann):
    ann.write([drawn.Row("guest 3", "Ann Bell", "ann@new.example")])

    stitching.stitch(at=TUESDAY)

    assert ann.people() == ["crm 7 + guest 3 + shop 1", "crm 8"]
    assert Key.objects.filter(record=ann.record("guest 3"), kind="email").count() == 2


def test_who_turns_out_to_be_somebody_else_comes_apart_again(ann):
    person = ledger.person_of(record_id=ann.record("shop 1").pk)
    ann.write([drawn.Row("guest 3", "Tom Bell", "ann@home.example")])

    stitching.stitch(at=TUESDAY)

    assert ann.people() == ["crm 7 + shop 1", "crm 8", "guest 3"]
    assert ledger.person_of(record_id=ann.record("shop 1").pk) == person
    assert Merge.objects.count() == 0


def test_what_a_guard_refuses_is_asked_once(ann):
    ann.write([drawn.Row("crm 9", "Tom Bell", "ann@home.example")])
    stitching.stitch(at=TUESDAY)
    ann.write([drawn.Row("guest 4", "Tom Bell", "ann@home.example")])

    stitching.stitch(at=WEDNESDAY)

    [question] = MatchCandidate.objects.values_list("evidence", "guard", "status")
    assert question == (
        "The same e-mail address.",
        evidence.FIRST_NAMES_DIFFER,
        MatchCandidate.Status.PENDING,
    )


def test_what_a_steward_kept_apart_is_not_asked_again(ann):
    ann.write([drawn.Row("crm 9", "Tom Bell", "ann@home.example")])
    stitching.stitch(at=TUESDAY)
    [pair] = MatchCandidate.objects.all()
    queue.reject(
        candidate_id=pair.pk,
        by=make.user(role="steward"),
        reason="Father and daughter.",
        at=TUESDAY,
    )
    ann.write([drawn.Row("crm 9", "Ann Bell", "ann@home.example")])

    stitching.stitch(at=WEDNESDAY)

    assert ann.people() == ["crm 7 + guest 3 + shop 1", "crm 8", "crm 9"]
    assert MatchCandidate.objects.pending().count() == 0


def test_what_a_steward_joined_stays_joined_when_a_record_is_read_again(ann):
    ann.write([drawn.Row("crm 9", "Tom Bell", "ann@home.example")])
    stitching.stitch(at=TUESDAY)
    [pair] = MatchCandidate.objects.all()
    queue.approve(
        candidate_id=pair.pk,
        by=make.user(role="steward"),
        reason="Goes by either name.",
        at=TUESDAY + timedelta(hours=1),
    )
    ann.write([drawn.Row("shop 1", "Ann Bell", "ann@home.example", "020 7946 0123")])

    stitching.stitch(at=WEDNESDAY)

    assert ann.people() == ["crm 7 + crm 9 + guest 3 + shop 1", "crm 8"]


def test_what_joined_by_a_rule_after_a_steward_comes_apart_by_a_rule(ann):
    ann.write([drawn.Row("crm 9", "Tom Bell", "ann@home.example")])
    stitching.stitch(at=TUESDAY)
    [pair] = MatchCandidate.objects.all()
    queue.approve(
        candidate_id=pair.pk,
        by=make.user(role="steward"),
        reason="Goes by either name.",
        at=TUESDAY + timedelta(hours=1),
    )
    ann.write([drawn.Row("guest 4", "Tom Bell", "ann@home.example")])
    stitching.stitch(at=WEDNESDAY)
    joined = ann.people()
    ann.write([drawn.Row("guest 4", "Zoe Hart", "ann@home.example")])

    stitching.stitch(at=WEDNESDAY + timedelta(days=1))

    assert joined == ["crm 7 + crm 9 + guest 3 + guest 4 + shop 1", "crm 8"]
    assert ann.people() == ["crm 7 + crm 9 + guest 3 + shop 1", "crm 8", "guest 4"]


def test_nobody_is_known_across_two_storefronts(ann):
    other = drawn.shop()
    other.write(ANN)

    stitching.stitch(at=TUESDAY)

    assert other.people() == ann.people()
    assert Person.objects.count() == 4


def test_two_accounts_of_two_shops_of_one_storefront_may_be_one_person(ann):
    second = make.system(of=ann.storefront)
    CustomerRecord.objects.create(
        system=second,
        source_id="1",
        first_name="Ann",
        email="ann@home.example",
        run=1,
    )

    stitching.stitch(at=TUESDAY)

    assert ann.people() == ["crm 7 + guest 3 + shop 1 + shop 1", "crm 8"]


def test_a_night_that_began_before_a_link_ends_it_after_it_began(ann):
    early = MONDAY - timedelta(hours=1)
    ann.write([drawn.Row("guest 3", "Tom Bell", "ann@home.example")])

    stitching.stitch(at=early)

    record = ann.record("guest 3").pk
    spans = Link.objects.filter(record=record).order_by("started_at")
    after = MONDAY + timedelta(microseconds=1)
    assert list(spans.values_list("started_at", "ended_at")) == [
        (MONDAY, after),
        (after, None),
    ]


def test_values_shared_by_too_many_are_one_note():
    shop = drawn.shop()
    shop.write(
        drawn.Row(f"crm {number}", "Ann Bell", "office@bell.example", "020 7946 0123")
        for number in range(drawn.MOST_SHARING + 1)
    )

    stitched = stitching.stitch(at=MONDAY)

    assert stitched.message == (
        "9 records read; 9 people in all. 0 pairs wait for a steward. Shared by too many "
        "to join anybody: 1 e-mail addresses, 1 phone numbers."
    )
    assert MatchCandidate.objects.count() == 0


def test_the_record_that_makes_a_crowd_takes_the_crowd_apart():
    shop = drawn.shop()
    crowd = [
        drawn.Row(f"crm {number}", "Ann Bell", "office@bell.example")
        for number in range(drawn.MOST_SHARING + 1)
    ]
    shop.write(crowd[:-1])
    stitching.stitch(at=MONDAY)
    together = len(shop.people())
    shop.write(crowd[-1:])

    stitching.stitch(at=TUESDAY)

    assert (together, len(shop.people())) == (1, drawn.MOST_SHARING + 1)


def test_a_phone_is_read_as_dialled_where_the_shop_is(ann):
    ann.write([drawn.Row("crm 9", "Ann Bell", phone="020 7946 0123")])

    stitching.stitch(at=TUESDAY)

    kept = Key.objects.filter(record=ann.record("crm 9"))
    assert list(kept.values_list("kind", "value")) == [("phone", "+442079460123")]


def test_a_number_half_of_whose_owners_are_looked_at_asks_nothing():
    """Zoe's numbers lead to two of a crowd: the crowd is no smaller for it."""
    shop = drawn.shop()
    crowd = [f"crm {number}" for number in range(20, 21 + drawn.MOST_SHARING)]
    shop.write(
        drawn.Row(name, "May Reed", f"may{name[4:]}@home.example", "020 7946 0123")
        for name in crowd
    )
    shop.write("""
        record | name     | email              | phone
        crm 50 | May Reed | may20@home.example | 020 7946 0777
        crm 51 | May Reed | may21@home.example | 020 7946 0888
        crm 60 | Zoe Hart |                    | 020 7946 0777
    """)
    stitching.stitch(at=MONDAY)
    shop.write([drawn.Row("crm 60", "Zoe Hart", phone="020 7946 0888")])

    stitching.stitch(at=TUESDAY)

    assert MatchCandidate.objects.count() == 0


def test_a_new_record_is_asked_about_with_whoever_had_its_number_before():
    shop = drawn.shop()
    shop.write([drawn.Row("crm 7", "May Reed", "may@home.example", "020 7946 0123")])
    stitching.stitch(at=MONDAY)
    shop.write([drawn.Row("guest 1", "May Reed", "may@work.example", "02079460123")])

    stitching.stitch(at=TUESDAY)

    [pair] = MatchCandidate.objects.all()
    assert (pair.left, pair.right) == (shop.record("crm 7"), shop.record("guest 1"))
    assert (pair.guard, pair.found_at) == (evidence.ONLY_A_PHONE, TUESDAY)


def test_another_version_of_the_keys_reads_everybody_again(ann, monkeypatch):
    monkeypatch.setattr(keys, "KEYS_VERSION", keys.KEYS_VERSION + 1)

    stitched = stitching.stitch(at=TUESDAY)

    assert stitched.linked == 0
    assert set(Key.objects.values_list("version", flat=True)) == {keys.KEYS_VERSION}
    assert ann.people() == ["crm 7 + guest 3 + shop 1", "crm 8"]
