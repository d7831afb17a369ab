"""What somebody says of a pair, and what comes of it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from identity import ledger, queue
from identity.models import (
    Answer,
    Apart,
    Household,
    HouseholdLink,
    Key,
    Link,
    MatchCandidate,
    Merge,
    QuarantinedValue,
    StitchedRecord,
)
from measurement.models import CustomerRecord
from tests import make
from tests.identity.queue import asked
from tests.identity.queue.asked import AT, LATER, say, state

pytestmark = pytest.mark.django_db


@pytest.fixture
def steward(db):
    return asked.steward()


def people_of(pair: MatchCandidate) -> set[int]:
    return set(ledger.people_of(record_ids=[pair.left_id, pair.right_id]).values())


def test_merging_joins_the_two_and_keeps_what_was_said(steward):
    pair = asked.pair()

    answer = say(pair, "merge", steward, seconds=4.5)

    merge = Merge.objects.get()
    assert len(people_of(pair)) == 1
    assert state(pair) == ("same", "")
    assert (answer.merge, answer.by, answer.at, answer.seconds) == (
        merge, steward, AT, 4.5,
    )  # fmt: skip
    assert (answer.read_as, answer.learn, answer.is_second_read) == (
        "first",
        True,
        False,
    )
    assert (pair.decided_by, pair.decided_at, pair.reason) == (
        steward, AT, "I asked them.",
    )  # fmt: skip


def test_an_answer_lets_the_pair_go(steward):
    pair = asked.pair()

    say(pair, "not_same", steward)

    pair.refresh_from_db()
    assert (pair.claimed_by, pair.claimed_until) == (None, None)


def test_not_the_same_holds_the_two_apart(steward):
    pair = asked.pair()

    say(pair, "not_same", steward)

    apart = Apart.objects.get()
    assert (apart.left_id, apart.right_id) == (pair.left_id, pair.right_id)
    assert state(pair) == ("different", "")
    assert len(people_of(pair)) == 2


def test_the_same_household_lives_together_and_is_not_merged(steward):
    pair = asked.pair()

    say(pair, "household", steward)

    links = HouseholdLink.objects.as_of(None).order_by("record")
    assert [(each.record_id, each.by) for each in links] == [
        (pair.left_id, steward), (pair.right_id, steward),
    ]  # fmt: skip
    assert state(pair) == ("household", "")
    assert len(people_of(pair)) == 2
    assert Apart.objects.count() == 1


def test_a_third_moves_into_the_household_there_is(steward):
    ada, bo, cleo = make.record("Ada"), make.record("Bo"), make.record("Cleo")
    say(asked.pair(left=ada, right=bo), "household", steward)

    say(asked.pair(left=bo, right=cleo), "household", steward, LATER)

    held = HouseholdLink.objects.as_of(None)
    assert set(held.values_list("record", flat=True)) == {ada.pk, bo.pk, cleo.pk}
    assert Household.objects.count() == 1


def test_of_two_households_that_are_one_the_older_stays(steward):
    records = [make.record(name) for name in ("Ada", "Bo", "Cleo", "Di")]
    say(asked.pair(left=records[0], right=records[1]), "household", steward)
    say(asked.pair(left=records[2], right=records[3]), "household", steward)
    first = HouseholdLink.objects.order_by("pk").first().household

    say(asked.pair(left=records[1], right=records[2]), "household", steward, LATER)

    now = HouseholdLink.objects.as_of(None)
    assert set(now.values_list("record", "household")) == {
        (each.pk, first.pk) for each in records
    }
    assert HouseholdLink.objects.as_of(AT).count() == 4


def with_one_number(count: int = 2) -> list[CustomerRecord]:
    """Return records of one shop that were read, and have a phone number together."""
    shop = make.system()
    records = [make.record(f"Ada {n}", of=shop) for n in "ABCD"[:count]]
    for record in records:
        Key.objects.create(record=record, kind="phone", value="+1212", version=1)
        StitchedRecord.objects.create(record=record, digest="read")
    return records


def test_a_shared_value_is_set_aside_and_the_pair_waits_a_night(steward):
    left, right = with_one_number()
    pair = asked.pair(left=left, right=right)

    answer = say(pair, "quarantine", steward, identifier=("phone", "+1212"))

    value = QuarantinedValue.objects.get()
    assert (value.kind, value.value, value.why, value.by, value.reason) == (
        "phone", "+1212", "steward", steward, "I asked them.",
    )  # fmt: skip
    assert (value.storefront, value.records) == (pair.left.system.storefront, 2)
    assert answer.set_aside == value
    assert (state(pair), pair.held_until) == (("held", "first"), date(2026, 3, 3))


def test_whoever_shares_a_value_that_was_set_aside_is_read_again(steward):
    left, right, *_ = with_one_number(4)
    other = StitchedRecord.objects.create(record=make.record(), digest="read")

    say(
        asked.pair(left=left, right=right), "quarantine", steward,
        identifier=("phone", "+1212"),
    )  # fmt: skip

    assert list(StitchedRecord.objects.all()) == [other]


def test_only_what_both_carry_is_set_aside(steward):
    pair = asked.pair()
    Key.objects.create(record=pair.left, kind="phone", value="+1212", version=1)

    with pytest.raises(queue.Incomplete):
        say(pair, "quarantine", steward, identifier=("phone", "+1212"))

    assert QuarantinedValue.objects.count() == 0


def test_a_value_that_is_set_aside_already_stays_so(steward):
    pair = asked.pair()
    for record in (pair.left, pair.right):
        Key.objects.create(record=record, kind="phone", value="+1212", version=1)
    standing = QuarantinedValue.objects.create(
        storefront=pair.left.system.storefront, kind="phone", value="+1212",
        why="crowded", since=AT - timedelta(days=1),
    )  # fmt: skip

    answer = say(pair, "quarantine", steward, identifier=("phone", "+1212"))

    assert answer.set_aside == standing


def test_a_doubt_waits_for_somebody_else(steward):
    pair = asked.pair()

    say(pair, "cant_tell", steward)

    assert state(pair) == ("doubtful", "doubt")
    assert queue.claim_next(by=steward, at=AT) is None
    with pytest.raises(queue.NotYours):
        queue.claim(candidate_id=pair.pk, by=steward, at=AT)


def test_a_second_reader_settles_a_doubt(steward):
    pair = asked.pair()
    say(pair, "cant_tell", steward)

    answer = say(pair, "merge", asked.steward(), LATER)

    assert state(pair) == ("same", "")
    assert (answer.read_as, answer.is_second_read) == ("doubt", True)


def test_two_who_cannot_tell_leave_it_to_a_third(steward):
    pair, second = asked.pair(), asked.steward()
    say(pair, "cant_tell", steward)

    say(pair, "cant_tell", second, LATER)

    assert state(pair) == ("doubtful", "doubt")
    assert queue.claim_next(by=second, at=LATER) is None
    assert queue.claim_next(by=asked.steward(), at=LATER) == pair


def test_a_pair_is_referred_to_another_steward(steward):
    pair, chosen = asked.pair(), asked.steward()

    say(pair, "refer", steward, to=chosen)

    assert (state(pair), pair.referred_to) == (("referred", "first"), chosen)


@pytest.mark.parametrize("role", ["viewer", "data_owner"])
def test_nobody_but_a_steward_is_referred_to(steward, role):
    pair = asked.pair()

    with pytest.raises(queue.Incomplete):
        say(pair, "refer", steward, to=make.user(role=role))


def test_nobody_refers_to_themselves(steward):
    with pytest.raises(queue.Incomplete):
        say(asked.pair(), "refer", steward, to=steward)


def test_a_pair_is_held_until_a_day(steward):
    pair = asked.pair()

    say(pair, "hold", steward, until=date(2026, 3, 9))

    assert (state(pair), pair.held_until) == (("held", "first"), date(2026, 3, 9))


@pytest.mark.parametrize("until", [None, date(2026, 3, 2), date(2026, 3, 1)])
def test_a_pair_is_held_until_a_later_day(steward, until):
    with pytest.raises(queue.Incomplete):
        say(asked.pair(), "hold", steward, until=until)


def test_what_was_held_is_no_more_once_it_is_answered(steward):
    pair = asked.pair(status="held", held_until=date(2026, 3, 1))

    say(pair, "not_same", steward)

    assert (state(pair), pair.held_until) == (("different", ""), None)


def test_an_answer_after_the_claim_has_run_out_decides_nothing(steward):
    pair = asked.pair()
    queue.claim(candidate_id=pair.pk, by=steward, at=AT)

    with pytest.raises(queue.NotClaimed) as refused:
        queue.answer(
            candidate_id=pair.pk, given=asked.given(pair, "merge"), by=steward,
            at=AT + queue.LEASE,
        )  # fmt: skip

    assert str(refused.value) == (
        f"You claimed {pair} until 10:15 UTC, and that has run out. Nothing was "
        f"decided: claim it again and read what it says now."
    )
    assert state(pair) == ("pending", "first")


def test_who_claimed_nothing_decides_nothing(steward):
    pair = asked.pair()

    with pytest.raises(queue.NotClaimed):
        queue.answer(
            candidate_id=pair.pk, given=asked.given(pair, "merge"), by=steward, at=AT
        )


def test_an_answer_to_evidence_that_has_changed_decides_nothing(steward):
    pair = asked.pair()
    queue.claim(candidate_id=pair.pk, by=steward, at=AT)
    read = asked.given(pair, "merge")
    MatchCandidate.objects.update(evidence_digest="another")

    with pytest.raises(queue.EvidenceChanged):
        queue.answer(candidate_id=pair.pk, given=read, by=steward, at=AT)

    assert state(pair) == ("pending", "first")


def test_an_answer_sent_twice_counts_once(steward):
    pair = asked.pair()
    queue.claim(candidate_id=pair.pk, by=steward, at=AT)
    sent = asked.given(pair, "merge")
    queue.answer(candidate_id=pair.pk, given=sent, by=steward, at=AT)

    with pytest.raises(queue.AlreadyDecided) as refused:
        queue.answer(candidate_id=pair.pk, given=sent, by=steward, at=AT)

    assert str(refused.value) == (
        f"You have answered {pair} already: merge. It counts once."
    )
    assert Answer.objects.count() == 1


def test_an_answer_is_one_of_those_there_are(steward):
    with pytest.raises(queue.Incomplete):
        say(asked.pair(), "perhaps", steward)


def test_a_refused_answer_leaves_everything_as_it_was(steward):
    ada, bo, cleo = make.record("Ada"), make.record("Bo"), make.record("Cleo")
    say(asked.pair(left=ada, right=cleo), "not_same", steward)
    say(asked.pair(left=ada, right=bo), "merge", steward)
    pair = asked.pair(left=bo, right=cleo)
    links = list(Link.objects.order_by("pk").values())

    with pytest.raises(queue.SaidDifferent):
        say(pair, "merge", steward, LATER)

    assert state(pair) == ("pending", "first")
    assert list(Link.objects.order_by("pk").values()) == links
    assert pair.answers.count() == 0


def test_value_at_risk_may_be_anything_that_is_money(steward):
    pair = asked.pair(value_at_risk=Decimal("12345678901234.56"), score=1.0)

    assert queue.claim_next(by=steward, at=AT) == pair
