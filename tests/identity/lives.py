"""Lives of a shop's records, drawn at random: what happens to who is who, in any order.

Records come, say something else, are judged by other policies; stewards merge, undo, and
undo that; words come late. After each step it is looked at whether the ledger tells it.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import combinations
from uuid import UUID

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from governance.models import User
from identity import ledger
from identity.models import IdentityEvent, Merge, Person
from tests.identity.settled import day

RECORDS = 9
# What joins two records: all they have to say the same of, one such list or another.
POLICIES = {
    "email": [(0,)],
    "email and name": [(0, 2)],
    "email or phone": [(0,), (1,)],
    "phone and name": [(1, 2)],
}
said = st.tuples(*(st.integers(0, 2) for _ in range(3)))
chosen = st.integers(0, 30)
type Report = dict[UUID, Decimal]


class Lives(RuleBasedStateMachine):
    """Some records of a shop and what becomes of them. ``STEWARD`` and ``SHOP`` are given."""

    steward: User
    shop: list[int]

    def __init__(self) -> None:
        super().__init__()
        self.room = transaction.atomic()
        self.room.__enter__()
        self.says: dict[int, tuple[int, int, int]] = {}
        self.policy = "email"
        self.clock = day(1)
        self.told: dict[datetime, tuple[dict[int, int], Report]] = {}

    def teardown(self) -> None:
        try:
            for moment, before in self.told.items():
                assert self.report(moment) == before, (
                    f"What was told of {moment} moved."
                )
        finally:
            transaction.set_rollback(True)
            self.room.__exit__(None, None, None)

    @initialize(first=st.lists(said, min_size=2, max_size=4))
    def begin(self, first: list[tuple[int, int, int]]) -> None:
        for says in first:
            self.says[self.shop[len(self.says)]] = says
        self.night(0)

    @precondition(lambda self: len(self.says) < RECORDS)
    @rule(says=said, late=chosen)
    def arrive(self, says: tuple[int, int, int], late: int) -> None:
        self.says[self.shop[len(self.says)]] = says
        self.night(late)

    @rule(which=chosen, says=said, late=chosen)
    def say_something_else(
        self, which: int, says: tuple[int, int, int], late: int
    ) -> None:
        self.says[self.pick(list(self.says), which)] = says
        self.night(late)

    @rule(policy=st.sampled_from(sorted(POLICIES)), late=chosen)
    def agree_on_another_policy(self, policy: str, late: int) -> None:
        self.policy = policy
        self.night(late)

    @rule(one=chosen, other=chosen, late=chosen)
    def merge(self, one: int, other: int, late: int) -> None:
        people = sorted(set(ledger.graph().people))
        two = {self.pick(people, one), self.pick(people, other)}
        before = self.people()
        try:
            [merged] = ledger.merge(
                people=two, by=self.steward, reason="One.", at=self.moment(late)
            )
        except ledger.SamePerson:
            assert len(two) < 2
        except ledger.HeldApart:
            assert self.apart_between(*(before[who] for who in two))
        else:
            after = self.people()
            assert (
                after[merged.kept_id]
                == before[merged.kept_id] | before[merged.absorbed_id]
            )
            assert as_written(merged.event) == {who: before[who] for who in two}
            self.remember()

    @precondition(lambda self: Merge.objects.exists())
    @rule(which=chosen, late=chosen)
    def undo(self, which: int, late: int) -> None:
        merged = self.pick(list(Merge.objects.order_by("pk")), which)
        before = self.people()
        try:
            event = self.unmerge(merged, self.moment(late))
        except ledger.CannotUndo:
            assert self.people() == before
            return
        theirs = before_of(merged)[merged.absorbed_id] & before[merged.kept_id]
        after = self.people()
        assert after == {
            **before,
            merged.kept_id: before[merged.kept_id] - theirs,
            merged.absorbed_id: theirs,
        }
        assert ledger.known_as(public_id=merged.absorbed.public_id) == merged.absorbed
        assert event.undoes_id == merged.event_id
        self.remember()

    @precondition(lambda self: IdentityEvent.objects.filter(kind="unmerged").exists())
    @rule(which=chosen, late=chosen)
    def undo_the_undoing(self, which: int, late: int) -> None:
        undoings = IdentityEvent.objects.filter(kind="unmerged")
        undone = self.pick(list(undoings.order_by("pk")), which)
        before = self.people()
        try:
            ledger.merge_again(
                event_id=undone.pk, by=self.steward, reason="Yes.", at=self.moment(late)
            )
        except (ledger.CannotUndo, ledger.HeldApart):
            assert self.people() == before
            return
        kept, gone = undone.person_id, undone.other_id
        together = {**before, kept: before[kept] | before[gone]}
        del together[gone]
        assert self.people() == together
        self.remember()

    @rule(one=chosen, other=chosen)
    def merge_and_undo_changes_nothing(self, one: int, other: int) -> None:
        people = sorted(set(ledger.graph().people))
        two = {self.pick(people, one), self.pick(people, other)}
        before, public = self.people(), self.public()
        try:
            [merged] = ledger.merge(
                people=two, by=self.steward, reason="One.", at=self.moment(0)
            )
        except (ledger.SamePerson, ledger.HeldApart):
            return
        self.remember()
        self.unmerge(merged, self.moment(0))
        assert (self.people(), self.public()) == (before, public)
        self.remember()

    @rule(which=chosen)
    def lock(self, which: int) -> None:
        person = self.pick(sorted(set(ledger.graph().people)), which)
        turn = (
            ledger.unlock
            if Person.objects.get(pk=person).locked_at is not None
            else ledger.lock
        )
        turn(person_id=person, by=self.steward, reason="Kept.", at=self.moment(0))

    @invariant()
    def the_links_are_what_the_ledger_says(self) -> None:
        assert ledger.replay() == ledger.graph().as_dict()
        assert ledger.differing() == []
        assert ledger.overlapping() == []

    @invariant()
    def no_rule_joins_whom_somebody_held_apart(self) -> None:
        person = ledger.graph().as_dict()
        for left, right in ledger.pairs_apart(self.says):
            assert person[left] != person[right]

    def night(self, late: int) -> None:
        """Judge everybody by the policy; the order of what is found changes nothing."""
        groups, at = self.judged(), self.moment(late)
        with self.tried():
            settle(groups[::-1], at, turned=True)
            other_way = parted(self.people())
        settle(groups, at)
        assert (
            parted(self.people()) == other_way == {frozenset(each) for each in groups}
        )
        self.remember()

    def judged(self) -> list[list[int]]:
        """Return the records that are one person by the policy, and by what people said."""
        apart = ledger.pairs_apart(self.says)
        groups = [{record} for record in self.says]
        for one, other in combinations(self.says, 2):
            if not self.agree(one, other):
                continue
            left = next(group for group in groups if one in group)
            right = next(group for group in groups if other in group)
            if left is right or crossed(apart, left, right):
                continue
            left |= right
            groups.remove(right)
        return [sorted(group) for group in groups]

    def agree(self, one: int, other: int) -> bool:
        ours, theirs = self.says[one], self.says[other]
        return any(
            all(ours[place] == theirs[place] for place in key)
            for key in POLICIES[self.policy]
        )

    def unmerge(self, merged: Merge, at: datetime) -> IdentityEvent:
        return ledger.unmerge(
            event_id=merged.event_id, by=self.steward, reason="Two.", at=at
        )

    def apart_between(self, ones: set[int], others: set[int]) -> bool:
        return crossed(ledger.pairs_apart(ones | others), ones, others)

    def people(self) -> dict[int, set[int]]:
        """Return the records of everybody, as the ledger tells it."""
        found: dict[int, set[int]] = {}
        for record, person in ledger.graph().as_dict().items():
            found.setdefault(person, set()).add(record)
        return found

    def public(self) -> dict[UUID, int]:
        """Return who everybody is now, by every public id there ever was."""
        return {
            public_id: ledger.known_as(public_id=public_id).pk
            for public_id in Person.objects.filter(
                links__record__in=self.shop
            ).values_list("public_id", flat=True)
        }

    def report(self, moment: datetime) -> tuple[dict[int, int], Report]:
        """Return who was who then, and what each of them had spent, to the cent."""
        person = ledger.graph(as_of=moment).as_dict()
        assert ledger.replay(until=moment) == person
        spent: Report = {}
        public = Person.objects.in_bulk(set(person.values()))
        for record, who in person.items():
            cents = Decimal(1009 * record % 99_991) / 100
            name = public[who].public_id
            spent[name] = spent.get(name, Decimal(0)) + cents
        return person, spent

    def remember(self) -> None:
        """Keep what a report of just now said, to be asked for again at the end."""
        moment = IdentityEvent.objects.order_by("-pk").values_list("at", flat=True)[0]
        self.told[moment] = self.report(moment)

    def moment(self, late: int) -> datetime:
        """Return the next moment; every third word comes later than it was said."""
        self.clock += timedelta(hours=1)
        return self.clock - timedelta(days=late) if late % 3 == 0 else self.clock

    @contextmanager
    def tried(self) -> Iterator[None]:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    @staticmethod
    def pick[Each](these: list[Each], which: int) -> Each:
        return these[which % len(these)]


class TakesTooMuchBack(Lives):
    """A ledger that undoes a merge with everything that came since."""

    def unmerge(self, merged: Merge, at: datetime) -> IdentityEvent:
        now = set(ledger.records_of(person_id=merged.kept_id))
        known = set().union(*before_of(merged).values())
        return ledger.unmerge(
            event_id=merged.event_id,
            by=self.steward,
            reason="Two.",
            at=at,
            also=now - known if merged.undone_at is None else (),
        )


def settle(groups: list[list[int]], at: datetime, *, turned: bool = False) -> None:
    records = [record for group in groups for record in group]
    owners = set(ledger.people_of(record_ids=records).values())
    ledger.settle(
        [group[::-1] if turned else group for group in groups],
        ledger.open_links(people=owners),
        reasons=dict.fromkeys(records, "email"),
        cause=ledger.Cause("The policy says so."),
        at=at,
    )


def parted(people: dict[int, set[int]]) -> set[frozenset[int]]:
    return {frozenset(theirs) for theirs in people.values()}


def crossed(
    apart: Collection[tuple[int, int]], ones: set[int], others: set[int]
) -> bool:
    return any(
        (left in ones and right in others) or (right in ones and left in others)
        for left, right in apart
    )


def before_of(merged: Merge) -> dict[int, set[int]]:
    return as_written(merged.event)


def as_written(event: IdentityEvent) -> dict[int, set[int]]:
    """Return whose records were whose before the event, by its own words."""
    return {
        image["person"]: {each["record"] for each in image["records"]}
        for image in event.before
    }
