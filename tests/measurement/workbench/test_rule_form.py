"""Rules in words: what is shown of one says the same rule again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measurement import rules
from measurement.workbench import rule_form, spelling
from measurement.workbench.rule_form import RuleForm

pytestmark = pytest.mark.django_db

COLUMNS = ["id", "mail", "other mail", "at", "n", "price"]


def form(key: str, rule=None, typed: dict[str, str] | None = None) -> RuleForm:
    data = None if typed is None else {"base": "0", **typed}
    if data is not None:
        data = {f"{key}-{name}": value for name, value in data.items()}
    return RuleForm(
        data, key=key, label=key, grain="customer", columns=COLUMNS, rule=rule, base=0
    )


def sent_back(shown: RuleForm, rule) -> RuleForm:
    """Return the form as a browser sends it, with nothing changed."""
    typed = {name: shown[name].value() for name in shown.fields}
    return form(
        shown.key, rule,
        {name: "" if value is None else str(value) for name, value in typed.items()},
    )  # fmt: skip


NAMES = st.sampled_from(COLUMNS)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
AROUND = st.fixed_dictionaries(
    {},
    optional={
        "prefix": WORDS, "strip_suffix": WORDS, "separator": WORDS,
        "part": st.integers(1, 9), "default": WORDS,
        "values": st.dictionaries(WORDS, WORDS | st.just(""), max_size=3),
        "prefixes": st.dictionaries(WORDS, WORDS, max_size=2),
        "zone": st.sampled_from(["", "UTC", "Europe/Berlin"]),
    },
)  # fmt: skip
RULES = (
    NAMES
    | st.builds(lambda name, more: {"column": name, **more}, NAMES, AROUND)
    | st.builds(
        lambda names, more: {"columns": names, **more},
        st.lists(NAMES | st.builds(lambda n: {"column": n, "prefix": "x"}, NAMES),
                 min_size=1, max_size=4),
        AROUND | st.just({"join": ""}) | st.just({"join": ", "}),
    )
    | st.builds(lambda value: {"constant": value}, WORDS | st.integers() | st.booleans())
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(RULES)
def test_a_rule_that_is_shown_and_sent_back_is_the_same_rule(rule):
    rules.read(rule, place="customer.email")

    again = sent_back(form("customer.email", rule), rule)

    assert again.is_valid(), again.errors
    assert again.wanted().rule == rule


@settings(max_examples=150, deadline=None)
@given(RULES)
def test_a_rule_written_out_is_read_as_the_same_rule(rule):
    assert spelling.read(spelling.written(rule)) == rule


@pytest.mark.parametrize("rule", [
    {"column": "id", "lookup": True},
    {"column": "id", "lookup": True, "system": "shop"},
    "id",
    {"columns": ["id", "n"], "lookup": True},
])  # fmt: skip
def test_a_reference_keeps_saying_that_it_is_looked_up_or_not(rule):
    from tests import make

    make.system("shop")

    again = sent_back(form("identifier.customer", rule), rule)

    assert again.is_valid(), again.errors
    assert again.wanted().rule == rule


def test_a_new_reference_says_that_it_is_looked_up():
    typed = form("identifier.customer", None, {"made": "column", "one": "id"})

    assert typed.is_valid()
    assert typed.wanted().rule == {"column": "id", "lookup": True}


@pytest.mark.parametrize(
    ("key", "typed", "rule"),
    [
        ("customer.email", {"made": "column", "one": "mail"}, "mail"),
        ("customer.email", {"made": "first", "one": "mail", "two": "other mail"},
         {"columns": ["mail", "other mail"]}),
        ("customer.email", {"made": "joined", "one": "mail", "two": "n", "join": " "},
         {"columns": ["mail", "n"], "join": " "}),
        ("customer.country", {"made": "constant", "constant": "GB"}, {"constant": "GB"}),
        ("order_line.amount", {"made": "multiply", "one": "n", "two": "price",
                               "decimals": "2"},
         {"multiply": ["n", "price"], "decimals": 2}),
        ("order_line.amount", {"made": "column", "one": "price", "decimals": "0"},
         {"column": "price", "decimals": 0}),
        ("customer.created_at", {"made": "column", "one": "at", "zone": "Asia/Tokyo"},
         {"column": "at", "zone": "Asia/Tokyo"}),
        ("customer.status", {"made": "column", "one": "n",
                             "values": "1 = active\n\n2=lapsed\n3 ="},
         {"column": "n", "values": {"1": "active", "2": "lapsed", "3": ""}}),
        ("customer.email", {"made": "column", "one": "mail", "part": "2"}, "mail"),
        ("customer.email", {"made": "column", "one": "mail", "separator": ";",
                            "part": "2"},
         {"column": "mail", "separator": ";", "part": 2}),
        ("customer.source_id", {"made": "ordinal_within", "one": "id", "before": "x"},
         {"ordinal_within": "id"}),
        ("customer.is_guest", {"made": "repeats_within", "one": "id"},
         {"repeats_within": "id"}),
        ("customer.email", {"made": "written",
                            "written": '{ columns = ["mail",\n{ column = "id" }] }'},
         {"columns": ["mail", {"column": "id"}]}),
        ("customer.email", {"made": "nothing", "one": "mail"}, None),
        ("identifier.when_filled", {"made": "column", "one": "id"}, "id"),
    ],
)  # fmt: skip
def test_what_is_typed_becomes_a_rule(key, typed, rule):
    filled = form(key, None, typed)
    filled.is_looked_up = False

    assert filled.is_valid(), filled.errors
    assert filled.wanted().rule == rule


@pytest.mark.parametrize(
    ("key", "typed", "field", "sentence"),
    [
        ("customer.email", {"made": "column"}, "one", "Choose a column."),
        ("customer.email", {"made": "joined", "one": "mail"}, "one",
         "Choose two columns."),
        ("customer.email", {"made": "column", "one": "no such"}, "one",
         "Select a valid choice. no such is not one of the available choices."),
        ("customer.email", {"made": "multiply", "one": "n", "two": "price"}, "made",
         "Select a valid choice. multiply is not one of the available choices."),
        ("customer.created_at", {"made": "column", "one": "at", "zone": "Mars"}, "zone",
         "There is no time zone Mars. Write one such as Europe/Berlin."),
        ("customer.status", {"made": "column", "one": "n", "values": "paid"}, "values",
         "“paid” says nothing. Write old = new."),
        ("customer.email", {"made": "written", "written": "{ columns = "}, "written",
         'This cannot be read. Write it as a mapping file does: { column = "at", '
         'zone = "UTC" }.'),
        ("customer.email", {"made": "written", "written": "7"}, "written",
         'Write a column\'s name in quotes, or { column = "…" }.'),
        ("customer.email", {"made": "written", "written": '{ colum = "at" }'}, "written",
         "The rule of customer.email names no column. Write one of column, columns, "
         "constant, multiply, ordinal_within, repeats_within."),
        ("customer.email", {"made": "written", "written": '"a"\nother = "b"'}, "written",
         'This cannot be read. Write it as a mapping file does: { column = "at", '
         'zone = "UTC" }.'),
    ],
)  # fmt: skip
def test_what_is_no_rule_is_refused_where_it_was_typed(key, typed, field, sentence):
    filled = form(key, None, typed)

    assert not filled.is_valid()
    assert filled.errors == {field: [sentence]}


@pytest.mark.parametrize(
    ("key", "made"),
    [
        ("customer.email", "column first joined constant written nothing"),
        ("customer.source_id",
         "column first joined constant ordinal_within written nothing"),
        ("order.source_id", "column first joined constant written nothing"),
        ("order_line.amount", "column first joined constant multiply written nothing"),
        ("customer.is_guest",
         "column first joined constant repeats_within written nothing"),
        ("order.when_empty", "column nothing"),
    ],
)  # fmt: skip
def test_only_what_makes_sense_of_a_field_is_offered(key, made):
    offered = [value for value, _label in form(key).fields["made"].choices]

    assert offered == made.split()
    assert set(offered) <= set(rule_form.MADE)
