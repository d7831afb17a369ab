"""Values that join nobody: set aside where too many share them, or a steward says so.

A crowd is counted whenever who is who is worked out. A steward's word stands until it is
lifted. Whoever answers for the identifier blocks a value for good by a change request.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from governance.models import Storefront, User
from identity import rows
from identity.evidence import Crowd, Value
from identity.models import QuarantinedValue

_CROWDED = QuarantinedValue.Why.CROWDED
# A value is lifted after it was set aside, be it by as little as a clock can tell.
_INSTANT = timedelta(microseconds=1)
_SURELY_A_CROWD = 1_000


class QuarantineError(Exception):
    """A value cannot be set aside or lifted; the message says why."""


class AlreadySetAside(QuarantineError):
    """The value joins nobody already."""


class NotSetAside(QuarantineError):
    """The value was lifted, or was never set aside."""


def reconsidered(records: Collection[int]) -> list[int]:
    """Return the crowds these records have a part in: they may be none any more.

    What more than so many have is not looked at again: it became nobody's for good, and
    loading everybody each night would cost more than it could find.
    """
    found = rows.select(
        "crowds_of_records",
        records=list(records),
        crowded=_CROWDED,
        most=_SURELY_A_CROWD,
    )
    return [number for (number,) in found]


def every_crowd() -> list[int]:
    """Return all crowds there are, where everybody is looked at."""
    held = QuarantinedValue.objects.standing().filter(why=_CROWDED)
    return list(held.values_list("pk", flat=True))


def standing(*, but: Collection[int] = ()) -> frozenset[Value]:
    """Return the values that join nobody now, but for those looked at again."""
    held = QuarantinedValue.objects.standing().exclude(pk__in=but)
    return frozenset(held.values_list("storefront_id", "kind", "value"))


def keep(
    crowds: Iterable[Crowd],
    *,
    reconsidered: Collection[int],
    read: Collection[int],
    at: datetime,
) -> None:
    """Set the crowds aside; lift those that were looked at again and are none any more.

    What the records that were read have a part in is counted again.
    """
    found = {crowd.value: crowd for crowd in crowds}
    for held in QuarantinedValue.objects.filter(pk__in=reconsidered):
        if (held.storefront_id, held.kind, held.value) not in found:
            _lift(held.pk, at)
    known = standing()
    QuarantinedValue.objects.bulk_create(
        QuarantinedValue(
            storefront_id=value[0],
            kind=value[1],
            value=value[2],
            why=_CROWDED,
            records=crowd.records,
            surnames=crowd.surnames,
            since=at,
        )
        for value, crowd in sorted(found.items())
        if value not in known
    )
    rows.change("count_set_aside", records=list(read))


@transaction.atomic
def set_aside(
    *,
    storefront: Storefront,
    kind: str,
    value: str,
    by: User,
    reason: str,
    at: datetime,
) -> QuarantinedValue:
    """Let the value join nobody from now on; whom it joined is worked out at night.

    Raises:
        AlreadySetAside: it joins nobody already.
    """
    held = QuarantinedValue.objects.standing().filter(
        storefront=storefront, kind=kind, value=value
    )
    if held.exists():
        raise AlreadySetAside(
            f"{value} was set aside before and joins nobody. Lift it to let it join."
        )
    made = QuarantinedValue.objects.create(
        storefront=storefront,
        kind=kind,
        value=value,
        why=QuarantinedValue.Why.STEWARD,
        since=at,
        by=by,
        reason=reason,
    )
    rows.change("count_values", values=[made.pk])
    rows.change("read_sharers_again", values=[made.pk])
    return made


@transaction.atomic
def lift(*, value_id: int, at: datetime) -> None:
    """Let a value that was set aside join again; whom, is worked out at night.

    Raises:
        NotSetAside: it joins already.
    """
    if not QuarantinedValue.objects.standing().filter(pk=value_id).exists():
        raise NotSetAside("The value was lifted before. Look at the list again.")
    rows.change("read_sharers_again", values=[value_id])
    _lift(value_id, at)


def _lift(value_id: int, at: datetime) -> None:
    QuarantinedValue.objects.filter(pk=value_id).update(
        lifted_at=Greatest(F("since") + _INSTANT, at)
    )
