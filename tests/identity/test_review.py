"""What stewards decide, and what becomes of two who decide at once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from governance.models import User
from identity import ledger, queue, stitching
from identity.models import Link, MatchCandidate, Merge, StitchedRecord
from tests import make
from tests.identity.together import at_once

AT = make.moment("2026-03-02T10:00")
JUST_BEFORE = AT - timedelta(microseconds=1)


def approve(pair: MatchCandidate, by: User, at=AT) -> Merge:
    return queue.approve(candidate_id=pair.pk, by=by, reason="Same address.", at=at)


def reject(pair: MatchCandidate, by: User, at=AT) -> MatchCandidate:
    return queue.reject(candidate_id=pair.pk, by=by, reason="Father and son.", at=at)


@pytest.fixture
def steward(db) -> User:
    return make.user(role="steward")


def test_approving_joins_the_two_people(steward):
    pair = make.candidate()

    merge = approve(pair, steward)

    pair.refresh_from_db()
    assert ledger.records_of(person_id=merge.kept_id) == [pair.left_id, pair.right_id]
    assert ledger.records_of(person_id=merge.absorbed_id) == []
    assert (merge.by, merge.at, merge.reason) == (steward, AT, "Same address.")
    assert (pair.status, pair.decided_by, pair.decided_at, pair.reason) == (
        MatchCandidate.Status.SAME,
        steward,
        AT,
        "Same address.",
    )


def test_approving_leaves_every_earlier_moment_as_it_was(steward):
    pair = make.candidate()
    both = [pair.left_id, pair.right_id]
    before = ledger.people_of(record_ids=both)

    approve(pair, steward)

    assert ledger.people_of(record_ids=both, as_of=JUST_BEFORE) == before
    assert len(set(ledger.people_of(record_ids=both, as_of=AT).values())) == 1
    assert ledger.overlapping() == []


def test_the_person_with_more_records_is_kept_and_theirs_do_not_move(steward):
    first, second, third = make.record(), make.record(), make.record()
    make.person(first, since=make.moment("2019-01-01"))
    larger = make.person(second, third, since=make.moment("2020-01-01"))

    merge = approve(make.candidate(first, second), steward)

    assert merge.kept == larger
    moved = Link.objects.filter(started_at=AT)
    assert list(moved.values_list("record", "reason")) == [(first.pk, "steward")]


def test_rejecting_leaves_them_two_people(steward):
    pair = make.candidate()
    before = ledger.people_of(record_ids=[pair.left_id, pair.right_id])

    reject(pair, steward)

    pair.refresh_from_db()
    assert ledger.people_of(record_ids=[pair.left_id, pair.right_id]) == before
    assert (pair.status, pair.decided_by) == (MatchCandidate.Status.DIFFERENT, steward)
    assert Merge.objects.count() == 0


@pytest.mark.parametrize("decide", [approve, reject])
def test_a_pair_is_decided_once(steward, decide):
    pair = make.candidate()
    reject(pair, steward)

    with pytest.raises(queue.AlreadyDecided) as refusal:
        decide(pair, make.user(role="steward"))

    assert str(refusal.value) == (
        f"{steward} has decided this pair at 2026-03-02 10:00 UTC: not the same."
    )


@pytest.mark.parametrize("decide", [approve, reject])
@pytest.mark.parametrize(
    "role", ["viewer", "data_owner", "privacy", "auditor", "admin"]
)
def test_only_stewards_decide(db, decide, role):
    with pytest.raises(queue.NotASteward):
        decide(make.candidate(), make.user(role=role))


@pytest.mark.parametrize("decide", [approve, reject])
def test_a_superuser_is_no_steward(db, decide):
    boss = make.superuser()

    with pytest.raises(queue.NotASteward):
        decide(make.candidate(), boss)


def test_a_steward_who_left_decides_nothing(steward):
    steward.is_active = False

    with pytest.raises(queue.NotASteward):
        approve(make.candidate(), steward)


@pytest.mark.parametrize("decide", [queue.approve, queue.reject])
def test_a_decision_says_why(steward, decide):
    pair = make.candidate()

    with pytest.raises(queue.NoReason):
        decide(candidate_id=pair.pk, by=steward, reason="  ", at=AT)


@pytest.mark.parametrize("decide", [approve, reject])
def test_who_are_one_person_already_need_no_decision(steward, decide):
    left, right = make.record("Ada Byron"), make.record("A Byron")
    make.person(left, right)
    pair = make.candidate(left, right)

    with pytest.raises(queue.SamePerson) as refusal:
        decide(pair, steward)

    pair.refresh_from_db()
    assert str(refusal.value).startswith("Ada Byron ↔ A Byron are one person already")
    assert pair.status == MatchCandidate.Status.PENDING


def test_what_was_kept_apart_is_not_joined_by_way_of_a_third(steward):
    ada, bo, cleo = make.record("Ada"), make.record("Bo"), make.record("Cleo")
    reject(make.candidate(ada, cleo), steward)
    approve(make.candidate(ada, bo), steward)

    with pytest.raises(queue.SaidDifferent) as refusal:
        approve(make.candidate(bo, cleo), steward)

    assert str(refusal.value).startswith(
        f"{steward} said on 2026-03-02 that Ada ↔ Cleo are not the same person"
    )


def test_a_decision_taken_before_the_link_it_ends_began_takes_place_after(steward):
    left, right = make.record(), make.record()
    make.person(left, since=AT + timedelta(hours=1))
    make.person(right, since=AT + timedelta(hours=1))

    merge = approve(make.candidate(left, right), steward, at=AT)

    assert merge.at == AT + timedelta(hours=1, microseconds=1)
    assert ledger.overlapping() == []


def test_a_decided_pair_is_read_again_by_the_next_stitching(steward):
    pair = make.candidate()
    stitching.stitch(at=JUST_BEFORE)

    reject(pair, steward)

    read = StitchedRecord.objects.filter(record__in=[pair.left_id, pair.right_id])
    assert list(read) == []


def test_two_stewards_at_once_make_one_merge(own_database):
    pair = make.candidate()
    stewards = [make.user(role="steward") for _ in range(2)]

    ends = at_once([lambda by=by: approve(pair, by) for by in stewards])

    assert {type(end) for end in ends} == {Merge, queue.AlreadyDecided}
    assert Merge.objects.count() == 1
    assert ledger.overlapping() == []


def test_a_yes_and_a_no_at_once_leave_the_answer_of_whoever_was_first(own_database):
    pair = make.candidate()
    first, second = make.user(role="steward"), make.user(role="steward")

    ends = at_once([lambda: approve(pair, first), lambda: reject(pair, second)])

    pair.refresh_from_db()
    refused = [end for end in ends if isinstance(end, queue.AlreadyDecided)]
    assert len(refused) == 1
    is_same = pair.status == MatchCandidate.Status.SAME
    assert Merge.objects.count() == is_same
    assert pair.decided_by == (first if is_same else second)


def test_two_merges_of_one_person_at_once_leave_one_person(own_database):
    ada, bo, cleo = make.record("Ada"), make.record("Bo"), make.record("Cleo")
    pairs = [make.candidate(ada, bo), make.candidate(bo, cleo)]
    steward = make.user(role="steward")

    ends = at_once([lambda pair=pair: approve(pair, steward) for pair in pairs])

    people = ledger.people_of(record_ids=[ada.pk, bo.pk, cleo.pk])
    assert [type(end) for end in ends] == [Merge, Merge]
    assert len(people) == 3
    assert len(set(people.values())) == 1
    assert ledger.overlapping() == []


def test_a_stitching_waits_for_a_merge_under_way(own_database):
    make.record()
    stitched: list[object] = []

    def stitch() -> None:
        stitched.append(stitching.stitch(at=AT))
        connection.close()

    night = threading.Thread(target=stitch)
    with transaction.atomic():
        ledger.wait_for_other_merges()
        night.start()
        night.join(timeout=0.5)
        meanwhile = list(stitched)
    night.join()

    assert meanwhile == []
    assert len(stitched) == 1
