"""Many records that come at once, beside those that are there already."""

from identity import key_index
from identity.matching.one_pair import Side
from tests.identity.online.asked import NOBODY, side


def test_a_batch_ends_as_each_of_its_records_does(online, everybody):
    rows = everybody.slice(0, 60).to_pylist()
    expected = {
        (*sorted((row["record"], one.record)), one.decision, one.reason)
        for row in rows
        for one in online.whose(
            {name: text for name, text in row.items() if isinstance(text, str)},
            is_guest=row["is_guest"],
            record=row["record"],
        ).likely
    }

    found = online.candidates_of([row["record"] for row in rows]).to_pylist()

    assert len(found) > 10
    assert {
        (one["left"], one["right"], one["decision"], one["reason"]) for one in found
    } == expected


def test_records_of_a_batch_find_each_other(online):
    sides = [side(record, online.indexed, **NOBODY) for record in (9_001, 9_002)]
    key_index.keep(online.indexed, sides)

    found = online.candidates_of([9_001, 9_002]).to_pylist()

    assert [(one["left"], one["right"], one["decision"]) for one in found] == [
        (9_001, 9_002, "merge")
    ]


def test_a_batch_on_one_phone_joins_nobody(online):
    kiosk = [
        Side(20_000 + at, {"phone": "307654123", "last": f"by{at}"})
        for at in range(500)
    ]
    key_index.keep(online.indexed, kiosk)

    assert online.candidates_of([one.record for one in kiosk]).num_rows == 0


def test_a_batch_of_nobody_finds_nobody(online):
    assert online.candidates_of([]).num_rows == 0


def test_a_batch_of_strangers_with_one_phone_joins_by_what_else_they_share(online):
    strangers = [
        Side(
            20_000 + at,
            {"phone": "307654123", "first": "bo", "last": f"by{'abcdefghij'[at // 2]}"},
        )
        for at in range(20)
    ]
    twice = [
        Side(30_000 + at, {"phone": "307654123", "email": "zora@northmail.example"})
        for at in range(2)
    ]
    key_index.keep(online.indexed, [*strangers, *twice])

    found = online.candidates_of([one.record for one in (*strangers, *twice)])

    # Ten surnames on one phone: it says nothing, and whoever shares nothing else is gone.
    assert [(one["left"], one["right"]) for one in found.to_pylist()] == [
        (30_000, 30_001)
    ]


def test_what_is_learned_of_a_batch_is_read_in_the_order_of_their_records(online):
    key_index.keep(
        online.indexed,
        [side(record, online.indexed, **NOBODY) for record in (9_003, 9_001, 9_002)],
    )

    found = online.candidates_of([9_003, 9_002]).to_pylist()

    assert sorted((one["left"], one["right"]) for one in found) == [
        (9_001, 9_002),
        (9_001, 9_003),
        (9_002, 9_003),
    ]
