"""What may be agreed on of identity, rule by rule. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

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
        return blocking(self.blocked_values, self.blocked_patterns)(value)


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
    """What a night may change before somebody has to look.

    ``most_changed`` is a share of people, ``changed_anyway`` how many it may be in any
    case, ``most_records`` how many of one person's.
    """

    most_changed: float
    changed_anyway: int
    most_records: int


@dataclass(frozen=True, slots=True)
class Guests:
    """Whether guests who say word for word the same are one voice."""

    same_words_are_one: bool


@dataclass(frozen=True, slots=True)
class Asking:
    """How much is asked twice, is known beforehand, is one batch, and is an audit.

    ``audits_per_band`` is how many pairs of each band of likelihood wait to be audited at
    most, ``audit_share`` how many of a steward's questions are such a pair. What waits for
    more than ``overdue_after_days`` the owners hear of; ``larger_batches`` are the numbers
    of the batches that may be larger than the limit.
    """

    second_read_share: float
    known_answer_share: float
    batch_limit: int
    audits_per_band: int
    audit_share: float
    overdue_after_days: int
    larger_batches: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """What providers make of an address, and which hosts only forward."""

    without_dots: frozenset[str]
    without_tags: frozenset[str]
    relays: frozenset[str]
    same_host: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Names:
    """How alike two names are that may be one with a slip, and which are short for which.

    ``short_for`` holds short forms, each with the names it is short for.
    """

    alike: float
    mostly_short: frozenset[str]
    short_for: Mapping[str, Sequence[str]] = field(hash=False)


@cache
def blocking(
    values: frozenset[str], patterns: tuple[str, ...]
) -> Callable[[str], bool]:
    """Return what says of a value whether it is blocked; a ``*`` is any text."""
    alike = {value.casefold() for value in values}
    written = "|".join(
        ".*".join(map(re.escape, pattern.casefold().split("*"))) for pattern in patterns
    )
    found = re.compile(written or r"(?!)", re.DOTALL).fullmatch
    return lambda value: value.casefold() in alike or bool(found(value.casefold()))
