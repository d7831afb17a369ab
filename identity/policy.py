"""What was agreed on of identity, read once: by whom values may join, and from when on.

Every step takes a ``Policy`` and asks no registry itself. What nobody has agreed on yet
stands as a new installation begins with it, so the steps need no numbers of their own.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from governance.kinds import OF_IDENTITY, Said
from governance.models import Kind, State, Version
from governance.starter import pack
from identity.names import Nicknames
from identity.rules import (
    ASKS,
    ATTACHES,
    JOINS,
    Asking,
    Breaker,
    Guests,
    Identifier,
    Joining,
    Mailboxes,
    Names,
    Scoring,
    Size,
    Thresholds,
)

__all__ = [
    "ASKS",
    "ATTACHES",
    "JOINS",
    "Breaker",
    "Identifier",
    "Policy",
    "Thresholds",
    "as_of",
    "beginning",
    "now",
    "parameters_of",
    "proposed",
]

# The rules the steps read, by their key; what else is agreed on as an identity rule is
# read by people.
_RULES: Mapping[str, type[Any]] = {
    "joining": Joining,
    "thresholds": Thresholds,
    "scoring": Scoring,
    "size": Size,
    "breaker": Breaker,
    "guests": Guests,
    "asking": Asking,
    "mailboxes": Mailboxes,
    "names": Names,
}
# What changes who is who. The rest changes what is asked, and when a night waits.
_OF_PEOPLE = (
    "joining",
    "thresholds",
    "scoring",
    "size",
    "guests",
    "mailboxes",
    "names",
)


@dataclass(frozen=True)
class Policy:
    """All that was agreed on of identity, as it held at one moment.

    ``versions`` are the numbers of the versions it was read from, by kind and key; what
    nobody has agreed on has none.
    """

    identifiers: Mapping[str, Identifier]
    joining: Joining
    thresholds: Thresholds
    scoring: Scoring
    size: Size
    breaker: Breaker
    guests: Guests
    asking: Asking
    mailboxes: Mailboxes
    names: Names
    versions: Mapping[str, int] = field(default_factory=dict, compare=False)

    @cached_property
    def digest(self) -> str:
        """Return by what two policies that say the same are the same."""
        return _digest([*_OF_PEOPLE, "breaker", "asking"], self)

    @cached_property
    def digest_of_people(self) -> str:
        """Return what changes when somebody may become somebody else by it.

        Every record is read again then, so what is agreed on applies to the past.
        """
        return _digest(_OF_PEOPLE, self)

    def of(self, key: str) -> Identifier:
        """Return what was agreed on of an identifier; one nobody knows does nothing."""
        return self.identifiers.get(key) or Identifier(key, trust="nothing")

    def that(self, *trusts: str) -> tuple[str, ...]:
        """Return the identifiers that may do one of these, the first by priority."""
        found = [each for each in self.identifiers.values() if each.trust in trusts]
        return tuple(
            each.key for each in sorted(found, key=lambda one: (one.priority, one.key))
        )

    def limited(self) -> tuple[Identifier, ...]:
        """Return the identifiers of which one person has but one value, or so many."""
        return tuple(
            each
            for each in self.identifiers.values()
            if each.trust != "nothing" and (each.is_unique or each.most_values)
        )

    @cached_property
    def nicknames(self) -> Nicknames:
        """Return which names are short for which, as names are compared by it."""
        return Nicknames(
            mostly_short=self.names.mostly_short,
            short_for=frozenset(
                (short, full)
                for short, names in self.names.short_for.items()
                for full in names
            ),
        )

    def joins(self, pattern: str) -> bool:
        """Return whether a pattern, as ``email+first_name``, joins by itself.

        Two have to agree: the rule that lists what joins unscored, and the identifier.
        """
        key, _, beside = pattern.partition("+")
        one = self.of(key)
        return (
            one.trust == JOINS
            and beside in one.merges_with
            and pattern in self.joining.merges_unscored
        )

    def purposes(self) -> dict[str, str]:
        """Return the purpose each identifier that needs one needs, by its key."""
        return {
            key: each.consent for key, each in self.identifiers.items() if each.consent
        }

    def for_the_engine(self) -> dict[str, Any]:
        """Return what ``identity.matching.rules.Rules`` is told, by its names."""
        counted = {
            key: each
            for key, each in self.identifiers.items()
            if each.trust != "nothing"
        }
        return {
            "merge_at": self.thresholds.auto_precision,
            "ask_at": self.thresholds.ask_above,
            "most_records": {
                key: each.most_people
                for key, each in counted.items()
                if each.most_people
            },
            "blocked": {
                key: each.blocked_values
                for key, each in counted.items()
                if each.blocked_values
            },
            "blocked_patterns": {
                key: each.blocked_patterns
                for key, each in counted.items()
                if each.blocked_patterns
            },
            "unique": frozenset(key for key, each in counted.items() if each.is_unique),
            "largest_person": self.size.most_records,
            "patterns_merge": bool(self.joining.merges_unscored),
        }


def now() -> Policy:
    """Return what holds now."""
    return _policy(_held(Version.objects.current()))


def as_of(at: datetime) -> Policy:
    """Return what held at the moment."""
    return _policy(_held(Version.objects.as_of(at)))


def proposed(operations: Iterable[Said]) -> Policy:
    """Return what would hold with these operations applied."""
    held = _held(Version.objects.current())
    for each in operations:
        if each.kind in OF_IDENTITY:
            held[each.kind, each.key] = each
    return _policy(held)


@cache
def beginning() -> Policy:
    """Return what a new installation begins with; it asks no database."""
    return _policy({})


type _Definitions = dict[tuple[str, str], Said]


def _held(versions: Any) -> _Definitions:
    return {
        (each.kind, each.key): each for each in versions.filter(kind__in=OF_IDENTITY)
    }


def _policy(agreed: _Definitions) -> Policy:
    held = {**_begun(), **agreed}
    rules = {key: _read(rule, _parameters(held, key)) for key, rule in _RULES.items()}
    identifiers = {
        key: _read(Identifier, {"key": key, **said.body})
        for (kind, key), said in sorted(held.items(), key=lambda each: each[0])
        if kind == Kind.IDENTIFIER and said.state != State.RETIRED
    }
    versions = {
        f"{kind} {key}": said.number
        for (kind, key), said in sorted(agreed.items(), key=lambda each: each[0])
        if isinstance(said, Version)
    }
    return Policy(identifiers=identifiers, versions=versions, **rules)


def _parameters(held: _Definitions, key: str) -> dict[str, Any]:
    """Return a rule's parameters; what an older version of it does not say, as begun."""
    said = held.get((Kind.IDENTITY, key))
    begun = _begun()[Kind.IDENTITY, key].body["parameters"]
    return {**begun, **(said.body["parameters"] if said else {})}


