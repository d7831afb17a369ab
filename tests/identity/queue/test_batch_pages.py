"""Batches on their pages: found, read sample by sample, answered, taken back."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.models import ChangeRequest
from identity.models import Answer, Batch, MatchCandidate
from tests import make
from tests.identity.queue import asked
from tests.identity.queue.asked import state
from tests.identity.queue.pages import as_, press, words
from tests.identity.queue.test_batches import SAME, alike, opened_with_samples
from tests.identity.test_policy import agree, rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def steward(db):
    return asked.steward()


def test_the_list_leads_to_samples_drawn_at_random(steward):
    alike(3)

    answer = as_(steward).post("/review/batches/", {"evidence": SAME}, follow=True)

    batch = Batch.objects.get()
    assert answer.redirect_chain == [(f"/review/batches/{batch.pk}/", 302)]
    assert "3 of 3 samples are not read yet." in words(answer)


def test_a_sample_leads_to_the_next_and_the_last_to_the_batch(steward):
    alike(2)
    client = as_(steward)
    client.post("/review/batches/", {"evidence": SAME})
    batch = Batch.objects.get()
    first, second = (MatchCandidate.objects.get(pk=each) for each in batch.samples)

    begun = client.post(f"/review/batches/{batch.pk}/next/")
    then = press(steward, first, "not_same", batch=str(batch.pk))
    last = press(steward, second, "not_same", batch=str(batch.pk))

    place = f"/review/batches/{batch.pk}/"
    assert begun.url == f"{place}pair/{first.pk}/"
    assert then.redirect_chain == [(f"{place}pair/{second.pk}/", 302)]
    assert last.redirect_chain == [(place, 302)]
    assert set(Answer.objects.values_list("batch", flat=True)) == {batch.pk}


def test_a_refused_answer_stays_a_sample(steward):
    alike(2)
    client = as_(steward)
    client.post("/review/batches/", {"evidence": SAME})
    batch = Batch.objects.get()
    pair = MatchCandidate.objects.get(pk=batch.samples[0])
    client.post(f"/review/batches/{batch.pk}/next/")

    refused = press(steward, pair, "hold", batch=str(batch.pk), until="never")

    assert refused.status_code == 409
    assert f'name="batch" value="{batch.pk}"' in refused.text


def test_a_button_answers_the_rest_and_another_takes_all_back(steward):
    batch = opened_with_samples(steward)
    pairs = alike(2)
    place, client = f"/review/batches/{batch.pk}/", as_(steward)

    answered = client.post(f"{place}answer/", {"reason": "A family."}, follow=True)

    assert "2 pairs answered." in words(answered)
    assert {state(pair)[0] for pair in pairs} == {"household"}
    undone = client.post(f"{place}undo/", follow=True)
    assert "5 pairs taken back." in words(undone)
    assert {state(pair) for pair in pairs} == {("pending", "first")}


def test_one_of_them_is_taken_back_by_its_own_button(steward):
    batch = opened_with_samples(steward)
    [pair] = alike(1)
    place, client = f"/review/batches/{batch.pk}/", as_(steward)
    page = client.post(f"{place}answer/", follow=True)
    number = Answer.objects.get(candidate=pair).pk
    assert f'name="answer" value="{number}"' in page.text

    client.post(f"{place}undo/", {"answer": str(number)})

    assert state(pair) == ("pending", "first")


def test_a_batch_that_is_too_large_is_asked_for(domain):
    agree(domain, rule(domain, "asking", batch_limit=1))
    steward = make.domain_steward(domain)
    batch = opened_with_samples(steward)
    alike(2)
    place, client = f"/review/batches/{batch.pk}/", as_(steward)

    page = client.get(place)
    answer = client.post(f"{place}larger/")

    assert re.findall(
        r"<button[^>]*>(Ask for[^<]*|Same household:[^<]*)", page.text
    ) == ["Ask for a larger batch"]
    request = ChangeRequest.objects.latest("pk")
    assert answer.url == reverse("governance:request", args=[request.pk])
    assert "Batch" in request.reason


def test_whoever_reads_the_pages_presses_nothing_here(steward):
    batch = opened_with_samples(steward)
    alike(2)
    reader = as_(make.user())

    pages = [reader.get(f"/review/batches/{end}") for end in ("", f"{batch.pk}/")]

    main = "".join(page.text.partition("<main")[2] for page in pages)
    assert re.findall(r"<button", main) == []
    reader.post(f"/review/batches/{batch.pk}/answer/")
    batch.refresh_from_db()
    assert batch.answered_at is None


@pytest.mark.parametrize("digest", ["", "nothing", "a\x00b"])
def test_evidence_nobody_waits_with_is_refused_in_words(steward, digest):
    answer = as_(steward).post("/review/batches/", {"evidence": digest}, follow=True)

    assert "No two pairs of this evidence wait any more." in words(answer)


def test_a_batch_there_is_not_is_not_found(steward):
    client = as_(steward)

    assert client.get("/review/batches/999/").status_code == 404
    for verb in ("next", "answer", "undo", "larger"):
        assert client.post(f"/review/batches/999/{verb}/").status_code == 404


def test_the_pages_cost_the_same_for_few_and_for_many(steward):
    batch = opened_with_samples(steward)
    client = as_(steward)
    counted = []
    for _ in range(2):
        alike(3)
        for end in ("", f"{batch.pk}/"):
            with CaptureQueriesContext(connection) as asked_for:
                client.get(f"/review/batches/{end}")
            counted.append(len(asked_for))

    assert counted[:2] == counted[2:]
