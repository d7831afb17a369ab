"""Any order of arrival gives the same people, and every record exactly one."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from identity import clusters, ledger, stitching
from identity.clusters import Said
from identity.models import Link, Merge
from measurement.models import CustomerRecord
from tests import make
from tests.identity import drawn

START = make.moment("2026-03-01")

NAMES = [
    "Ann Bell",
    "Anna Bell",
    "A Bell",
    "Tom Bell",
    "Margaret Reed",
    "Peggy Reed",
    "",
]
EMAILS = ["home@bell.example", "ann@bell.example", "peggy@reed.example", ""]
PHONES = ["020 7946 0123", "020 7946 0777", ""]
BIRTHS = ["1980-05-07", "1980-07-05", "", ""]


@st.composite
def shops(draw: st.DrawFn) -> list[drawn.Row]:
    """Deal records that share names, mailboxes and ids far more often than people do."""
    kinds = draw(st.lists(st.sampled_from(["shop", "crm", "guest"]), max_size=12))
    return [
        drawn.Row(
            record=f"{kind} {number}",
            name=draw(st.sampled_from(NAMES)),
            email=draw(st.sampled_from(EMAILS)),
            phone=draw(st.sampled_from(PHONES)),
            id=draw(st.sampled_from(["0", "1", "2", ""])) if kind == "crm" else "",
            born=draw(st.sampled_from(BIRTHS)),
        )
        for number, kind in enumerate(kinds)
    ]


@given(shops(), st.randoms(use_true_random=False))
def test_people_do_not_depend_on_the_order_of_records(rows, chance):
    shuffled = chance.sample(rows, len(rows))

    assert _grouped(rows) == _grouped(shuffled)


@given(shops(), st.data())
def test_no_two_records_a_steward_kept_apart_are_one_person(rows, data):
    numbers = range(1, len(rows) + 1)
    pairs = (
        st.tuples(st.sampled_from(numbers), st.sampled_from(numbers))
        if rows
        else st.nothing()
    )
    apart = (
        data.draw(
            st.frozensets(pairs.filter(lambda pair: pair[0] < pair[1]), max_size=4)
        )
        if len(rows) > 1
        else frozenset()
    )

    found = clusters.people(drawn.facts(rows), Said(apart=apart))

    person = {
        record: number for number, group in enumerate(found.groups) for record in group
    }
    assert [pair for pair in apart if person[pair[0]] == person[pair[1]]] == []


@pytest.mark.django_db
@settings(max_examples=40, deadline=None)
@given(shops(), st.integers(1, 4), st.randoms(use_true_random=False))
def test_people_do_not_depend_on_which_night_a_record_arrived(rows, nights, chance):
    at_once = drawn.shop()
    at_once.write(rows)
    stitching.stitch(at=START)
    shuffled = chance.sample(rows, len(rows))

    by_and_by = drawn.shop()
    for night in range(nights):
        by_and_by.write(shuffled[night::nights])
        stitching.stitch(at=START + timedelta(days=1 + night))

    assert by_and_by.people() == at_once.people()


@pytest.mark.django_db
@settings(max_examples=40, deadline=None)
@given(shops(), shops())
def test_every_record_has_one_person_and_no_two_at_once(before, after):
    shop = drawn.shop()
    for night, rows in enumerate((before, after)):
        shop.write(rows)
        stitching.stitch(at=START + timedelta(days=night))

    records = set(CustomerRecord.objects.values_list("pk", flat=True))
    held = sorted(Link.objects.as_of(None).values_list("record", flat=True))
    assert held == sorted(records)
    assert ledger.overlapping() == []


@pytest.mark.django_db
@settings(max_examples=20, deadline=None)
@given(shops(), shops())
def test_who_was_absorbed_has_no_record_left(before, after):
    shop = drawn.shop()
    for night, rows in enumerate((before, after)):
        shop.write(rows)
        stitching.stitch(at=START + timedelta(days=night))

    absorbed = Merge.objects.values_list("absorbed", flat=True)
    assert list(Link.objects.as_of(None).filter(person__in=absorbed)) == []


@pytest.mark.django_db
@settings(max_examples=20, deadline=None)
@given(shops())
def test_doing_it_again_writes_nothing(rows):
    shop = drawn.shop()
    shop.write(rows)
    stitching.stitch(at=START)

    stitched = stitching.stitch(at=START + timedelta(days=1))

    assert stitched.linked == 0


def _grouped(rows: Iterable[drawn.Row]) -> set[frozenset[str]]:
    rows = list(rows)
    found = clusters.people(drawn.facts(rows), Said())
    return {
        frozenset(rows[record - 1].record for record in group) for group in found.groups
    }
