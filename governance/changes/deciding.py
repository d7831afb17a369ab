"""Decide on what somebody else asked for: yes, no, or change it first."""

from datetime import datetime

from django.db import transaction

from governance import effects, grants
from governance.changes import telling
from governance.changes.way import (
    ChangeError,
    NotMeasured,
    NotNow,
    NotYours,
    States,
    ask,
    become,
    current_revision,
    is_about_people,
    locked,
    missing,
    revision_as_read,
    unapproved,
)
from governance.models import (
    ChangeRequest,
    Comment,
    Decision,
    Preview,
    Revision,
    User,
)
from governance.people import acting


@transaction.atomic
def approve(
    *,
    request_id: int,
    digest: str,
    by: User,
    at: datetime,
    comment: str = "",
) -> ChangeRequest:
    """Say yes to the revision with that digest. The last yes needed approves the request.

    Raises:
        Stale: the request asks for something else by now.
        NotYours: ``by`` asked for it, wrote part of it, answers for none of its domains,
            is a superuser, or has decided already.
        NotMeasured: nobody knows what it does to the numbers as they are.
        NotNow: it is not in review.
    """
    request = decide(request_id, digest, by, at, Decision.Verdict.APPROVE, comment)
    telling.receipt(request, by=by, at=at)
    # What was applied in an emergency lacks nothing but the approvals it went without.
    is_applied = request.state == States.APPLIED
    lacking = unapproved(request) if is_applied else missing(request)
    if lacking is None:
        if is_applied:
            request.review_due_at = None
            request.note = "Reviewed after it was applied in an emergency."
            request.save(update_fields=["review_due_at", "note"])
        else:
            later = request.effective_at is not None and request.effective_at > at
            become(request, States.SCHEDULED if later else States.APPROVED, "")
        telling.came_of_it(request, by=by, at=at)
    return request


@transaction.atomic
def request_changes(
    *, request_id: int, digest: str, by: User, at: datetime, comment: str
) -> ChangeRequest:
    """Ask whoever wrote it to change it first; the comment says what."""
    verdict = Decision.Verdict.REQUEST_CHANGES
    request = decide(request_id, digest, by, at, verdict, comment)
    become(request, States.CHANGES_REQUESTED, comment)
    telling.came_of_it(request, by=by, at=at)
    return request


@transaction.atomic
def reject(
    *, request_id: int, digest: str, by: User, at: datetime, comment: str
) -> ChangeRequest:
    """Say no. What holds goes on to hold."""
    request = decide(request_id, digest, by, at, Decision.Verdict.REJECT, comment)
    become(request, States.REJECTED, comment)
    telling.came_of_it(request, by=by, at=at)
    return request


@transaction.atomic
def comment(*, request_id: int, text: str, by: User, at: datetime) -> Comment:
    """Say something about a request."""
    acting(by)
    if not text.strip():
        raise ChangeError("Write something first.")
    request = locked(request_id)
    return Comment.objects.create(request=request, by=by, text=text.strip(), at=at)


def why_not(request: ChangeRequest, by: User) -> str:
    """Return why somebody may not decide on a request; nothing, if they may."""
    try:
        _refuse_decider(request, current_revision(request), by)
    except NotYours as refused:
        return str(refused)
    return ""


def decide(
    request_id: int, digest: str, by: User, at: datetime, verdict: str, comment: str
) -> ChangeRequest:
    acting(by)
    request = locked(request_id)
    revision = revision_as_read(request, digest)
    if request.state != States.IN_REVIEW and not request.owes_review:
        raise NotNow(f"Request {request.pk} is {request.get_state_display().lower()}.")
    if request.owes_review and verdict != Decision.Verdict.APPROVE:
        raise NotNow(
            f"Request {request.pk} has taken effect. If it must not stand, ask for what "
            f"held before: revert it."
        )
    if verdict != Decision.Verdict.OVERRIDE:
        _refuse_decider(request, revision, by)
    if verdict != Decision.Verdict.APPROVE and not comment.strip():
        raise ChangeError("Say why: whoever asked has to know what to do.")
    if request.requested_by is None:
        raise NotNow("Nobody decides on what a new installation begins with.")
    Decision.objects.create(
        request=request,
        revision=revision,
        preview=_had_before_them(request, revision, verdict),
        digest=revision.digest,
        cycle=request.cycle,
        requested_by=request.requested_by,
        by=by,
        verdict=verdict,
        comment=comment.strip(),
        at=at,
    )
    return request


def _had_before_them(
    request: ChangeRequest, revision: Revision, verdict: str
) -> Preview | None:
    """Return the preview of the revision; none where no number depends on it.

    Raises:
        NotMeasured: somebody says yes, and does not know what it does to the numbers.
    """
    preview = effects.of(revision)
    if verdict != Decision.Verdict.APPROVE or request.owes_review:
        return preview
    if not effects.can_tell(list(revision.operations.all())):
        return None
    if preview is None or preview.state == Preview.State.ASKED:
        raise NotMeasured(
            "Nobody knows yet what this does to the numbers. Have it measured, then "
            "decide."
        )
    if effects.is_stale(preview):
        raise NotMeasured(
            "The data, or what is in force, has moved since it was measured. Have it "
            "measured again, then decide."
        )
    return preview


def _refuse_decider(request: ChangeRequest, revision: Revision, by: User) -> None:
    if request.requested_by_id == by.pk:
        raise NotYours("You asked for this; somebody else decides on it.")
    if request.contributors.filter(user=by).exists():
        raise NotYours("You wrote part of this; somebody else decides on it.")
    if by.is_superuser or not by.is_active:
        raise NotYours("A superuser's account decides on nothing. Use your own.")
    if ask("select governance_is_about(%s, %s)", revision.pk, by.pk):
        raise NotYours(grants.ABOUT_YOU)
    if not ask("select governance_answers(%s, %s)", revision.pk, by.pk):
        if is_about_people(revision):
            raise NotYours(grants.WHO_DECIDES)
        raise NotYours(
            "None of what this touches is yours to decide on: you neither own nor "
            "steward any of its domains."
        )
    if request.decisions.filter(cycle=request.cycle, by=by).exists():
        raise NotYours("You have decided on this already.")
