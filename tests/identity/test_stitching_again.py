"""What people were once known by keeps them together; what a steward joined, too."""

from datetime import timedelta

import pytest

from identity import keys, queue, stitching
from identity.models import Key, Link, MatchCandidate, Merge
from tests import make
from tests.identity import drawn

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, WEDNESDAY = (make.moment(f"2026-03-0{day}") for day in (2, 3, 4))
THURSDAY = make.moment("2026-03-05")


def decide(decision, *, at) -> None:
    """Let a steward decide every pair that waits."""
    steward = make.user(role="steward")
    for pair in MatchCandidate.objects.undecided():
        decision(candidate_id=pair.pk, by=steward, reason="I asked them.", at=at)


def test_who_changed_their_email_stays_who_they_were_when_keys_are_made_otherwise(
    monkeypatch,
):
    shop = drawn.shop()
    shop.write("""
        record  | name     | email            | phone
        crm 7   | Ann Bell | ann@home.example |
        guest 3 | Ann Bell | ann@home.example | 020 7946 0123
    """)
    stitching.stitch(at=MONDAY)
    shop.write([drawn.Row("guest 3", "Ann Bell", "ann@new.example")])
    stitching.stitch(at=TUESDAY)
    monkeypatch.setattr(keys, "KEYS_VERSION", keys.KEYS_VERSION + 1)

    stitched = stitching.stitch(at=WEDNESDAY)

    assert stitched.linked == 0
    assert shop.people() == ["crm 7 + guest 3"]
    kept = Key.objects.filter(record=shop.record("guest 3")).order_by("kind", "value")
    assert list(kept.values_list("kind", "value", "version")) == [
        ("email", "ann@home.example", keys.KEYS_VERSION),
        ("email", "ann@new.example", keys.KEYS_VERSION),
        ("phone", "+442079460123", keys.KEYS_VERSION),
    ]


def test_what_a_later_version_takes_for_nobodys_is_forgotten(monkeypatch):
    shop = drawn.shop()
    shop.write("""
        record  | name     | email
        crm 7   | Ann Bell | ann@home.example
        guest 3 | Ann Bell | ann@home.example
    """)
    stitching.stitch(at=MONDAY)
    monkeypatch.setattr(keys, "KEYS_VERSION", keys.KEYS_VERSION + 1)
    monkeypatch.setattr(keys, "comparable_email", lambda typed: None)

    stitching.stitch(at=TUESDAY)

    assert shop.people() == ["crm 7", "guest 3"]
    assert list(Key.objects.filter(kind="email")) == []


@pytest.fixture
def two_names() -> drawn.Shop:
    """Ann who also goes by Tom, as a steward said; three contacts like Ann came later.

    The later ones are more: the person the steward made goes up in theirs.
    """
    shop = drawn.shop()
    shop.write("""
        record  | name     | email
        crm 7   | Ann Bell | ann@home.example
        guest 8 | Tom Bell | ann@home.example
    """)
    shop.write("""
        record | name     | email
        crm 1  | Ann Bell | ann@work.example
        crm 2  | Ann Bell | ann@work.example
        crm 3  | Ann Bell | ann@work.example
    """)
    stitching.stitch(at=MONDAY)
    decide(queue.approve, at=MONDAY + timedelta(hours=1))
    shop.write([drawn.Row("crm 7", "Ann Bell", "ann@work.example")])
    stitching.stitch(at=TUESDAY)
    return shop


ALL_FIVE = "crm 1 + crm 2 + crm 3 + crm 7 + guest 8"


def test_who_a_steward_joined_goes_up_in_larger_company_together(two_names):
    assert two_names.people() == [ALL_FIVE]
    assert stitching.stitch(at=WEDNESDAY).linked == 0


def test_a_steward_binds_no_record_that_came_by_a_rule_afterwards(two_names):
    two_names.write([drawn.Row("crm 2", "Zoe Hart", "ann@work.example")])

    stitching.stitch(at=WEDNESDAY)

    assert two_names.people() == ["crm 1 + crm 3 + crm 7 + guest 8", "crm 2"]


def test_what_a_steward_joined_stays_joined_in_larger_company(two_names):
    two_names.write([drawn.Row("guest 8", "Zoe Hart", "zoe@new.example")])

    stitching.stitch(at=WEDNESDAY)

    assert two_names.people() == [ALL_FIVE]


