"""What weights of evidence may learn from."""

import pytest

from identity import queue
from tests.identity.queue import asked
from tests.identity.queue.asked import LATER, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def steward(db):
    return asked.steward()


def told() -> list[tuple[int, bool, bool, int]]:
    return [
        (each.left, each.is_same, each.is_household, each.readers)
        for each in queue.labels()
    ]


@pytest.mark.parametrize(
    ("said", "is_same", "is_household"),
    [("merge", True, False), ("not_same", False, False), ("household", False, True)],
)
def test_a_settled_answer_is_a_label(steward, said, is_same, is_household):
    pair = asked.pair()

    say(pair, said, steward)

    assert told() == [(pair.left_id, is_same, is_household, 1)]


def test_nothing_is_learned_from_a_doubt_until_it_is_settled(steward):
    pair = asked.pair()
    say(pair, "cant_tell", steward)
    before = told()

    say(pair, "merge", asked.steward(), LATER)

    assert (before, told()) == ([], [(pair.left_id, True, False, 1)])


def test_nothing_is_learned_from_what_two_say_differently(steward):
    pair = asked.pair(is_read_again=True)
    say(pair, "merge", steward)

    say(pair, "not_same", asked.steward(), LATER)

    assert told() == []


def test_two_who_agree_are_two_readers(steward):
    pair = asked.pair(is_read_again=True)
    say(pair, "merge", steward)

    say(pair, "merge", asked.steward(), LATER)

    assert told() == [(pair.left_id, True, False, 2)]


def test_nothing_is_learned_from_what_is_not_to_be_learned_from(steward):
    say(asked.pair(), "merge", steward, learn=False)

    assert told() == []


def test_an_answer_that_was_not_to_be_learned_from_may_be_given_anew(steward):
    pair = asked.pair()
    say(pair, "merge", steward, learn=False)
    queue.undo(by=steward, at=LATER)

    say(pair, "merge", steward, LATER)

    assert told() == [(pair.left_id, True, False, 1)]


def test_nothing_is_learned_from_what_was_taken_back(steward):
    say(asked.pair(), "merge", steward)

    queue.undo(by=steward, at=LATER)

    assert told() == []
