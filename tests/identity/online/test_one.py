"""One record that just came, beside those that are there already."""

import pyarrow as pa
import pytest

from identity import key_index
from identity.key_index import NotIndexed
from identity.matching import keyed
from identity.matching.engine import match
from identity.matching.model import Model
from identity.matching.one_pair import Side
from identity.matching.rules import Rules, Said
from identity.matching.typed import comparable
from identity.models import IndexedKey, IndexedRecord
from identity.online import Online
from tests import make
from tests.identity.online.asked import COUNT, NOBODY, index_of, side, typed_of


def test_a_record_finds_itself_among_all(online, everybody):
    talkative = max(range(COUNT), key=lambda row: len(typed_of(everybody, row)))

    found = online.whose(typed_of(everybody, talkative))

    assert found.likely[0].record == talkative
    assert found.likely[0].probability > 0.99
    assert found.likely[0].decision == "merge"


def test_a_record_that_is_there_does_not_find_itself(online, everybody):
    found = online.whose(typed_of(everybody, 7), record=7)

    assert 7 not in [one.record for one in found.likely]


def test_what_it_finds_compares_weighs_and_ends_as_at_night(online, everybody, model):
    rows = everybody.slice(0, 100).to_pylist()
    night = match(everybody, model=model).pairs.to_pylist()
    expected = {
        (one["left"], one["right"]): (
            {feature.name: one[feature.name] for feature in model.compared},
            pytest.approx(one["bits"]),
            one["decision"],
            one["reason"],
        )
        for one in night
    }

    found = {
        tuple(sorted((row["record"], one.record))): (
            {name: one.levels[name] for name in expected_names(model)},
            one.bits,
            one.decision,
            one.reason,
        )
        for row in rows
        for one in online.whose(
            {name: text for name, text in row.items() if isinstance(text, str)},
            is_guest=row["is_guest"],
            record=row["record"],
        ).likely
    }

    assert len(found) > 20
    assert {pair: expected[pair] for pair in found} == found


def expected_names(model: Model) -> list[str]:
    return [feature.name for feature in model.compared]


def test_somebody_new_is_nobody_known(online):
    assert online.whose(NOBODY).likely == ()


def test_who_says_nothing_is_nobody_known(online):
    assert online.whose({"first": "Kunde", "phone": "0000000"}).likely == ()


def test_it_asks_the_database_once(online, everybody, django_assert_num_queries):
    typed = typed_of(everybody, 3)

    with django_assert_num_queries(0):
        # The one question goes past Django, which would not prepare it.
        found = online.whose(typed)

    assert found.likely[0].record == 3


def test_a_record_that_came_is_found_by_the_next(online):
    key_index.keep(online.indexed, [side(9_001, online.indexed, **NOBODY)])

    found = online.whose(NOBODY)

    assert [(one.record, one.decision) for one in found.likely] == [(9_001, "merge")]


def test_a_record_that_says_something_else_is_found_by_that_alone(online):
    key_index.keep(online.indexed, [side(9_001, online.indexed, **NOBODY)])
    moved = {**NOBODY, "email": "zora@elsewhere.example"}

    key_index.keep(online.indexed, [side(9_001, online.indexed, **moved)])

    assert online.whose(NOBODY).likely == ()
    assert [one.record for one in online.whose(moved).likely] == [9_001]


def test_keeping_a_record_twice_changes_nothing(online):
    one = side(9_001, online.indexed, **NOBODY)
    key_index.keep(online.indexed, [one])
    before = IndexedKey.objects.count()

    key_index.keep(online.indexed, [one])

    assert IndexedKey.objects.count() == before
    assert key_index.held([9_001]) == [one]


def test_a_vanished_record_is_found_by_nobody(online, everybody):
    before = IndexedKey.objects.filter(record=7).count()

    key_index.forget(online.indexed, [7])

    assert before > 0
    assert IndexedKey.objects.filter(record=7).count() == 0
    assert 7 not in [one.record for one in online.whose(typed_of(everybody, 7)).likely]


