"""How two records compare, field by field."""

import pyarrow as pa
import pytest

from identity.matching import comparing
from identity.matching.engine import compare
from identity.matching.engines import engine
from identity.matching.fields import recognise
from identity.matching.normalise import normalise


def level(name: str, one: str | None, other: str | None, **same: str) -> str:
    """Return how the two compare in what is called so."""
    columns = {name: [one, other]} | {key: [value] * 2 for key, value in same.items()}
    return of_pair(columns, name)


def of_pair(columns: dict[str, list[str | None]], name: str) -> str:
    records = pa.table(
        {"record": [1, 2]}
        | {key: pa.array(said, pa.string()) for key, said in columns.items()}
    )
    found = compare(records, pa.table({"left": [1], "right": [2]}))
    with engine() as opened:
        compared = comparing.comparisons(normalise(opened, records, recognise(records)))
    features = {one.feature.name: one.feature for one in compared}
    return features[name].levels[found[name][0].as_py()]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Ada", None, "not known"),
        ("Ada", "Bo", "differs"),
        ("Ada", "A.", "an initial"),
        ("Ada", "B.", "differs"),
        ("Margaret", "Magraret", "alike"),
        ("Robert", "Bob", "a short form or a part"),
        ("Mary Ann", "Mary", "a short form or a part"),
        ("Mary Ann", "Ann", "a short form or a part"),
        ("Zoë", "ZOE", "equal, common"),
    ],
)
def test_first_names_compare(one, other, expected):
    assert level("first", one, other) == expected


def test_first_and_last_name_may_be_exchanged():
    columns = {"first": ["Ada", "Byron"], "last": ["Byron", "Ada"]}

    assert of_pair(columns, "first") == "first and last exchanged"
    assert of_pair(columns, "last") == "first and last exchanged"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("1980-05-07", "1980-05-07", "equal"),
        ("1980-05-07", "1980-07-05", "day and month exchanged"),
        ("1980-05-07", "1980-05-08", "one slip"),
        ("1980-05-07", "1980-05-21", "two of three parts"),
        ("1980-05-07", "1980-11-21", "a little alike"),
        ("1980-05-07", "1975-11-21", "differs"),
        ("1980-05-07", "1900-01-01", "not known"),
    ],
)
def test_birthdays_compare(one, other, expected):
    assert level("birth", one, other) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("ada.byron@northmail.example", "ADA.BYRON@northmail.example", "equal"),
        (
            "adabyron+shop@northmail.example",
            "ada.byron@northmail.example",
            "equal but for dots or a tag",
        ),
        (
            "sunny1815@northmail.example",
            "sunny1815@southmail.example",
            "same mailbox elsewhere",
        ),
        ("sunny1815@northmail.example", "sunny1851@northmail.example", "alike"),
        (
            "ada.byron@northmail.example",
            "ada.byron@southmail.example",
            "alike, as the names are",
        ),
        ("sunny1815@northmail.example", "cloudy@southmail.example", "differs"),
    ],
)
def test_addresses_compare(one, other, expected):
    assert level("email", one, other, first="Ada", last="Byron") == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("+44 20 7946 0123", "020 7946 0123", "equal"),
        ("+44 20 7946 0123", "020 7946 0124", "one slip"),
        ("+44 20 7946 0123", "+49 151 2345678", "differs"),
    ],
)
def test_numbers_compare(one, other, expected):
    assert level("phone", one, other) == expected


@pytest.mark.parametrize(
    ("firsts", "expected"),
    [
        (["Ada", "Bo"], "names one of the two"),
        (["Cy", "Bo"], "names neither"),
        ([None, "Ada"], "names who says no name"),
    ],
)
def test_a_mailbox_names_whose_it_is(firsts, expected):
    mails = ["ada.byron@northmail.example"] * 2
    if firsts[0] is None:
        mails = ["ada.byron@northmail.example", "lovelace15@northmail.example"]

    assert of_pair({"first": firsts, "email": mails}, "whose mailbox") == expected


def test_a_pair_compares_alike_from_either_side():
    records = pa.table(
        {
            "record": [1, 2, 3, 4],
            "first": ["Ada", "Byron", "Robert", "Bob"],
            "last": ["Byron", "Ada", "Fox", "Foxx"],
            "email": [
                "ada.b1815@northmail.example",
                "ada.b1815@southmail.example",
                None,
                "bob@fox.example",
            ],
        }
    )
    back = records.set_column(0, "record", [[4, 3, 2, 1]])

    one = compare(records, pa.table({"left": [1, 3], "right": [2, 4]}))
    other = compare(back, pa.table({"left": [3, 1], "right": [4, 2]}))

    names = [name for name in one.column_names if name not in {"left", "right"}]
    assert sorted(one.select(names).to_pylist(), key=str) == sorted(
        other.select(names).to_pylist(), key=str
    )
