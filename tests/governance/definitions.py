"""Definitions of every kind at random, for what must hold of all of them."""

from typing import Any

from hypothesis import strategies as st

from governance.kinds import KINDS, Part, normal

# All that PostgreSQL keeps in a text.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
# What a spreadsheet, YAML or JSON could take for something else.
ODD = st.sampled_from([
    "", " ", "\t", "=1+1", "+1", "-1", "@x", "'", "'=1", "''-", '"', '"a"', '""', "[", "[1]",
    "{", "{}", "a,b;c\td", "a\nb", "a\r\nb", "\r", "yes", "no", "null", "~", "1", "1.0",
    "0x1f", "2026-03-31", "12:30", "<<", "&a", "*a", "!!str", "# no", "a: b", "- a", "%",
    "\u2028", "\x85", "\ufeff", "\x07", "\x7f", "😀", "é", "ＡＢ", "' a", "true", ".inf",
])  # fmt: skip
WORDS = ODD | TEXT
NUMBER = st.integers(-(10**18), 10**18) | st.floats(
    allow_nan=False, allow_infinity=False
)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBER | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
TABLE = st.dictionaries(WORDS, JSON, max_size=3)
SAID = WORDS.filter(lambda text: text.strip() != "")


def of(part: Part) -> st.SearchStrategy[Any]:
    """Return values the part may have."""
    if part.choices:
        return st.sampled_from(part.choices)
    words = SAID if part.is_needed else WORDS
    return {
        "text": words,
        "number": NUMBER,
        "whole number": st.integers(0, 10**18),
        "yes or no": st.booleans(),
        "list": st.lists(WORDS, max_size=3) | st.lists(JSON, max_size=3),
        "table": TABLE,
        "rule": SAID | TABLE,
    }[part.type]


def bodies(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return what a definition of the kind may say, every part of it said."""
    return st.fixed_dictionaries({part.name: of(part) for part in KINDS[kind]}).map(
        lambda body: normal(kind, body)
    )


PARTS = [(kind, part) for kind, parts in KINDS.items() for part in parts]
PARTS_AND_VALUES = st.sampled_from(PARTS).flatmap(
    lambda each: st.tuples(st.just(each[1]), of(each[1]))
)
