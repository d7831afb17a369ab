"""What the page of a pair shows, and to whom it shows what."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.models import User
from identity import queue
from identity.models import Answer
from identity.queue import numbers
from measurement.models import ConsentEvent, LifecycleStage
from tests import make
from tests.identity.queue import asked
from tests.identity.queue.pages import as_, claimed, press, words

pytestmark = pytest.mark.django_db

EMAIL = queue.Step(
    feature="email", level="equal", bits=6.0, sentence="The same e-mail."
)
NAMES = queue.Step(feature="first_name", level="other", bits=-3.0, sentence="Ann, Tom.")


@pytest.fixture
def steward(db) -> User:
    return asked.steward()


def test_the_page_says_what_speaks_for_and_against(steward):
    pair = asked.pair(waterfall=[NAMES, EMAIL], score=0.42)

    page = as_(steward).get(f"/review/{pair.pk}/")

    assert [
        (step.feature, step.bits, step.length) for step in page.context["dossier"].steps
    ] == [("Email", 6.0, 20), ("First name", -3.0, 10)]
    assert "about 42% are one person" in words(page)


def test_without_a_waterfall_the_page_says_what_they_share(steward):
    pair = asked.pair()

    page = as_(steward).get(f"/review/{pair.pk}/")

    assert "They share The same e-mail address." in words(page)
    assert "What each comparison adds" not in page.text


def test_the_page_shows_everybody_it_would_join(steward):
    left, right, third = make.record("Ann"), make.record("Tom"), make.record("Thomas")
    make.person(right, third)

    page = as_(steward).get(f"/review/{asked.pair(left=left, right=right).pk}/")

    sides = page.context["dossier"].sides
    assert [[each.name for each in side.records] for side in sides] == [
        ["Ann"], ["Tom", "Thomas"],
    ]  # fmt: skip


def test_the_page_shows_what_happened_with_both(steward):
    pair = asked.pair()
    make.order(pair.left, make.moment("2026-01-05"), source_id="77")
    LifecycleStage.objects.create(
        customer=pair.right, started_at=make.moment("2026-01-06"), stage="lead", run=1
    )

    page = as_(steward).get(f"/review/{pair.pk}/")

    sides = page.context["dossier"].sides
    assert [[each.what for each in side.moments] for side in sides] == [
        ["Order 77"], ["Became lead"],
    ]  # fmt: skip


def test_consents_that_differ_are_said_before_anybody_merges(steward):
    pair = asked.pair()
    for record, state in ((pair.left, "granted"), (pair.right, "withdrawn")):
        ConsentEvent.objects.create(
            customer=record, purpose="newsletter", channel="email", state=state,
            at=make.moment("2026-01-05"), run=1,
        )  # fmt: skip

    page = as_(steward).get(f"/review/{pair.pk}/")

    assert (
        "Newsletter: the left one said yes last, the right one no. A merge takes the "
        "stricter."
    ) in words(page)


def test_what_a_merge_does_to_numbers_is_not_measured_where_nobody_can(steward):
    page = as_(steward).get(f"/review/{asked.pair().pk}/")

    assert "What it does to numbers is not measured." in words(page)


def test_a_second_reader_sees_nothing_of_the_first_answer(steward):
    pair = asked.pair(is_read_again=True, waterfall=[EMAIL], score=0.42)
    claimed(pair, steward)
    press(steward, pair, "merge", reason="I rang them up.")

    page = as_(asked.steward()).get(f"/review/{pair.pk}/")

    shown = words(page)
    assert "A second reading" in shown
    assert [
        hidden for hidden in ("I rang", "42%", "Same person as") if hidden in shown
    ] == []
    assert [len(side.records) for side in page.context["dossier"].sides] == [1, 1]


def test_who_answered_sees_what_they_said(steward):
    pair = asked.pair(is_read_again=True)
    claimed(pair, steward)
    press(steward, pair, "merge", reason="I rang them up.")

    assert "I rang them up." in words(as_(steward).get(f"/review/{pair.pk}/"))


def test_who_may_not_see_contacts_sees_them_masked():
    left = make.record("Ann", email="ann@example.com", phone="+12125550148")
    pair = asked.pair(left=left)

    viewer = as_(make.user()).get(f"/review/{pair.pk}/").text
    steward = as_(asked.steward()).get(f"/review/{pair.pk}/").text

    secrets = ("ann@example.com", "+12125550148")
    assert [secret for secret in secrets if secret in viewer] == []
    assert [secret for secret in secrets if secret in steward] == list(secrets)


def test_the_queue_says_how_long_pairs_waited_and_how_many_known_answers_were_right():
    steward, now = asked.steward(), timezone.now()
    known = [asked.pair(known_answer="not_same") for _ in range(2)]
    for days in (1, 3, 30):
        pair = asked.pair(found_at=now - timedelta(days=days))
        asked.say(pair, "not_same", steward, now)
    for pair, said in zip(known, ("not_same", "merge"), strict=True):
        Answer.objects.create(
            candidate=pair, by=steward, said=said, reason="Read.", at=now,
            read_as="known",
        )  # fmt: skip

    shown = numbers.overview(by=steward, at=now)

    assert (shown.waited, shown.tried, shown.right) == (3, 2, 1)
    assert "half of them within 3 days of being found" in words(
        as_(steward).get("/review/")
    )
