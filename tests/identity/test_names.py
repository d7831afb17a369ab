"""Whether two names may be one person's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.names import (
    Agreement,
    compare_first,
    compare_last,
    first_names_agree,
    look_alike,
    name_key,
)

AGREE, UNCLEAR, CONFLICT = Agreement

firsts = st.sampled_from(
    [
        "ann",
        "anna",
        "bill",
        "chris",
        "christine",
        "j",
        "jean luc",
        "john",
        "mary ann",
        "may",
        None,
    ]
)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Ada", "ada"),
        ("  ADA  ", "ada"),
        ("José", "jose"),
        ("Jürgen", "jurgen"),
        ("Søren", "soren"),
        ("Łukasz", "lukasz"),
        ("Æthel", "aethel"),
        ("Anne-Marie", "anne marie"),
        ("O'Brien", "obrien"),
        ("O’Brien", "obrien"),
        ("Mr. Bell", "bell"),
        ("Prof", "prof"),
        ("J.", "j"),
        ("李", "李"),
    ],
)
def test_a_name_is_compared_in_small_plain_letters(typed, key):
    assert name_key(typed) == key


@pytest.mark.parametrize(
    "typed", ["", "   ", "-", "n/a", "N/A", "Unknown", "test", "42", "!!"]
)
def test_what_is_no_name_has_no_key(typed):
    assert name_key(typed) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada", "ADA"),
        ("Zoë", "Zoe"),
        ("Margaret", "Peggy"),
        ("Bob", "Robert"),
        ("Samuel", "Sam"),
        ("Alexandra", "Alex"),
        ("Mary Ann", "Mary"),
        ("Jean-Luc", "Jean Luc"),
        ("John Q", "John Quincy"),
    ],
)
def test_a_first_name_agrees_in_full_or_as_a_nickname(one, other):
    assert first_names_agree(one, other)
    assert first_names_agree(other, one)


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [
        ("john", None, UNCLEAR),
        (None, None, UNCLEAR),
        ("john", "j", UNCLEAR),
        ("j", "j", UNCLEAR),
        ("eleanor", "nora", UNCLEAR),
        ("helen", "ella", UNCLEAR),
        ("john", "jane", CONFLICT),
        ("john", "p", CONFLICT),
        ("margaret", "magraret", CONFLICT),
        ("samuel", "samantha", CONFLICT),
        ("christine", "christopher", CONFLICT),
        ("jean luc", "jean paul", CONFLICT),
    ],
)
def test_what_does_not_say_enough_does_not_agree(one, other, agreement):
    assert compare_first(one, other) is agreement


@given(firsts, firsts)
def test_first_names_are_compared_either_way_round(one, other):
    assert compare_first(one, other) is compare_first(other, one)


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [
        ("bell", "bell", AGREE),
        ("bell", "bell hooks", AGREE),
        ("bell", None, UNCLEAR),
        ("bell", "b", UNCLEAR),
        ("bell", "h", CONFLICT),
        ("bell", "hooks", CONFLICT),
    ],
)
def test_a_part_of_a_double_last_name_agrees_with_the_whole(one, other, agreement):
    assert compare_last(one, other) is agreement
    assert compare_last(other, one) is agreement


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("margaret", "magraret", True),
        ("margaret", "margret", True),
        ("william", "wiliam", True),
        ("ann", "ian", False),
        ("margaret", "richard", False),
        (None, "richard", False),
    ],
)
def test_a_slip_of_the_fingers_looks_alike(one, other, alike):
    assert look_alike(one, other) is alike
