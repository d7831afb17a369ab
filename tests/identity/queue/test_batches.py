"""Pairs of one evidence: ten are read one by one, and the rest is answered with them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from governance.models import ChangeRequest
from identity import policy, queue
from identity.models import Answer, Batch, MatchCandidate, Merge
from identity.queue import batches, larger
from identity.queue.batches import Alike, Done
from tests import make
from tests.identity.queue import asked
from tests.identity.queue.asked import AT, LATER, say, state
from tests.identity.test_policy import agree, rule

pytestmark = pytest.mark.django_db
SAME = "one evidence"


@pytest.fixture
def steward(db):
    return asked.steward()


def alike(count: int, **said) -> list[MatchCandidate]:
    return [
        asked.pair(
            evidence_digest=SAME, pattern="email equal; first other", **said
        )
        for _ in range(count)
    ]  # fmt: skip


def opened(by) -> Batch:
    return batches.open_batch(evidence_digest=SAME, by=by, at=AT)


def read_all(batch: Batch, said: str = "household") -> Batch:
    """Answer every sample of the batch with the same."""
    for number in batch.samples:
        pair = MatchCandidate.objects.get(pk=number)
        say(pair, said, batch.by, AT, batch=batch)
    return batch


def rest_of(batch: Batch) -> Done:
    return batches.answer_rest(batch_id=batch.pk, by=batch.by, reason="", at=LATER)


def test_the_list_counts_pairs_of_one_evidence():
    alike(2, score=0.25, value_at_risk=Decimal(10))
    alike(1, score=0.5, value_at_risk=Decimal(30))
    asked.pair(evidence_digest="another", pattern="email equal")

    assert batches.alike() == [
        Alike(
            SAME, "email equal; first other", "The same e-mail address.", 3, 0.25, 0.5,
            Decimal(50),
        )
    ]  # fmt: skip


def test_ten_samples_are_drawn_of_those_that_wait(steward):
    pairs = {pair.pk for pair in alike(13)}

    batch = opened(steward)

    assert (len(set(batch.samples)), set(batch.samples) <= pairs) == (10, True)


def test_opening_it_again_goes_on_with_the_same_samples(steward):
    alike(13)

    assert opened(steward) == opened(steward)


def test_one_pair_is_no_batch(steward):
    alike(1)

    with pytest.raises(queue.NothingAlike):
        opened(steward)


def test_only_a_steward_opens_one():
    alike(2)

    with pytest.raises(queue.NotASteward):
        opened(make.user())


def test_samples_that_were_not_read_hold_the_rest_back(steward):
    alike(12)
    batch = opened(steward)
    first = MatchCandidate.objects.get(pk=batch.samples[0])
    say(first, "household", steward, batch=batch)

    with pytest.raises(queue.NotOpened) as refused:
        rest_of(batch)

    assert str(refused.value).startswith("9 of 10 samples are not read yet.")
    assert Answer.objects.count() == 1


def test_samples_answered_differently_hold_the_rest_back(steward):
    alike(12)
    batch = opened(steward)
    for number, said in zip(batch.samples, ["merge"] + ["not_same"] * 9, strict=True):
        say(MatchCandidate.objects.get(pk=number), said, steward, batch=batch)

    with pytest.raises(queue.NotAlike) as refused:
        rest_of(batch)

    assert "9 not the same, 1 merge" in str(refused.value)


def test_samples_nobody_could_tell_hold_the_rest_back(steward):
    alike(3)
    batch = opened(steward)
    alike(1)

    with pytest.raises(queue.NotAlike):
        rest_of(read_all(batch, "cant_tell"))


def test_the_rest_is_answered_as_the_samples_were(steward):
    pairs = alike(13)
    batch = read_all(opened(steward))

    done = rest_of(batch)

    assert done == Done(3, [])
    assert {state(pair)[0] for pair in pairs} == {"household"}
    said = Answer.objects.filter(batch=batch, by=steward, said="household")
    assert said.count() == 13
    batch.refresh_from_db()
    assert (batch.said, batch.answered_at) == ("household", LATER)


def test_some_of_the_rest_is_read_a_second_time_as_any_answer_is(steward, domain):
    agree(domain, rule(domain, "asking", second_read_share=1.0))
    pairs = alike(11)

    rest_of(read_all(opened(steward)))

    assert {state(pair) for pair in pairs} == {("household", "blind")}


def test_what_another_merge_joined_is_refused_in_words_and_waits_on(steward):
    batch = opened_with_samples(steward)
    one, other = alike(2)
    make_one_person(one, steward)

    done = rest_of(batch)

    assert (done.pairs, [pair for pair, _ in done.refused]) == (1, [one])
    assert done.refused[0][1].endswith("Nothing is left to decide here.")
    assert (state(one), state(other)[0]) == (("pending", "first"), "household")


def test_what_somebody_else_reads_now_is_left_to_them(steward):
    batch = opened_with_samples(steward)
    [pair] = alike(1)
    queue.claim(candidate_id=pair.pk, by=asked.steward(), at=LATER)

    done = rest_of(batch)

    assert (done.pairs, [each for each, _ in done.refused]) == (0, [pair])


def test_evidence_that_changed_is_none_of_the_batch(steward):
    batch = opened_with_samples(steward)
    [pair] = alike(1)
    MatchCandidate.objects.filter(pk=pair.pk).update(evidence_digest="another")

    assert rest_of(batch) == Done(0, [])


def test_more_than_was_agreed_on_is_refused_at_once(steward, domain):
    agree(domain, rule(domain, "asking", batch_limit=2))
    batch = opened_with_samples(steward)
    alike(3)

    with pytest.raises(queue.TooMany) as refused:
        rest_of(batch)

    assert str(refused.value) == (
        "3 pairs are more than the 2 that are answered together. Ask for this batch by "
        "a change request."
    )


def test_a_larger_one_is_asked_for_by_its_number(domain):
    agree(domain, rule(domain, "asking", batch_limit=2))
    steward = make.domain_steward(domain)
    batch = opened_with_samples(steward)
    alike(3)

    asked_for = larger.propose(batch_id=batch.pk, by=steward, at=AT)

    assert asked_for.title == "Answer 3 pairs of one evidence together"
    operation = asked_for.revisions.get().operations.get()
    assert (operation.kind, operation.key) == ("identity", "asking")
    assert operation.body["parameters"] == {
        **rule(domain, "asking").body["parameters"],
        "batch_limit": 2,
        "larger_batches": [batch.pk],
    }


def test_a_batch_that_was_agreed_on_is_answered(steward, domain):
    batch = opened_with_samples(steward)
    alike(3)
    agree(domain, rule(domain, "asking", batch_limit=2, larger_batches=[batch.pk]))

    assert policy.now().asking.larger_batches == (batch.pk,)
    assert rest_of(batch) == Done(3, [])


def test_nobody_asks_for_a_batch_whose_samples_were_not_read(steward):
    alike(3)

    with pytest.raises(queue.NotOpened):
        larger.propose(batch_id=opened(steward).pk, by=steward, at=AT)

    assert ChangeRequest.objects.count() == 0


def test_a_batch_is_answered_once(steward):
    batch = opened_with_samples(steward)
    alike(1)
    rest_of(batch)

    with pytest.raises(queue.AlreadyDecided):
        rest_of(batch)


def test_somebody_elses_batch_is_theirs_to_answer(steward):
    batch, other = opened_with_samples(steward), asked.steward()

    for act in (
        lambda: batches.answer_rest(batch_id=batch.pk, by=other, reason="", at=LATER),
        lambda: batches.take_back(batch_id=batch.pk, by=other, at=LATER),
        lambda: larger.propose(batch_id=batch.pk, by=other, at=LATER),
    ):
        with pytest.raises(queue.NotYours):
            act()


def test_one_answer_of_a_batch_is_taken_back_by_itself(steward):
    batch = opened_with_samples(steward, "merge")
    one, other = alike(2)
    rest_of(batch)

    given = Answer.objects.get(candidate=one, batch=batch)
    queue.take_back(answer_id=given.pk, by=steward, at=LATER + timedelta(minutes=1))

    assert (state(one), state(other)[0]) == (("pending", "first"), "same")
    assert one.claimed_by is None


def test_the_whole_batch_is_taken_back(steward):
    batch = opened_with_samples(steward, "merge")
    pairs = [*alike(2), *MatchCandidate.objects.filter(pk__in=batch.samples)]
    rest_of(batch)

    done = batches.take_back(
        batch_id=batch.pk, by=steward, at=LATER + timedelta(minutes=1)
    )

    assert done == Done(5, [])
    assert {state(pair) for pair in pairs} == {("pending", "first")}
    assert Merge.objects.as_of(None).count() == 0


def test_what_was_answered_again_since_is_left(steward):
    batch = opened_with_samples(steward)
    [pair] = alike(1)
    rest_of(batch)
    MatchCandidate.objects.filter(pk=pair.pk).update(wants="again")
    say(pair, "not_same", asked.steward(), LATER + timedelta(minutes=1))

    done = batches.take_back(
        batch_id=batch.pk, by=steward, at=LATER + timedelta(minutes=2)
    )

    assert (done.pairs, [each for each, _ in done.refused]) == (3, [pair])
    assert state(pair)[0] == "different"


def opened_with_samples(by, said: str = "household") -> Batch:
    """Return a batch of three samples that were all answered the same."""
    alike(3)
    return read_all(opened(by), said)


def make_one_person(pair: MatchCandidate, by) -> None:
    """Join the two by another pair of their records."""
    queue.approve(
        candidate_id=make.candidate(*others_of(pair)).pk, by=by, reason="Twice.", at=AT
    )


def others_of(pair: MatchCandidate):
    """Return another record of each of the two people."""
    found = []
    for record in (pair.left, pair.right):
        link = record.links.get(ended_at=None)
        other = make.record()
        other.links.create(
            person=link.person, started_at=link.started_at, reason="alone"
        )
        found.append(other)
    return found
