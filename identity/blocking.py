"""Propose to those who own an identifier that values set aside are blocked for good."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from governance import changes
from governance.changes import Proposed
from governance.models import ChangeRequest, Kind, Operation, User, Version
from governance.starter import pack
from identity.models import QuarantinedValue

_SHOWN = 3


class NothingToBlock(Exception):
    """None of the values is set aside, or all of them are blocked already."""


def propose(*, value_ids: Collection[int], by: User, at: datetime) -> ChangeRequest:
    """Draft the request that adds the values to what their identifiers block.

    Raises:
        NothingToBlock: there is nothing to ask for.
        ChangeError: it is refused as a proposal.
    """
    values = list(
        QuarantinedValue.objects.standing()
        .filter(pk__in=value_ids)
        .order_by("-records", "pk")
    )
    wanted = [
        _blocking(key, of_kind) for key, of_kind in sorted(_by_kind(values).items())
    ]
    operations = [each for each in wanted if each is not None]
    if not operations:
        raise NothingToBlock(
            "None of these is set aside and may still join. Choose a value of the list."
        )
    return changes.propose(
        title=_title(values),
        reason=_reason(values),
        operations=operations,
        by=by,
        at=at,
    )


def _by_kind(
    values: Collection[QuarantinedValue],
) -> Mapping[str, list[QuarantinedValue]]:
    found: dict[str, list[QuarantinedValue]] = defaultdict(list)
    for value in values:
        found[value.kind].append(value)
    return found


def _blocking(key: str, values: Collection[QuarantinedValue]) -> Proposed | None:
    """Return the identifier as it is, and these values blocked; None if they are."""
    said = _identifier(key)
    if said is None:
        return None
    blocked = set(said.body["blocked_values"])
    more = {value.value for value in values} - blocked
    if not more:
        return None
    body = {**said.body, "blocked_values": sorted(blocked | more)}
    return Proposed(Kind.IDENTIFIER, key, said.domain_id, body)


def _identifier(key: str) -> Version | Operation | None:
    """Return the identifier in force; where nobody agreed on it, as it is begun with."""
    held = Version.objects.current().in_use().filter(kind=Kind.IDENTIFIER, key=key)
    for version in held:
        return version
    for begun in pack.definitions():
        if (begun.kind, begun.key) == (Kind.IDENTIFIER, key):
            return begun
    return None


def _title(values: Collection[QuarantinedValue]) -> str:
    number = len(values)
    return f"Block {number:,} shared value{'' if number == 1 else 's'}"


def _reason(values: list[QuarantinedValue]) -> str:
    told = [f"{each.value} ({_why(each)})" for each in values[:_SHOWN]]
    more = len(values) - _SHOWN
    rest = f", and {more:,} more" if more > 0 else ""
    return f"Set aside, and nobody's own: {', '.join(told)}{rest}."


def _why(value: QuarantinedValue) -> str:
    if value.reason:
        return value.reason.rstrip(".")
    return f"{value.records:,} records, {value.surnames:,} last names"
