"""Campaign rules as people read them, and that the words are true."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.models import Kind
from governance.playbook.patterns import in_words
from governance.starter import pack

WORDS = st.lists(
    st.text("abcdefghij", min_size=1, max_size=8), min_size=1, max_size=6, unique=True
)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("", ""),
        ("^$", "is empty"),
        (".", "is filled"),
        ("^cpc$", "is cpc"),
        ("^(cpc|ppc)$", "is cpc or ppc"),
        ("^(a|b|c)$", "is a, b or c"),
        ("^news", "begins with news"),
        ("news$", "ends with news"),
        ("news", "contains news"),
        ("^a$|^b|c$|d", "is a; or begins with b; or ends with c; or contains d"),
        (r"^customer\.io$", "is customer.io"),
        ("^affiliates?$", "is affiliate(s)"),
        ("^impact(radius)?$", "is impact(radius)"),
        ("^paid[ _-]?search$", "is paid search"),
        ("^aff[_-]?[0-9]+", "begins with aff number"),
        ("(^|[ _-])(cpc|ads?)([ _-]|$)", "has the word cpc or ad(s)"),
        (r"^\(?direct\)?$", "is direct"),
        (r"^(\(?(none|not set)\)?)?$", "is empty, none or not set"),
        (r"^[a-z-]+://([a-z0-9-]+\.)*(bing|qwant)\.[a-z.]+(/|$)", "is a page of bing or qwant"),
        (r"^(www\.)?bing\b", "begins with (www.)bing"),
    ],
    ids=lambda text: text[:40] or "nothing",
)  # fmt: skip
def test_a_pattern_is_said_in_words(pattern, words):
    assert in_words(pattern) == words


@pytest.mark.parametrize(
    "pattern",
    ["^(?=a)", "a{3}", r"\d+", "a*", "(a|b)+", "[abc]", "^(a", "a|*", ".x", "x\\w"],
)
def test_what_says_more_than_a_list_of_words_is_left_as_it_is(pattern):
    assert in_words(pattern) == ""


def test_a_list_nobody_would_read_is_left_as_it_is():
    few, many = ("|".join(f"tag{n}" for n in range(count)) for count in (24, 25))

    assert in_words(f"^({few})$").startswith("is tag0, tag1")
    assert in_words(f"^({many})$") == ""


@given(words=WORDS)
@settings(max_examples=60)
def test_every_word_that_is_named_matches(words):
    pattern = f"^({'|'.join(words)})$"

    named = in_words(pattern).removeprefix("is ").replace(" or ", ", ").split(", ")

    assert named == words
    assert [each for each in named if not re.search(pattern, each)] == []


@given(pattern=st.text("ab|()[]?+*^$\\.- _{", max_size=12))
@settings(max_examples=300)
def test_no_pattern_is_too_odd_to_be_read(pattern):
    assert isinstance(in_words(pattern), str)


def test_nearly_every_rule_we_begin_with_is_said_in_words():
    patterns = [
        said
        for each in pack.definitions()
        if each.kind == Kind.CAMPAIGN_RULE
        for part in ("source", "medium", "campaign", "referrer")
        if (said := each.body[part])
    ]

    left = [pattern for pattern in patterns if not in_words(pattern)]

    assert (len(patterns), len(left)) == (41, 2)
