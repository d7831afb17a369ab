"""Have nothing take effect for a time, and end that time early."""

from datetime import datetime

from django.db import transaction

from governance.changes.way import ChangeError, NotNow, NotYours, may_override
from governance.models import FreezeWindow, User
from governance.people import acting


@transaction.atomic
def freeze(
    *, begins_at: datetime, ends_at: datetime, reason: str, by: User, at: datetime
) -> FreezeWindow:
    """Set a time in which what was approved waits; an emergency does not.

    Raises:
        NotYours: ``by`` is neither a data owner nor an administrator.
        ChangeError: it ends before it begins, or is over, or says no reason.
    """
    acting(by)
    _refuse_others(by)
    if ends_at <= begins_at or ends_at <= at:
        raise ChangeError("It ends before it begins, or is over already.")
    if not reason.strip():
        raise ChangeError("Say why: everybody who waits will read it.")
    return FreezeWindow.objects.create(
        begins_at=begins_at,
        ends_at=ends_at,
        reason=reason.strip(),
        set_by=by,
        set_at=at,
    )


@transaction.atomic
def lift(*, window_id: int, by: User, at: datetime) -> FreezeWindow:
    """End a frozen time now.

    Raises:
        NotYours: ``by`` is neither a data owner nor an administrator.
        NotNow: somebody has lifted it.
    """
    acting(by)
    _refuse_others(by)
    window = FreezeWindow.objects.select_for_update().get(pk=window_id)
    if window.lifted_at is not None:
        raise NotNow(f"{window} was lifted already.")
    window.lifted_at, window.lifted_by = at, by
    window.save(update_fields=["lifted_at", "lifted_by"])
    return window


def _refuse_others(by: User) -> None:
    if not may_override(by):
        raise NotYours("Only a data owner or an administrator sets a frozen time.")
