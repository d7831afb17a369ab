"""Whom records belong to as of a moment, and who is kept when people become one."""

from datetime import timedelta

import pytest

from identity import ledger
from identity.ledger import Group, OpenLink
from identity.models import Link, Merge, Person
from tests import make

MONDAY, TUESDAY = make.moment("2026-03-02"), make.moment("2026-03-03")
AN_INSTANT = timedelta(microseconds=1)


def held(**by_person: list[int]) -> dict[int, OpenLink]:
    """Return links as if the records were theirs: ``p1`` is older than ``p2``."""
    return {
        record: OpenLink(
            link=record,
            person=int(person[1:]),
            started_at=MONDAY,
            reason="alone",
            person_made_at=MONDAY + timedelta(days=int(person[1:])),
        )
        for person, records in by_person.items()
        for record in records
    }


def test_the_person_with_more_records_is_kept():
    assert ledger.survivors([[1, 2, 3]], held(p1=[1], p2=[2, 3])) == (
        [Group([1, 2, 3], 2)],
        {1: 2},
    )


def test_of_two_as_large_the_older_is_kept():
    assert ledger.survivors([[1, 2]], held(p2=[1], p1=[2])) == (
        [Group([1, 2], 1)],
        {2: 1},
    )


def test_records_of_nobody_join_who_is_there_or_become_somebody():
    assert ledger.survivors([[1, 2], [3]], held(p1=[1])) == (
        [Group([1, 2], 1), Group([3], None)],
        {},
    )


def test_a_person_who_comes_apart_stays_where_most_records_are():
    assert ledger.survivors([[1], [2, 3]], held(p1=[1, 2, 3])) == (
        [Group([1], None), Group([2, 3], 1)],
        {},
    )


def test_a_person_who_comes_apart_evenly_stays_with_the_record_known_longer():
    assert ledger.survivors([[2], [1]], held(p1=[1, 2])) == (
        [Group([2], None), Group([1], 1)],
        {},
    )


def test_who_loses_a_record_to_another_is_not_absorbed():
    assert ledger.survivors([[1, 2], [3, 4]], held(p1=[1, 2, 3], p2=[4])) == (
        [Group([1, 2], 1), Group([3, 4], 2)],
        {},
    )


def test_three_people_become_the_one_with_most_records():
    assert ledger.survivors([[1, 2, 3, 4]], held(p1=[1], p2=[2], p3=[3, 4])) == (
        [Group([1, 2, 3, 4], 3)],
        {1: 3, 2: 3},
    )


@pytest.mark.django_db
def test_a_link_holds_from_its_first_moment_until_its_last():
    first, second = make.person(), make.person()
    record = make.record()
    Link.objects.create(
        record=record, person=first, started_at=MONDAY, ended_at=TUESDAY
    )
    Link.objects.create(record=record, person=second, started_at=TUESDAY)

    def then(moment):
        return ledger.person_of(record_id=record.pk, as_of=moment)

    assert then(MONDAY - AN_INSTANT) is None
    assert then(MONDAY) == first
    assert then(TUESDAY - AN_INSTANT) == first
    assert then(TUESDAY) == second
    assert then(None) == second


@pytest.mark.django_db
def test_people_and_records_are_asked_for_many_at_once():
    one, other = make.record(), make.record()
    person = make.person(one, other, since=MONDAY)
    stranger = make.record()

    assert ledger.people_of(record_ids=[one.pk, other.pk, stranger.pk]) == {
        one.pk: person.pk,
        other.pk: person.pk,
    }
    assert ledger.records_of(person_id=person.pk) == [one.pk, other.pk]
    assert ledger.records_of(person_id=person.pk, as_of=MONDAY - AN_INSTANT) == []


@pytest.mark.django_db
def test_the_merges_of_a_person_are_those_that_led_to_them_in_order():
    ada, bo, cleo, stranger = (make.person() for _ in range(4))
    late = merged(ada, bo, at=TUESDAY)
    early = merged(bo, cleo, at=MONDAY)
    merged(stranger, make.person(), at=MONDAY)

    assert ledger.merges_of(person_id=ada.pk) == [early, late]
    assert ledger.merges_of(person_id=cleo.pk) == [early]


@pytest.mark.django_db
def test_links_that_overlap_are_found():
    sound, broken = make.record(), make.record()
    person = make.person()
    spans = [
        (sound, MONDAY, TUESDAY),
        (sound, TUESDAY, None),
        (broken, MONDAY, TUESDAY),
        (broken, TUESDAY - AN_INSTANT, None),
    ]
    for record, started_at, ended_at in spans:
        Link.objects.create(
            record=record, person=person, started_at=started_at, ended_at=ended_at
        )

    assert ledger.overlapping() == [broken.pk]


def merged(kept: Person, absorbed: Person, *, at) -> Merge:
    return Merge.objects.create(kept=kept, absorbed=absorbed, at=at, reason="Rule.")
