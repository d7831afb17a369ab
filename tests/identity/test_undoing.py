"""A merge is taken back exactly; what came later stays, and nothing joins them again."""

import pytest

from governance.models import User
from identity import ledger
from identity.models import Apart, Link, Merge, StitchedRecord
from tests import make
from tests.identity.settled import arrived, day, merge, records, settle, someone, undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def steward() -> User:
    return make.user(role="steward")


def refusal(event_id: int, by: User, error: type[ledger.LedgerError], **named) -> str:
    with pytest.raises(error) as refused:
        ledger.unmerge(
            event_id=event_id, by=by, reason="They are two.", at=day(9), **named
        )
    return str(refused.value)


def test_undoing_revives_the_old_id_with_the_records_that_were_theirs(steward):
    ada, bo = someone(3), someone(2)
    before = ledger.replay()
    public_id = bo.public_id
    merged = merge(ada, bo, by=steward, at=day(1))

    event = undo(merged, by=steward, at=day(2))

    assert ledger.replay() == before
    assert ledger.known_as(public_id=public_id) == bo
    assert (event.kind, event.person, event.other, event.undoes) == (
        "unmerged", ada, bo, merged.event,
    )  # fmt: skip
    assert ledger.differing() == ledger.overlapping() == []


def test_the_links_return_with_the_rule_they_were_made_by(steward):
    ada, bo = someone(3), someone(2)
    merged = merge(ada, bo, by=steward, at=day(1))

    event = undo(merged, by=steward, at=day(2))

    links = Link.objects.as_of(None).filter(person=bo)
    assert {(link.reason, link.event) for link in links} == {("email", event)}


def test_both_stand_after_it_as_they_stood_before_the_merge(steward):
    ada, bo = someone(3), someone(2)
    merged = merge(ada, bo, by=steward, at=day(1))

    event = undo(merged, by=steward, at=day(2))

    def people(told):
        return [
            {
                **each,
                "records": [(one["record"], one["reason"]) for one in each["records"]],
            }
            for each in told
        ]

    assert people(event.after) == people(merged.event.before)
    assert event.before[0] == merged.event.after[0]


def test_what_was_told_of_the_time_between_stays(steward):
    ada, bo = someone(3), someone(2)
    merged = merge(ada, bo, by=steward, at=day(1))
    between = ledger.graph(as_of=day(1.5)).as_dict()

    undo(merged, by=steward, at=day(2))

    assert ledger.graph(as_of=day(1.5)).as_dict() == between
    assert ledger.replay(until=day(1.5)) == between


def test_a_record_that_came_later_stays_with_the_kept_one(steward):
    ada, bo = someone(3), someone(2)
    merged = merge(ada, bo, by=steward, at=day(1))
    late = make.record().pk
    settle([[*records(ada), late]], at=day(2))

    undo(merged, by=steward, at=day(3))

    assert late in records(ada)
    assert len(records(bo)) == 2


def test_a_record_that_came_later_goes_along_if_whoever_undoes_says_so(steward):
    ada, bo = someone(3), someone(2)
    merged = merge(ada, bo, by=steward, at=day(1))
    late = make.record().pk
    settle([[*records(ada), late]], at=day(2))

    undo(merged, by=steward, at=day(3), also=[late])

    assert late in records(bo)
    assert len(records(ada)) == 3


def test_only_what_came_later_goes_along(steward):
    ada, bo = someone(3), someone(2)
    merged = merge(ada, bo, by=steward, at=day(1))

    for record in (records(ada)[0], make.record().pk):
        sentence = refusal(merged.event_id, steward, ledger.CameEarlier, also=[record])
        assert sentence.startswith(f"Record {record} is none that came")


def test_from_then_on_somebody_has_said_that_the_two_are_not_the_same(steward):
    ada, bo = someone(2), someone(2)
    ours, theirs = records(ada), records(bo)
    merged = merge(ada, bo, by=steward, at=day(1))
    late = make.record().pk
    settle([[*records(ada), late]], at=day(2))

    event = undo(merged, by=steward, at=day(3))

    pairs = {(one, other) for one in ours for other in theirs}
    assert ledger.pairs_apart([*ours, *theirs, late]) == pairs
    assert set(Apart.objects.values_list("by", "event", "reason")) == {
        (steward.pk, event.pk, "They are two.")
    }


