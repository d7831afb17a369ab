"""Answers taken back by whoever gave them."""

from datetime import date

import pytest

from identity import ledger, queue
from identity.models import (
    Answer,
    Apart,
    HouseholdLink,
    Key,
    MatchCandidate,
    QuarantinedValue,
)
from tests import make
from tests.identity.queue import asked
from tests.identity.queue.asked import AT, LATER, say, state

pytestmark = pytest.mark.django_db


@pytest.fixture
def steward(db):
    return asked.steward()


def test_a_merge_taken_back_is_undone_in_the_ledger(steward):
    pair = asked.pair()
    before = ledger.people_of(record_ids=[pair.left_id, pair.right_id])
    say(pair, "merge", steward)

    undone = queue.undo(by=steward, at=LATER)

    assert ledger.people_of(record_ids=[pair.left_id, pair.right_id]) == before
    assert state(pair) == ("pending", "first")
    assert (undone.said, undone.undoes.said, undone.reason) == (
        "undone", "merge", "Taken back: merge.",
    )  # fmt: skip
    assert Apart.objects.as_of(None).count() == 0


def test_what_was_taken_back_can_be_merged_again(steward):
    pair = asked.pair()
    say(pair, "merge", steward)
    queue.undo(by=steward, at=LATER)

    say(pair, "merge", steward, LATER)

    people = ledger.people_of(record_ids=[pair.left_id, pair.right_id])
    assert len(set(people.values())) == 1


@pytest.mark.parametrize("said", ["not_same", "household"])
def test_what_held_two_apart_is_taken_back(steward, said):
    pair = asked.pair()
    say(pair, said, steward)

    queue.undo(by=steward, at=LATER)

    assert state(pair) == ("pending", "first")
    assert Apart.objects.as_of(None).count() == 0
    assert HouseholdLink.objects.as_of(None).count() == 0


def test_who_had_moved_into_another_household_is_back_in_theirs(steward):
    records = [make.record(name) for name in ("Ada", "Bo", "Cleo", "Di")]
    say(asked.pair(left=records[0], right=records[1]), "household", steward)
    say(asked.pair(left=records[2], right=records[3]), "household", steward)
    held = HouseholdLink.objects.as_of(None)
    before = set(held.values_list("record", "household"))
    say(asked.pair(left=records[1], right=records[2]), "household", steward, LATER)

    queue.undo(by=steward, at=LATER)

    assert set(held.values_list("record", "household")) == before


def test_a_value_that_was_set_aside_joins_again(steward):
    pair = asked.pair()
    for record in (pair.left, pair.right):
        Key.objects.create(record=record, kind="phone", value="+1212", version=1)
    say(pair, "quarantine", steward, identifier=("phone", "+1212"))

    queue.undo(by=steward, at=LATER)

    assert QuarantinedValue.objects.standing().count() == 0
    assert (state(pair), pair.held_until) == (("pending", "first"), None)


@pytest.mark.parametrize(
    ("said", "more"), [("cant_tell", {}), ("hold", {"until": date(2026, 3, 9)})]
)
def test_what_put_a_pair_off_is_taken_back(steward, said, more):
    pair = asked.pair()
    say(pair, said, steward, **more)

    queue.undo(by=steward, at=LATER)

    assert (state(pair), pair.held_until) == (("pending", "first"), None)


def test_a_pair_whose_answer_was_taken_back_is_theirs_to_read_again(steward):
    pair = asked.pair()
    say(pair, "not_same", steward)

    queue.undo(by=steward, at=LATER)

    pair.refresh_from_db()
    assert queue.is_mine(pair, steward, LATER)


def test_answers_are_taken_back_one_after_another_the_last_one_first(steward):
    first, second = asked.pair(), asked.pair()
    say(first, "not_same", steward)
    say(second, "cant_tell", steward)

    undone = [queue.undo(by=steward, at=LATER).candidate for _ in range(2)]

    assert undone == [second, first]
    with pytest.raises(queue.NothingToUndo):
        queue.undo(by=steward, at=LATER)


def test_nobody_takes_back_anothers_answer(steward):
    say(asked.pair(), "not_same", steward)

    with pytest.raises(queue.NothingToUndo):
        queue.undo(by=asked.steward(), at=LATER)


def test_what_somebody_has_read_since_is_not_taken_back(steward):
    pair, second = asked.pair(is_read_again=True), asked.steward()
    say(pair, "merge", steward)
    say(pair, "merge", second, LATER)

    with pytest.raises(queue.NothingToUndo) as refused:
        queue.undo(by=steward, at=LATER)

    assert str(refused.value) == (
        f"{second} has answered {pair} after you. Speak with {second}; what holds of "
        f"the two stays as it is."
    )
    assert state(pair) == ("same", "")


def test_a_second_reading_is_taken_back_and_what_holds_stays(steward):
    pair, second = asked.pair(is_read_again=True), asked.steward()
    say(pair, "merge", steward)
    say(pair, "not_same", second, LATER)

    queue.undo(by=second, at=LATER)

    people = ledger.people_of(record_ids=[pair.left_id, pair.right_id])
    assert state(pair) == ("same", "blind")
    assert len(set(people.values())) == 1


def test_a_third_reading_is_not_taken_back_with_a_key(steward):
    pair, third = asked.pair(is_read_again=True), asked.steward()
    say(pair, "merge", steward)
    say(pair, "not_same", asked.steward(), LATER)
    say(pair, "not_same", third, LATER)

    with pytest.raises(queue.NothingToUndo):
        queue.undo(by=third, at=LATER)

    assert state(pair) == ("different", "")


def test_an_answer_to_a_known_pair_is_taken_back_and_nothing_else(steward):
    pair = asked.pair()
    say(pair, "not_same", steward)
    MatchCandidate.objects.update(known_answer="not_same")
    tried = asked.steward(is_asked_what_is_known=True)
    queue.claim_next(by=tried, at=LATER)
    queue.answer(
        candidate_id=pair.pk, given=asked.given(pair, "merge"), by=tried, at=LATER
    )

    queue.undo(by=tried, at=LATER)

    assert (state(pair), pair.decided_by) == (("different", ""), steward)
    assert list(Answer.objects.values_list("said", flat=True)) == [
        "not_same", "merge", "undone",
    ]  # fmt: skip


def test_who_answered_first_takes_it_back_though_others_were_tried_by_it(steward):
    pair = asked.pair()
    say(pair, "not_same", steward)
    MatchCandidate.objects.update(known_answer="not_same")
    tried = asked.steward(is_asked_what_is_known=True)
    queue.claim_next(by=tried, at=LATER)
    queue.answer(
        candidate_id=pair.pk, given=asked.given(pair, "merge"), by=tried, at=LATER
    )

    queue.undo(by=steward, at=LATER)

    assert state(pair) == ("pending", "first")


def test_only_stewards_take_back(steward):
    with pytest.raises(queue.NotASteward):
        queue.undo(by=make.user(role="data_owner"), at=AT)
