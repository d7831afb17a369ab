"""The queue as a program reads it."""

from decimal import Decimal

import pytest

from identity import queue
from tests import make
from tests.governance.programs import program
from tests.identity.queue import asked
from tests.identity.queue.asked import say

pytestmark = pytest.mark.django_db

LIST = "/api/v1/review/pairs"
EMAIL = queue.Step(
    feature="email", level="equal", bits=6.0, sentence="The same e-mail."
)


def test_a_program_reads_what_waits_the_one_to_read_first_at_the_front():
    cheap = asked.pair(value_at_risk=Decimal(10))
    dear = asked.pair(value_at_risk=Decimal("812.50"))

    answer = program(make.user(role="steward"), "read").get(LIST).json()

    assert [each["pair"] for each in answer["items"]] == [dear.pk, cheap.pk]
    assert (answer["items"][0]["value_at_risk"], answer["next"]) == ("812.50", None)


def test_the_next_ones_are_where_the_answer_says():
    pairs = [asked.pair(value_at_risk=Decimal(worth)) for worth in (300, 200, 100)]
    reader = program(make.user(), "read")

    first = reader.get(f"{LIST}?limit=2").json()
    second = reader.get(first["next"]).json()

    told = [each["pair"] for page in (first, second) for each in page["items"]]
    assert told == [pair.pk for pair in pairs]


def test_one_pair_says_what_speaks_for_it():
    pair = asked.pair(waterfall=[EMAIL])

    answer = program(make.user(), "read").get(f"{LIST}/{pair.pk}").json()

    assert answer["waterfall"] == [EMAIL]


def test_no_contact_stands_in_it():
    pair = asked.pair(left=make.record("Ann", email="ann@example.com"))

    texts = [
        program(make.user(role="steward"), "read").get(address).text
        for address in (LIST, f"{LIST}/{pair.pk}")
    ]

    assert [text for text in texts if "ann@example.com" in text] == []


def test_a_second_reader_learns_nothing_of_the_first_answer_by_a_program():
    pair = asked.pair(is_read_again=True, waterfall=[EMAIL])
    say(pair, "merge", asked.steward())

    told = program(asked.steward(), "read").get(f"{LIST}/{pair.pk}").json()

    assert (told["status"], told["score"], told["waterfall"]) == ("", None, [])


def test_a_status_there_is_not_is_refused():
    answer = program(make.user(), "read").get(f"{LIST}?status=perhaps")

    assert answer.status_code == 400


def test_no_program_answers_a_pair():
    pair = asked.pair()

    refused = program(make.user(role="steward")).post(f"{LIST}/{pair.pk}")

    assert refused.status_code == 405
    assert asked.state(pair) == ("pending", "first")


def test_without_the_right_a_program_reads_nothing():
    nobody = make.seated(make.user())

    assert program(nobody, "read").get(LIST).status_code == 403
