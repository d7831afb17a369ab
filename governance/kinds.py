"""What each kind of definition holds, and what is wrong with one that does not. Pure."""

import math
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from governance.models.versions import Kind, State
from governance.parts import Part, label_of

__all__ = [
    "KINDS",
    "OF_IDENTITY",
    "OF_SOURCES",
    "Part",
    "Said",
    "label_of",
    "normal",
    "problems",
    "says",
]

_LONGEST_KEY = 200
# Control characters, and what ends a line or a paragraph.
_UNSEEN = {"Cc", "Zl", "Zp"}
# What decides how rows are read; everything else is about rows that are there.
OF_SOURCES = frozenset(
    {Kind.STOREFRONT, Kind.SOURCE, Kind.STREAM, Kind.MAPPING, Kind.OWNERSHIP}
)
# What decides who is who.
OF_IDENTITY = frozenset({Kind.IDENTITY, Kind.IDENTIFIER})


class Said(Protocol):
    """What a version and an operation have in common."""

    kind: str
    key: str
    domain_id: str
    state: str
    successor: str
    body: dict[str, Any]


_NAME = Part("name", "text", "What people call it.")
_MEANING = Part("meaning", "text", "What it says, in a sentence or two.")
_DECISION = Part("decision", "text", "The decision it serves.", "")

KINDS: dict[str, tuple[Part, ...]] = {
    Kind.FIELD: (
        _NAME,
        _MEANING,
        Part(
            "type",
            "text",
            "What a value of it is.",
            choices=("text", "id", "number", "money", "moment", "day", "yes or no"),
        ),
        Part("unit", "text", "What its numbers count.", ""),
        Part("example", "text", "A value as it might stand there.", ""),
        Part(
            "sensitivity",
            "text",
            "Whether it says something of a person.",
            "none",
            ("none", "personal", "sensitive"),
        ),
        Part("required", "yes or no", "Whether a row without it is rejected.", False),
        Part(
            "computed", "yes or no", "Whether we work it out; no source says it.", False
        ),
        _DECISION,
        Part("synonyms", "list", "What else people call it.", []),
    ),
    Kind.OWNERSHIP: (
        Part("owner", "text", "The kind of system, or the system, whose value counts."),
        Part("fallbacks", "list", "Whose value counts where the owner has none.", []),
        Part(
            "survivorship",
            "text",
            "Which value counts of several records of one person.",
            "newest",
            ("newest", "oldest", "owner", "longest"),
        ),
    ),
    Kind.MAPPING: (Part("rule", "rule", "How the source's columns make the field."),),
    Kind.STOREFRONT: (
        _NAME,
        Part("time_zone", "text", "Where its days begin."),
        Part("currency", "text", "What it sells in."),
        Part("is_generated", "yes or no", "Whether its rows were made up.", False),
        Part("generated_note", "text", "What in it was made up.", ""),
        Part("panel_starts_on", "text", "The first day of a panel.", ""),
    ),
    Kind.SOURCE: (
        _NAME,
        Part("kind", "text", "What it is.", choices=("shop", "crm", "web", "ads")),
        Part("storefront", "text", "The storefront it speaks of."),
        Part("time_zone", "text", "Of its moments that say none."),
        Part("currency", "text", "Of its amounts that say none."),
        Part("cadence", "text", "How often it sends.", "daily"),
    ),
    Kind.STREAM: (
        Part("position", "whole number", "Parents are loaded before children."),
        Part("grain", "text", "What one row of it is."),
        Part("delimiter", "text", "Between its columns.", ","),
        Part("encoding", "text", "Of its text.", "utf-8"),
        Part("is_generated", "yes or no", "Whether its rows were made up.", False),
    ),
    Kind.CHANNEL: (
        _NAME,
        Part("position", "whole number", "Where it stands in lists."),
        Part("meaning", "text", "Who comes by it.", ""),
    ),
    Kind.CAMPAIGN_RULE: (
        Part("position", "whole number", "The first rule that matches wins."),
        Part("channel", "text", "The channel of visits that match."),
        Part("source", "text", "A pattern of utm_source.", ""),
        Part("medium", "text", "A pattern of utm_medium.", ""),
        Part("campaign", "text", "A pattern of utm_campaign.", ""),
        Part("referrer", "text", "A pattern of the referring address.", ""),
    ),
    Kind.DIMENSION: (
        _NAME,
        _MEANING,
        Part("values", "table", "Each allowed value and what it means."),
    ),
    Kind.KPI: (
        _NAME,
        _MEANING,
        Part("formula", "text", "The key of the calculation."),
        Part("parameters", "table", "What the calculation is given.", {}),
        Part("grain", "text", "What one value of it is of."),
        Part("unit", "text", "What its numbers count."),
        Part(
            "window_days", "whole number", "How long a person is watched; 0: always.", 0
        ),
        Part(
            "refund_calendar",
            "text",
            "The day a refund counts on.",
            "order",
            ("order", "refund", "none"),
        ),
        Part("min_n", "whole number", "Below so many it is not shown.", 0),
        Part(
            "comparison",
            "text",
            "What a new version does to earlier charts.",
            "restated",
            ("restated", "reset", "bridged"),
        ),
        _DECISION,
    ),
    Kind.ATTRIBUTION: (
        _NAME,
        _MEANING,
        Part("formula", "text", "The key of the calculation."),
        Part("lookback_days", "whole number", "How old a touch may be."),
        Part("parameters", "table", "What the calculation is given.", {}),
    ),
    Kind.IDENTITY: (
        _NAME,
        _MEANING,
        Part("parameters", "table", "Thresholds, caps and patterns by name."),
    ),
    Kind.IDENTIFIER: (
        _NAME,
        _MEANING,
        Part(
            "trust",
            "text",
            "What it may do: join people, only ask, only attach a visitor, or nothing.",
            choices=("joins", "asks", "attaches", "nothing"),
        ),
        Part("priority", "whole number", "The lowest is looked at first."),
        Part("merges_with", "list", "What must agree beside it to join unscored.", []),
        Part("most_people", "whole number", "On more it joins nobody; 0: no limit.", 0),
        Part(
            "most_surnames",
            "whole number",
            "With more last names it joins nobody; 0: no limit.",
            0,
        ),
        Part(
            "most_values",
            "whole number",
            "A person with more within the window is several; 0: no limit.",
            0,
        ),
        Part("window_days", "whole number", "How far back it counts; 0: always.", 0),
        Part("is_unique", "yes or no", "Whether two values are two people.", False),
        Part(
            "in_household", "yes or no", "Whether people of a home may share it.", False
        ),
        Part("consent", "text", "The purpose a person must have agreed to.", ""),
        Part("blocked_values", "list", "Values that are nobody's own.", []),
        Part("blocked_patterns", "list", "Patterns of such values: * is any text.", []),
    ),
    Kind.CONSENT: (
        _NAME,
        _MEANING,
        Part("needed_for", "list", "What may not be done without it.", []),
    ),
    Kind.QUALITY: (
        _NAME,
        _MEANING,
        Part("dataset", "text", "What is looked at."),
        Part("metric", "text", "What is measured of it."),
        Part("parameters", "table", "Limits and windows by name.", {}),
        Part(
            "severity",
            "text",
            "What a failure does.",
            "warn",
            ("block", "warn", "note"),
        ),
    ),
    Kind.PERMISSION: (
        Part("roles", "list", "The roles the account has.", of="role"),
        Part("owns", "list", "The domains it answers for.", [], of="domain"),
        Part("stewards", "list", "The domains it looks after.", [], of="domain"),
    ),
}


