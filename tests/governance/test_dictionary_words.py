"""A definition's parts and its changes, as a reader gets them."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance import dictionary, kinds

KPI = {
    "name": "LTV", "meaning": "What a person bought.", "formula": "ltv", "grain": "person",
    "unit": "USD", "window_days": 90,
}  # fmt: skip


def said(kind: str = "kpi", *, domain="finance", state="active", successor="", **body):
    return SimpleNamespace(
        kind=kind, key="k", domain_id=domain, state=state, successor=successor,
        body={**KPI, **body} if kind == "kpi" else body,
    )  # fmt: skip


def told(before, after) -> list[tuple[str, str, str]]:
    return [
        (one.label, one.before, one.after)
        for one in dictionary.differences(before, after)
    ]


def test_every_part_is_told_in_the_order_of_its_kind_and_none_is_left_out():
    shown = dictionary.lines("kpi", {**KPI, "parameters": {"days": 90, "net": True}})

    assert [(line.label, line.words, line.rows) for line in shown] == [
        ("Formula", "ltv", ()),
        ("Parameters", "", (("days", "90"), ("net", "yes"))),
        ("Grain", "person", ()),
        ("Unit", "USD", ()),
        ("Window in days", "90", ()),
        ("Refund calendar", "order", ()),
        ("Least people", "0", ()),
        ("Comparison", "restated", ()),
        ("Decision", "not said", ()),
    ]


def test_a_part_no_kind_knows_any_more_is_told_all_the_same():
    shown = dictionary.lines(
        "channel", {"name": "E-mail", "position": 1, "colour": "red"}
    )

    assert [(line.label, line.words) for line in shown] == [
        ("Position", "1"), ("Colour", "red"),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", list(kinds.KINDS))
def test_every_part_of_every_kind_has_words_of_its_own(kind):
    parts = kinds.KINDS[kind]
    labels = [line.label for line in dictionary.lines(kind, dict.fromkeys((part.name for part in parts), "x"))]  # fmt: skip

    assert len(set(labels)) == len([part for part in parts if part.name not in {"name", "meaning"}])  # fmt: skip


def test_what_says_the_same_has_no_differences():
    assert told(said(), said()) == []


def test_a_part_left_out_is_the_same_as_its_default():
    assert told(said(), said(min_n=0, comparison="restated")) == []


def test_a_first_version_differs_from_nothing():
    assert told(None, said()) == []


def test_each_part_that_changed_is_told_before_and_after():
    assert told(said(), said(window_days=60, min_n=30, unit="EUR")) == [
        ("Unit", "USD", "EUR"), ("Window in days", "90", "60"), ("Least people", "0", "30"),
    ]  # fmt: skip


def test_another_domain_state_or_successor_is_a_difference_too():
    after = said(domain="growth", state="retired", successor="ltv_180")

    assert told(said(), after) == [
        ("Domain", "finance", "growth"), ("State", "active", "retired"),
        ("Successor", "not said", "ltv_180"),
    ]  # fmt: skip


def test_a_table_differs_by_its_entries():
    before = said(parameters={"days": 90, "gone": "x", "same": 1})

    assert told(before, said(parameters={"days": 60, "same": 1, "new": True})) == [
        ("Parameters: days", "90", "60"), ("Parameters: new", "", "yes"),
        ("Parameters: gone", "x", ""),
    ]  # fmt: skip


def test_in_a_long_text_only_the_words_that_changed_are_marked():
    before = said(meaning="What a person bought within 90 days of the first order.")
    after = said(meaning="What a person bought within 60 days of the very first order.")

    [meaning] = dictionary.differences(before, after)

    assert [(piece.text, piece.mark) for piece in meaning.pieces] == [
        ("What a person bought within ", ""), ("90", "gone"), ("60", "new"),
        (" days of the ", ""), ("very ", "new"), ("first order.", ""),
    ]  # fmt: skip


def test_texts_with_little_in_common_are_shown_one_after_the_other():
    before = said(meaning="What a person bought within 90 days of the first order.")

    [meaning] = dictionary.differences(before, said(meaning="Money."))

    assert [piece.mark for piece in meaning.pieces] == ["gone", "new"]


def test_in_a_list_only_the_entries_that_changed_are_marked():
    before = said("field", synonyms=["mail", "post box", "inbox"])
    after = said("field", synonyms=["mail", "inbox", "letter box"])

    [synonyms] = dictionary.differences(before, after)

    assert (synonyms.before, synonyms.after) == (
        "mail, post box, inbox", "mail, inbox, letter box",
    )  # fmt: skip
    assert [(piece.text, piece.mark) for piece in synonyms.pieces] == [
        ("mail", ""), (", ", ""), ("post box", "gone"), (", ", ""), ("inbox", ""),
        (", ", ""), ("letter box", "new"),
    ]  # fmt: skip


def test_a_list_that_was_empty_says_that_nothing_was_said():
    before, after = said("field", synonyms=[]), said("field", synonyms=["mail"])

    assert told(before, after) == [("Synonyms", "not said", "mail")]
    assert told(after, before) == [("Synonyms", "mail", "not said")]


TEXT = st.lists(st.sampled_from(["a", "b", "cc", " ", "\n", "é", "90"]), max_size=40)


@given(before=TEXT.map(" ".join), after=TEXT.map(" ".join))
def test_the_pieces_of_a_difference_give_both_texts_again(before, after):
    changed = dictionary.differences(said(meaning=before), said(meaning=after))

    assert [
        tuple(
            "".join(piece.text for piece in one.pieces if piece.mark in ("", mark))
            for mark in ("gone", "new")
        )
        for one in changed
    ] == ([] if before == after else [(before or "not said", after or "not said")])


@pytest.mark.parametrize(
    ("rule", "words", "columns"),
    [
        ("email", "email", ["email"]),
        ({"column": "email"}, "email", ["email"]),
        ({"column": "id", "lookup": True}, "id; looked up among the ids", ["id"]),
        (
            {"column": "id", "prefix": "guest:", "strip_suffix": ".0"},
            "“guest:” before id without “.0”", ["id"],
        ),
        (
            {"columns": ["first", "last"], "join": " "},
            "first and last, joined by “ ”", ["first", "last"],
        ),
        (
            {"columns": [{"columns": ["a", "b"], "join": "-"}, "a"]},
            "the first filled of a and b, joined by “-” and a", ["a", "b"],
        ),
        ({"multiply": ["quantity", "price"]}, "quantity × price", ["quantity", "price"]),
        ({"constant": True}, "always “yes”", []),
        ({"ordinal_within": "order"}, "the row's place within its order", ["order"]),
        (
            {"repeats_within": "order"}, "whether the row repeats within its order",
            ["order"],
        ),
        (
            {"column": "state", "values": {"F": "failed", "?": ""}, "default": "open"},
            "state; “F” becomes “failed”, “?” becomes nothing; default: open", ["state"],
        ),
        ({"when_empty": "customer_id"}, "when empty: customer_id", []),
        ({}, "", []),
    ],
)  # fmt: skip
def test_a_mappings_rule_is_told_in_words_with_the_columns_it_reads(
    rule, words, columns
):
    [line] = dictionary.lines("mapping", {"rule": rule})

    assert dictionary.rule_in_words(rule) == words
    assert (line.words or "not said", dictionary.columns_of(rule)) == (
        words or "not said", columns,
    )  # fmt: skip
