"""A model out of stewards' answers: kept, measured, asked for, and scoring nobody yet."""

import pytest
from django.core.management import CommandError, call_command

from governance.changes import Proposed
from governance.models import ChangeRequest
from governance.starter import pack
from identity import policy, queue, teaching, weights
from identity.matching.learning import TooFewAnswers
from identity.models import MatchCandidate, MatchModel
from measurement.models import CustomerRecord
from tests import make
from tests.governance import requests

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

AT = make.moment("2026-03-01")
FIRST = ("Ada", "Bo", "Cy", "Dora", "Emil", "Fay", "Gus", "Hilda", "Ivo", "June")
LAST = ("Abel", "Brook", "Cole", "Drake", "Ellis", "Frost", "Grove", "Hart", "Ives")


@pytest.fixture
def answered():
    """Sixty couples at one number each: half were one person typed twice, half were two."""
    shop = make.system("till", kind="shop")
    steward = make.user(role="steward")
    CustomerRecord.objects.bulk_create(
        CustomerRecord(
            system=shop, source_id=f"{number}-{side}", run=1,
            first_name=first, last_name=f"{LAST[number % 9]}{'abcdefg'[number % 7]}y",
            phone=f"+442079460{number:03}",
        )
        for number in range(60)
        for side, first in enumerate(_named(number))
    )  # fmt: skip
    by_id = {record.source_id: record for record in CustomerRecord.objects.all()}
    for number in range(60):
        pair = make.candidate(by_id[f"{number}-0"], by_id[f"{number}-1"])
        decide = queue.reject if number % 2 else queue.approve
        decide(candidate_id=pair.pk, by=steward, reason="Read.", at=AT)
    # Nobody waits for a second reader.
    MatchCandidate.objects.update(wants="")


def _named(number: int) -> tuple[str, str]:
    first = FIRST[number % 10]
    other = FIRST[(number + 3) % 10] if number % 2 else f"{first}{first[-1]}"
    return first, other


def test_answers_become_a_model_that_is_kept_with_what_it_came_to(answered):
    model = teaching.learn(by=None, at=AT)

    assert (model.origin, model.answers, model.measured["same"]) == ("learned", 60, 30)
    assert model.measured["surprise_after"] < model.measured["surprise_before"]


def test_a_model_is_asked_for_and_scores_nobody_until_it_was_agreed_on(answered):
    domain = make.domain("customer")
    requests.applied(_scoring(domain), domain=domain)

    request = teaching.propose(by=make.domain_steward(domain), at=AT)

    (operation,) = request.revisions.get().operations.all()
    assert operation.body["parameters"]["model"] == MatchModel.objects.get().digest
    assert request.state == ChangeRequest.State.DRAFT
    assert weights.in_force(policy.now()) is None


def test_what_the_request_says_is_how_the_weights_did_on_answers_they_had_not_seen(
    answered,
):
    domain = make.domain("customer")
    requests.applied(_scoring(domain), domain=domain)

    request = teaching.propose(by=make.domain_steward(domain), at=AT)

    said = MatchModel.objects.get().measured
    assert request.reason == (
        f"Learned from 60 answers, 30 of them 'same person'. Of 12 answers it had not "
        f"seen, each surprised it by {said['surprise_after']} bits; the weights in force "
        f"by {said['surprise_before']}."
    )


def test_learning_twice_from_the_same_is_one_model(answered):
    first, again = (teaching.learn(by=None, at=AT) for _ in range(2))

    assert first == again


def test_what_was_not_to_be_learned_from_is_not(answered):
    MatchCandidate.objects.filter(status="same").update(wants="again")

    with pytest.raises(TooFewAnswers) as refused:
        teaching.learn(by=None, at=AT)

    assert str(refused.value) == (
        "There are 30 answers, 0 of them 'same person'. Learning needs 30, and both "
        "kinds."
    )


def test_where_nobody_has_answered_nothing_is_asked_for(capsys):
    domain = make.domain("customer")
    requests.applied(_scoring(domain), domain=domain)

    with pytest.raises(CommandError) as refused:
        call_command("propose_model", by=make.domain_steward(domain).username)

    assert str(refused.value) == "Nobody has settled a pair yet."


def test_before_the_registries_begin_there_is_nothing_to_propose_it_to():
    with pytest.raises(teaching.NothingAgreed) as refused:
        teaching.propose(by=make.user(), at=AT)

    assert str(refused.value) == (
        "No identity rule says which model scores. Begin the registries first: "
        "manage.py bootstrap."
    )


def _scoring(domain):
    """Return the rule as an installation begins with it."""
    begun = next(
        each
        for each in pack.definitions()
        if (each.kind, each.key) == ("identity", "scoring")
    )
    return Proposed(begun.kind, begun.key, domain.key, begun.body)
