"""Second readers, third readers, and pairs whose answer is known."""

import pytest

from identity import ledger, queue
from identity.models import Answer, MatchCandidate, Merge
from tests.identity.queue import asked
from tests.identity.queue.asked import AT, LATER, say, state

pytestmark = pytest.mark.django_db
EVEN_LATER = LATER + (LATER - AT)


@pytest.fixture
def steward(db):
    return asked.steward()


def is_one_person(pair: MatchCandidate) -> bool:
    found = ledger.people_of(record_ids=[pair.left_id, pair.right_id])
    return len(set(found.values())) == 1


def test_some_answers_are_read_again_and_count_meanwhile(steward):
    pair = asked.pair(is_read_again=True)

    say(pair, "merge", steward)

    assert state(pair) == ("same", "blind")
    assert is_one_person(pair)


def test_a_second_reading_is_never_by_who_answered_first(steward):
    pair = asked.pair(is_read_again=True)
    say(pair, "merge", steward)

    assert queue.claim_next(by=steward, at=LATER) is None
    assert queue.claim_next(by=asked.steward(), at=LATER) == pair


def test_two_who_agree_make_the_answer_known(steward):
    pair = asked.pair(is_read_again=True)
    say(pair, "merge", steward)

    answer = say(pair, "merge", asked.steward(), LATER)

    assert (state(pair), pair.known_answer) == (("same", ""), "merge")
    assert (answer.read_as, answer.merge) == ("blind", None)
    assert Merge.objects.count() == 1


def test_two_who_differ_leave_it_to_a_third(steward):
    pair, second = asked.pair(is_read_again=True), asked.steward()
    say(pair, "merge", steward)

    say(pair, "not_same", second, LATER)

    assert state(pair) == ("same", "third")
    assert is_one_person(pair)
    assert queue.claim_next(by=steward, at=LATER) is None
    assert queue.claim_next(by=second, at=LATER) is None


def test_a_third_who_says_the_two_are_not_the_same_parts_them(steward):
    pair = asked.pair(is_read_again=True)
    say(pair, "merge", steward)
    say(pair, "not_same", asked.steward(), LATER)

    say(pair, "not_same", asked.steward(), EVEN_LATER)

    assert (state(pair), pair.known_answer) == (("different", ""), "not_same")
    assert not is_one_person(pair)


def test_a_third_who_says_merge_joins_what_the_first_had_held_apart(steward):
    pair = asked.pair(is_read_again=True)
    say(pair, "not_same", steward)
    say(pair, "merge", asked.steward(), LATER)

    say(pair, "merge", asked.steward(), EVEN_LATER)

    assert (state(pair), pair.known_answer) == (("same", ""), "merge")
    assert is_one_person(pair)


def test_a_third_who_agrees_with_the_first_changes_nothing(steward):
    pair = asked.pair(is_read_again=True)
    say(pair, "merge", steward)
    say(pair, "not_same", asked.steward(), LATER)

    say(pair, "merge", asked.steward(), EVEN_LATER)

    assert state(pair) == ("same", "")
    assert Merge.objects.count() == 1


def test_a_second_reader_who_cannot_tell_leaves_what_holds(steward):
    pair = asked.pair(is_read_again=True)
    say(pair, "merge", steward)

    say(pair, "cant_tell", asked.steward(), LATER)

    assert (state(pair), pair.known_answer) == (("same", ""), "")


def test_what_is_said_of_a_known_pair_changes_nothing(steward):
    pair = asked.pair()
    say(pair, "not_same", steward)
    MatchCandidate.objects.update(known_answer="not_same")
    tried = asked.steward(is_asked_what_is_known=True)
    queue.claim_next(by=tried, at=LATER)

    answer = queue.answer(
        candidate_id=pair.pk, given=asked.given(pair, "merge"), by=tried, at=LATER
    )

    assert (answer.read_as, answer.is_known_answer) == ("known", True)
    assert state(pair) == ("different", "")
    assert Merge.objects.count() == 0
    pair.refresh_from_db()
    assert (pair.decided_by, pair.claimed_by) == (steward, None)


def test_a_known_pair_is_read_by_everybody_once(steward):
    pair = asked.pair()
    say(pair, "not_same", steward)
    MatchCandidate.objects.update(known_answer="not_same")
    tried = asked.steward(is_asked_what_is_known=True)
    queue.claim_next(by=tried, at=LATER)
    queue.answer(
        candidate_id=pair.pk, given=asked.given(pair, "merge"), by=tried, at=LATER
    )

    assert queue.claim_next(by=tried, at=LATER) is None
    assert Answer.objects.count() == 2


def test_who_settled_a_pair_is_not_asked_by_it(steward):
    known = asked.pair()
    tried = asked.steward(is_asked_what_is_known=True)
    say(known, "not_same", tried)
    MatchCandidate.objects.update(known_answer="not_same")

    assert queue.claim_next(by=tried, at=LATER) is None