def test_both_are_read_again_by_the_next_stitching(steward):
    ada, bo = someone(2), someone(1)
    merged = merge(ada, bo, by=steward, at=day(1))
    for record in records(ada):
        StitchedRecord.objects.create(record_id=record, digest="read")

    undo(merged, by=steward, at=day(2))

    assert not StitchedRecord.objects.exists()


def test_a_record_that_went_to_a_third_meanwhile_stays_there(steward):
    ada, bo, cleo = someone(3), someone(2), someone(1)
    went, stayed = records(bo)
    merged = merge(ada, bo, by=steward, at=day(1))
    rest = [record for record in records(ada) if record != went]
    settle([rest, [*records(cleo), went]], at=day(2))

    undo(merged, by=steward, at=day(3))

    assert records(bo) == [stayed]
    assert went in records(cleo)


def test_a_merge_is_undone_once(steward):
    ada, bo = someone(2), someone(1)
    merged = merge(ada, bo, by=steward, at=day(1))
    undo(merged, by=steward, at=day(2))

    assert refusal(merged.event_id, steward, ledger.AlreadyUndone) == (
        f"{steward} has undone it at 2026-03-03 00:00 UTC: They are two."
    )


def test_a_later_merge_is_undone_first(steward):
    ada, bo, cleo = someone(1), someone(2), someone(4)
    earlier = merge(ada, bo, by=steward, at=day(1))
    later = merge(bo, cleo, by=steward, at=day(2))

    sentence = refusal(earlier.event_id, steward, ledger.LaterMerge)
    undo(later, by=steward, at=day(3))
    undo(earlier, by=steward, at=day(4))

    assert sentence == (
        f"Person {bo.pk} went up in person {cleo.pk} at 2026-03-03 00:00 UTC (event "
        f"{later.event_id}). Undo that first."
    )
    assert [len(records(who)) for who in (ada, bo, cleo)] == [1, 2, 4]


def test_merges_into_the_same_person_are_undone_in_any_order(steward):
    ada, bo, cleo = someone(4), someone(2), someone(1)
    before = ledger.replay()
    first = merge(ada, bo, by=steward, at=day(1))
    second = merge(ada, cleo, by=steward, at=day(2))

    undo(first, by=steward, at=day(3))
    undo(second, by=steward, at=day(4))

    assert ledger.replay() == before


def test_what_joined_three_sources_at_once_is_undone_one_by_one(steward):
    people = [someone(3), someone(2), someone(1)]
    before = ledger.replay()
    settle([[record for who in people for record in records(who)]], at=day(1))
    together = ledger.replay()

    for merged in Merge.objects.order_by("pk"):
        undo(merged, by=steward, at=day(2))

    assert len(set(together.values())) == 1
    assert ledger.replay() == before


def test_where_their_records_have_all_gone_elsewhere_nothing_is_left_to_undo(steward):
    ada, bo, cleo = someone(3), someone(1), someone(2)
    [theirs] = records(bo)
    merged = merge(ada, bo, by=steward, at=day(1))
    rest = [record for record in records(ada) if record != theirs]
    settle([rest, [*records(cleo), theirs]], at=day(2))

    assert refusal(merged.event_id, steward, ledger.NothingLeft) == (
        f"None of the records that were person {bo.pk}'s is with person {ada.pk} any "
        f"more: they have gone elsewhere since, and are parted."
    )


def test_where_only_their_records_are_left_there_is_nobody_to_part_them_from(steward):
    # Of two equal parts a person stays with the record that is known longer.
    theirs = [make.record().pk]
    ada, bo, cleo = someone(1), arrived(theirs, at=day(0.5)), someone(4, at=day(0.5))
    own = records(ada)
    merged = merge(ada, bo, by=steward, at=day(1))
    settle([theirs, [*records(cleo), *own]], at=day(2))

    assert refusal(merged.event_id, steward, ledger.NothingLeft).startswith(
        f"Nothing but what came from person {bo.pk} is with person {ada.pk}"
    )


