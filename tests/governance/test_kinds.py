"""What each kind of definition holds, and what is said of one that does not."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance import kinds
from governance.models import Kind
from tests.governance.requests import FIELD, KPI

UNKEEPABLE = "it holds a character or a number that cannot be written down."


@dataclass(frozen=True)
class Said:
    kind: str = "kpi"
    key: str = "ltv_90"
    domain_id: str = "customer"
    state: str = "active"
    successor: str = ""
    body: dict[str, Any] = field(default_factory=lambda: kinds.normal("kpi", KPI))


def kpi(**parts):
    return Said(body=kinds.normal("kpi", {**KPI, **parts}))


def problems(*said):
    return list(kinds.problems(said))


def test_every_kind_there_is_is_described():
    assert set(kinds.KINDS) == set(Kind.values)


def test_a_sound_definition_has_no_problems():
    assert problems(Said(), Said("field", body=kinds.normal("field", FIELD))) == []


def test_every_default_is_a_value_its_part_would_take():
    wrong = [
        (kind, part.name, part.problem(part.default))
        for kind, parts in kinds.KINDS.items()
        for part in parts
        if not part.is_needed and part.problem(part.default)
    ]

    assert wrong == []


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_what_is_needed_and_not_said_is_named_with_its_meaning(kind):
    needed = [part for part in kinds.KINDS[kind] if part.is_needed]

    found = problems(Said(kind, "k", body=kinds.normal(kind, {})))

    assert found == [
        f"{kind} k: {part.name} is missing: {part.meaning}" for part in needed
    ]


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"name": 7}, "name is 7; expected is a text."),
        ({"name": None}, "name is None; expected is a text."),
        ({"name": " \t"}, "name is empty: What people call it."),
        ({"min_n": "9"}, "min_n is '9'; expected is a whole number."),
        ({"min_n": 9.0}, "min_n is 9.0; expected is a whole number."),
        ({"min_n": True}, "min_n is True; expected is a whole number."),
        ({"min_n": -1}, "min_n is -1; nothing is counted below zero."),
        ({"parameters": []}, "parameters is []; expected is a table."),
        (
            {"comparison": "Restated"},
            "comparison is 'Restated'; it is one of restated, reset, bridged.",
        ),
        (
            {"comparison": ""},
            "comparison is ''; it is one of restated, reset, bridged.",
        ),
    ],
)
def test_a_part_that_is_not_what_it_should_be(parts, sentence):
    assert problems(kpi(**parts)) == [f"kpi ltv_90: {sentence}"]


@pytest.mark.parametrize(
    "parts",
    [
        {"min_n": 0},
        {"min_n": 10**30},
        {"name": "Größe ≥ 5 — 价值 🙂"},
        {"parameters": {"deep": [{"er": [1.5, None, True, "ü"]}]}},
    ],
)
def test_odd_values_that_are_none_the_less_sound(parts):
    assert problems(kpi(**parts)) == []


@pytest.mark.parametrize(
    "parts",
    [
        {"name": "nul\0"},
        {"name": "half\ud800"},
        {"parameters": {"rate": float("nan")}},
        {"parameters": {"rate": [float("inf")]}},
        {"parameters": {"nul\0": 1}},
        {"parameters": {"since": date(2026, 3, 2)}},
    ],
)
def test_what_the_database_could_not_keep(parts):
    assert problems(kpi(**parts)) == [f"kpi ltv_90: {UNKEEPABLE}"]


def test_a_kind_there_is_not():
    assert problems(Said("metric")) == [
        f"metric ltv_90: there is no such kind; there are {', '.join(kinds.KINDS)}."
    ]


def test_a_part_there_is_not_is_named_with_those_there_are():
    assert problems(Said("mapping", "m", body={"rule": {}, "rules": {}, 7: ""})) == [
        "mapping m: it has no '7'; it has rule.",
        "mapping m: it has no 'rules'; it has rule.",
    ]


@pytest.mark.parametrize("key", ["a\nb", "a\r", "\ta", "a\u2028b", "a\x7fb"])
def test_a_key_is_one_line_that_is_seen(key):
    # The list of definitions leads to the page of each, and could not lead there.
    assert problems(Said(key=key)) == [
        f"kpi {key}: a key has no line break, no tab and nothing else that is not seen."
    ]


@pytest.mark.parametrize("key", ["", "  "])
def test_a_definition_has_a_key(key):
    assert problems(Said(key=key)) == [f"kpi {key}: it has no key."]


@pytest.mark.parametrize(
    ("length", "expected"), [(200, 0), (201, 1)], ids=["fits", "too long"]
)
def test_a_key_has_at_most_two_hundred_characters(length, expected):
    assert len(problems(Said(key="k" * length))) == expected


def test_a_state_there_is_not():
    assert problems(Said(state="asleep")) == [
        "kpi ltv_90: its state is 'asleep'; it is one of active, deprecated, retired."
    ]


def test_only_what_is_given_up_has_a_successor():
    assert problems(Said(successor="ltv_365")) == [
        "kpi ltv_90: an active definition has no successor."
    ]
    assert problems(Said(state="deprecated", successor="ltv_365")) == []


def test_the_same_key_of_two_kinds_is_two_definitions():
    two = Said("dimension", body={"name": "n", "meaning": "m", "values": {}})

    assert problems(Said(), two) == []
    assert problems(Said(), Said()) == ["kpi ltv_90 is asked for twice. Say it once."]


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(sorted(kinds.KINDS)),
    st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text()),
)
def test_normal_says_nothing_else_and_says_it_once(kind, body):
    once = kinds.normal(kind, body)

    assert kinds.normal(kind, once) == once
    assert {name: once[name] for name in body} == body
