"""A night that would change too much waits; the rest of it is written."""

from dataclasses import replace

import pytest

from governance.models import User
from identity import ledger, policy, stitching
from identity.ledger import Breaker
from identity.models import HeldRun, IdentityEvent, SealedRun, StitchedRecord
from tests import make
from tests.identity import drawn
from tests.identity.settled import day, records, settle, someone

pytestmark = pytest.mark.django_db

# Of so few people as in these tests: one merge passes, a second does not.
STRICT = Breaker(share=0.0, floor=2, largest=6)


@pytest.fixture
def owner() -> User:
    return make.owner(make.domain("customer"))


def four() -> list[list[int]]:
    """Return the records of four people."""
    return [records(someone()) for _ in range(4)]


def two_merges(people: list[list[int]], *, number: float, more=()) -> ledger.Settled:
    one, other, third, fourth = people
    return settle(
        [[*one, *other], [*third, *fourth, *more]],
        at=day(number), breaker=STRICT, run=f"night {number}",
    )  # fmt: skip


def test_what_a_night_may_change_is_written():
    one, other, *_ = four()

    settled = settle([[*one, *other]], at=day(1), breaker=STRICT)

    assert settled.held is None
    assert len(settled.merged) == 1


def test_a_night_that_would_change_too_many_people_writes_none_of_it():
    people = four()
    before = ledger.replay()

    settled = two_merges(people, number=1)

    assert ledger.replay() == before
    assert settled.merged == {}
    assert settled.waiting == {record for theirs in people for record in theirs}
    assert settled.held.sentence == (
        "This night would join or part 4 of 4 people, where 2 pass unseen. Nothing of "
        "that was written: it waits until a data owner of customer lets it pass."
    )


def test_whoever_arrives_is_somebody_even_while_their_group_waits():
    people, came, beside = four(), make.record().pk, make.record().pk

    settle(
        [[*people[0], *people[1]], [*people[2], *people[3], came], [beside]],
        at=day(1), breaker=STRICT,
    )  # fmt: skip

    held = ledger.replay()
    assert len(set(held.values())) == 6
    assert {came, beside} <= set(held)
    assert ledger.differing() == []


def test_a_part_of_somebody_is_not_written_where_the_other_part_waits():
    both = records(someone(2))
    people = four()
    before = ledger.replay()

    settled = settle(
        [[both[0], *people[0]], [both[1]], [*people[1], *people[2]]],
        at=day(1), breaker=STRICT,
    )  # fmt: skip

    assert ledger.replay() == before
    assert set(both) <= settled.waiting


def test_too_large_a_person_waits_and_all_else_is_written():
    large, *_ = people = [records(someone(5)), *four()]

    settled = settle(
        [[*large, *people[1], *people[2]], [*people[3], *people[4]]],
        at=day(1), breaker=Breaker(share=0.005, floor=50, largest=6),
    )  # fmt: skip

    assert len(settled.merged) == 1
    assert settled.waiting == {*large, *people[1], *people[2]}
    assert "make one person of 7 records, where 6 are the most" in settled.held.sentence


def test_too_many_newcomers_at_once_are_nobody_together():
    four()
    crowd = [make.record().pk for _ in range(7)]

    settle([crowd], at=day(1), breaker=STRICT)

    people = ledger.people_of(record_ids=crowd)
    assert len(set(people.values())) == 7


def test_whoever_was_large_before_may_get_more():
    large = records(someone(8))

    settled = settle([[*large, make.record().pk]], at=day(1), breaker=STRICT)

    assert settled.held is None


def test_a_first_load_passes_whatever_it_is():
    crowd = [make.record().pk for _ in range(9)]

    settled = settle(
        [crowd], at=day(1), breaker=Breaker(share=0.005, floor=0, largest=2)
    )

    assert settled.held is None


