"""What becomes of stewards who ask or answer at the same moment."""

from identity import queue
from identity.models import Answer, MatchCandidate, Merge
from tests.identity.queue import asked
from tests.identity.queue.asked import AT
from tests.identity.together import at_once


def test_six_stewards_at_once_are_given_six_pairs(own_database):
    for _ in range(6):
        asked.pair()
    stewards = [asked.steward() for _ in range(6)]

    given = at_once([lambda by=by: queue.claim_next(by=by, at=AT) for by in stewards])

    assert {pair.pk for pair in given} == set(
        MatchCandidate.objects.values_list("pk", flat=True)
    )


def test_an_answer_sent_twice_at_once_counts_once(own_database):
    pair, steward = asked.pair(), asked.steward()
    queue.claim(candidate_id=pair.pk, by=steward, at=AT)
    sent = asked.given(pair, "merge")

    ends = at_once(
        [lambda: queue.answer(candidate_id=pair.pk, given=sent, by=steward, at=AT)] * 2
    )

    assert {type(end) for end in ends} == {Answer, queue.AlreadyDecided}
    assert (Answer.objects.count(), Merge.objects.count()) == (1, 1)
