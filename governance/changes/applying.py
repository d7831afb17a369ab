"""Let what was approved take effect, all of it and once; or say why it cannot."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from governance import grants, later, projections
from governance.changes import telling
from governance.changes.deciding import decide
from governance.changes.way import (
    ChangeError,
    Conflicted,
    NotNow,
    NotYours,
    States,
    alone,
    become,
    current_revision,
    is_about_people,
    locked,
    may_override,
    missing,
    refuse_frozen,
    refuse_moved,
    revision_as_read,
)
from governance.models import (
    Application,
    ChangeRequest,
    Decision,
    Operation,
    Revision,
    User,
    Version,
)
from governance.people import acting

# An emergency is looked at afterwards, on one of the next working days.
_REVIEWED_WITHIN = 2


def apply(*, request_id: int, digest: str, by: User, at: datetime) -> Application:
    """Write what was approved into the registry: all of it, once.

    Applying the same content again returns the application there is.

    Raises:
        Stale: the request asks for something else than ``digest``.
        NotNow: it is not approved, or its day has not come.
        Frozen: nothing takes effect at this time.
        Conflicted: a definition has changed since; the request says so from now on.
    """
    try:
        return _apply(request_id, digest, by, at)
    except Conflicted as moved:
        _say_so(request_id, by, moved, at)
        raise


@transaction.atomic
def _say_so(request_id: int, by: User, moved: Conflicted, at: datetime) -> None:
    acting(by)
    request = locked(request_id)
    # Somebody may have taken it back, or edited it, in between.
    if request.state in ChangeRequest.APPLICABLE:
        become(request, States.CONFLICTED, str(moved))
        telling.came_of_it(request, by=by, at=at)


@transaction.atomic
def _apply(request_id: int, digest: str, by: User, at: datetime) -> Application:
    alone()
    acting(by)
    request = locked(request_id)
    revision = revision_as_read(request, digest)
    done = Application.objects.filter(request=request, digest=digest).first()
    if done:
        return done
    if request.state not in ChangeRequest.APPLICABLE:
        raise NotNow(f"Request {request.pk} is {request.get_state_display().lower()}.")
    _refuse_early(request, at)
    refuse_frozen(at)
    lacking = missing(request)
    if lacking is not None:
        raise NotNow(
            f"Request {request.pk} was approved, and {lacking}: somebody who approved it "
            f"no longer answers for it. Revise it, so that it is reviewed again."
        )
    made = _take_effect(request, revision, by, at)
    telling.came_of_it(request, by=by, at=at)
    return made


def _refuse_early(request: ChangeRequest, at: datetime) -> None:
    if request.effective_at and request.effective_at > at:
        raise NotNow(f"Request {request.pk} takes effect at {request.effective_at}.")


def _take_effect(
    request: ChangeRequest, revision: Revision, by: User, at: datetime
) -> Application:
    refuse_moved(revision)
    made = Application.objects.create(
        request=request, revision=revision, digest=revision.digest, by=by, at=at
    )
    written = Version.objects.bulk_create(
        each.taking_effect(at) for each in revision.operations.all()
    )
    projections.follow(written)
    become(request, States.APPLIED, "")
    _overtake(revision, at)
    if request.reverts is not None and request.reverts.state == States.APPLIED:
        become(request.reverts, States.REVERTED, f"Reverted by request {request.pk}.")
        telling.came_of_it(request.reverts, at=at)
    later.ask("governance.seal")
    return made


def _overtake(revision: Revision, at: datetime) -> None:
    """Tell the open requests that were written against what has just been replaced."""
    changed = {(each.kind, each.key): each for each in revision.operations.all()}
    waiting = Operation.objects.filter(
        revision__number=F("revision__request__revision"),
        revision__request__state__in=[
            States.IN_REVIEW, States.APPROVED, States.SCHEDULED,
        ],
        key__in=[key for _kind, key in changed],
    ).select_related("revision__request")  # fmt: skip
    for each in waiting:
        if (each.kind, each.key) in changed:
            overtaken = become(
                each.revision.request,
                States.CONFLICTED,
                f"{each} was changed by request {revision.request_id}. Revise this one "
                f"against what holds now.",
            )
            telling.came_of_it(overtaken, at=at)


@transaction.atomic
def override(
    *, request_id: int, digest: str, by: User, at: datetime, reason: str
) -> Application:
    """Break the glass: apply without the approvals, and owe a review.

    Raises:
        NotYours: ``by`` is neither a data owner nor an administrator; or it is about
            what people may do, which is no emergency.
        NotNow: it is not in review, or is for a later day.
        Conflicted: a definition has changed since.
        ChangeError: no reason was given.
    """
    if not reason.strip():
        raise ChangeError("Say what the emergency is; everybody will read it.")
    alone()
    acting(by)
    if not may_override(by):
        raise NotYours("Only a data owner or an administrator may break the glass.")
    request = locked(request_id, States.IN_REVIEW)
    if is_about_people(current_revision(request)):
        raise NotYours(grants.NO_EMERGENCY)
    _refuse_early(request, at)
    request.review_due_at = _working_days_after(at, _REVIEWED_WITHIN)
    request.save(update_fields=["review_due_at"])
    decide(request_id, digest, by, at, Decision.Verdict.OVERRIDE, reason)
    request.refresh_from_db()
    made = _take_effect(request, current_revision(request), by, at)
    telling.broke_glass(request, by=by, reason=reason, at=at)
    return made


def _working_days_after(at: datetime, days: int) -> datetime:
    while days:
        at += timedelta(days=1)
        days -= at.weekday() < 5
    return at
