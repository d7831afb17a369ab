"""Who reads the queue, how it is as a whole, and as a file."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from governance.models import User
from identity import queue
from identity.models import MatchCandidate
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
