"""What a column is, by its name and by what is in it."""

import pyarrow as pa

from identity.matching.fields import Kind, recognise


def kinds(**columns: list[object]) -> dict[str, Kind]:
    return {field.column: field.kind for field in recognise(pa.table(columns))}


def test_a_column_is_known_by_what_people_call_it():
    found = recognise(
        pa.table(
            {
                name: ["x", "y"]
                for name in (
                    "rec_id",
                    "given_name",
                    "surname",
                    "soc_sec_id",
                    "dob",
                    "suburb",
                )
            }
        )
    )

    assert [field.kind for field in found] == [
        Kind.RECORD, Kind.FIRST, Kind.LAST, Kind.UNIQUE, Kind.BIRTH, Kind.CITY,
    ]  # fmt: skip


def test_a_column_nobody_knows_is_known_by_its_content():
    found = kinds(
        reach=["ada@northmail.example", "bo@northmail.example"],
        ring=["+44 20 7946 0123", "(212) 555-0123"],
        hair=["dark", "fair"],
    )

    assert found == {"reach": Kind.EMAIL, "ring": Kind.PHONE, "hair": Kind.TEXT}


def test_what_says_nothing_of_anybody_is_ignored():
    found = kinds(
        key=["a1", "b2", "c3"],
        shop=["one", "one", "one"],
        empty=[None] * 3,
        spent=[1.5, 2.5, 3.5],
    )

    assert set(found.values()) == {Kind.IGNORED}


def test_a_second_column_of_a_kind_is_compared_as_text():
    found = kinds(city=["Rome", "Bonn"], town=["Roma", "Bonn"])

    assert found == {"city": Kind.CITY, "town": Kind.TEXT}


def test_a_whole_name_is_left_out_beside_its_parts():
    found = kinds(
        full_name=["Ada Byron", "Bo Fox"],
        first_name=["Ada", "Bo"],
        surname=["Byron", "Fox"],
    )

    assert found == {"first_name": Kind.FIRST, "surname": Kind.LAST}


def test_no_two_columns_get_one_name():
    found = recognise(
        pa.table({"Hair": ["a", "b"], "hair": ["a", "b"], "hair ": ["b", "a"]})
    )

    assert len({field.name for field in found}) == 3


def test_a_column_that_is_hidden_is_not_looked_at():
    found = recognise(
        pa.table({"first": ["Ada", "Bo"], "truth": ["1", "2"]}), but=["truth"]
    )

    assert [field.column for field in found] == ["first"]