def test_forgetting_who_is_not_there_changes_nothing(online):
    before = IndexedKey.objects.count()

    key_index.forget(online.indexed, [12_345_678])

    assert IndexedKey.objects.count() == before


def test_reading_all_again_gives_the_same_index(online, storefront, everybody):
    before = sorted(IndexedKey.objects.values_list("kind", "hash", "record_id"))
    records = IndexedRecord.objects.count()

    IndexedKey.objects.all().delete()
    IndexedRecord.objects.all().delete()
    index_of(storefront, everybody)

    assert sorted(IndexedKey.objects.values_list("kind", "hash", "record_id")) == before
    assert IndexedRecord.objects.count() == records == COUNT


def test_a_blocked_value_finds_nobody_and_says_so(online, everybody):
    email = comparable(typed_of(everybody, 7), online.indexed.usual.kinds)["email"]
    rules = Rules(blocked={"email": frozenset({email})})

    found = Online(online.indexed, online.model, rules).whose({"email": email})

    assert found.likely == ()
    assert found.set_aside == ("email: It is blocked.",)


def test_a_phone_of_many_strangers_finds_nobody_and_says_so(online):
    strangers = [
        side(
            9_000 + at,
            online.indexed,
            phone="030 7654123",
            last=f"Quill{chr(97 + at)}",
        )
        for at in range(20)
    ]
    key_index.keep(online.indexed, strangers)

    found = online.whose({"phone": "030 7654123", "first": "Bo", "last": "Quill"})

    assert found.likely == ()
    assert found.set_aside == (
        "phone: It stands on 21 records of 21 surnames. Set it aside, or allow more of "
        "them.",
    )


def test_of_ten_thousand_on_one_phone_no_more_are_read_than_may_share_it(online):
    kiosk = [
        Side(20_000 + at, {"phone": "307654123", "last": f"by{at}"})
        for at in range(10_000)
    ]
    key_index.keep(online.indexed, kiosk)

    found = online.whose({"phone": "030 7654123", "last": "Quill"})

    assert found.likely == ()
    assert found.set_aside == ("Too many share this phone to say who it is.",)


def test_what_somebody_said_of_a_pair_holds(online, everybody):
    said = Said(apart=frozenset({(7, 9_001)}))

    found = online.whose(typed_of(everybody, 7), record=9_001, said=said)

    spoken = next(one for one in found.likely if one.record == 7)
    assert (spoken.decision, spoken.reason) == (
        "leave",
        "Somebody said that they are not the same.",
    )


def test_nobody_is_known_across_two_shops(online, model, everybody):
    others = everybody.slice(0, 50)
    renumbered = others.set_column(0, "record", pa.array(range(7_000, 7_050)))
    other = index_of(make.storefront(), renumbered)

    found = Online(other, model).whose(typed_of(everybody, 7))

    assert found.likely[0].record == 7_007
    assert all(one.record >= 7_000 for one in found.likely)


def test_what_was_indexed_is_read_as_it_was_written(online, storefront):
    assert key_index.of(storefront.pk) == online.indexed


def test_a_storefront_nobody_indexed_says_what_to_do(storefront):
    with pytest.raises(NotIndexed) as refused:
        key_index.of(storefront.pk)

    assert str(refused.value) == (
        f"Storefront {storefront.pk} has no index of keys of version "
        f"{key_index.VERSION}. Read all its records once (key_index.read_all)."
    )


def test_every_key_of_the_index_is_one_the_record_would_be_asked_by(online):
    held = {one.record: one for one in key_index.held(range(COUNT))}
    expected = {
        (key.kind, key.hash, record)
        for record, one in held.items()
        for key in keyed.keys_of(one.said, online.indexed.storefront)
    }

    assert set(IndexedKey.objects.values_list("kind", "hash", "record_id")) == expected
