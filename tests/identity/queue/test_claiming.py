"""Who is given which pair, and for how long it is theirs."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from identity import queue
from identity.models import MatchCandidate
from tests import make
from tests.identity.queue import asked
from tests.identity.queue.asked import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def steward(db):
    return asked.steward()


def test_the_pair_that_moves_most_money_comes_first(steward):
    asked.pair(value_at_risk=Decimal(10))
    dear = asked.pair(value_at_risk=Decimal(1_000))
    asked.pair(value_at_risk=Decimal(100))

    assert queue.claim_next(by=steward, at=AT) == dear


def test_of_equal_value_the_one_in_doubt_comes_first(steward):
    asked.pair(value_at_risk=Decimal(100), score=0.9)
    doubtful = asked.pair(value_at_risk=Decimal(100), score=0.5)

    assert queue.claim_next(by=steward, at=AT) == doubtful


def test_of_equal_value_and_doubt_the_one_that_touches_more_comes_first(steward):
    asked.pair(impact=2)
    crowd = asked.pair(impact=9)

    assert queue.claim_next(by=steward, at=AT) == crowd


def test_a_fortnight_of_waiting_weighs_as_much_as_twice_the_value(steward):
    old = asked.pair(value_at_risk=Decimal(99), found_at=AT - timedelta(days=15))
    twice = asked.pair(value_at_risk=Decimal(199), found_at=AT)
    thrice = asked.pair(value_at_risk=Decimal(299), found_at=AT)

    order = list(queue.readable(by=steward, at=AT))

    assert order == [thrice, old, twice]


def test_a_second_steward_is_given_another_pair(steward):
    asked.pair()
    asked.pair()

    mine = queue.claim_next(by=steward, at=AT)
    theirs = queue.claim_next(by=asked.steward(), at=AT)

    assert {mine, theirs} == set(MatchCandidate.objects.all())


def test_the_last_pair_is_given_once(steward):
    asked.pair()
    queue.claim_next(by=steward, at=AT)

    assert queue.claim_next(by=asked.steward(), at=AT) is None


def test_a_claim_runs_out_after_a_quarter_of_an_hour(steward):
    pair = asked.pair()
    queue.claim_next(by=steward, at=AT)
    other = asked.steward()

    before = queue.claim_next(by=other, at=AT + timedelta(minutes=14, seconds=59))
    after = queue.claim_next(by=other, at=AT + timedelta(minutes=15))

    assert (before, after) == (None, pair)


def test_who_leaves_lets_others_have_the_pair(steward):
    pair = asked.pair()
    queue.claim_next(by=steward, at=AT)

    let_go = queue.release(candidate_id=pair.pk, by=steward)

    assert let_go
    assert queue.claim_next(by=asked.steward(), at=AT) == pair


def test_nobody_lets_go_of_anothers_pair(steward):
    pair = asked.pair()
    queue.claim_next(by=steward, at=AT)

    assert not queue.release(candidate_id=pair.pk, by=asked.steward())
    pair.refresh_from_db()
    assert pair.claimed_by == steward


def test_one_goes_on_and_back_through_the_queue(steward):
    pairs = [asked.pair(value_at_risk=Decimal(worth)) for worth in (300, 200, 100)]

    second = queue.claim_next(by=steward, at=AT, after=pairs[0])
    third = queue.claim_next(by=steward, at=AT, after=second)
    back = queue.claim_next(by=steward, at=AT, before=third)
    round_again = queue.claim_next(by=steward, at=AT, after=pairs[2])

    assert [second, third, back, round_again] == [
        pairs[1],
        pairs[2],
        pairs[1],
        pairs[0],
    ]


def test_going_on_lets_go_of_what_one_had(steward):
    first, _ = asked.pair(impact=9), asked.pair()
    queue.claim_next(by=steward, at=AT)

    queue.claim_next(by=steward, at=AT, after=first)

    first.refresh_from_db()
    assert (first.claimed_by, first.claimed_until) == (None, None)


@pytest.mark.parametrize(
    ("today", "is_due"), [("2026-03-08", False), ("2026-03-09", True)]
)
def test_what_is_held_waits_for_its_day(steward, today, is_due):
    asked.pair(status="held", held_until=date(2026, 3, 9))

    found = queue.claim_next(by=steward, at=make.moment(f"{today}T18:00"))

    assert (found is not None) == is_due


def test_what_was_referred_is_given_to_nobody_else(steward):
    chosen = asked.steward()
    pair = asked.pair(status="referred", referred_to=chosen)

    assert queue.claim_next(by=steward, at=AT) is None
    assert queue.claim_next(by=chosen, at=AT) == pair


def test_two_who_are_one_person_already_need_no_answer(steward):
    left, right = make.record(), make.record()
    make.person(left, right)
    asked.pair(left=left, right=right)

    assert queue.claim_next(by=steward, at=AT) is None


def test_a_chosen_pair_that_somebody_reads_is_refused_until_their_claim_ends(steward):
    pair = asked.pair()
    queue.claim(candidate_id=pair.pk, by=steward, at=AT)

    with pytest.raises(queue.NotClaimed) as refused:
        queue.claim(candidate_id=pair.pk, by=asked.steward(), at=AT)

    assert str(refused.value) == (
        f"{steward} reads {pair} until 10:15 UTC. Take the next one, or come back "
        f"after that."
    )


@pytest.mark.parametrize(
    "role", ["viewer", "data_owner", "privacy", "auditor", "admin"]
)
def test_only_stewards_are_given_pairs(role):
    asked.pair()

    with pytest.raises(queue.NotASteward):
        queue.claim_next(by=make.user(role=role), at=AT)


def test_a_superuser_is_given_no_pair():
    asked.pair()

    with pytest.raises(queue.NotASteward):
        queue.claim_next(by=make.superuser(), at=AT)


def test_now_and_then_the_answer_is_known():
    known = asked.pair()
    asked.say(known, "not_same", asked.steward())
    MatchCandidate.objects.update(known_answer="not_same")
    asked.pair()

    given = queue.claim_next(by=asked.steward(is_asked_what_is_known=True), at=AT)

    assert given == known