def test_all_that_were_theirs_when_a_steward_decided_stay_joined():
    shop = drawn.shop()
    shop.write("""
        record  | name     | email
        crm 1   | Ann Bell | ann@home.example
        crm 2   | Ann Bell | ann@home.example
        guest 8 | Tom Bell | ann@home.example
    """)
    stitching.stitch(at=MONDAY)
    decide(queue.approve, at=TUESDAY)
    shop.write([drawn.Row("crm 2", "Zoe Hart", "zoe@new.example")])

    stitching.stitch(at=WEDNESDAY)

    assert shop.people() == ["crm 1 + crm 2 + guest 8"]


def test_two_decisions_about_one_person_bind_all_they_joined():
    shop = drawn.shop()
    shop.write("""
        record  | name     | email
        crm 1   | Ann Bell | home@bell.example
        crm 2   | Tom Bell | home@bell.example
        crm 3   | Zoe Bell | home@bell.example
    """)
    stitching.stitch(at=MONDAY)
    first, second = MatchCandidate.objects.order_by("pk")[:2]
    steward = make.user(role="steward")
    for pair, at in ((first, TUESDAY), (second, WEDNESDAY)):
        queue.approve(candidate_id=pair.pk, by=steward, reason="One of them.", at=at)
    shop.write([drawn.Row("crm 3", "May Reed", "may@new.example")])

    stitched = stitching.stitch(at=THURSDAY)

    assert stitched.linked == 0
    assert shop.people() == ["crm 1 + crm 2 + crm 3"]


def test_a_rule_binds_nobody():
    shop = drawn.shop()
    shop.write("""
        record  | name     | email
        crm 1   | Ann Bell | ann@home.example
        crm 2   | Ann Bell | ann@work.example
    """)
    stitching.stitch(at=MONDAY)
    shop.write([drawn.Row("crm 2", "Ann Bell", "ann@home.example")])
    stitching.stitch(at=TUESDAY)
    shop.write([drawn.Row("crm 2", "Zoe Hart", "ann@home.example")])

    stitching.stitch(at=WEDNESDAY)

    assert Merge.objects.filter(by=None).count() == 1
    assert shop.people() == ["crm 1", "crm 2"]


def test_a_guest_who_names_an_account_is_not_silenced_by_one_who_does_not():
    shop = drawn.shop()
    shop.write("""
        record  | name     | email            | id
        shop 1  | Ann Bell |                  |
        guest 1 | Ann Bell | ann@home.example |
        guest 2 | Ann Bell | ann@home.example | 1
    """)

    stitching.stitch(at=MONDAY)

    assert shop.people() == ["guest 1 + guest 2 + shop 1"]


def test_a_record_with_nothing_in_it_is_somebody():
    shop = drawn.shop()
    shop.write([drawn.Row("crm 1"), drawn.Row("crm 2"), drawn.Row("guest 3")])

    stitched = stitching.stitch(at=MONDAY)

    assert (stitched.records, stitched.linked) == (3, 3)
    assert shop.people() == ["crm 1", "crm 2", "guest 3"]
    assert Key.objects.count() == 0
    assert set(Link.objects.values_list("reason", flat=True)) == {"alone"}


def test_an_installation_without_a_record_has_nothing_to_join():
    assert stitching.stitch(at=MONDAY) == stitching.Stitched(
        records=0, linked=0, message="Nothing new was said of anybody."
    )


def test_the_names_of_many_scripts_are_read_from_the_database_and_told_apart():
    shop = drawn.shop()
    shop.write("""
        record | name       | email
        crm 1  | राम शर्मा    | ghar@sharma.example
        crm 2  | रीमा शर्मा   | ghar@sharma.example
        crm 3  | राम शर्मा    | ghar@sharma.example
    """)

    stitching.stitch(at=MONDAY)

    assert shop.people() == ["crm 1 + crm 3", "crm 2"]


def test_an_email_is_one_mailbox_however_its_host_is_written():
    shop = drawn.shop()
    shop.write("""
        record | name     | email
        crm 1  | Ann Bell | ann@müller.example
        crm 2  | Ann Bell | ANN@XN--MLLER-KVA.example
        crm 3  | Ann Bell | ann@mu\u0308ller.example\u200b
    """)

    stitching.stitch(at=MONDAY)

    assert shop.people() == ["crm 1 + crm 2 + crm 3"]
