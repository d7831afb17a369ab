"""The queue as a program answers it, in the name of the steward whose token it has."""

from datetime import timedelta

import pytest
from django.utils import timezone

from identity import queue
from identity.models import Answer, Merge
from tests import make
from tests.governance.programs import post, program, said
from tests.identity.queue import asked
from tests.identity.queue.asked import state

pytestmark = pytest.mark.django_db

PAIRS = "/api/v1/review/pairs"


@pytest.fixture
def steward(db):
    return asked.steward()


def body(pair, answer: str = "merge", **otherwise):
    return {
        "said": answer,
        "evidence_digest": pair.evidence_digest,
        "reason": "The call centre asked them.",
        **otherwise,
    }


def send(client, pair, answer="merge", key="4711", **otherwise):
    headers = {"Idempotency-Key": key} if key else {}
    return post(
        client, f"{PAIRS}/{pair.pk}/answers", body(pair, answer, **otherwise), **headers
    )


def claimed(pair, by):
    return queue.claim(candidate_id=pair.pk, by=by, at=timezone.now())


def test_a_program_claims_the_next_pair_and_answers_it(steward):
    pair, client = asked.pair(), program(steward)

    given = post(client, f"{PAIRS}/next", {}).json()["pair"]
    answer = send(client, pair)

    assert (given["pair"], given["claimed_by"]) == (pair.pk, str(steward))
    assert answer.status_code == 201
    made = Answer.objects.get()
    assert answer.json() == {
        "answer": made.pk, "pair": pair.pk, "said": "merge",
        "reason": "The call centre asked them.", "at": made.at.isoformat(),
        "undoes": None,
    }  # fmt: skip
    assert (made.by, state(pair)[0]) == (steward, "same")


def test_where_nothing_waits_there_is_no_next_pair(steward):
    assert post(program(steward), f"{PAIRS}/next", {}).json() == {"pair": None}


def test_what_is_sent_again_counts_once_and_is_told_the_same(steward):
    pair, client = claimed(asked.pair(), steward), program(steward)

    first, again = send(client, pair), send(client, pair)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert (Answer.objects.count(), Merge.objects.count()) == (1, 1)


def test_a_key_is_of_one_answer(steward):
    one, other, client = asked.pair(), asked.pair(), program(steward)
    send(client, claimed(one, steward))

    refused = send(client, claimed(other, steward))

    assert said(refused) == (
        409,
        f"You sent this key with another answer, to pair {one.pk}. Each answer has a "
        f"key of its own.",
    )


def test_two_stewards_may_use_one_key(steward):
    one, other, second = asked.pair(), asked.pair(), asked.steward()
    send(program(steward), claimed(one, steward))

    assert send(program(second), claimed(other, second)).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 81])
def test_without_a_key_nothing_is_answered(steward, key):
    pair = claimed(asked.pair(), steward)

    refused = send(program(steward), pair, key=key)

    assert (refused.status_code, Answer.objects.count()) == (400, 0)


def test_a_pair_that_was_not_claimed_is_refused_in_words(steward):
    pair = asked.pair()

    status, sentence = said(send(program(steward), pair))

    assert (status, sentence) == (
        409,
        f"Nobody reads it; you have not claimed {pair}. Nothing was decided: take the "
        f"next one.",
    )


def test_somebody_elses_claim_is_refused(steward):
    pair = claimed(asked.pair(), asked.steward())

    refused = post(program(steward), f"{PAIRS}/{pair.pk}/claim", {})

    assert refused.status_code == 409


def test_this_very_pair_is_claimed(steward):
    pair = asked.pair()

    answer = post(program(steward), f"{PAIRS}/{pair.pk}/claim", {})

    pair.refresh_from_db()
    assert answer.json()["pair"]["claimed_until"] == pair.claimed_until.isoformat()
    assert pair.claimed_by == steward


def test_one_is_held_and_one_referred_as_on_the_page(steward):
    held, referred, chosen = asked.pair(), asked.pair(), asked.steward()
    day = (timezone.now() + timedelta(days=30)).date()
    client = program(steward)

    send(client, claimed(held, steward), "hold", key="1", until=day.isoformat())
    send(client, claimed(referred, steward), "refer", key="2", to=chosen.username)

    assert (state(held)[0], held.held_until) == ("held", day)
    assert (state(referred)[0], referred.referred_to) == ("referred", chosen)


@pytest.mark.parametrize(
    "sent",
    [
        {"said": "undone"},
        {"said": "perhaps"},
        {"reason": ""},
        {"until": "never"},
        {"identifier": "phone"},
        {"nothing": "known"},
    ],
    ids=str,
)
def test_what_is_no_answer_is_named_and_counts_nothing(steward, sent):
    pair = claimed(asked.pair(), steward)

    refused = post(
        program(steward), f"{PAIRS}/{pair.pk}/answers", {**body(pair), **sent},
        **{"Idempotency-Key": "1"},
    )  # fmt: skip

    assert refused.status_code == 400
    assert [each["part"].partition(".")[0] for each in refused.json()["parts"]] == [
        next(iter(sent))
    ]
    assert Answer.objects.count() == 0


def test_an_answer_is_taken_back(steward):
    pair, client = claimed(asked.pair(), steward), program(steward)
    number = send(client, pair).json()["answer"]

    undone = post(client, f"/api/v1/review/answers/{number}/undo", {})

    assert (undone.status_code, undone.json()["undoes"]) == (201, number)
    assert state(pair) == ("pending", "first")


def test_somebody_elses_answer_is_theirs_to_take_back(steward):
    pair = claimed(asked.pair(), steward)
    number = send(program(steward), pair).json()["answer"]

    refused = post(
        program(asked.steward()), f"/api/v1/review/answers/{number}/undo", {}
    )

    assert (refused.status_code, state(pair)[0]) == (409, "same")


@pytest.mark.parametrize(
    ("role", "scope"),
    [("steward", "read"), ("viewer", "propose"), ("data_owner", "propose")],
)
def test_a_token_that_reads_and_whoever_is_no_steward_answer_nothing(role, scope):
    pair, somebody = asked.pair(), make.user(role=role)

    answers = [
        post(program(somebody, scope), f"{PAIRS}/{pair.pk}/claim", {}),
        send(program(somebody, scope), pair),
    ]

    assert [each.status_code for each in answers] == [403, 403]
    assert Answer.objects.count() == 0


def test_a_pair_there_is_not_is_not_found(steward):
    assert post(program(steward), f"{PAIRS}/999/claim", {}).status_code == 404
