"""Whom records belong to as of a moment, and who is kept when people become one."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from identity import ledger
from identity.ledger import Group, OpenLink
from identity.models import Link, Merge, Person
from measurement.models import CustomerRecord
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
def test_of_nobody_nothing_is_known():
    assert ledger.people_of(record_ids=[]) == {}
    assert ledger.records_of(person_id=0) == []
    assert ledger.merges_of(person_id=0) == []
    assert ledger.person_of(record_id=0, as_of=MONDAY) is None


def test_a_move_takes_place_at_its_moment_or_just_after_the_last_link_began():
    links = held(p1=[1], p2=[2]).values()

    assert ledger.moment_after(TUESDAY, links) == TUESDAY
    assert ledger.moment_after(MONDAY + AN_INSTANT, links) == MONDAY + AN_INSTANT
    assert ledger.moment_after(MONDAY, links) == MONDAY + AN_INSTANT
    assert ledger.moment_after(MONDAY - AN_INSTANT, links) == MONDAY + AN_INSTANT
    assert ledger.moment_after(MONDAY, []) == MONDAY


def test_nobody_survives_where_nobody_is():
    assert ledger.survivors([], {}) == ([], {})
    assert ledger.survivors([[1], [2]], {}) == (
        [Group([1], None), Group([2], None)],
        {},
    )


def test_who_comes_apart_may_go_up_in_another_where_most_of_them_are():
    assert ledger.survivors(
        [[1, 2, 4, 5, 6], [3]], held(p1=[1, 2, 3], p2=[4, 5, 6])
    ) == (
        [Group([1, 2, 4, 5, 6], 1), Group([3], None)],
        {2: 1},
    )


parted = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), max_size=10)


@given(parted)
def test_each_group_has_its_own_person_and_everybody_stays_or_goes_up_in_one(dealt):
    """Records dealt to people (0 is nobody) and to groups, any of either."""
    people = {f"p{number}": [] for number in range(1, 4)}
    groups: dict[int, list[int]] = {}
    for record, (person, group) in enumerate(dealt, start=1):
        groups.setdefault(group, []).append(record)
        if person:
            people[f"p{person}"].append(record)
    links = held(**people)

    kept, absorbed = ledger.survivors(list(groups.values()), links)

    staying = [group.person for group in kept if group.person is not None]
    assert [group.records for group in kept] == list(groups.values())
    assert len(staying) == len(set(staying))
    assert {*staying, *absorbed} == {link.person for link in links.values()}
    assert set(staying).isdisjoint(absorbed)
    assert set(absorbed.values()) <= set(staying)


@given(parted)
def test_a_person_whose_records_stay_together_alone_keeps_them_all(dealt):
    people = {f"p{number}": [] for number in range(1, 4)}
    for record, (person, _) in enumerate(dealt, start=1):
        if person:
            people[f"p{person}"].append(record)
    groups = [records for records in people.values() if records]
    links = held(**people)

    kept, absorbed = ledger.survivors(groups, links)

    assert kept == [Group(records, links[records[0]].person) for records in groups]
    assert absorbed == {}


@pytest.mark.django_db
def test_a_move_ends_only_what_moves_and_starts_it_again():
    stays, moves, newcomer = make.record(), make.record(), make.record()
    old, new = make.person(stays, since=MONDAY), make.person(moves, since=MONDAY)
    links = open_links([stays.pk, moves.pk])

    moved = ledger.move(
        [Group([stays.pk, moves.pk, newcomer.pk], old.pk)],
        links,
        reasons={moves.pk: "email", newcomer.pk: "email"},
        at=TUESDAY,
    )

    assert moved == (2, TUESDAY)
    assert spans(stays) == [(old.pk, MONDAY, None, "alone")]
    assert spans(moves) == [
        (new.pk, MONDAY, TUESDAY, "alone"),
        (old.pk, TUESDAY, None, "email"),
    ]
    assert spans(newcomer) == [(old.pk, TUESDAY, None, "email")]


@pytest.mark.django_db
def test_a_move_of_nothing_writes_nothing():
    record = make.record()
    person = make.person(record, since=MONDAY)

    moved = ledger.move(
        [Group([record.pk], person.pk)],
        open_links([record.pk]),
        reasons={},
        at=TUESDAY,
    )

    assert moved == (0, TUESDAY)
    assert spans(record) == [(person.pk, MONDAY, None, "alone")]


@pytest.mark.django_db
@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(st.integers(0, 2), min_size=4, max_size=4), max_size=5))
def test_whatever_moves_every_moment_can_be_asked_and_nothing_overlaps(nights):
    """Four records, dealt anew to three people each night; some nights begin at once."""
    records = [make.record().pk for _ in range(4)]
    people = [make.person().pk for _ in range(3)]
    told: list[tuple[datetime, dict[int, int]]] = []
    for number, dealt in enumerate(nights):
        by_person = [
            Group(
                [
                    record
                    for record, who in zip(records, dealt, strict=False)
                    if who == one
                ],
                people[one],
            )
            for one in range(3)
        ]
        _, moment = ledger.move(
            by_person,
            open_links(records),
            reasons=dict.fromkeys(records, "email"),
            at=MONDAY + timedelta(days=number // 2),
        )
        told.append((moment, ledger.people_of(record_ids=records)))

    assert ledger.overlapping() == []
    # Nights that began at one moment take place at one: the later is then a moment on.
    last = dict(told)
    assert {
        moment: ledger.people_of(record_ids=records, as_of=moment) for moment in last
    } == last


@pytest.mark.django_db
def test_merges_that_went_round_in_a_circle_are_told_once_each():
    ada, bo = make.person(), make.person()
    there, back = merged(ada, bo, at=MONDAY), merged(bo, ada, at=TUESDAY)

    assert ledger.merges_of(person_id=ada.pk) == [there, back]
    assert ledger.merges_of(person_id=bo.pk) == [there, back]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("second", "overlaps"),
    [
        ((TUESDAY, None), False),
        ((TUESDAY - AN_INSTANT, None), True),
        ((MONDAY, None), True),
        ((MONDAY - AN_INSTANT, MONDAY), False),
        ((MONDAY - AN_INSTANT, MONDAY + AN_INSTANT), True),
        ((MONDAY + AN_INSTANT, TUESDAY - AN_INSTANT), True),
    ],
)
def test_links_overlap_where_two_hold_at_one_moment(second, overlaps):
    record = make.record()
    for started_at, ended_at in ((MONDAY, TUESDAY), second):
        Link.objects.create(
            record=record,
            person=make.person(),
            started_at=started_at,
            ended_at=ended_at,
        )

    assert (ledger.overlapping() == [record.pk]) is overlaps


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


def open_links(records: list[int]) -> dict[int, OpenLink]:
    return {
        link.record_id: OpenLink(
            link.pk, link.person_id, link.started_at, link.reason, link.person.made_at
        )
        for link in Link.objects.as_of(None).filter(record__in=records)
    }


def spans(record: CustomerRecord) -> list[tuple[int, datetime, datetime | None, str]]:
    links = Link.objects.filter(record=record).order_by("started_at")
    return list(links.values_list("person", "started_at", "ended_at", "reason"))
