"""The keys of one record are those the engine gives it among all."""

from collections import defaultdict

import pytest

from identity.matching import blocking, keyed
from identity.matching.fields import Kind
from tests.identity.matching import made_up


def test_every_way_to_share_a_key_has_a_number_that_is_its_own():
    every = {str(kind): kind for kind in Kind}

    blocks = {block.key for block in blocking.always(every)}

    assert blocks == set(keyed.KINDS)
    assert len(set(keyed.KINDS.values())) == len(keyed.KINDS)


def test_one_record_has_the_keys_the_engine_gives_it():
    read = made_up.read()
    expected: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for one in read.keys.to_pylist():
        expected[one["row"]].add((one["kind"], one["hash"]))

    found = {
        row: {(key.kind, key.hash) for key in keyed.keys_of(said, 1)}
        for row, said in enumerate(keyed.rows_of(read.people))
    }

    assert {row: keys for row, keys in found.items() if keys} == expected


def test_keys_come_in_the_order_of_their_index():
    read = made_up.read()
    keys = list(
        zip(*(read.keys[name].to_pylist() for name in ("kind", "hash")), strict=True)
    )

    assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ({}, set()),
        ({"first": "ada", "last": "byron"}, set()),
        ({"email": "ada@northmail.example"}, {1}),
        ({"email": "ada.byron@northmail.example"}, {1, 6}),
        ({"birth": "18151210", "last": "byron"}, {11}),
        ({"first": "ada", "last": "byron", "postcode": "10115"}, {13}),
    ],
)
def test_a_key_needs_all_its_parts(said, kinds):
    assert keyed.kinds_of(said) == kinds


@pytest.mark.parametrize(
    ("email", "mailbox"),
    [
        ("ada@northmail.example", "ada"),
        ("a.d.a+shop+more@northmail.example", "ada"),
        ("+shop@northmail.example", ""),
        ("ada@home@northmail.example", "ada"),
        ("ada+shop", "ada+shop"),
    ],
)
def test_a_mailbox_is_read_without_dots_and_tags(email, mailbox):
    assert keyed.mailbox_of(email) == mailbox


def test_each_key_says_how_many_may_share_it_and_which_column_it_is():
    every = {
        "email": "ada.byron@northmail.example",
        "birth": "18151210",
        "last": "byron",
    }

    found = keyed.keys_of(every, 1)

    assert [(key.kind, key.most, key.of) for key in found] == [
        (1, keyed.limits()[1], keyed.columns()[1]),
        (6, keyed.limits()[6], None),
        (11, keyed.limits()[11], None),
    ]
    assert keyed.columns() == {
        1: "email", 2: "phone", 3: "cross_id", 4: "national_id", 5: "loyalty"
    }  # fmt: skip