def test_a_share_of_many_people_passes_and_of_few_a_floor():
    usual = Breaker(share=0.005, floor=50, largest=200)

    assert [usual.allowed(people) for people in (0, 100, 10_000, 1_000_000)] == [
        50, 50, 50, 5_000,
    ]  # fmt: skip


def test_what_somebody_let_pass_is_written_by_the_next_night(owner):
    people = four()
    held = two_merges(people, number=1).held
    ledger.let_pass(held_id=held.pk, by=owner, reason="We moved.", at=day(1.5))

    settled = two_merges(people, number=2)

    assert settled.held is None
    assert len(settled.merged) == 2


def test_whoever_arrives_since_does_not_stop_what_was_let_pass(owner):
    people, came = four(), make.record().pk
    held = two_merges(people, number=1, more=[came]).held
    ledger.let_pass(held_id=held.pk, by=owner, reason="We moved.", at=day(1.5))

    settled = two_merges(people, number=2, more=[came, make.record().pk])

    assert settled.held is None
    assert len(settled.merged) == 3


def test_what_nobody_has_seen_waits_again(owner):
    people, others = four(), four()
    held = two_merges(people, number=1).held
    ledger.let_pass(held_id=held.pk, by=owner, reason="We moved.", at=day(1.5))

    settled = two_merges(others, number=2)

    assert settled.held.pk != held.pk


def test_the_same_is_held_as_one_however_many_nights_find_it():
    people = four()

    first, second = (two_merges(people, number=night).held for night in (1, 2))

    assert first == second
    assert HeldRun.objects.count() == 1


def test_what_is_held_is_let_pass_once(owner):
    held = two_merges(four(), number=1).held
    ledger.let_pass(held_id=held.pk, by=owner, reason="We moved.", at=day(2))

    with pytest.raises(ledger.AlreadyPassed) as refused:
        ledger.let_pass(held_id=held.pk, by=owner, reason="We moved.", at=day(3))

    assert str(refused.value) == f"{owner} let it pass at 2026-03-03 00:00 UTC."


@pytest.mark.parametrize("role", ["steward", "data_owner", "admin", "viewer"])
def test_only_an_owner_of_customer_lets_a_night_pass(owner, role):
    held = two_merges(four(), number=1).held
    somebody = make.user(role=role)

    with pytest.raises(ledger.NotAnOwner) as refused:
        ledger.let_pass(held_id=held.pk, by=somebody, reason="Go.", at=day(2))

    assert str(refused.value).startswith(f"{somebody} does not own customer.")


def test_letting_pass_says_why(owner):
    held = two_merges(four(), number=1).held

    with pytest.raises(ledger.NoReason):
        ledger.let_pass(held_id=held.pk, by=owner, reason=" ", at=day(2))


def test_what_a_night_wrote_is_sealed():
    people = four()
    settle([[*people[0], *people[1]]], at=day(1), breaker=STRICT, run="night 7")

    sealed = SealedRun.objects.get()

    assert (sealed.run, sealed.events, sealed.moves) == ("night 7", 1, 1)
    assert sealed.last == IdentityEvent.objects.last()


def test_a_stitching_says_what_waits_and_reads_it_again_the_next_night():
    shop = drawn.shop()
    shop.write(
        """
        record | name     | email
        shop 1 | Ann Bell |
        crm 1  | Ann Bell | ann@x.example
        """
    )
    stitching.stitch(at=day(1))
    shop.write(
        """
        record | name     | email
        shop 1 | Ann Bell | ann@x.example
        """
    )

    agreed = policy.beginning()
    strict = replace(agreed.breaker, most_changed=0, changed_anyway=1)

    first = stitching.stitch(at=day(2), agreed=replace(agreed, breaker=strict))
    read = StitchedRecord.objects.count()
    second = stitching.stitch(at=day(3), holds=False)

    assert "Nothing of that was written" in first.message
    assert (first.linked, read) == (0, 0)
    assert (second.linked, shop.people()) == (1, ["crm 1 + shop 1"])
