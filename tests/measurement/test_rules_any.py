"""What holds of every rule, however it is put together."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measurement import rules
from measurement.rules import Column, Constant, Rule, RuleError

PLACE = "shop/orders: order.status"
NAMES = st.sampled_from(["id", "a b", "ö", "E-Mail", "x.y"])
TEXTS = st.text(max_size=3)
ON_TEXT = {
    "prefix": TEXTS,
    "strip_suffix": TEXTS,
    "separator": TEXTS,
    "part": st.integers(1, 9),
}
AROUND = {
    "values": st.dictionaries(TEXTS, TEXTS | st.integers() | st.booleans(), max_size=3),
    "prefixes": st.dictionaries(TEXTS, TEXTS, max_size=3),
    "default": TEXTS,
    "zone": TEXTS,
    "system": TEXTS,
    "decimals": st.integers(0, 9),
    "lookup": st.just(True),
}


def of_columns(inner):
    return st.fixed_dictionaries(
        {"columns": st.lists(inner, min_size=1, max_size=3)},
        optional=ON_TEXT | {"join": TEXTS},
    )


def around(form):
    return st.builds(
        lambda one, other: one | other, form, st.fixed_dictionaries({}, optional=AROUND)
    )


ONE_COLUMN = st.fixed_dictionaries({"column": NAMES}, optional=ON_TEXT)
NESTED = st.recursive(NAMES | ONE_COLUMN, of_columns, max_leaves=6)
WRITTEN = (
    NAMES
    | around(ONE_COLUMN)
    | around(of_columns(NESTED))
    | st.fixed_dictionaries({"constant": TEXTS | st.integers() | st.booleans()})
    | st.fixed_dictionaries({"multiply": st.lists(NAMES, min_size=2, max_size=2)})
    | st.fixed_dictionaries({"ordinal_within": NAMES})
    | st.fixed_dictionaries({"repeats_within": NAMES})
)
COLUMN_KEYS = {"column", "columns", "multiply", "ordinal_within", "repeats_within"}


def named_in(written) -> list[str]:
    """Return the columns a rule names, found without reading it as a rule."""
    if isinstance(written, str):
        return [written]
    if isinstance(written, list):
        return [name for each in written for name in named_in(each)]
    return [
        name
        for key, value in written.items()
        if key in COLUMN_KEYS
        for name in named_in(value)
    ]


@settings(max_examples=60, deadline=None)
@given(WRITTEN)
def test_a_rule_reads_exactly_the_columns_it_names(written):
    rule = rules.read(written, place=PLACE)

    assert list(rules.columns_of(rule)) == named_in(written)


@settings(max_examples=60, deadline=None)
@given(WRITTEN)
def test_a_rule_is_the_same_after_it_was_kept_in_the_registry(written):
    kept = json.loads(json.dumps(written))

    assert rules.read(kept, place=PLACE) == rules.read(written, place=PLACE)


@settings(max_examples=60, deadline=None)
@given(WRITTEN)
def test_a_plain_column_is_the_only_one_and_nothing_is_done_to_it(written):
    rule = rules.read(written, place=PLACE)
    name = rules.plain_column(rule)

    done_to_it = (rule.values, rule.prefixes, rule.default)
    is_bare = rule.source == Column(tuple(named_in(written)))
    expected = "".join(named_in(written)) if done_to_it == ((), (), None) else ""
    assert name == (expected if is_bare and len(named_in(written)) == 1 else "")


@settings(max_examples=60, deadline=None)
@given(WRITTEN, st.sampled_from(["colour", "Column", "sql", "expression"]))
def test_a_key_nobody_knows_is_never_passed_over(written, key):
    given_with = {"column": written} if isinstance(written, str) else written

    with pytest.raises(RuleError) as refused:
        rules.read({**given_with, key: "x"}, place=PLACE)

    assert f" has {key}, which does not go with " in str(refused.value)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*COLUMN_KEYS, *ON_TEXT, *AROUND, "constant", "x"]), inner
        )
    ),
    max_leaves=8,
)


@settings(max_examples=120, deadline=None)
@given(ANYTHING)
def test_whatever_stands_there_is_a_rule_or_refused_by_its_place(written):
    try:
        rule = rules.read(written, place=PLACE)
    except RuleError as refused:
        assert str(refused).startswith(f"The rule of {PLACE} ")
    else:
        assert isinstance(rule, Rule)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_constant_is_no_number_without_an_end(number):
    with pytest.raises(RuleError) as refused:
        rules.read({"constant": number}, place=PLACE)

    assert str(refused.value) == (
        f"The rule of {PLACE} has the constant {number!r}; write it in quotes."
    )


@pytest.mark.parametrize(
    ("written", "text"), [(True, "true"), (False, "false"), (0, "0"), ("True", "True")]
)
def test_a_value_is_written_the_same_in_a_table_and_as_a_constant(written, text):
    constant = rules.read({"constant": written}, place=PLACE)
    table = rules.read({"column": "a", "values": {"x": written}}, place=PLACE)

    assert (constant.source, table.values) == (Constant(text), (("x", text),))


def test_an_inner_column_is_one_or_several_and_not_both():
    with pytest.raises(RuleError) as refused:
        rules.read({"columns": [{"column": "a", "columns": ["b"]}]}, place=PLACE)

    assert str(refused.value) == (
        f"The rule of {PLACE} takes {{'column': 'a', 'columns': ['b']}} for a column; "
        f"write its name, or a table of column or columns with join, part, prefix, "
        f"separator, strip_suffix."
    )


def test_a_name_keeps_its_blanks_and_capitals():
    assert rules.read(" E-Mail ", place=PLACE) == Rule(Column((" E-Mail ",)))
