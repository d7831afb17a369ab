"""What each kind of definition holds, and what is wrong with one that does not. Pure."""

import math
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from governance.models.versions import Kind, State

_LONGEST_KEY = 200
# Control characters, and what ends a line or a paragraph.
_UNSEEN = {"Cc", "Zl", "Zp"}
# What decides how rows are read; everything else is about rows that are there.
OF_SOURCES = frozenset(
    {Kind.STOREFRONT, Kind.SOURCE, Kind.STREAM, Kind.MAPPING, Kind.OWNERSHIP}
)
_LABELS = {
    "min_n": "Least people",
    "window_days": "Window in days",
    "lookback_days": "Looks back, in days",
    "is_generated": "Made up",
    "generated_note": "What was made up",
    "needed_for": "Needed for",
    "rule": "Made from",
}

_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "number": (int, float),
    "whole number": (int,),
    "yes or no": (bool,),
    "list": (list,),
    "table": (dict,),
    "rule": (str, dict),
}


class Said(Protocol):
    """What a version and an operation have in common."""

    kind: str
    key: str
    domain_id: str
    state: str
    successor: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Part:
    """One entry of a definition's body.

    ``default`` stands where it is not said; a part without one must be said.
    """

    name: str
    type: str
    meaning: str
    default: Any = None
    choices: tuple[str, ...] = ()
    # What the entries of a list are the names of, where they are chosen and not written.
    of: str = ""

    @property
    def is_needed(self) -> bool:
        return self.default is None

    def problem(self, value: Any) -> str | None:
        """Return what is wrong with a value, in words."""
        is_number = self.type in {"number", "whole number"}
        fits = isinstance(value, _TYPES[self.type])
        if not fits or (is_number and isinstance(value, bool)):
            return f"{self.name} is {value!r}; expected is a {self.type}."
        if self.is_needed and isinstance(value, str) and not value.strip():
            return f"{self.name} is empty: {self.meaning}"
        if self.type == "whole number" and value < 0:
            return f"{self.name} is {value}; nothing is counted below zero."
        if self.choices and value not in self.choices:
            return f"{self.name} is '{value}'; it is one of {', '.join(self.choices)}."
        return None


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


def label_of(name: str) -> str:
    """Return a part's name as people read it.

    >>> label_of("refund_calendar"), label_of("min_n")
    ('Refund calendar', 'Least people')
    """
    return _LABELS.get(name) or name.replace("_", " ").strip().capitalize()


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
