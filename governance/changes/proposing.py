"""Ask for a change: write it down, edit it, put it to review, take it back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from governance import effects, kinds, soundness
from governance.changes import telling
from governance.changes.way import (
    OPEN_FOR,
    Conflicted,
    NothingAsked,
    NotNow,
    NotYours,
    States,
    Unsound,
    become,
    current_revision,
    locked,
    refuse_moved,
    risk_of,
)
from governance.models import (
    ChangeRequest,
    Domain,
    Operation,
    Preview,
    Revision,
    State,
    User,
    Version,
)
from governance.people import acting, may_propose

_LONGEST_TITLE = 200


@dataclass(frozen=True)
class Proposed:
    """One definition as it shall be.

    ``base`` is the number of the version it was written against, 0 where there is none;
    not said, it is the version that holds now.
    """

    kind: str
    key: str
    domain: str
    body: dict[str, Any] = field(default_factory=dict)
    state: str = State.ACTIVE
    successor: str = ""
    base: int | None = None


@transaction.atomic
def propose(
    *,
    title: str,
    reason: str,
    operations: Sequence[Proposed],
    by: User,
    at: datetime,
    effective_at: datetime | None = None,
) -> ChangeRequest:
    """Open a request as a draft, with its first revision.

    Raises:
        NothingAsked: there is no operation, or one that would change nothing.
        Unsound: a body is not what its kind holds, or a reference leads nowhere.
        Conflicted: an operation was written against a version that holds no longer.
    """
    acting(by)
    _refuse_without_reason(reason)
    if not 0 < len(title.strip()) <= _LONGEST_TITLE:
        raise Unsound(f"Give it a title, of at most {_LONGEST_TITLE} characters.")
    wanted = ChangeRequest(title=title.strip(), effective_at=effective_at)
    return _open(wanted, operations, reason, by, at)


def _open(
    request: ChangeRequest,
    operations: Sequence[Proposed],
    reason: str,
    by: User,
    at: datetime,
) -> ChangeRequest:
    request.reason = reason.strip()
    request.requested_by = by
    request.made_at, request.expires_at = at, at + OPEN_FOR
    request.save()
    write_down(request, operations, by, at)
    return request


def _refuse_without_reason(reason: str) -> None:
    if not reason.strip():
        raise Unsound("Say why: who decides has nothing else to go by.")


@transaction.atomic
def revise(
    *, request_id: int, operations: Sequence[Proposed], by: User, at: datetime
) -> Revision:
    """Ask for something else. Every decision so far is void; the request is a draft again.

    Raises:
        NotNow: the request is closed.
        NothingAsked, Unsound, Conflicted: as ``propose`` does.
    """
    acting(by)
    request = locked(request_id)
    if not request.is_open:
        raise NotNow(
            f"Request {request.pk} is {request.get_state_display().lower()} and cannot "
            f"be edited. Open a new one."
        )
    request.revision += 1
    request.state = States.DRAFT
    request.note = f"Revised by {by}."
    # The revision is written first: the request must point to one that is.
    revision = write_down(request, operations, by, at)
    request.save(update_fields=["revision", "state", "note"])
    return revision


def write_down(
    request: ChangeRequest, operations: Sequence[Proposed], by: User, at: datetime
) -> Revision:
    if not operations:
        raise NothingAsked(
            "The request changes nothing. Say which definition shall be."
        )
    rows = [_operation(position, each) for position, each in enumerate(operations)]
    # What is wrong in form has no meaning to look at.
    _refuse_unsound(kinds.problems(rows))
    _refuse_unsound(_unknown_domains(rows))
    _set_bases(rows, operations)
    _refuse_unsound(soundness.problems(rows))
    revision = Revision.objects.create(
        request=request, number=request.revision, made_by=by, made_at=at
    )
    for row in rows:
        row.revision = revision
    Operation.objects.bulk_create(rows)
    # PostgreSQL fills the digest in, of what it has kept.
    Revision.objects.filter(pk=revision.pk).update(digest="")
    revision.refresh_from_db()
    return revision


def _unknown_domains(rows: Sequence[Operation]) -> Iterator[str]:
    known = set(Domain.objects.values_list("key", flat=True))
    for row in rows:
        if row.domain_id not in known:
            yield f"{row}: there is no domain '{row.domain_id}'."


def _refuse_unsound(problems: Iterable[str]) -> None:
    found = list(problems)
    if found:
        raise Unsound(*found)


def _set_bases(rows: Sequence[Operation], operations: Sequence[Proposed]) -> None:
    held = {
        (version.kind, version.key): version
        for version in Version.objects.current().filter(
            kind__in={row.kind for row in rows}, key__in={row.key for row in rows}
        )
    }
    for row, asked in zip(rows, operations, strict=True):
        row.base = held.get((row.kind, row.key))
        _refuse_moved_or_same(row, asked.base)


def _refuse_moved_or_same(row: Operation, base: int | None) -> None:
    number = row.base.number if row.base else 0
    if base is not None and base != number:
        raise Conflicted(
            f"{row.kind} {row.key} was written against version {base}, and version "
            f"{number} holds now. Look at what changed and propose again."
        )
    if row.base and kinds.says(row.base) == kinds.says(row):
        raise NothingAsked(
            f"{row.kind} {row.key} says that already, in version {number}."
        )


def _operation(position: int, asked: Proposed) -> Operation:
    return Operation(
        position=position,
        kind=asked.kind,
        key=asked.key,
        domain_id=asked.domain,
        state=asked.state,
        successor=asked.successor,
        body=kinds.normal(asked.kind, asked.body),
    )


@transaction.atomic
def submit(*, request_id: int, by: User, at: datetime) -> ChangeRequest:
    """Put a draft to review; who decides follows from the domains it touches.

    Raises:
        NotYours: ``by`` may only suggest.
        NotNow: it is no draft.
        Conflicted: a definition has changed since.
    """
    acting(by)
    if not may_propose(by):
        raise NotYours(
            "You may suggest this. A steward or a data owner reads it and puts it to "
            "review."
        )
    request = locked(request_id, States.DRAFT, States.CHANGES_REQUESTED)
    revision = current_revision(request)
    refuse_moved(revision)
    request.risk = risk_of(revision)
    request.state = States.IN_REVIEW
    request.cycle += 1
    request.expires_at = at + OPEN_FOR
    request.note = ""
    request.save(update_fields=["risk", "state", "cycle", "expires_at", "note"])
    if not _waits_for_numbers(revision):
        telling.asked(request, at=at)
    return request


def _waits_for_numbers(revision: Revision) -> bool:
    """Return whether nobody can decide yet: they are asked once it has been measured."""
    if not effects.can_tell(list(revision.operations.all())):
        return False
    newest = effects.of(revision)
    if newest is None or newest.state != Preview.State.MEASURED:
        return True
    return effects.is_stale(newest)


@transaction.atomic
def recall(*, request_id: int, by: User) -> ChangeRequest:
    """Take a request back to its draft, before it is decided on."""
    acting(by)
    request = locked(request_id, States.IN_REVIEW)
    _only_who_asked(request, by)
    return become(request, States.DRAFT, f"Taken back by {by}.")


@transaction.atomic
def withdraw(*, request_id: int, by: User) -> ChangeRequest:
    """Give a request up. Only who asked does that."""
    acting(by)
    request = locked(request_id, *ChangeRequest.OPEN)
    _only_who_asked(request, by)
    return become(request, States.WITHDRAWN, f"Withdrawn by {by}.")


@transaction.atomic
def revert(*, request_id: int, reason: str, by: User, at: datetime) -> ChangeRequest:
    """Ask for what held before a request was applied. It is decided on like any other.

    Raises:
        NotNow: the request was not applied.
        Unsound: no reason was given.
        Conflicted: a definition has changed again since.
    """
    acting(by)
    _refuse_without_reason(reason)
    request = locked(request_id, States.APPLIED)
    asked = current_revision(request)
    back = [_as_before(each) for each in asked.operations.select_related("base")]
    wanted = ChangeRequest(
        title=f"Revert: {request.title}"[:_LONGEST_TITLE], reverts=request
    )
    return _open(wanted, back, reason, by, at)


def _as_before(operation: Operation) -> Proposed:
    written = operation.version
    before = operation.base
    if before is None:
        # There was none: it is given up, and its name stays taken.
        return Proposed(
            operation.kind, operation.key, operation.domain_id, operation.body,
            state=State.RETIRED, base=written.number,
        )  # fmt: skip
    return Proposed(
        before.kind, before.key, before.domain_id, before.body, before.state,
        before.successor, base=written.number,
    )  # fmt: skip


def _only_who_asked(request: ChangeRequest, by: User) -> None:
    if request.requested_by_id != by.pk:
        raise NotYours(
            f"{request.requested_by} asked for this, and alone takes it back."
        )
