"""Write to people about a request: what is asked of them, and what came of it.

Each letter is short and stands by itself: what changes, what that does to the numbers
where it was measured, by when, and where to read the rest.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, F, Func, Q, QuerySet, Value

from governance import mail
from governance.changes.way import States, current_revision
from governance.models import (
    ChangeRequest,
    Decision,
    Operation,
    Preview,
    Revision,
    State,
    User,
)

# What a letter names one by one; the page has the rest.
_SHOWN = 6

_CAME: dict[str, str] = {
    States.APPROVED: "Approved",
    States.SCHEDULED: "Approved",
    States.CHANGES_REQUESTED: "Changes requested",
    States.REJECTED: "Rejected",
    States.APPLIED: "In effect",
    States.CONFLICTED: "Conflicted",
    States.FAILED: "Did not take effect",
    States.EXPIRED: "Ran out",
    States.REVERTED: "Reverted",
}
_SAYS: dict[str, str] = {
    States.APPROVED: "Everybody needed has said yes. It is yet to be put into effect.",
    States.SCHEDULED: "Everybody needed has said yes. It takes effect on its day.",
    States.APPLIED: "It is what holds from now on.",
}


class _Asked(Func):
    """A yes or no the database gives."""

    output_field = BooleanField()


def deciders(request: ChangeRequest) -> QuerySet[User]:
    """Return who may still say yes to what a request asks for."""
    revision = current_revision(request)
    heard = Decision.objects.filter(request=request, cycle=request.cycle)
    return User.objects.filter(
        _Asked(Value(request.pk), F("pk"), function="governance_may_decide"),
        _Asked(Value(revision.pk), F("pk"), function="governance_answers"),
    ).exclude(pk__in=heard.values("by"))


def asked(request: ChangeRequest, *, at: datetime) -> None:
    """Write to whoever may decide that something waits for them."""
    _tell(
        deciders(request),
        request,
        about="decide",
        subject=f"For you to decide: {request.title}",
        opening=f"{_name(request.requested_by)} asks for a change you may decide on: "
        f"{request.title}.\n\nWhy: {request.reason}",
        at=at,
    )


def measured(preview: Preview, *, at: datetime) -> None:
    """Write of what was measured: to those who may decide now, or why they may not yet.

    What was measured of an earlier revision, or of a draft, is nobody's to decide on.
    """
    request = preview.revision.request
    is_asked_for = request.revision == preview.revision.number
    if not is_asked_for or request.state != States.IN_REVIEW:
        return
    if preview.state == Preview.State.MEASURED:
        asked(request, at=at)
    else:
        _tell(
            User.objects.filter(_wrote(request)),
            request,
            about=f"preview {preview.pk} failed",
            subject=f"Could not be measured: {request.title}",
            opening=f"Request {request.pk}, {request.title}, waits: nobody decides on "
            f"it before it is known what it does to the numbers. {preview.message}",
            at=at,
        )


def reminded(request: ChangeRequest, *, at: datetime) -> None:
    """Write to whoever may still decide that the time runs out."""
    _tell(
        deciders(request),
        request,
        about="decide soon",
        subject=f"Decide by {request.expires_at:%d %B}: {request.title}",
        opening=f"Request {request.pk}, {request.title}, waits for your decision.\n\n"
        f"Why: {request.reason}",
        at=at,
    )


def came_of_it(
    request: ChangeRequest, *, at: datetime, by: User | None = None, said: str = ""
) -> None:
    """Write to those who asked for it, and wrote it, where their request stands now.

    Whoever has just done that themselves knows.
    """
    what = _CAME[request.state]
    said = said or request.note or _SAYS.get(request.state, "")
    whose = f" by {_name(by)}" if by and request.state != States.APPLIED else ""
    _tell(
        User.objects.filter(_wrote(request)).exclude(pk=by.pk if by else 0),
        request,
        about=what.lower(),
        subject=f"{what}: {request.title}",
        opening=f"Request {request.pk}, {request.title}: {what.lower()}{whose}. {said}",
        at=at,
    )


def runs_out(request: ChangeRequest, waits: str, *, at: datetime) -> None:
    """Write to those who asked for it that nobody answers for it much longer."""
    _tell(
        User.objects.filter(_wrote(request)),
        request,
        about="runs out soon",
        subject=f"Runs out soon: {request.title}",
        opening=f"Request {request.pk}, {request.title}. {waits}",
        at=at,
    )


def receipt(request: ChangeRequest, *, by: User, at: datetime) -> None:
    """Write to whoever said yes, and to the owners of what it touches, that they did.

    A page that was taken over can say yes in somebody's name; it reads no mail of theirs.
    """
    _tell(
        User.objects.filter(_owns(request) | Q(pk=by.pk)),
        request,
        about=f"approval by {by.pk}",
        subject=f"Receipt: {_name(by)} approved {request.title}",
        opening=f"{_name(by)} ({by.get_username()}) said yes to request {request.pk}, "
        f"{request.title}, on {_moment(at)}. Is that not so, tell an administrator at "
        f"once: somebody acts in this name.",
        at=at,
    )


def broke_glass(request: ChangeRequest, *, by: User, reason: str, at: datetime) -> None:
    """Write to everybody concerned that something took effect before anybody said yes."""
    due = request.review_due_at
    _tell(
        User.objects.filter(_owns(request) | _wrote(request) | Q(pk=by.pk)),
        request,
        about="changed without approval",
        subject=f"Changed without approval: {request.title}",
        opening=f"{_name(by)} ({by.get_username()}) put request {request.pk}, "
        f"{request.title}, into effect before anybody had said yes."
        f"{f' Its review is due {_moment(due)}.' if due else ''}\n\n"
        f"The emergency: {reason}",
        at=at,
    )


def _tell(
    to: QuerySet[User],
    request: ChangeRequest,
    *,
    about: str,
    subject: str,
    opening: str,
    at: datetime,
) -> None:
    reached = list(to.exclude(email="").filter(is_active=True).distinct())
    if reached:
        mail.write(
            to=reached,
            occasion=f"request {request.pk}, review {request.cycle}: {about}",
            subject=subject,
            text="\n\n".join([opening, *_rest(request)]),
            at=at,
        )


def _rest(request: ChangeRequest) -> Iterator[str]:
    revision = current_revision(request)
    yield _lines("What changes:", [_in_words(each) for each in _operations(revision)])
    yield from _numbers(revision)
    if request.effective_at and request.is_open:
        yield f"It is for {_moment(request.effective_at)}."
    if request.state in {States.IN_REVIEW, States.CHANGES_REQUESTED}:
        yield f"It runs out on {_moment(request.expires_at)}."
    yield mail.address("governance:request", request.pk)


def _numbers(revision: Revision) -> Iterator[str]:
    """Say what it does to the numbers, if that was measured."""
    preview = revision.previews.first()
    if preview is None or preview.state != Preview.State.MEASURED:
        return
    looked_at = preview.answer.get("looked_at", 0)
    moved: list[dict[str, Any]] = preview.answer.get("moved", [])
    if not moved:
        yield f"No number moves: {looked_at} were looked at."
        return
    yield _lines(
        f"What it does to the numbers: {preview.answer.get('moved_in_all', len(moved))} "
        f"of {looked_at} move.",
        [
            f"{each['what']}, {each['where']}: {_amount(each['before'])} → "
            f"{_amount(each['after'])}{_share(each['share'])}"
            for each in moved
        ],
    )


def _lines(heading: str, lines: list[str]) -> str:
    shown = [f"- {line}" for line in lines[:_SHOWN]]
    if len(lines) > _SHOWN:
        shown.append(f"- and {len(lines) - _SHOWN} more")
    return "\n".join([heading, *shown])


def _in_words(operation: Operation) -> str:
    name = str(operation.body.get("name") or "")
    title = f"{name} ({operation})" if name else str(operation)
    if operation.base is None:
        return f"{title}: new"
    if operation.state != operation.base.state:
        return f"{title}: {State(operation.state).label.lower()} from now on"
    return f"{title}: said otherwise"


def _amount(value: str | None) -> str:
    return "none" if value is None else f"{Decimal(value):,.2f}".removesuffix(".00")


def _share(share: str | None) -> str:
    return "" if share is None else f" ({Decimal(share):+.1%})"


def _operations(revision: Revision) -> QuerySet[Operation]:
    return revision.operations.select_related("base")


def _owns(request: ChangeRequest) -> Q:
    """Return who owns a domain of what a request changes, or of what held before."""
    touched = set()
    for each in _operations(current_revision(request)):
        touched |= {each.domain_id} | ({each.base.domain_id} if each.base else set())
    return Q(groups__owned_domains__key__in=touched)


def _wrote(request: ChangeRequest) -> Q:
    contributed = request.contributors.values("user")
    return Q(pk=request.requested_by_id or 0) | Q(pk__in=contributed)


def _name(user: User | None) -> str:
    return "The installation" if user is None else user.get_full_name() or str(user)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%d %B %Y, %H:%M} UTC"
