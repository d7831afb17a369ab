"""What comes of a request by the passing of time: it takes effect, or runs out."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, OperationalError, transaction

from governance.changes import telling
from governance.changes.applying import apply
from governance.changes.way import (
    ChangeError,
    States,
    alone,
    become,
    current_revision,
    locked,
)
from governance.models import ChangeRequest, Decision, FreezeWindow, User
from governance.people import acting

# How long before it runs out people are reminded: a weekend, and a day to think.
REMINDED_BEFORE = timedelta(days=3)
_RUNS_OUT = (States.IN_REVIEW, States.CHANGES_REQUESTED, States.APPROVED)


@dataclass(frozen=True)
class Due:
    """What became of the requests whose day had come, by their numbers."""

    applied: list[int] = field(default_factory=list)
    conflicted: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)


def apply_due(*, at: datetime) -> Due:
    """Apply each scheduled request whose moment has come, in the order of the moments.

    Each stands alone: one that conflicts, or that the database refuses, says so and is
    left for its people; the others go on. The log names whoever said the last yes.
    """
    due = Due()
    if FreezeWindow.objects.covering(at).exists():
        # It waits as it stands: whoever froze this time is not told of a failure.
        return due
    came = ChangeRequest.objects.due().filter(effective_at__lte=at)
    for request in came.order_by("effective_at", "pk").select_related("requested_by"):
        state = _apply_one(request, at)
        if state == States.APPLIED:
            due.applied.append(request.pk)
        elif state == States.CONFLICTED:
            due.conflicted.append(request.pk)
        elif state == States.FAILED:
            due.failed.append(request.pk)
    return due


@transaction.atomic
def give_up_expired(*, at: datetime) -> int:
    """Expire what nobody decided on in time; return how many requests that were."""
    # Several requests are held at once here; so does applying, in another order.
    alone()
    late = ChangeRequest.objects.filter(state__in=_RUNS_OUT, expires_at__lte=at)
    expired = list(late.select_related("requested_by").select_for_update(of=["self"]))
    for request in expired:
        become(request, States.EXPIRED, "Nobody decided on it in time. Open it anew.")
        telling.came_of_it(request, at=at)
    return len(expired)


@transaction.atomic
def remind(*, at: datetime) -> int:
    """Write once to those a request waits for, shortly before it runs out.

    In review it waits for whoever may still decide; otherwise for who asked. Returns
    how many requests soon run out.
    """
    soon = ChangeRequest.objects.filter(
        state__in=_RUNS_OUT, expires_at__gt=at, expires_at__lte=at + REMINDED_BEFORE
    ).select_related("requested_by")
    for request in soon:
        by_when = f"{request.expires_at:%d %B %Y, %H:%M} UTC"
        if request.state == States.IN_REVIEW:
            telling.reminded(request, at=at)
        waits = _WAITS[request.state].format(by_when=by_when)
        telling.runs_out(request, waits, at=at)
    return len(soon)


_WAITS: dict[str, str] = {
    States.IN_REVIEW: "Not everybody needed has decided. It runs out on {by_when}.",
    States.CHANGES_REQUESTED: "Changes were asked for. Revise it and put it to review "
    "again before {by_when}.",
    States.APPROVED: "It is approved and did not take effect. Apply it before {by_when}.",
}


def _apply_one(request: ChangeRequest, at: datetime) -> str:
    by = _who_said_yes(request)
    try:
        digest = current_revision(request).digest
        apply(request_id=request.pk, digest=digest, by=by, at=at)
    except ChangeError as refused:
        said = str(refused)
    except (OperationalError, InterfaceError):
        # The server went away: nothing is known of the request, and it is tried again.
        raise
    except DatabaseError as refused:
        said = str(refused).partition("\n")[0]
    else:
        return str(States.APPLIED)
    return _left_at(request, by, said, at)


@transaction.atomic
def _left_at(request: ChangeRequest, by: User, said: str, at: datetime) -> str:
    """Return where a request that could not be applied stands now."""
    acting(by)
    now = locked(request.pk)
    if now.state == States.SCHEDULED:
        become(now, States.FAILED, said)
        telling.came_of_it(now, at=at)
    return str(now.state)


def _who_said_yes(request: ChangeRequest) -> User:
    last = (
        request.decisions.filter(cycle=request.cycle, verdict=Decision.Verdict.APPROVE)
        .select_related("by")
        .last()
    )
    if last is not None:
        return last.by
    assert request.requested_by is not None, "somebody_asked holds it"
    return request.requested_by
