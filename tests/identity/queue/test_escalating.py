"""What waits too long is told to whoever owns customers, once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from governance.models import Domain, Letter
from identity import tasks
from identity.models import MatchCandidate
from identity.queue import escalating
from identity.queue.escalating import Escalated
from tests import make
from tests.governance import letters
from tests.identity.queue import asked
from tests.identity.queue.asked import AT, LATER, say
from tests.identity.test_policy import agree, rule

pytestmark = pytest.mark.django_db
OLD = AT - timedelta(days=14)


@pytest.fixture
def customers(db) -> Domain:
    return make.domain("customer")


@pytest.fixture
def owner(customers):
    return letters.named(make.owner(customers), "Olga")


def test_owners_are_written_one_letter_of_all_that_is_late(owner):
    pairs = [asked.pair(found_at=OLD, value_at_risk=Decimal(40)) for _ in range(2)]
    asked.pair(found_at=AT)

    told = escalating.escalate(at=AT)

    assert told == Escalated(pairs=2, owners=1)
    assert letters.text_to("olga").startswith(
        "2 pairs newly wait for more than 14 days, move much, or were referred. "
        f"Together they put 80 at risk.\n\n- {pairs[0]}: waits for 14 days\n"
    )
    marked = MatchCandidate.objects.filter(escalated_at=AT)
    assert set(marked) == set(pairs)


def test_a_pair_is_told_of_once(owner):
    asked.pair(found_at=OLD)
    escalating.escalate(at=AT)

    again = escalating.escalate(at=LATER)

    assert again == Escalated(pairs=0, owners=0)
    assert Letter.objects.count() == 1


def test_what_was_referred_is_told_of_with_its_reason(owner):
    pair, steward, chosen = asked.pair(), asked.steward(), asked.steward()
    say(pair, "refer", steward, to=chosen, reason="You know them.")

    escalating.escalate(at=LATER)

    assert f"- {pair}: referred to {chosen}: You know them." in letters.text_to("olga")


def test_what_moves_much_is_told_of_at_once(owner):
    asked.pair(found_at=AT, value_at_risk=Decimal(2_500))

    escalating.escalate(at=AT)

    assert ": 2,500 at risk\n" in letters.text_to("olga")


def test_what_is_held_until_a_later_day_is_nobodys_to_hurry(owner):
    asked.pair(found_at=OLD, status="held", held_until=date(2026, 3, 9))

    assert escalating.escalate(at=AT) == Escalated(pairs=0, owners=0)


def test_after_how_many_days_is_agreed_on(customers):
    asked.pair(found_at=AT - timedelta(days=3))
    agree(customers, rule(customers, "asking", overdue_after_days=2))

    assert escalating.escalate(at=AT).pairs == 1


def test_the_task_asks_the_clock():
    asked.pair(found_at=OLD)

    assert tasks.escalate() == {"pairs": 1, "owners": 0}
