"""What else hangs on a pair is shown beside it, to be answered one after the other."""

from datetime import date

import pytest

from identity import dossier
from tests import make
from tests.identity.queue import asked
from tests.identity.queue.asked import AT, say
from tests.identity.queue.pages import as_, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def steward(db):
    return asked.steward()


@pytest.fixture
def four(db):
    return [make.record(f"Ada {letter}") for letter in "ABCD"]


def told(pair, by):
    pair.refresh_from_db()
    return [
        (each.pair.pk, each.where) for each in dossier.read(pair, by=by, at=AT).around
    ]


def test_other_pairs_of_the_two_stand_with_how_they_hang_on_it(steward, four):
    a, b, c, d = four
    pair = asked.pair(left=a, right=b)
    left = asked.pair(left=a, right=c, impact=9)
    right = asked.pair(left=b, right=d, impact=5)
    beyond = asked.pair(left=c, right=d)
    asked.pair()

    assert told(pair, steward) == [
        (left.pk, "of the left one"),
        (right.pk, "of the right one"),
        (beyond.pk, "of others who hang on them"),
    ]


def test_a_pair_of_other_records_of_the_two_is_between_them(steward, four):
    a, b, c, d = four
    make.person(a, c)
    make.person(b, d)
    pair, other = asked.pair(left=a, right=b), asked.pair(left=c, right=d)

    assert told(pair, steward) == [(other.pk, "between the two")]


def test_what_is_answered_or_held_is_no_part_of_it(steward, four):
    a, b, c, d = four
    pair = asked.pair(left=a, right=b)
    say(asked.pair(left=a, right=c), "not_same", asked.steward())
    asked.pair(left=a, right=d, status="held", held_until=date(2026, 3, 9))

    assert told(pair, steward) == []


def test_a_button_claims_the_next_of_them(steward, four):
    a, b, c, _ = four
    pair, other = asked.pair(left=a, right=b), asked.pair(left=a, right=c)
    client = as_(steward)

    page = client.get(f"/review/{pair.pk}/")

    assert "What else hangs on it 1 more pair among the same people waits" in words(
        page
    )
    assert f'action="/review/{other.pk}/claim/"' in page.text
    client.post(f"/review/{other.pk}/claim/")
    other.refresh_from_db()
    assert other.claimed_by == steward
