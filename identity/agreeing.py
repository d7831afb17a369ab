"""What is wrong with a proposal about who is who, said before anybody has to read it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from governance.models import Kind, Operation, State, Version
from governance.starter import pack
from identity import policy
from identity.models import MatchModel
from identity.names import name_key
from identity.policy import JOINS

# What the judging knows to look for beside a value, by the value's kind.
PATTERNS: Mapping[str, frozenset[str]] = {
    "cross_id": frozenset({"a_name"}),
    "email": frozenset({"first_name", "phone_and_name"}),
}
_SHARES = frozenset(
    {
        "auto_precision", "ask_above", "most_changed", "second_read_share",
        "known_answer_share", "audit_share", "alike",
    }
)  # fmt: skip
_OF_NAMES = ("mostly_short", "short_for")
_AT_LEAST_ONE = frozenset({"most_records", "batch_limit", "overdue_after_days"})


def problems(operations: Sequence[Operation]) -> Iterator[str]:
    """Yield what is wrong with identifiers and identity rules as they would be."""
    for each in operations:
        if each.state == State.RETIRED:
            continue
        if each.kind == Kind.IDENTIFIER:
            for found in _of_identifier(each.key, each.body, operations):
                yield f"identifier {each.key}: {found}"
        elif each.kind == Kind.IDENTITY:
            for found in _of_rule(each.key, each.body["parameters"]):
                yield f"identity {each.key}: {found}"


def _of_identifier(
    key: str, body: Mapping[str, Any], operations: Sequence[Operation]
) -> Iterator[str]:
    known = PATTERNS.get(key, frozenset())
    for beside in body["merges_with"]:
        if beside not in known:
            yield _unknown_pattern(f"{key}+{beside}")
    if body["trust"] == JOINS and not known:
        yield (
            f"nothing is known to look for beside it, so it cannot join; "
            f"{' and '.join(sorted(PATTERNS))} can."
        )
    consent = body["consent"]
    if consent and consent not in _purposes(operations):
        yield f"there is no consent purpose '{consent}'. Agree on it first."
    for pattern in body["blocked_patterns"]:
        if not str(pattern).replace("*", "").strip():
            yield f"the pattern '{pattern}' blocks every value there is."


def _of_rule(key: str, said: Mapping[str, Any]) -> Iterator[str]:
    begun = policy.parameters_of(key)
    if begun is None:
        # A rule that no step reads is for people.
        return
    for name in sorted(set(said) - set(begun)):
        yield f"nobody reads '{name}'; it has {', '.join(begun)}."
    for name in sorted(set(said) & set(begun)):
        yield from _of_parameter(name, said[name], begun[name])
        if name in _OF_NAMES and type(said[name]) is type(begun[name]):
            yield from _of_names(name, said[name])
    ask, merge = said.get("ask_above", 0), said.get("auto_precision", 1)
    if _is_number(ask) and _is_number(merge) and ask >= merge:
        yield f"what is asked from {ask} on is joined from {merge} on: nothing is asked."


def _of_parameter(name: str, value: Any, begun: Any) -> Iterator[str]:
    if _is_number(begun):
        if not _is_number(value):
            yield f"{name} is {value!r}; expected is a number."
        elif name in _SHARES and not 0 <= value <= 1:
            yield f"{name} is {value}; a share lies between 0 and 1."
        else:
            yield from _of_amount(name, value)
        return
    if type(value) is not type(begun):
        yield f"{name} is {value!r}; expected is what {begun!r} is."
    elif name == "merges_unscored":
        for pattern in value:
            key, _, beside = str(pattern).partition("+")
            if beside not in PATTERNS.get(key, ()):
                yield _unknown_pattern(pattern)
    elif name == "model" and value and not _is_kept(value):
        yield f"no model '{value}' is kept here. Name the digest of one that is."


def _of_names(name: str, value: Any) -> Iterator[str]:
    """Yield the names that no record's name could ever be, as they are compared."""
    short_for = value if isinstance(value, dict) else {str(each): [] for each in value}
    for short, names in short_for.items():
        if not isinstance(names, list):
            yield f"{name}: '{short}' is short for {names!r}; expected is a list of names."
            continue
        for each in (short, *names):
            if not isinstance(each, str) or name_key(each) != each or " " in each:
                yield (
                    f"{name}: '{each}' is no name as names are compared. Write one word "
                    f"in small plain letters."
                )
        if short in names:
            yield f"{name}: '{short}' is not short for itself."


def _of_amount(name: str, value: float) -> Iterator[str]:
    if name == "auto_precision" and not 0 < value < 1:
        yield f"{name} is {value}; no number of audits shows so much."
    elif value < (name in _AT_LEAST_ONE):
        yield f"{name} is {value}; it is at least {int(name in _AT_LEAST_ONE)}."


def _unknown_pattern(pattern: str) -> str:
    known = [f"{key}+{one}" for key, beside in PATTERNS.items() for one in beside]
    return f"there is no pattern '{pattern}'; there are {', '.join(sorted(known))}."


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_kept(digest: str) -> bool:
    return MatchModel.objects.filter(digest=digest).exists()


def _purposes(operations: Sequence[Operation]) -> set[str]:
    held = Version.objects.current().in_use().filter(kind=Kind.CONSENT)
    said = [*pack.definitions(), *operations]
    return {*held.values_list("key", flat=True)} | {
        each.key for each in said if each.kind == Kind.CONSENT
    }
