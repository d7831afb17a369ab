"""What the engine was told: limits, what nobody's value is, what people said. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Rules:
    """By what the engine decides. All of it is agreed on elsewhere.

    ``merge_at`` and ``ask_at`` are probabilities: from the one on a pair merges by itself,
    from the other on somebody is asked; from ``guess_at`` on it is rather one person.
    ``most_records`` and ``most_surnames`` are how many may share one value of a kind before
    it says nothing; ``blocked`` and ``blocked_patterns`` (``test@*``) are values of a kind
    that are nobody's. ``unique`` are kinds of which one person has but one value, so two
    differing ones are two people. ``clean`` are sources in which nobody stands twice.
    """

    merge_at: float = 0.99
    ask_at: float = 0.2
    guess_at: float = 0.5
    most_records: Mapping[str, int] = field(
        default_factory=lambda: {
            "email": 12,
            "phone": 8,
            "device": 5,
            "cross_id": 8,
            "loyalty": 12,
        }
    )
    most_surnames: int = 4
    blocked: Mapping[str, frozenset[str]] = field(default_factory=dict)
    blocked_patterns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unique: frozenset[str] = frozenset()
    clean: frozenset[str] = frozenset()
    births_forbid: bool = True
    largest_person: int = 50
    patterns_merge: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """What people said of pairs of records: one person, not the same, may not be joined.

    ``walls`` are pairs that consent keeps apart. The engine never overrides any of it.
    """

    together: frozenset[tuple[int, int]] = frozenset()
    apart: frozenset[tuple[int, int]] = frozenset()
    walls: frozenset[tuple[int, int]] = frozenset()


DEFAULT, NOTHING_SAID = Rules(), Said()

MERGE, ASK, HOUSEHOLD, LEAVE = "merge", "ask", "household", "leave"
DECISIONS = (LEAVE, HOUSEHOLD, ASK, MERGE)

# The columns of the tables that come out of a run, so that everybody reads the same.
PAIRS = pa.schema(
    [
        ("left", pa.int64()),
        ("right", pa.int64()),
        ("bits", pa.float64()),
        ("probability", pa.float64()),
        ("decision", pa.string()),
        ("reason", pa.string()),
    ]
)
PEOPLE = pa.schema([("record", pa.int64()), ("person", pa.int64())])
QUARANTINE = pa.schema(
    [
        ("kind", pa.string()),
        ("value", pa.string()),
        ("records", pa.int64()),
        ("surnames", pa.int64()),
        ("reason", pa.string()),
    ]
)
