"""Two people become one because a steward says so: who is kept, and who may not."""

from datetime import timedelta

import pytest

from governance.models import User
from identity import ledger
from identity.models import IdentityEvent, Link, Merge
from tests import make
from tests.identity.settled import day, merge, records, settle, someone, undo

pytestmark = pytest.mark.django_db

AN_INSTANT = timedelta(microseconds=1)


@pytest.fixture
def steward() -> User:
    return make.user(role="steward")


def refusal(people, by, error: type[ledger.LedgerError]) -> str:
    with pytest.raises(error) as refused:
        ledger.merge(people=people, by=by, reason="I asked them.", at=day(1))
    return str(refused.value)


def test_a_merge_is_an_event_that_holds_both_as_they_were(steward):
    ada, bo = someone(2), someone(1)
    before = [as_told(ada), as_told(bo)]

    merged = merge(ada, bo, by=steward, at=day(1))

    event = merged.event
    assert (merged.kept, merged.absorbed) == (ada, bo)
    assert (event.kind, event.at, event.by, event.by_name, event.reason) == (
        "merged", day(1), steward, steward.username, "I asked them.",
    )  # fmt: skip
    assert event.before == before
    assert event.after == [as_told(ada), {**before[1], "records": []}]
    assert as_told(ada)["aliases"] == [str(bo.public_id)]


def test_the_moves_of_a_merge_are_those_of_the_absorbed(steward):
    ada, bo = someone(2), someone(1)
    [theirs] = records(bo)

    event = merge(ada, bo, by=steward, at=day(1)).event

    moves = event.moves.values_list("record", "from_person", "to_person")
    assert list(moves) == [(theirs, bo.pk, ada.pk)]
    link = Link.objects.as_of(None).get(record=theirs)
    assert (link.event, link.reason) == (event, "steward")


def test_of_three_at_once_two_go_up_in_the_one_with_most_records(steward):
    one, most, other = someone(1), someone(3), someone(2)

    merged = ledger.merge(
        people=[one.pk, most.pk, other.pk], by=steward, reason="One.", at=day(1)
    )

    assert [(each.kept, each.absorbed) for each in merged] == [
        (most, one),
        (most, other),
    ]
    assert len(records(most)) == 6
    assert ledger.differing() == []


def test_whom_somebody_locked_is_kept_whoever_has_more_records(steward):
    small, large = someone(1), someone(3)
    ledger.lock(person_id=small.pk, by=steward, reason="Their card.", at=day(1))

    merged = merge(large, small, by=steward, at=day(2))

    assert merged.kept == small


def test_a_night_keeps_whom_somebody_locked_too(steward):
    small, large = someone(1), someone(3)
    ledger.lock(person_id=small.pk, by=steward, reason="Their card.", at=day(1))

    settle([[*records(small), *records(large)]], at=day(2))

    assert (len(records(small)), len(records(large))) == (4, 0)


def test_whoever_is_unlocked_goes_up_in_others_again(steward):
    small, large = someone(1), someone(3)
    ledger.lock(person_id=small.pk, by=steward, reason="Their card.", at=day(1))
    ledger.unlock(person_id=small.pk, by=steward, reason="I erred.", at=day(2))

    merged = merge(large, small, by=steward, at=day(3))

    kinds = IdentityEvent.objects.filter(person=small).values_list("kind", flat=True)
    assert merged.kept == large
    assert list(kinds) == ["locked", "unlocked"]


def test_a_person_is_locked_once_and_unlocked_once(steward):
    ada = someone()
    again = {"person_id": ada.pk, "by": steward, "reason": "Why.", "at": day(1)}

    with pytest.raises(ledger.NotLocked):
        ledger.unlock(**again)
    ledger.lock(**again)
    with pytest.raises(ledger.AlreadyLocked):
        ledger.lock(**again)


@pytest.mark.parametrize("times", [1, 2])
def test_a_person_is_not_merged_with_themselves(steward, times):
    ada = someone()

    sentence = refusal([ada.pk] * times, steward, ledger.SamePerson)

    assert sentence == (
        "A person is not merged with themselves: name two or more who differ."
    )
    assert not Merge.objects.exists()


def test_merges_do_not_go_round_in_a_circle(steward):
    ada, bo = someone(2), someone(1)
    merge(ada, bo, by=steward, at=day(1))

    sentence = refusal([bo.pk, ada.pk], steward, ledger.WentUp)

    assert sentence == (
        f"Person {bo.pk} went up in person {ada.pk} at 2026-03-02 00:00 UTC: look at "
        f"who that is, and choose again."
    )


def test_nobody_is_merged_with_somebody_who_never_was(steward):
    ada = someone()

    assert refusal([ada.pk, 0], steward, ledger.NoSuchPerson) == "There is no person 0."


