"""The shape of values: enough to know a column by, nothing to know a person by."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measurement.workbench import shapes
from measurement.workbench.shapes import Seen, masked, seen

VALUES = st.text(max_size=60) | st.emails() | st.from_regex(r"\+[0-9]{8,14}")


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("Ada", "Xxx"),
        ("ÅSA Ünal", "XXX Xxxx"),
        ("  padded ", "xxxxxx"),
        ("ada.byron+news@mail.co.uk", "x@x.x"),
        ("Ada <ada@mail.example>", "Xxx <xxx@xxxx.xxxxxxx>"),
        ("not@mail", "xxx@xxxx"),
        ("2026-03-31 14:05:00+01:00", "9999-99-99 99:99:99+99:99"),
        ("٤٢ and ½", "99 xxx 9"),
        ("李小龍", "xxx"),
        ("a\tb\u00a0c", "x x x"),
        ("\U0001f600 e\u0301", "· x·"),
        ("zero\0byte", "xxxx·xxxx"),
        ("", ""),
        ("a" * 33, "x" * 32 + "…"),
        ("a" * 32, "x" * 32),
    ],
)
def test_a_value_is_shown_by_its_shape(value, shape):
    assert masked(value) == shape


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_no_letter_and_no_digit_of_a_value_is_left(value):
    allowed = {"x", "X", "9", " ", "·", "…", *string.punctuation}

    assert set(masked(value)) <= allowed


@settings(max_examples=60, deadline=None)
@given(st.lists(VALUES, max_size=10))
def test_a_column_that_may_not_be_told_is_told_by_shapes_alone(values):
    found = seen(values)

    allowed = {"x", "X", "9", " ", "·", "…", *string.punctuation}
    assert set("".join(found.samples)) <= allowed
    assert found.words == ()


@settings(max_examples=60, deadline=None)
@given(st.lists(VALUES, max_size=10))
def test_what_is_counted_adds_up(values):
    found = seen(values)

    said = [value.strip() for value in values if value.strip()]
    assert (found.rows, found.filled) == (len(values), len(said))
    assert found.different == len(set(said))
    assert 0 <= found.odd <= found.filled
    assert found.shortest <= found.longest
    assert (found.kind == shapes.Kind.EMPTY) == (not said)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-20", "0"], "whole_number"),
        (["9" * 40], "whole_number"),
        (["007", "1"], "text"),
        (["-007.5"], "text"),
        (["1", "2.50"], "decimal"),
        (["2.2e-16"], "decimal"),
        (["1,50"], "text"),
        (["1", "0.5", "n/a"], "text"),
        (["٤٢"], "text"),
        (["NaN"], "text"),
        (["2026-02-28"], "day"),
        (["2026-02-30"], "text"),
        (["31/03/2026"], "text"),
        (["2026-03-31T14:05"], "moment"),
        (["2026-03-31 14:05:00.123"], "moment"),
        (["2026-03-31 14:05:00", "2026-03-31"], "moment"),
        (["2026-03-31 24:61:00"], "text"),
        (["2026-03-31T14:05:00Z", "2026-03-31 14:05:00 +0100"], "moment_with_offset"),
        (["yes", "No", "TRUE"], "yes_or_no"),
        (["0", "1"], "whole_number"),
        (["[1, 2]", "[]"], "list"),
        (['[{"sku": "a"}]', "[1]"], "nested"),
        (['{"a": 1}'], "nested"),
        (["[1, 2"], "text"),
        (["[" * 5000], "text"),
        (["Ada", "Bo"], "text"),
        (["", "  "], "empty"),
        ([], "empty"),
    ],
)
def test_a_column_is_of_the_narrowest_kind_its_values_are_of(values, kind):
    assert seen(values).kind == kind


def test_a_few_values_of_another_kind_are_odd_and_change_nothing():
    found = seen(["12"] * 97 + ["n/a", "-", "x"])

    assert (found.kind, found.odd) == ("whole_number", 3)


def test_a_few_decimals_among_whole_numbers_make_decimals():
    found = seen(["0"] * 98 + ["0.5", "1.25"])

    assert (found.kind, found.odd) == ("decimal", 0)


def test_moments_of_which_some_say_an_offset_are_moments_that_need_a_zone():
    found = seen(["2026-03-31 14:05:00"] * 3 + ["2026-03-31 14:05:00Z"] * 3)

    assert (found.kind, found.odd) == ("moment", 3)


def test_a_column_is_told_by_the_shapes_most_of_its_values_have():
    values = (
        ["AB-12"] * 3 + ["CD-34"] * 3 + ["ada@mail.example"] * 5 + ["x"] * 2 + ["77"]
    )

    assert seen(values) == Seen(
        kind="text", rows=14, filled=14, different=5, odd=0, shortest=1, longest=16,
        samples=("XX-99", "x@x.x", "x"),
    )  # fmt: skip


STATES = ["paid"] * 6 + ["sent back"] * 5 + ["in_part"] * 5


def test_a_closed_set_of_words_is_told_where_it_may_be():
    assert seen(STATES, with_words=True).words == ("paid", "in_part", "sent back")


@pytest.mark.parametrize(
    "more",
    [
        ["once"],
        ["a1"] * 9,
        ["ada@mail.example"] * 9,
        ["w" * 25] * 9,
        [f"word {chr(97 + n)}" for n in range(12) for _ in range(2)],
    ],
    ids=["said once", "a digit", "an address", "a long one", "too many"],
)
def test_what_is_no_closed_set_of_words_is_told_by_shapes(more):
    assert seen(STATES + more, with_words=True).words == ()