def parameters_of(key: str) -> Mapping[str, Any] | None:
    """Return the parameters a rule of that key begins with; None, if nobody reads it."""
    if key not in _RULES:
        return None
    begun: Mapping[str, Any] = _begun()[Kind.IDENTITY, key].body["parameters"]
    return begun


@cache
def _begun() -> _Definitions:
    return {
        (each.kind, each.key): each
        for each in pack.definitions()
        if each.kind in OF_IDENTITY
    }


def _read[Rule](rule: type[Rule], said: Mapping[str, Any]) -> Rule:
    """Return the rule as it was written; what it does not know is for people to read."""
    known = rule.__dataclass_fields__  # type: ignore[attr-defined]
    return rule(
        **{
            name: _frozen(value, str(known[name].type))
            for name, value in said.items()
            if name in known
        }
    )


def _frozen(value: Any, wanted: str) -> Any:
    if not isinstance(value, list):
        return value
    return frozenset(value) if "frozenset" in wanted else tuple(value)


def _digest(rules: Sequence[str], policy: Policy) -> str:
    said: dict[str, Any] = {name: asdict(getattr(policy, name)) for name in rules}
    # What an identifier is called joins nobody.
    said["identifiers"] = [
        asdict(replace(each, name="")) for each in policy.identifiers.values()
    ]
    written = json.dumps(said, sort_keys=True, default=sorted)
    return hashlib.sha256(written.encode()).hexdigest()
