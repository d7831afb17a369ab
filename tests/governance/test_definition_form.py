"""The controls in which a definition is typed: what they show, and what they read back."""

from types import SimpleNamespace

import pytest

from governance import dictionary, differences
from governance.definition_form import DefinitionForm
from governance.kinds import KINDS


def form(kind: str, *, data=None, **body) -> DefinitionForm:
    said = SimpleNamespace(
        kind=kind, key="k", domain_id="customer", state="active", successor="", body=body
    )  # fmt: skip
    return DefinitionForm(data, kind=kind, key="k", said=said, base=0)


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_part_is_called_the_same_where_it_is_typed_read_and_decided_on(kind):
    body = {part.name: "x" for part in KINDS[kind]}
    head = {"name": "Name", "meaning": "Meaning"}
    named = [head[name] for name in head if name in body]

    typed = [
        field.label for name, field in form(kind).fields.items() if "part_" in name
    ]

    read = [line.label for line in dictionary.lines(kind, body)]
    said = SimpleNamespace(kind=kind, domain_id="", state="", successor="", body=body)
    decided = [each.label for each in differences.between(None, said)]
    assert (sorted(named + read), decided) == (sorted(typed), typed)


def sent(shown: DefinitionForm, **otherwise: str) -> DefinitionForm:
    """Return the form as a browser sends it: every line of a text ends in two characters."""
    values = {name: shown[name].value() for name in shown.fields}
    data = {
        name: "" if value is None else str(value).replace("\n", "\r\n")
        for name, value in values.items()
    }
    made = DefinitionForm(
        {**data, "domain": "customer", **otherwise}, kind=shown.kind, key="k",
        said=None, base=0,
    )  # fmt: skip
    del made.fields["domain"]
    return made


@pytest.mark.parametrize(
    "rule",
    [
        "email", " E-mail ", "{odd}", '"quoted"', {"column": "email"}, {},
        {"columns": ["a", {"column": "b", "prefix": "é:"}], "join": "\n"},
    ],
    ids=str,
)  # fmt: skip
def test_a_mappings_rule_that_is_left_as_it_is_stays_as_it_is(rule):
    typed = sent(form("mapping", rule=rule))

    assert (typed.errors, typed.cleaned_data["part_rule"]) == ({}, rule)


def test_a_mappings_rule_is_shown_as_a_name_or_as_a_table():
    shown = [
        form("mapping", rule=rule)["part_rule"].value()
        for rule in ("email", {"column": "email", "lookup": True})
    ]

    assert shown == ["email", '{\n  "column": "email",\n  "lookup": true\n}']


def test_a_rule_that_was_refused_is_shown_as_it_was_typed():
    typed = sent(form("mapping", rule="email"), part_rule='{"column": email}')

    assert typed.errors["part_rule"] == [
        "This is no table: expecting value in line 1, column 12. Write "
        '{"name": value, …}.'
    ]
    assert typed["part_rule"].value() == '{"column": email}'


def test_lines_of_a_text_stay_the_lines_they_were():
    typed = sent(form("channel", name="E-mail", position=1, meaning="One.\nTwo."))

    assert (typed.errors, typed.cleaned_data["part_meaning"]) == ({}, "One.\nTwo.")


@pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
def test_a_tab_between_columns_stays_one(delimiter):
    typed = sent(form("stream", position=1, grain="order", delimiter=delimiter))

    assert (typed.errors, typed.cleaned_data["part_delimiter"]) == ({}, delimiter)


def test_blanks_around_a_text_are_left_out():
    typed = sent(form("channel", name="E-mail", position=1), part_name="  Mail \r\n")

    assert typed.errors == {}
    assert typed.cleaned_data["part_name"] == "Mail"
