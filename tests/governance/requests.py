"""Builders of change requests: each fills in what the test is not about."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from governance import changes, effects
from governance.models import ChangeRequest, Domain, Preview, User
from tests import make

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
FIELD = {
    "name": "E-mail",
    "meaning": "Where a customer reads mail.",
    "type": "text",
    "sensitivity": "personal",
}
KPI = {
    "name": "Lifetime value, 90 days",
    "meaning": "What a person bought within 90 days of the first order.",
    "formula": "ltv_90",
    "grain": "person",
    "unit": "reporting currency",
    "window_days": 90,
}


def field(domain: Domain, key: str = "customer.email", **said: Any) -> changes.Proposed:
    return changes.Proposed("field", key, domain.key, {**FIELD, **said})


def kpi(domain: Domain, key: str = "ltv_90", **said: Any) -> changes.Proposed:
    return changes.Proposed("kpi", key, domain.key, {**KPI, **said})


def ownership(
    domain: Domain, key: str = "customer.email", **said: Any
) -> changes.Proposed:
    return changes.Proposed("ownership", key, domain.key, {"owner": "shop", **said})


def draft(*operations: changes.Proposed, by: User) -> ChangeRequest:
    return changes.propose(
        title="A change",
        reason="The quarterly review asked for it.",
        operations=operations,
        by=by,
        at=AT,
    )


def in_review(*operations: changes.Proposed, by: User) -> ChangeRequest:
    request = changes.submit(request_id=draft(*operations, by=by).pk, by=by, at=AT)
    return as_measured(request)


def as_measured(request: ChangeRequest) -> ChangeRequest:
    """Return the request, with a preview that says that no number moves."""
    request.refresh_from_db()
    revision = changes.current_revision(request)
    operations = list(revision.operations.all())
    if effects.can_tell(operations):
        Preview.objects.create(
            revision=revision,
            state=Preview.State.MEASURED,
            asked_by=request.requested_by,
            asked_at=AT,
            measured_at=AT,
            stands_on=effects.stands_on(operations),
            answer={"moved": [], "moved_in_all": 0, "looked_at": 0, "largest": "0"},
        )
    return request


def digest(request: ChangeRequest) -> str:
    request.refresh_from_db()
    return changes.current_revision(request).digest


def approved(
    *operations: changes.Proposed, by: User, approvers: list[User]
) -> ChangeRequest:
    request = in_review(*operations, by=by)
    for each in approvers:
        if request.state == request.State.IN_REVIEW:
            changes.approve(
                request_id=request.pk, digest=digest(request), by=each, at=AT
            )
        request.refresh_from_db()
    return request


def applied(*operations: changes.Proposed, domain: Domain) -> ChangeRequest:
    """Return a request that went all the way, asked for and approved by newcomers."""
    of_people = any(each.kind == "permission" for each in operations)
    by = make.user(role="admin") if of_people else make.domain_steward(domain)
    request = approved(
        *operations, by=by, approvers=[make.owner(domain), make.owner(domain)]
    )
    changes.apply(request_id=request.pk, digest=digest(request), by=by, at=AT)
    request.refresh_from_db()
    return request


def permission(
    domain: Domain,
    somebody: User,
    roles: list[str],
    *,
    owns: Sequence[str] = (),
    stewards: Sequence[str] = (),
) -> changes.Proposed:
    """Return what somebody shall be allowed to do, all of it."""
    said = {"roles": roles, "owns": list(owns), "stewards": list(stewards)}
    return changes.Proposed("permission", somebody.username, domain.key, said)
