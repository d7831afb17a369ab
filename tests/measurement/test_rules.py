"""The forms a rule may take, and the sentence for every other."""

import pytest

from measurement import rules
from measurement.rules import Column, Constant, Ordinal, Product, Repeat, Rule

PLACE = "shop/orders: order.status"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("email", Rule(Column(("email",)))),
        ({"column": "email"}, Rule(Column(("email",)))),
        ({"column": "who", "lookup": True}, Rule(Column(("who",)))),
        ({"columns": ["mail", "email"]}, Rule(Column(("mail", "email")))),
        (
            {"columns": ["first", "last"], "join": " "},
            Rule(Column(("first", "last"), join=" ")),
        ),
        (
            {"columns": ["who", {"column": "id", "prefix": "guest:"}]},
            Rule(Column(("who", Column(("id",), prefix="guest:")))),
        ),
        (
            {"column": "name", "separator": "-", "part": 2},
            Rule(Column(("name",), separator="-", part=2)),
        ),
        (
            {"column": "name", "separator": "-"},
            Rule(Column(("name",), separator="-", part=1)),
        ),
        (
            {"column": "id", "strip_suffix": ".0"},
            Rule(Column(("id",), strip_suffix=".0")),
        ),
        ({"constant": "paid"}, Rule(Constant("paid"))),
        ({"constant": 7}, Rule(Constant("7"))),
        ({"constant": True}, Rule(Constant("true"))),
        (
            {"constant": "2026-01-01", "zone": "Europe/Berlin"},
            Rule(Constant("2026-01-01"), zone="Europe/Berlin"),
        ),
        ({"multiply": ["n", "price"]}, Rule(Product("n", "price"))),
        (
            {"multiply": ["n", "price"], "decimals": 2},
            Rule(Product("n", "price"), decimals=2),
        ),
        ({"ordinal_within": "id"}, Rule(Ordinal("id"))),
        ({"repeats_within": "id"}, Rule(Repeat("id"))),
        (
            {
                "column": "state",
                "values": {"ok": "paid", "1": 2},
                "prefixes": {"C": "credit"},
                "default": "pending",
            },
            Rule(
                Column(("state",)),
                values=(("ok", "paid"), ("1", "2")),
                prefixes=(("C", "credit"),),
                default="pending",
            ),
        ),
        (
            {"column": "at", "zone": "Europe/London"},
            Rule(Column(("at",)), zone="Europe/London"),
        ),
        ({"column": "total", "decimals": 0}, Rule(Column(("total",)), decimals=0)),
        ({"column": "who", "system": "crm"}, Rule(Column(("who",)), system="crm")),
    ],
)
def test_a_rule_is_read(written, meant):
    assert rules.read(written, place=PLACE) == meant


FORMS = "column, columns, constant, multiply, ordinal_within, repeats_within"


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (
            3,
            'is 3; write a column\'s name or a table such as { column = "email" }.',
        ),
        ("", "takes '' for a column; write its name."),
        ({}, f"names no column. Write one of {FORMS}."),
        ({"prefix": "C"}, f"names no column. Write one of {FORMS}."),
        (
            {"column": "a", "constant": "b"},
            f"has column and constant. Write only one of {FORMS}.",
        ),
        (
            {"column": "a", "colour": "red"},
            "has colour, which does not go with column. With it go: decimals, default, "
            "lookup, part, prefix, prefixes, separator, strip_suffix, system, values, "
            "zone.",
        ),
        (
            {"constant": "a", "values": {}, "prefix": "b"},
            "has prefix, values, which does not go with constant. With it go: lookup, "
            "system, zone.",
        ),
        ({"column": 7}, "takes 7 for a column; write its name."),
        ({"columns": []}, "has columns = []; write a list of names."),
        ({"columns": "ab"}, "has columns = 'ab'; write a list of names."),
        ({"columns": ["a", 7]}, "takes 7 for a column; write its name."),
        (
            {"columns": ["a", {"constant": "b"}]},
            "takes {'constant': 'b'} for a column; write its name, or a table of column "
            "or columns with join, part, prefix, separator, strip_suffix.",
        ),
        (
            {"columns": ["a", {"prefix": "b"}]},
            "takes {'prefix': 'b'} for a column; write its name, or a table of column or "
            "columns with join, part, prefix, separator, strip_suffix.",
        ),
        ({"column": "a", "separator": "-", "part": 0}, "takes part 0; count from 1."),
        (
            {"column": "a", "separator": "-", "part": "b"},
            "takes part 'b'; count from 1.",
        ),
        ({"column": "a", "prefix": 7}, "has prefix = 7; write a text."),
        ({"column": "a", "zone": True}, "has zone = True; write a text."),
        ({"column": "a", "default": 7}, "has default = 7; write a text."),
        (
            {"column": "a", "lookup": False},
            "has lookup = False; write true or leave it out.",
        ),
        (
            {"column": "a", "decimals": "two"},
            "has decimals = 'two'; write how many to keep.",
        ),
        ({"column": "a", "decimals": -1}, "has decimals = -1; write how many to keep."),
        ({"column": "a", "values": "b"}, "has values = 'b'; write a table of texts."),
        (
            {"column": "a", "values": {"b": ["c"]}},
            "has values = {'b': ['c']}; write a table of texts.",
        ),
        (
            {"column": "a", "prefixes": 7},
            "has prefixes = 7; write a table of texts.",
        ),
        ({"constant": ["a"]}, "has the constant ['a']; write it in quotes."),
        ({"multiply": ["a"]}, "multiplies ['a']; name two columns."),
        ({"multiply": "ab"}, "multiplies 'ab'; name two columns."),
        ({"multiply": ["a", 7]}, "takes 7 for a column; write its name."),
        ({"ordinal_within": 7}, "takes 7 for a column; write its name."),
        ({"repeats_within": ""}, "takes '' for a column; write its name."),
    ],
)
def test_what_is_no_rule_is_refused_in_a_sentence(written, sentence):
    with pytest.raises(rules.RuleError) as refused:
        rules.read(written, place=PLACE)

    assert str(refused.value) == f"The rule of {PLACE} {sentence}"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a", ["a"]),
        ({"columns": ["a", {"columns": ["b", "c"]}]}, ["a", "b", "c"]),
        ({"multiply": ["a", "b"]}, ["a", "b"]),
        ({"ordinal_within": "a"}, ["a"]),
        ({"repeats_within": "a"}, ["a"]),
        ({"constant": "a"}, []),
    ],
)
def test_a_rule_knows_the_columns_it_reads(written, read):
    assert list(rules.columns_of(rules.read(written, place=PLACE))) == read


@pytest.mark.parametrize(
    ("written", "column"),
    [
        ("a", "a"),
        ({"column": "a", "decimals": 2}, "a"),
        ({"columns": ["a", "b"]}, ""),
        ({"column": "a", "default": "0"}, ""),
        ({"column": "a", "values": {"x": "0"}}, ""),
        ({"column": "a", "strip_suffix": "%"}, ""),
        ({"constant": "0"}, ""),
    ],
)
def test_a_column_is_plain_where_nothing_is_done_to_its_text(written, column):
    assert rules.plain_column(rules.read(written, place=PLACE)) == column