def test_nobody_is_merged_with_somebody_of_whom_nothing_is_known(steward):
    ada, empty = someone(), make.person()

    assert refusal([ada.pk, empty.pk], steward, ledger.NoSuchPerson) == (
        f"Nothing is known of person {empty.pk} any more: no record is theirs."
    )


@pytest.mark.parametrize("role", ["viewer", "data_owner", "admin"])
def test_only_stewards_merge(role):
    ada, bo, somebody = someone(), someone(), make.user(role=role)

    sentence = refusal([ada.pk, bo.pk], somebody, ledger.NotAllowed)

    assert sentence.startswith(f"{somebody} is not a steward.")


def test_a_merge_says_why(steward):
    ada, bo = someone(), someone()

    with pytest.raises(ledger.NoReason):
        ledger.merge(people=[ada.pk, bo.pk], by=steward, reason=" \x00", at=day(1))


def test_who_was_said_to_be_two_is_not_merged(steward):
    ada, bo = someone(), someone()
    [left], [right] = records(ada), records(bo)
    ledger.keep_apart(left=left, right=right, by=steward, reason="Twins.", at=day(0))

    sentence = refusal([ada.pk, bo.pk], steward, ledger.HeldApart)

    assert sentence == (
        f"{steward} said on 2026-03-01 that records {left} and {right} are not the same "
        f"person, and this would join them. Speak with {steward} first."
    )


def test_what_was_said_to_be_two_may_be_merged_once_it_is_taken_back(steward):
    ada, bo = someone(), someone()
    [left], [right] = records(ada), records(bo)
    said = {"by": steward, "at": day(0)}
    apart = ledger.keep_apart(left=right, right=left, reason="Twins.", **said)
    assert ledger.keep_apart(left=left, right=right, reason="Twins.", **said) == apart

    ledger.end_apart(apart_id=apart.pk, by=steward, reason="I erred.", at=day(1))

    assert merge(ada, bo, by=steward, at=day(2)).kept == ada
    assert ledger.pairs_apart([left, right]) == frozenset()
    assert ledger.pairs_apart([left, right], as_of=day(0.5)) == {(left, right)}
    with pytest.raises(ledger.AlreadyEnded):
        ledger.end_apart(apart_id=apart.pk, by=steward, reason="Again.", at=day(3))


def test_an_old_id_leads_to_whoever_they_are_at_any_moment(steward):
    ada, bo, cleo = someone(3), someone(2), someone(1)
    first = merge(bo, cleo, by=steward, at=day(1))
    second = merge(ada, bo, by=steward, at=day(2))
    undo(second, by=steward, at=day(3))

    def leads(public_id, as_of):
        return ledger.known_as(public_id=public_id, as_of=as_of)

    found = [leads(cleo.public_id, at) for at in (day(0), day(1), day(2), day(3), None)]
    assert found == [cleo, bo, ada, bo, bo]
    assert first.undone_at is None
    assert ledger.aliases_of(person_id=ada.pk) == []
    assert ledger.aliases_of(person_id=ada.pk, as_of=day(2)) == [
        bo.public_id,
        cleo.public_id,
    ]
    assert leads(make.person().public_id, None) is not None
    assert leads("01890000-0000-7000-8000-000000000000", None) is None


def test_a_late_word_holds_from_the_last_written_moment_on(steward):
    ada, bo, cleo = someone(2), someone(1), someone(1)
    merge(ada, bo, by=steward, at=day(5))
    told = ledger.graph(as_of=day(4)).as_dict()

    late = merge(ada, cleo, by=steward, at=day(1))

    assert late.at == day(5) + AN_INSTANT
    assert ledger.graph(as_of=day(4)).as_dict() == told


def test_a_household_is_noted_and_moves_nobody(steward):
    ada, bo = someone(), someone()
    before = ledger.replay()

    event = ledger.note(
        kind="household",
        person_id=ada.pk,
        other_id=bo.pk,
        cause=ledger.Cause("They live together.", by=steward),
        at=day(1),
    )

    assert (event.kind, event.person, event.other) == ("household", ada, bo)
    assert ledger.replay() == before
    with pytest.raises(ValueError, match="it is not only noted"):
        ledger.note(
            kind="merged", person_id=ada.pk, cause=ledger.Cause("No."), at=day(1)
        )


def as_told(person) -> dict[str, object]:
    """Return the person as an event is to hold them, looked up by other means."""
    links = Link.objects.as_of(None).filter(person=person).order_by("record")
    return {
        "person": person.pk,
        "public_id": str(person.public_id),
        "made_at": person.made_at.isoformat(),
        "locked_at": None,
        "aliases": [str(alias) for alias in ledger.aliases_of(person_id=person.pk)],
        "records": [
            {
                "record": link.record_id,
                "link": link.pk,
                "since": link.started_at.isoformat(),
                "reason": link.reason,
            }
            for link in links
        ],
    }
