"""The pages of the queue: reading, answering, going on, taking back."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from governance.models import User
from identity import queue
from identity.models import Answer, Key, MatchCandidate, Merge
from measurement.models import ConsentEvent, LifecycleStage
from tests import make
from tests.identity.queue import asked

pytestmark = pytest.mark.django_db

EMAIL = queue.Step(
    feature="email", level="equal", bits=6.0, sentence="The same e-mail."
)
NAMES = queue.Step(feature="first_name", level="other", bits=-3.0, sentence="Ann, Tom.")


@pytest.fixture
def steward(db) -> User:
    return asked.steward()


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def press(user: User, pair: MatchCandidate, said: str, **typed: str):
    pair.refresh_from_db()
    return as_(user).post(
        f"/review/{pair.pk}/answer/",
        {"said": said, "digest": pair.evidence_digest, **typed},
        follow=True,
    )


def words(answer) -> str:
    main = answer.text.partition("<main")[2]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def claimed(pair: MatchCandidate, by: User) -> MatchCandidate:
    return queue.claim(candidate_id=pair.pk, by=by, at=timezone.now())


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


@pytest.mark.parametrize(
    "role", ["viewer", "data_owner", "privacy", "auditor", "admin"]
)
def test_who_is_no_steward_reads_and_decides_nothing(role):
    pair, reader = asked.pair(), make.user(role=role)

    page = as_(reader).get(f"/review/{pair.pk}/")
    refused = [
        as_(reader).post(f"/review/{pair.pk}/claim/").status_code,
        press(reader, pair, "merge").status_code,
    ]

    assert re.findall(r"<button[^>]*>(Claim it|Merge)", page.text) == []
    assert refused == [403, 403]
    assert asked.state(pair) == ("pending", "first")


def test_a_superuser_decides_nothing():
    pair = asked.pair()

    assert press(make.superuser(), pair, "merge").status_code == 403


def test_without_the_right_nothing_is_read():
    nobody = make.seated(make.user())

    answered = {
        address: as_(nobody).get(address).status_code
        for address in ("/review/", f"/review/{asked.pair().pk}/", "/review/export.csv")
    }

    assert set(answered.values()) == {403}


def test_the_queue_says_how_much_waits_and_how_old_it_is(steward):
    now = timezone.now()
    asked.pair(score=0.9, value_at_risk=Decimal(200), found_at=now)
    asked.pair(score=0.3, value_at_risk=Decimal(50), found_at=now - timedelta(days=20))

    page = as_(steward).get("/review/")

    shown = page.context["queue"]
    assert (shown.waiting, shown.value, shown.oldest_days) == (2, Decimal(250), 20)
    assert [(band.name, list(band.counts)) for band in shown.bands if band.total] == [
        ("20% to 50%", [0, 0, 0, 1]), ("80% to 95%", [1, 0, 0, 0]),
    ]  # fmt: skip
    assert shown.escalated_in_all == 1


def test_the_queue_says_who_answered_how_many_and_how_they_agree(steward):
    pair, second = asked.pair(is_read_again=True), asked.steward()
    claimed(pair, steward)
    press(steward, pair, "merge")
    claimed(pair, second)
    press(second, pair, "merge")

    shown = as_(steward).get("/review/").context["queue"]

    assert sorted((each.name, each.total) for each in shown.workers) == sorted(
        [(steward.username, 1), (second.username, 1)]
    )
    [agreed] = shown.agreement
    assert (agreed.pairs, agreed.agreed) == (1, 1)


def test_an_empty_queue_says_so(steward):
    assert "Nothing waits" in words(as_(steward).get("/review/"))


def test_the_queue_comes_as_a_file(steward):
    pair = asked.pair(score=0.42, value_at_risk=Decimal("81.5"))
    MatchCandidate.objects.filter(pk=pair.pk).update(evidence="=cmd()")

    answer = as_(steward).get("/review/export.csv")

    header, line = answer.getvalue().decode().splitlines()
    told = dict(zip(header.split(","), line.split(","), strict=True))
    assert (told["pair"], told["score"], told["value_at_risk"], told["evidence"]) == (
        str(pair.pk), "0.42", "81.50", "'=cmd()",
    )  # fmt: skip


def test_names_from_outside_are_text(steward):
    evil = "<script>alert(1)</script>"
    pair = asked.pair(
        left=make.record(evil, email=evil),
        evidence=evil,
        waterfall=[queue.Step(feature=evil, level=evil, bits=1.0, sentence=evil)],
    )
    claimed(pair, steward)

    pages = [as_(steward).get(at).text for at in (f"/review/{pair.pk}/", "/review/")]

    assert [page for page in pages if evil in page] == []


def test_every_table_has_a_caption_and_its_headings_a_direction(steward):
    pair = asked.pair(waterfall=[EMAIL, NAMES])
    claimed(pair, steward)

    for address in ("/review/", f"/review/{pair.pk}/"):
        text = as_(steward).get(address).text
        tables = re.findall(r"<table.*?</table>", text, re.DOTALL)
        assert tables
        assert {table.count("<caption") for table in tables} == {1}
        assert [
            heading
            for table in tables
            for heading in re.findall(r"<th\b[^>]*>", table)
            if not re.search(r'scope="(col|row)"', heading)
        ] == []


def test_a_page_costs_the_same_however_long_the_queue_is(
    steward, django_assert_max_num_queries
):
    for _ in range(4):
        asked.pair()
    client = as_(steward)

    with django_assert_max_num_queries(30):
        client.get("/review/")
