"""Answering on the pages of the queue: going on, and taking back."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from governance.models import User
from identity import queue
from identity.models import Answer, Key, Merge
from tests.identity.queue import asked
from tests.identity.queue.pages import as_, claimed, press, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def steward(db) -> User:
    return asked.steward()


def test_the_next_pair_is_claimed_and_shown(steward):
    pair = asked.pair()

    answer = as_(steward).post("/review/next/", follow=True)

    pair.refresh_from_db()
    assert answer.redirect_chain == [(f"/review/{pair.pk}/", 302)]
    assert pair.claimed_by == steward


def test_reading_a_page_claims_nothing(steward):
    pair = asked.pair()

    page = as_(steward).get(f"/review/{pair.pk}/")

    pair.refresh_from_db()
    assert pair.claimed_by is None
    assert re.findall(r"<button[^>]*>(Claim it|Merge)", page.text) == ["Claim it"]


def test_an_answer_leads_to_the_next_pair(steward):
    first, second = asked.pair(impact=9), asked.pair()
    claimed(first, steward)

    answer = press(steward, first, "merge")

    assert answer.redirect_chain == [(f"/review/{second.pk}/", 302)]
    assert f"Merge: {first}. Undo takes it back." in words(answer)
    assert asked.state(first) == ("same", "")


def test_after_the_last_answer_the_queue_says_so(steward):
    pair = asked.pair()
    claimed(pair, steward)

    answer = press(steward, pair, "not_same")

    assert answer.redirect_chain == [("/review/", 302)]
    assert "Nothing waits for you now." in words(answer)


def test_how_long_it_was_looked_at_is_kept(steward):
    pair = asked.pair()
    queue.claim(
        candidate_id=pair.pk, by=steward, at=timezone.now() - timedelta(seconds=30)
    )

    press(steward, pair, "not_same", silent="yes", reason="Twins.")

    answer = Answer.objects.get()
    assert round(answer.seconds) == 30
    assert (answer.learn, answer.reason) == (False, "Twins.")


def test_an_answer_sent_twice_counts_once_and_leads_on(steward):
    pair = asked.pair()
    claimed(pair, steward)
    press(steward, pair, "merge")

    again = press(steward, pair, "merge")

    assert "It counts once." in words(again)
    assert (Merge.objects.count(), Answer.objects.count()) == (1, 1)


def test_an_answer_after_the_claim_ran_out_is_refused_on_the_page(steward):
    pair = asked.pair()
    queue.claim(candidate_id=pair.pk, by=steward, at=timezone.now() - queue.LEASE)

    refused = press(steward, pair, "merge")

    assert refused.status_code == 409
    assert "and that has run out. Nothing was decided" in words(refused)
    assert Merge.objects.count() == 0


def test_a_value_is_set_aside_from_the_page(steward):
    pair = asked.pair()
    for record in (pair.left, pair.right):
        Key.objects.create(record=record, kind="phone", value="+1212", version=1)
    claimed(pair, steward)

    press(steward, pair, "quarantine", identifier="phone:+1212")

    assert Answer.objects.get().set_aside.value == "+1212"


def test_a_pair_is_referred_and_held_from_the_page(steward):
    referred, held, chosen = asked.pair(), asked.pair(), asked.steward()
    claimed(referred, steward)
    press(steward, referred, "refer", to=str(chosen.pk))
    claimed(held, steward)

    press(steward, held, "hold", until="2099-01-01")

    assert asked.state(referred) == ("referred", "first")
    assert asked.state(held) == ("held", "first")


@pytest.mark.parametrize(
    "typed",
    [
        {"said": ""},
        {"said": "merge", "digest": "another"},
        {"said": "hold", "until": "never"},
        {"said": "refer", "to": "9" * 30},
        {"said": "refer", "to": "\u0663"},
        {"said": "quarantine", "identifier": ":"},
    ],
    ids=str,
)
def test_nonsense_decides_nothing_and_is_refused_in_words(steward, typed):
    pair = asked.pair()
    claimed(pair, steward)

    refused = press(steward, pair, **{"said": "", **typed})

    assert refused.status_code == 409
    assert 'role="alert"' in refused.text
    assert Answer.objects.count() == 0


def test_undo_leads_back_to_the_pair(steward):
    pair = asked.pair()
    claimed(pair, steward)
    press(steward, pair, "merge")

    answer = as_(steward).post("/review/undo/", follow=True)

    assert answer.redirect_chain == [(f"/review/{pair.pk}/", 302)]
    assert "Taken back: merge." in words(answer)
    assert asked.state(pair) == ("pending", "first")


def test_undo_without_an_answer_is_a_sentence(steward):
    answer = as_(steward).post("/review/undo/", follow=True)

    assert "You have given no answer that could be taken back." in words(answer)


def test_going_on_and_back(steward):
    first, second = asked.pair(impact=9), asked.pair()

    on = as_(steward).post("/review/next/", {"after": first.pk})
    back = as_(steward).post("/review/next/", {"before": second.pk})

    assert (on.url, back.url) == (f"/review/{second.pk}/", f"/review/{first.pk}/")


def test_leaving_lets_others_have_it(steward):
    pair = asked.pair()
    claimed(pair, steward)

    as_(steward).post(f"/review/{pair.pk}/release/")

    pair.refresh_from_db()
    assert pair.claimed_by is None
