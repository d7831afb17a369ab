"""What people typed, made comparable."""

import pyarrow as pa
import pytest

from identity.matching.engines import engine
from identity.matching.fields import RecordsError, recognise
from identity.matching.normalise import normalise
from tests.identity.matching.drawn_people import people, texts


def test_names_lose_case_marks_and_what_is_no_name():
    found = people("""
        record | first     | last
        -------+-----------+--------
        1      | JOSÉ Luis | O'Brien
        2      | Dr. Ada   | unknown
        3      | Kunde     | Byron
    """)

    assert texts(found, "first") == ["jose luis", "ada", None]
    assert texts(found, "last") == ["obrien", None, "byron"]


def test_an_address_of_nobody_is_none():
    found = people("""
        record | email
        -------+----------------------------
        1      | Ada.Byron@Northmail.example
        2      | test@test.com
        3      | noreply@northmail.example
        4      | ada at home
    """)

    assert texts(found, "email") == ["ada.byron@northmail.example", None, None, None]


def test_a_number_is_the_same_however_it_is_written():
    found = people("""
        record | phone
        -------+--------------------
        1      | +44 (0)20 7946 0123
        2      | 0044 20 7946 0123
        3      | 020 7946 0123
        4      | +1 (212) 555-0123
        5      | 1 212 555 0123
        6      | 0000000000
        7      | 1234567890
    """)

    assert texts(found, "phone") == [
        *["2079460123"] * 3,
        *["2125550123"] * 2,
        None,
        None,
    ]


@pytest.mark.parametrize(
    "typed", ["1980-05-07", "19800507", "7.5.1980", "1980/5/7", "1980-05-07 00:00:00"]
)
def test_a_birthday_is_the_same_however_it_is_written(typed):
    found = people(f"record | dob\n-\n1 | {typed}")

    assert texts(found, "birth") == ["19800507"]


def test_a_month_comes_first_where_the_second_number_is_above_twelve():
    found = people("record | dob\n-\n1 | 05/07/1980\n2 | 05/31/1980")

    assert texts(found, "birth") == ["19800507", "19800531"]


def test_a_birthday_in_three_columns_is_one():
    found = people("record | by | bm | bd\n-\n1 | 1949 | 7 | 2\n2 | 1949 | | ")

    assert texts(found, "birth") == ["19490702", "19490000"]


def test_a_whole_name_is_taken_apart():
    found = people("record | name\n-\n1 | Ada King Byron\n2 | Byron, Ada\n3 | Cher")

    assert texts(found, "first") == ["ada king", "ada", None]
    assert texts(found, "last") == ["byron", "byron", "cher"]


def test_a_house_number_is_found_wherever_it_stands():
    found = people("""
        record | street           | house
        -------+------------------+------
        1      | Hauptstraße      | 5
        2      | Hauptstr. 5      |
        3      | 12 Abbey Road    |
    """)

    assert texts(found, "street") == ["haupt", "haupt", "abbey"]
    assert texts(found, "house") == ["5", "5", "12"]


def test_of_a_list_every_value_is_looked_at():
    mine, hers, other = (
        "ada.b1@northmail.example",
        "ada@byron.example",
        "bo@fox.example",
    )
    records = pa.table(
        {
            "record": [1, 2, 3, 4, 5, 6],
            "email": [[mine, hers], [hers], [None, mine], [], None, [other]],
        }
    )

    with engine() as opened:
        found = normalise(opened, records, recognise(records))

    assert texts(found, "email") == [mine, mine, mine, None, None, other]


def test_a_list_of_more_values_than_one_person_has_makes_none_of_them_one():
    many = [f"guest{one}@hotel{one}.example" for one in range(6)]
    records = pa.table({"record": range(7), "email": [many, *([one] for one in many)]})

    with engine() as opened:
        found = normalise(opened, records, recognise(records))

    assert texts(found, "email") == [many[0], *many]


def test_blanks_that_do_not_break_are_blanks():
    records = pa.table(
        {
            "record": [1, 2],
            "first": ["\u00a0Anna\u202fMaria", "Anna Maria"],
            "city": ["New\u00a0York\u200b", "New York"],
            "birth": ["\ufeff1980-03-04", "1980-03-04"],
        }
    )

    with engine() as opened:
        found = normalise(opened, records, recognise(records))

    assert [len(set(texts(found, name))) for name in ("first", "city", "birth")] == [
        1,
        1,
        1,
    ]


def test_what_is_far_too_long_says_nothing():
    records = pa.table({"record": [1, 2], "first": ["a" * 1_000_000, "Ada"]})

    with engine() as opened:
        found = normalise(opened, records, recognise(records))

    assert texts(found, "first") == [None, "ada"]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (pa.array([4930123456.0, None, float("nan")]), ["4930123456", None, None]),
        (pa.array([b"4930123456", b"\xff\xfe", None]), ["4930123456", None, None]),
        (pa.array([4930123456, 7, None]).cast(pa.decimal128(20)), ["4930123456", None, None]),
        (pa.array([["4930123456"], [], None], pa.large_list(pa.string())), ["4930123456", None, None]),
        (pa.array(["4930123456", "", None]).dictionary_encode(), ["4930123456", None, None]),
    ],
)  # fmt: skip
def test_a_phone_is_read_whatever_type_its_column_has(typed, read):
    records = pa.table({"record": [1, 2, 3], "phone": typed})

    with engine() as opened:
        found = normalise(opened, records, recognise(records))

    assert texts(found, "phone") == read


def test_two_columns_of_one_name_are_told_in_words():
    twice = pa.Table.from_arrays([pa.array(["Ada"]), pa.array(["Bo"])], ["x", "x"])

    with pytest.raises(RecordsError, match="Two columns are named x"):
        recognise(twice)


def test_two_rows_of_one_record_are_refused():
    with pytest.raises(RecordsError, match="record 7 stands on more than one row"):
        people("record | first\n-\n7 | Ada\n7 | Bo")
