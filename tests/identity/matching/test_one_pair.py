"""Two records compare alike with the engine and without it."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from identity.matching import keyed
from identity.matching.engine import compare
from identity.matching.fields import Kind, recognise
from identity.matching.one_pair import Pair, Side, are_short, level, slips
from identity.matching.rules import Rules
from identity.matching.typed import comparable
from identity.matching.usual import Usual
from tests.identity.matching import made_up

FIRST = st.sampled_from(
    [
        "Margaret",
        "Peggy",
        "Magraret",
        "M.",
        "Mary Ann",
        "Ann",
        "Robert",
        "Bob",
        "Rob",
        "Zoë",
        "Zoe",
        "Łukasz",
        "Мария",
        "Марина",
        "李",
    ]
) | st.text("abcdeé ", min_size=1, max_size=7)
LAST = st.sampled_from(
    ["Byron", "Bryon", "Byrom", "Margaret", "B", "Smith", "Smithe", "O'Brien"]
)
EMAIL = st.sampled_from(
    [
        "peggy.byron@gmail.com",
        "peggybyron@gmail.com",
        "peggy.byron+x@gmail.com",
        "m.byron77@gmx.de",
        "m.byron77@gmail.com",
        "m.byron78@gmx.de",
        "margaret@web.de",
    ]
)
PHONE = st.sampled_from(
    ["+4930123459", "030 123459", "030 123495", "0171 5550199", "17 55"]
)
BIRTH = st.sampled_from(
    [
        "1980-05-07",
        "1980-07-05",
        "1980-05-08",
        "1981-05-07",
        "1980-05-17",
        "1908-05-07",
        "1980",
    ]
) | st.dates().map(str)
TEXT = st.sampled_from(
    ["Hauptstr. 7", "Hauptstrasse 7a", "Haubtstr. 7", "High Street 12", "Berlin"]
)
SIDE = st.fixed_dictionaries(
    {
        "source": st.sampled_from(["shop", "crm"]),
        "first": FIRST | st.none(),
        "last": LAST | st.none(),
        "email": EMAIL | st.none(),
        "phone": PHONE | st.none(),
        "birth": BIRTH | st.none(),
        "street": TEXT | st.none(),
        "city": TEXT | st.none(),
        "loyalty": st.sampled_from(["680915808", "680915880", "12345"]) | st.none(),
    }
)


def twin(read: made_up.Read) -> dict[str, list[int]]:
    """Return the levels of the population's pairs, each compared on its own."""
    usual = Usual.of(read.people)
    guests = read.people.guests.tolist()
    sides = [
        Side(row, said, guests[row])
        for row, said in enumerate(keyed.rows_of(read.people))
    ]
    shared = {
        name: Counter(side.said.get(name) for side in sides) for name in usual.kinds
    }

    def sharing(field: str, value: str) -> int:
        return (shared[field][value] >= 3) + (shared[field][value] >= 5)

    pairs = [
        Pair(sides[left], sides[right], usual.rarity, sharing)
        for left, right in zip(
            read.levels["l"].to_pylist(), read.levels["r"].to_pylist(), strict=True
        )
    ]
    return {
        one.feature.name: [
            level(one.way, one.feature.name, one.kind, pair) for pair in pairs
        ]
        for one in usual.compared
    }


def test_a_populations_pairs_compare_as_the_engine_compares_them():
    read = made_up.read()

    found = twin(read)

    expected = read.levels.drop_columns(["l", "r"]).to_pydict()
    assert len(expected["first"]) > 4_000
    assert {name: found[name] == expected[name] for name in expected} == dict.fromkeys(
        expected, True
    )
    assert set(found) == set(expected)


@settings(max_examples=5, deadline=None, phases=[Phase.generate])
@given(st.lists(SIDE, min_size=12, max_size=12))
def test_any_two_records_compare_as_the_engine_compares_them(said):
    records = pa.table(
        {"record": range(len(said))}
        | {name: pa.array([one[name] for one in said], pa.string()) for name in said[0]}
    )
    left, right = np.triu_indices(len(said), 1)
    expected = compare(
        records, pa.table({"left": left, "right": right}), rules=NO_LIMITS
    ).to_pylist()
    kinds = {field.name: field.kind for field in recognise(records)}
    sides = [Side(at, comparable(one, kinds)) for at, one in enumerate(said)]

    found = [
        {"left": one, "right": other}
        | levels_of(sides[one], sides[other], sides, kinds)
        for one, other in zip(left.tolist(), right.tolist(), strict=True)
    ]

    assert found == expected


def levels_of(
    one: Side, other: Side, among: list[Side], kinds: dict[str, Kind]
) -> dict[str, int]:
    """Return the levels of two of so few that every value is common."""

    def sharing(field: str, value: str) -> int:
        count = sum(side.said.get(field) == value for side in among)
        return (count >= 3) + (count >= 5)

    def is_common_birth(field: str, value: str) -> int:
        count = sum(side.said.get(field) == value for side in among)
        return int(field == "birth" and count >= 5)

    pair = Pair(one, other, is_common_birth, sharing)
    return {name: level(way, name, kinds.get(name), pair) for name, way in WAYS.items()}


NO_LIMITS = Rules(most_records={})
WAYS = {
    "first": "name",
    "last": "name",
    "email": "email",
    "phone": "phone",
    "birth": "birth",
    "street": "text",
    "house": "text",
    "city": "text",
    "loyalty": "id",
    "whose mailbox": "named",
    "sources": "sources",
}


def test_a_short_form_is_one_both_ways():
    assert are_short("margaret", "peggy")
    assert are_short("peggy", "margaret")
    assert not are_short("eleanor", "nora")


@pytest.mark.parametrize(
    ("one", "other", "most", "expected"),
    [
        ("byron", "bryon", 1, True),
        ("byron", "brown", 1, False),
        ("byron", "brown", 2, True),
        ("zoë", "zoe", 1, False),
    ],
)
def test_slips_are_counted_in_bytes(one, other, most, expected):
    assert slips(one, other, most) == expected


def test_a_guest_of_one_source_says_less():
    sides = [Side(1, {"source": "shop"}), Side(2, {"source": "shop"}, is_guest=True)]
    pair = Pair(*sides, lambda *_: 0, lambda *_: 0)

    assert level("sources", "sources", Kind.SOURCE, pair) == 2