def normal(kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body with every part it does not say at its default.

    So two definitions that say the same are the same, however much was left out.

    >>> normal("channel", {"name": "E-mail", "position": 3})
    {'name': 'E-mail', 'position': 3, 'meaning': ''}
    """
    defaults = {
        part.name: part.default
        for part in KINDS.get(kind, ())
        if not part.is_needed and part.name not in body
    }
    return {**body, **defaults}


def problems(said: Iterable[Said]) -> Iterator[str]:
    """Yield, in words, what is wrong with definitions taken by themselves."""
    seen: set[tuple[str, str]] = set()
    for each in said:
        if (each.kind, each.key) in seen:
            yield f"{each.kind} {each.key} is asked for twice. Say it once."
        seen.add((each.kind, each.key))
        for found in _problems_of(each):
            yield f"{each.kind} {each.key}: {found}"


def _problems_of(said: Said) -> Iterator[str]:
    if said.kind not in KINDS:
        yield f"there is no such kind; there are {', '.join(KINDS)}."
        return
    if _cannot_be_kept([said.key, said.successor, said.body]):
        yield "it holds a character or a number that cannot be written down."
        return
    if not said.key.strip():
        yield "it has no key."
    if max(len(said.key), len(said.successor)) > _LONGEST_KEY:
        yield f"a key has at most {_LONGEST_KEY} characters."
    # It stands in the address of the definition's page, which has one line.
    if any(unicodedata.category(each) in _UNSEEN for each in said.key + said.successor):
        yield "a key has no line break, no tab and nothing else that is not seen."
    yield from _problems_of_body(KINDS[said.kind], said.body)
    if said.state not in State.values:
        yield f"its state is '{said.state}'; it is one of {', '.join(State.values)}."
    if said.successor and said.state == State.ACTIVE:
        yield "an active definition has no successor."


def _problems_of_body(known: Iterable[Part], body: Mapping[str, Any]) -> Iterator[str]:
    parts = {part.name: part for part in known}
    for name in sorted(set(body) - set(parts), key=str):
        yield f"it has no '{name}'; it has {', '.join(parts)}."
    for name, part in parts.items():
        if name not in body:
            yield f"{name} is missing: {part.meaning}"
        elif found := part.problem(body[name]):
            yield found


def _cannot_be_kept(value: Any) -> bool:
    """Return whether PostgreSQL would not take the value into a column of JSON."""
    match value:
        case str():
            return any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value)
        case float():
            return not math.isfinite(value)
        case list():
            return any(_cannot_be_kept(each) for each in value)
        case dict():
            return any(_cannot_be_kept([*each]) for each in value.items())
        case None | bool() | int():
            return False
    return True


def says(said: Said) -> tuple[object, ...]:
    """Return all that a version or an operation says, to compare one with another."""
    return (said.domain_id, said.state, said.successor, said.body)
