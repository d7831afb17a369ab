"""Rules somebody wants, as the operations of one request; refused before data moves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from governance import changes, kinds, soundness
from governance.changes import Proposed
from governance.models import (
    ChangeRequest,
    Kind,
    Operation,
    SourceStream,
    State,
    User,
    Version,
)
from measurement import rules


class AskingError(Exception):
    """What is wanted cannot be asked for; the message says why."""


class NothingNew(AskingError):
    """The rules say what is in force."""


class NotBegun(AskingError):
    """Nobody answers for the stream yet, so nobody can be asked."""


class Refused(AskingError):
    """What is wanted cannot be; the message says what is wrong with it."""


@dataclass(frozen=True)
class Wanted:
    """How a field shall be made: by a rule, or not at all where there is none.

    ``base`` is the number of the version it was written against, 0 where there is none.
    """

    entity: str
    field: str
    rule: str | Mapping[str, Any] | None
    base: int | None = None

    @property
    def key(self) -> str:
        return f"{self.entity}.{self.field}"

    def said(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {
            "entity": self.entity,
            "field": self.field,
            "rule": self.rule,
            "base": self.base,
        }


def proposed(stream: SourceStream, wanted: Iterable[Wanted]) -> list[Proposed]:
    """Return what a request would ask for; rules that are in force are left out.

    Raises:
        NothingNew: all of them are.
        NotBegun: the registry has not begun.
    """
    held = {
        each.key: each
        for each in Version.objects.current().filter(
            kind=Kind.MAPPING, key__startswith=f"{stream}:"
        )
    }
    domains = {
        each.key: each.domain_id
        for each in Version.objects.current().filter(kind__in=[Kind.FIELD, Kind.STREAM])
    }
    found = [_one(stream, each, held, domains) for each in wanted]
    asked = [each for each in found if each is not None]
    if not asked:
        raise NothingNew(
            f"{stream} is mapped so already. Change a rule, or choose another field."
        )
    return asked


def refuse_unsound(stream: SourceStream, operations: Sequence[Proposed]) -> None:
    """Check names, columns and ownership, before any row is read.

    Raises:
        Refused: something is wrong, said in words.
    """
    rows = [
        Operation(
            position=position,
            kind=each.kind,
            key=each.key,
            domain_id=each.domain,
            state=each.state,
            body=kinds.normal(each.kind, each.body),
        )
        for position, each in enumerate(operations)
    ]
    found = [
        *kinds.problems(rows),
        *_unknown_columns(stream, operations),
        *_retired_fields(operations),
    ] or list(soundness.problems(rows))
    if found:
        raise Refused(" ".join(found))


def write(
    *,
    stream: SourceStream,
    wanted: Iterable[Wanted],
    title: str,
    reason: str,
    effective_at: datetime | None,
    by: User,
    at: datetime,
) -> ChangeRequest:
    """Open one request, a draft, for all that is wanted.

    Raises:
        AskingError: nothing is, or something that cannot be.
        ChangeError: it is refused as a proposal.
    """
    operations = proposed(stream, wanted)
    refuse_unsound(stream, operations)
    return changes.propose(
        title=title,
        reason=reason,
        operations=operations,
        effective_at=effective_at,
        by=by,
        at=at,
    )


def mapping_with(
    stream: SourceStream, wanted: Iterable[Wanted]
) -> dict[str, dict[str, Any]]:
    """Return the stream's mapping as it would be."""
    written = mapping_of(stream)
    for each in wanted:
        fields = written.setdefault(each.entity, {})
        fields.pop(each.field, None)
        if each.rule is not None:
            fields[each.field] = each.rule
    return {entity: fields for entity, fields in written.items() if fields}


def mapping_of(stream: SourceStream) -> dict[str, dict[str, Any]]:
    """Return the stream's mapping as it is."""
    written: dict[str, dict[str, Any]] = {}
    for row in stream.mappings.all():
        written.setdefault(row.entity, {})[row.field] = row.rule
    return written


def _one(
    stream: SourceStream,
    wanted: Wanted,
    held: Mapping[str, Version],
    domains: Mapping[str, str],
) -> Proposed | None:
    key = f"{stream}:{wanted.key}"
    now = held.get(key)
    is_in_force = now is not None and now.state != State.RETIRED
    if wanted.rule is None and not is_in_force:
        return None
    if now is not None and is_in_force and now.body.get("rule") == wanted.rule:
        return None
    domain = (
        now.domain_id
        if now is not None
        else domains.get(wanted.key) or domains.get(str(stream))
    )
    if domain is None:
        raise NotBegun(
            f"Nobody answers for {stream} or {wanted.key} yet. Begin the registry: "
            f"manage.py bootstrap."
        )
    if wanted.rule is None and now is not None:
        return Proposed(
            Kind.MAPPING, key, domain, now.body, state=State.RETIRED, base=wanted.base
        )
    return Proposed(Kind.MAPPING, key, domain, {"rule": wanted.rule}, base=wanted.base)


def _unknown_columns(
    stream: SourceStream, operations: Sequence[Proposed]
) -> Iterable[str]:
    known = set(stream.profiles.values_list("name", flat=True))
    if not known:
        # Nobody has looked at a file of it yet.
        return
    for each in operations:
        if each.state == State.RETIRED:
            continue
        try:
            read = rules.read(each.body["rule"], place=each.key)
        except rules.RuleError as error:
            yield str(error)
            continue
        for column in rules.columns_of(read):
            if column not in known:
                yield (
                    f"{each.key} reads the column '{column}', which no file of {stream} "
                    f"has had. It has had {', '.join(sorted(known))}."
                )


def _retired_fields(operations: Sequence[Proposed]) -> Iterable[str]:
    filled = {
        each.key.partition(":")[2] for each in operations if each.state != State.RETIRED
    }
    retired = Version.objects.current().filter(
        kind=Kind.FIELD, key__in=filled, state=State.RETIRED
    )
    for field in retired:
        instead = f" Fill {field.successor} instead." if field.successor else ""
        yield f"{field.key} is retired: nothing reads it any more.{instead}"
