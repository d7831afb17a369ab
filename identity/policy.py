"""What was agreed on of identity, read once: by whom values may join, and from when on.

Every step takes a ``Policy`` and asks no registry itself. What nobody has agreed on yet
stands as a new installation begins with it, so the steps need no numbers of their own.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from governance.kinds import OF_IDENTITY, Said
from governance.models import Kind, State, Version
from governance.starter import pack

JOINS, ASKS, ATTACHES = "joins", "asks", "attaches"


@dataclass(frozen=True, slots=True)
class Identifier:
    """By what somebody may be known, and what a value of it may do.

    A limit of 0 is none. ``merges_with`` names what must agree beside it to join two
    records unscored; ``consent`` is the purpose its person must have agreed to.
    """

    key: str
    name: str = ""
    trust: str = ASKS
    priority: int = 0
    merges_with: tuple[str, ...] = ()
    most_people: int = 0
    most_surnames: int = 0
    most_values: int = 0
    window_days: int = 0
    is_unique: bool = False
    in_household: bool = False
    consent: str = ""
    blocked_values: frozenset[str] = frozenset()
    blocked_patterns: tuple[str, ...] = ()

    def blocks(self, value: str) -> bool:
        """Return whether the value is nobody's own. Its case says nothing.

        >>> mail = Identifier("email", blocked_patterns=("test@*", "*@till.example"))
        >>> [mail.blocks(value) for value in ("test@x.example", "ada@till.example")]
        [True, True]
        >>> mail.blocks("ada@x.example"), mail.blocks("ada@still.example")
        (False, False)
        """
        if not (self.blocked_values or self.blocked_patterns):
            return False
        return _blocked(self.blocked_values, self.blocked_patterns)(value)


@dataclass(frozen=True, slots=True)
class Joining:
    """Which ids say who an account is, and which patterns join two records unscored."""

    cross_id_kind: str
    merges_unscored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The audited precision from which a pair joins, and how likely one asked about is."""

    auto_precision: float
    ask_above: float


@dataclass(frozen=True, slots=True)
class Scoring:
    """The digest of the model that scores; none, where weights are estimated."""

    model: str


@dataclass(frozen=True, slots=True)
class Size:
    """How many records that say something of their own one person may have."""

    most_records: int


@dataclass(frozen=True, slots=True)
class Breaker:
    """Which share of people a night may change before somebody has to look."""

    most_changed: float
    least_people: int


@dataclass(frozen=True, slots=True)
class Visitors:
    """How far back visits are tied to a buyer, and how many may share a browser."""

    window_days: int
    most_people: int


@dataclass(frozen=True, slots=True)
class Guests:
    """Whether guests who say word for word the same are one voice."""

    same_words_are_one: bool


@dataclass(frozen=True, slots=True)
class Asking:
    """How much is asked twice, how much is known beforehand, how much is one batch."""

    second_read_share: float
    known_answer_share: float
    batch_limit: int


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """What providers make of an address, and which hosts only forward."""

    without_dots: frozenset[str]
    without_tags: frozenset[str]
    relays: frozenset[str]
    same_host: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Names:
    """How alike two names are that may be one with a slip of the fingers."""

    alike: float


# The rules the steps read, by their key; what else is agreed on as an identity rule is
# read by people.
_RULES: Mapping[str, type[Any]] = {
    "joining": Joining,
    "thresholds": Thresholds,
    "scoring": Scoring,
    "size": Size,
    "breaker": Breaker,
    "visitors": Visitors,
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
    visitors: Visitors
    guests: Guests
    asking: Asking
    mailboxes: Mailboxes
    names: Names
    versions: Mapping[str, int] = field(default_factory=dict, compare=False)

    @cached_property
    def digest(self) -> str:
        """Return by what two policies that say the same are the same."""
        return _digest([*_OF_PEOPLE, "breaker", "visitors", "asking"], self)

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


@cache
def _blocked(
    values: frozenset[str], patterns: tuple[str, ...]
) -> Callable[[str], bool]:
    alike = {value.casefold() for value in values}
    written = "|".join(
        ".*".join(map(re.escape, pattern.casefold().split("*"))) for pattern in patterns
    )
    found = re.compile(written or r"(?!)", re.DOTALL).fullmatch
    return lambda value: value.casefold() in alike or bool(found(value.casefold()))