def test_what_is_no_merge_is_not_undone(steward):
    ada = someone(2)
    one, other = records(ada)
    settle([[one], [other]], at=day(1))
    split = ada.events.get(kind="split")

    assert refusal(split.pk, steward, ledger.NotAMerge).startswith(
        "Split at 2026-03-02 00:00 UTC is no merge."
    )


@pytest.mark.parametrize("role", ["viewer", "data_owner", "admin"])
def test_only_stewards_undo(steward, role):
    merged = merge(someone(), someone(), by=steward, at=day(1))

    refusal(merged.event_id, make.user(role=role), ledger.NotAllowed)


def test_an_undoing_is_undone_exactly(steward):
    ada, bo = someone(3), someone(2)
    merged = merge(ada, bo, by=steward, at=day(1))
    joined = ledger.replay()
    undoing = undo(merged, by=steward, at=day(2))

    event = ledger.merge_again(
        event_id=undoing.pk, by=steward, reason="One after all.", at=day(3)
    )

    [again] = Merge.objects.as_of(None)
    assert ledger.replay() == joined
    assert (event.kind, event.undoes) == ("remerged", undoing)
    assert (again.kept, again.absorbed, again.event) == (ada, bo, event)
    assert not Apart.objects.as_of(None).exists()
    assert ledger.aliases_of(person_id=ada.pk) == [bo.public_id]
    assert ledger.differing() == []


def test_a_merge_may_be_undone_and_made_again_as_often_as_anybody_likes(steward):
    ada, bo = someone(3), someone(2)
    apart = ledger.replay()
    event = merge(ada, bo, by=steward, at=day(1)).event
    joined = ledger.replay()

    told = []
    for number in range(3):
        event = undo(event, by=steward, at=day(2 + number))
        told.append(ledger.replay())
        event = ledger.merge_again(
            event_id=event.pk, by=steward, reason="One.", at=day(2.5 + number)
        )
        told.append(ledger.replay())

    assert told == [apart, joined] * 3


def test_what_somebody_said_since_is_not_overridden_by_joining_again(steward):
    ada, bo = someone(2), someone(1)
    undoing = undo(merge(ada, bo, by=steward, at=day(1)), by=steward, at=day(2))
    late = make.record().pk
    settle([[*records(bo), late]], at=day(3))
    ledger.keep_apart(
        left=late, right=records(ada)[0], by=steward, reason="Twins.", at=day(4)
    )

    with pytest.raises(ledger.HeldApart):
        ledger.merge_again(event_id=undoing.pk, by=steward, reason="One.", at=day(5))


def test_an_undoing_is_not_undone_before_a_later_merge(steward):
    ada, bo, cleo = someone(2), someone(1), someone(5)
    undoing = undo(merge(ada, bo, by=steward, at=day(1)), by=steward, at=day(2))
    merge(cleo, bo, by=steward, at=day(3))

    with pytest.raises(ledger.LaterMerge):
        ledger.merge_again(event_id=undoing.pk, by=steward, reason="One.", at=day(4))


def test_what_undid_nothing_is_not_undone(steward):
    merged = merge(someone(), someone(), by=steward, at=day(1))

    with pytest.raises(ledger.NotAMerge):
        ledger.merge_again(
            event_id=merged.event_id, by=steward, reason="One.", at=day(2)
        )


def test_a_record_whose_source_no_longer_tells_it_is_still_told_of(steward):
    """Records are not deleted when a source drops them: what it was stays undoable."""
    ada, bo = someone(2), someone(1)
    merged = merge(ada, bo, by=steward, at=day(1))
    record = Link.objects.as_of(None).filter(reason="steward").get().record
    type(record).objects.filter(pk=record.pk).update(email="", first_name="", phone="")

    undo(merged, by=steward, at=day(2))

    assert records(bo) == [record.pk]


def test_a_rules_merge_is_undone_as_well(steward):
    ada, bo = arrived([make.record().pk]), someone(2)
    before = ledger.replay()
    settle([[*records(ada), *records(bo)]], at=day(1))
    merged = Merge.objects.get()

    undo(merged, by=steward, at=day(2))

    assert merged.by is None
    assert ledger.replay() == before
