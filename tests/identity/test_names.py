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


lasts = st.sampled_from(
    ["bell", "bell hooks", "hooks", "b", "h", "de bell", "李", None]
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
        ("Ｊｏｈｎ", "john"),
        ("ﬁona", "fiona"),
        ("İpek", "ipek"),
        ("Nguyễn", "nguyen"),
        ("김", "김"),
        ("राम", "राम"),
        ("めぐみ", "めぐみ"),
        ("Jose\u0301", "jose"),
        ("Prof. Dr. Ada", "ada"),
        ("Mary Guest", "mary guest"),
        ("Ann2", "ann"),
        ("علی\u200cرضا", "علی رضا"),
    ],
)
def test_a_name_is_compared_in_small_plain_letters(typed, key):
    assert name_key(typed) == key


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "-",
        "n/a",
        "N/A",
        "Unknown",
        "test",
        "42",
        "!!",
        "Guest.",
        "Test1",
        "Mr. Unknown",
        "unknown unknown",
        "<none>",
        "X.",
        "\u200b",
    ],
)
def test_what_is_no_name_has_no_key(typed):
    assert name_key(typed) is None


@given(st.text(max_size=20))
def test_the_key_of_a_name_is_its_own_key(typed):
    key = name_key(typed)

    assert key is None or name_key(key) == key


@given(st.text(max_size=20))
def test_a_name_is_words_one_blank_apart(typed):
    key = name_key(typed)

    assert key is None or (key and key == " ".join(key.split()))


@pytest.mark.parametrize(
    ("one", "other"),
    [("राम", "रीमा"), ("राम", "रमा"), ("めぐみ", "めくみ"), ("李", "王")],
)
def test_names_of_other_scripts_that_differ_do_not_agree(one, other):
    assert not first_names_agree(one, other)


@pytest.mark.parametrize("name", ["राम", "めぐみ", "김", "李", "Ольга", "שרה"])
def test_names_of_other_scripts_agree_with_themselves(name):
    assert first_names_agree(name, name)


@pytest.mark.parametrize("initial", ["J.", "Ж.", "Ω", "ש", "É."])
def test_an_initial_in_any_alphabet_says_too_little(initial):
    assert not first_names_agree(initial, initial)


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
        ("j p", "j p", UNCLEAR),
        ("j p", "j", UNCLEAR),
        ("j", "j paul", UNCLEAR),
        ("j ann", "j anne", UNCLEAR),
        ("j paul", "j paul", AGREE),
        ("john p", "john q", CONFLICT),
        ("mary ann", "ann mary", CONFLICT),
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
        (None, None, False),
        ("carla", "clara", True),
        ("marguerite", "margie", True),
    ],
)
def test_a_slip_of_the_fingers_looks_alike(one, other, alike):
    assert look_alike(one, other) is alike
    assert look_alike(other, one) is alike


@given(
    st.text("acelr", min_size=1, max_size=7), st.text("acelr", min_size=1, max_size=7)
)
def test_names_look_alike_either_way_round(one, other):
    assert look_alike(one, other) is look_alike(other, one)


@given(lasts, lasts)
def test_last_names_are_compared_either_way_round(one, other):
    assert compare_last(one, other) is compare_last(other, one)


@given(lasts.filter(bool))
def test_a_last_name_never_conflicts_with_itself(name):
    assert compare_last(name, name) is not CONFLICT
