"""Pairs put to people, and asked about again when they say something else."""

from dataclasses import replace
from decimal import Decimal

import pytest

from identity import ledger, queue
from identity.models import MatchCandidate
from tests import make
from tests.identity.queue import asked
from tests.identity.queue.asked import AT, LATER, say, state

pytestmark = pytest.mark.django_db

EMAIL = queue.Step(feature="email", level="equal", bits=6.0, sentence="Same e-mail.")
NAMES = queue.Step(feature="first_name", level="other", bits=-4.0, sentence="Ann, Tom.")


@pytest.fixture
def question(db) -> queue.Question:
    left, right = make.record(), make.record()
    make.person(left)
    make.person(right)
    return queue.Question(
        left.pk, right.pk, "The same e-mail.", "The first names differ.", 0.4,
        pattern="email equal, first name other", waterfall=[EMAIL, NAMES],
        value_at_risk=Decimal("81.50"), impact=3, model_version="m1", policy_version="p1",
    )  # fmt: skip


@pytest.fixture
def steward(db):
    return asked.steward()


def otherwise(question: queue.Question) -> queue.Question:
    """Return the question where the names agree by now."""
    agree = queue.Step(
        feature="first_name", level="equal", bits=5.0, sentence="Ann, twice."
    )
    return replace(question, waterfall=[EMAIL, agree], score=0.8)


def test_a_new_pair_waits_and_says_what_is_known_of_it(question):
    found = queue.ask([question], at=AT)

    pair = MatchCandidate.objects.get()
    assert (found.new, found.again, found.told, found.settled) == (1, 0, 0, 0)
    assert (pair.left_id, pair.right_id, pair.found_at) == (
        question.left, question.right, AT,
    )  # fmt: skip
    assert (pair.waterfall, pair.pattern) == ([EMAIL, NAMES], question.pattern)
    assert (pair.value_at_risk, pair.impact, pair.score) == (Decimal("81.50"), 3, 0.4)
    assert (pair.model_version, pair.policy_version) == ("m1", "p1")
    assert pair.priority == pytest.approx(81.5 * 0.4 * 0.6 * 3)
    assert state(pair) == ("pending", "first")


def test_asking_the_same_again_asks_once(question):
    queue.ask([question], at=AT)

    found = queue.ask([question], at=LATER)

    assert (found.new, found.told) == (0, 1)
    assert MatchCandidate.objects.get().found_at == AT


def test_a_pair_that_waits_says_what_is_known_by_now(question):
    queue.ask([question], at=AT)

    queue.ask([otherwise(question)], at=LATER)

    pair = MatchCandidate.objects.get()
    assert pair.score == 0.8
    assert pair.evidence_digest == otherwise(question).evidence_digest


def test_not_the_same_keeps_the_pair_away(question, steward):
    queue.ask([question], at=AT)
    say(MatchCandidate.objects.get(), "not_same", steward)

    found = queue.ask([replace(question, score=0.9)], at=LATER)

    assert (found.settled, found.again) == (1, 0)
    assert queue.claim_next(by=steward, at=LATER) is None


def test_other_evidence_asks_again_and_says_what_changed(question, steward):
    queue.ask([question], at=AT)
    pair = MatchCandidate.objects.get()
    say(pair, "not_same", steward)

    found = queue.ask([otherwise(question)], at=LATER)

    assert (found.again, found.reopened) == (1, [pair.pk])
    assert state(pair) == ("different", "again")
    assert queue.what_changed(pair) == ["First name: was other, is equal."]
    assert queue.claim_next(by=steward, at=LATER) == pair


def test_the_two_stay_apart_until_somebody_has_answered_again(question, steward):
    queue.ask([question], at=AT)
    say(MatchCandidate.objects.get(), "not_same", steward)

    queue.ask([otherwise(question)], at=LATER)

    both = (question.left, question.right)
    assert ledger.pairs_apart(both) == frozenset({both})


def test_who_is_asked_again_may_say_they_are_one(question, steward):
    queue.ask([question], at=AT)
    pair = MatchCandidate.objects.get()
    say(pair, "not_same", steward)
    queue.ask([otherwise(question)], at=LATER)

    say(pair, "merge", steward, LATER)

    both = (question.left, question.right)
    assert len(set(ledger.people_of(record_ids=both).values())) == 1
    assert ledger.pairs_apart(both) == frozenset()
    assert state(pair)[0] == "same"


def test_taking_that_back_holds_them_apart_as_before(question, steward):
    queue.ask([question], at=AT)
    pair = MatchCandidate.objects.get()
    say(pair, "not_same", steward)
    queue.ask([otherwise(question)], at=LATER)
    say(pair, "merge", steward, LATER)

    queue.undo(by=steward, at=LATER)

    both = (question.left, question.right)
    assert len(set(ledger.people_of(record_ids=both).values())) == 2
    assert ledger.pairs_apart(both) == frozenset({both})
    assert state(pair) == ("different", "again")


def test_a_doubt_about_new_evidence_leaves_what_was_said(question, steward):
    queue.ask([question], at=AT)
    pair = MatchCandidate.objects.get()
    say(pair, "not_same", steward)
    queue.ask([otherwise(question)], at=LATER)

    say(pair, "cant_tell", steward, LATER)

    assert state(pair) == ("different", "doubt")


@pytest.mark.parametrize("said", ["merge", "household"])
def test_what_else_was_answered_is_not_asked_again(question, steward, said):
    queue.ask([question], at=AT)
    say(MatchCandidate.objects.get(), said, steward)

    found = queue.ask([otherwise(question)], at=LATER)

    assert (found.settled, found.again) == (1, 0)


def test_what_was_decided_before_pairs_said_their_evidence_stays_decided(question):
    queue.ask([question], at=AT)
    MatchCandidate.objects.update(
        status="different", wants="", evidence_digest="",
        decided_by=make.user(role="steward"), decided_at=AT,
    )  # fmt: skip

    assert queue.ask([otherwise(question)], at=LATER).settled == 1


def test_evidence_that_changes_while_it_is_read_refuses_the_answer(question, steward):
    queue.ask([question], at=AT)
    pair = queue.claim_next(by=steward, at=AT)
    read = asked.given(pair, "merge")
    queue.ask([otherwise(question)], at=AT)

    with pytest.raises(queue.EvidenceChanged):
        queue.answer(candidate_id=pair.pk, given=read, by=steward, at=AT)


def test_a_thousand_questions_cost_a_few_statements(django_assert_max_num_queries):
    records = [make.record() for _ in range(60)]
    questions = [
        queue.Question(one.pk, other.pk, "The same phone.", "Names.", 0.5)
        for number, one in enumerate(records)
        for other in records[number + 1 :]
    ][:1_000]

    with django_assert_max_num_queries(6):
        found = queue.ask(questions, at=AT)

    assert found.new == 1_000
