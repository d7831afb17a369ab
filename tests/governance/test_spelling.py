"""A part of a definition as text, and read back as what it was."""

import pytest
from hypothesis import given, settings

from governance import spelling
from governance.kinds import Part
from tests.governance.definitions import PARTS_AND_VALUES

RULE = Part("rule", "rule", "How the source's columns make the field.")
LIST = Part("synonyms", "list", "What else people call it.", [])
TABLE = Part("parameters", "table", "What the calculation is given.", {})
NEEDED_TABLE = Part("values", "table", "Each allowed value.")
YES = Part("required", "yes or no", "Whether a row without it is rejected.", False)
WHOLE = Part("window_days", "whole number", "How long.", 7)
CADENCE = Part("cadence", "text", "How often it sends.", "daily")


@settings(max_examples=400, deadline=None)
@given(PARTS_AND_VALUES)
def test_what_is_written_is_read_back_as_what_it_was(given_one):
    part, value = given_one

    found = spelling.read(part, spelling.spelled(part, value))

    assert spelling.as_json(found) == spelling.as_json(value)


@pytest.mark.parametrize(
    ("part", "value", "text"),
    [
        (RULE, "email", "email"),
        (RULE, {"constant": "GB"}, '{"constant": "GB"}'),
        (RULE, {}, "{}"),
        (RULE, " id ", '" id "'),
        (RULE, "{id}", '"{id}"'),
        (LIST, ["mail", "inbox"], "mail\ninbox"),
        (LIST, ["a\nb"], '["a\\nb"]'),
        (LIST, ["[x]"], '["[x]"]'),
        (LIST, [1, "1"], '[1, "1"]'),
        (LIST, [], ""),
        (TABLE, {}, ""),
        (NEEDED_TABLE, {}, "{}"),
        (TABLE, {"å": 1.5}, '{"å": 1.5}'),
        (YES, True, "yes"),
        (WHOLE, 0, "0"),
        (CADENCE, "daily", "daily"),
        (CADENCE, "", '""'),
        (CADENCE, '"daily"', '"\\"daily\\""'),
    ],
)
def test_each_value_is_written_as_plainly_as_it_can_be_read_back(part, value, text):
    assert spelling.spelled(part, value) == text


@pytest.mark.parametrize(
    ("part", "text", "value"),
    [
        (YES, " TRUE ", True), (YES, "No", False), (YES, "", False),
        (WHOLE, "", 7), (WHOLE, "0", 0), (WHOLE, "1.5", 1.5),
        (CADENCE, "", "daily"), (CADENCE, '"daily', '"daily'),
        (LIST, " mail \r\n\r\n inbox ", ["mail", "inbox"]),
        (LIST, ' ["a", {"b": null}]', ["a", {"b": None}]),
        (NEEDED_TABLE, "  ", {}), (RULE, "  email  ", "email"),
        (RULE, '  {"column": "email"}', {"column": "email"}),
    ],
)  # fmt: skip
def test_what_people_write_is_read_as_they_mean_it(part, text, value):
    found = spelling.read(part, text)

    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("part", "text", "refusal"),
    [
        (YES, "perhaps", "This is 'perhaps'. Write yes or no."),
        (WHOLE, "ninety", "This is 'ninety'. Write a number, such as 90 or 0.5."),
        (WHOLE, "true", "This is 'true'. Write a number, such as 90 or 0.5."),
        (WHOLE, "1_000", "This is '1_000'. Write a number, such as 90 or 0.5."),
        (WHOLE, "9" * 5000, f"This is '{'9' * 40}'. Write a number, such as 90 or 0.5."),
        (TABLE, "[1]", 'This is no table. Write {"name": value, …}.'),
        (TABLE, '{"days": 1, "days": 2}', "This says “days” twice. Say it once."),
        (
            RULE, '{"column": }',
            'This is no table: expecting value in line 1, column 12. Write {"name": value, …}.',
        ),
        (
            LIST, '["a", "b"',
            "This is no list: expecting ',' delimiter in line 1, column 10. Write "
            '["one", "another"].',
        ),
        (LIST, '["\\u0000"]', "A text in this list has a character nobody can read. Take it out."),
        (TABLE, '{"a": NaN}', "A number in this table is not finite. Write one that is."),
    ],
)  # fmt: skip
def test_what_the_part_cannot_hold_is_refused_in_words(part, text, refusal):
    with pytest.raises(spelling.Unreadable) as refused:
        spelling.read(part, text)

    assert str(refused.value) == refusal
