"""Decisions one after another: what is stale, what contradicts, what the night makes of it."""

from datetime import timedelta

import pytest

from identity import ledger, queue, stitching
from identity.models import Link, MatchCandidate, Merge
from tests import make
from tests.identity import drawn

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, WEDNESDAY = (make.moment(f"2026-03-0{day}") for day in (2, 3, 4))
PENDING, SAME, DIFFERENT = (
    MatchCandidate.Status(each) for each in ("pending", "same", "different")
)


@pytest.fixture
def steward():
    return make.user(role="steward")


@pytest.fixture
def family() -> drawn.Shop:
    """Three at one mailbox, whose names differ: three pairs wait."""
    shop = drawn.shop()
    shop.write("""
        record | name     | email
        crm 1  | Ann Bell | home@bell.example
        crm 2  | Tom Bell | home@bell.example
        crm 3  | Zoe Bell | home@bell.example
    """)
    stitching.stitch(at=MONDAY)
    return shop


def decide(decision, shop, one, other, by, at=TUESDAY):
    pair = MatchCandidate.objects.get(left=shop.record(one), right=shop.record(other))
    return decision(candidate_id=pair.pk, by=by, reason="I asked them.", at=at)


def waiting() -> list[tuple[str, str]]:
    """Return who is still asked about, by first name."""
    pairs = MatchCandidate.objects.undecided().order_by("pk")
    return list(pairs.values_list("left__first_name", "right__first_name"))


def test_every_two_of_three_are_asked_about(family):
    assert waiting() == [("Ann", "Tom"), ("Ann", "Zoe"), ("Tom", "Zoe")]


def test_two_yeses_answer_the_third_question(family, steward):
    decide(queue.approve, family, "crm 1", "crm 2", steward)
    decide(queue.approve, family, "crm 1", "crm 3", steward)

    assert waiting() == []
    with pytest.raises(queue.SamePerson):
        decide(queue.approve, family, "crm 2", "crm 3", steward)


def test_a_yes_and_a_no_leave_the_third_question_and_one_answer_to_it(family, steward):
    decide(queue.approve, family, "crm 1", "crm 2", steward)
    decide(queue.reject, family, "crm 1", "crm 3", steward)

    with pytest.raises(queue.SaidDifferent):
        decide(queue.approve, family, "crm 2", "crm 3", steward)
    decide(queue.reject, family, "crm 2", "crm 3", steward)

    assert waiting() == []
    assert family.people() == ["crm 1 + crm 2", "crm 3"]


@pytest.mark.parametrize("decision", [queue.approve, queue.reject])
def test_the_night_after_a_decision_changes_nothing_and_asks_nothing_new(
    family, steward, decision
):
    decide(decision, family, "crm 1", "crm 2", steward)
    before = family.people(), waiting()

    stitched = stitching.stitch(at=WEDNESDAY)

    assert stitched.linked == 0
    assert (family.people(), waiting()) == before
    assert stitching.stitch(at=WEDNESDAY).message == "Nothing new was said of anybody."


def test_a_refused_decision_changes_nothing_at_all(family, steward):
    decide(queue.reject, family, "crm 1", "crm 2", steward)
    decide(queue.approve, family, "crm 1", "crm 3", steward)
    links = list(Link.objects.order_by("pk").values())
    pairs = list(MatchCandidate.objects.order_by("pk").values())

    with pytest.raises(queue.SaidDifferent):
        decide(queue.approve, family, "crm 2", "crm 3", steward)

    assert list(Link.objects.order_by("pk").values()) == links
    assert list(MatchCandidate.objects.order_by("pk").values()) == pairs
    assert Merge.objects.count() == 1


def test_a_person_joined_twice_is_told_as_of_each_moment(family, steward):
    records = [family.record(f"crm {number}").pk for number in (1, 2, 3)]
    decide(queue.approve, family, "crm 1", "crm 2", steward, at=TUESDAY)
    decide(queue.approve, family, "crm 2", "crm 3", steward, at=WEDNESDAY)

    an_instant = timedelta(microseconds=1)
    moments = [TUESDAY - an_instant, TUESDAY, WEDNESDAY - an_instant, WEDNESDAY]
    people = [
        len(set(ledger.people_of(record_ids=records, as_of=moment).values()))
        for moment in moments
    ]
    assert people == [3, 2, 2, 1]
    assert ledger.overlapping() == []


def test_a_pair_whose_records_joined_others_since_joins_those_too(family, steward):
    family.write("""
        record  | name     | email
        guest 7 | Ann Bell | home@bell.example
        guest 8 | Tom Bell | home@bell.example
    """)
    stitching.stitch(at=TUESDAY)

    decide(queue.approve, family, "crm 1", "crm 2", steward, at=WEDNESDAY)

    assert family.people() == ["crm 1 + crm 2 + guest 7 + guest 8", "crm 3"]


def test_what_was_said_of_a_record_is_said_of_its_person(family, steward):
    """Zoe's guest checkout is Zoe: Ann and that checkout were told apart, too."""
    decide(queue.reject, family, "crm 1", "crm 3", steward)
    family.write([drawn.Row("guest 9", "Zoe Bell", "home@bell.example")])

    stitching.stitch(at=WEDNESDAY)

    assert family.people() == ["crm 1", "crm 2", "crm 3 + guest 9"]
    assert waiting() == [("Ann", "Tom"), ("Tom", "Zoe")]


def test_a_decision_overtaken_by_another_binds_all_it_joined(family, steward):
    """Whoever waited for a colleague's merge decided earlier and merges later."""
    decide(queue.approve, family, "crm 1", "crm 2", steward, at=WEDNESDAY)
    kept = Link.objects.as_of(None).filter(record=family.record("crm 1"))
    kept.update(started_at=WEDNESDAY)

    merge = decide(queue.approve, family, "crm 1", "crm 3", steward, at=TUESDAY)

    assert merge.at == WEDNESDAY + timedelta(microseconds=1)
    stitching.stitch(at=WEDNESDAY + timedelta(days=1))
    assert family.people() == ["crm 1 + crm 2 + crm 3"]


def test_a_pair_that_is_not_there_is_nobodys_to_decide(steward):
    with pytest.raises(MatchCandidate.DoesNotExist):
        queue.approve(candidate_id=0, by=steward, reason="Why not.", at=MONDAY)


@pytest.mark.parametrize("reason", ["", " ", "\t\n", "\u00a0", "\x00", " \x00 "])
@pytest.mark.parametrize("decision", [queue.approve, queue.reject])
def test_a_reason_nobody_can_read_is_none(steward, decision, reason):
    pair = make.candidate()

    with pytest.raises(queue.NoReason):
        decision(candidate_id=pair.pk, by=steward, reason=reason, at=MONDAY)

    pair.refresh_from_db()
    assert pair.status == PENDING
