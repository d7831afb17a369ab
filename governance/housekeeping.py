"""What nobody reads is suggested for retirement, by nobody in particular."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.models import F

from governance import changes, quarters, usage
from governance.models import ChangeRequest, Kind, Operation, State, User, Version

# Signs in nowhere and answers for nothing: the log has to name somebody.
NAME = "housekeeping"
_ZONE = ZoneInfo(settings.REPORTING_TIME_ZONE)
# Who said no is not asked again for a year.
_NOT_AGAIN_FOR = timedelta(days=365)

States = ChangeRequest.State


class NameTaken(Exception):
    """Somebody who can sign in has the name under which nobody acts."""


@transaction.atomic
def propose_retirements(*, at: datetime) -> ChangeRequest | None:
    """Suggest that the fields nobody reads are retired; return nothing if there are none.

    One suggestion a quarter, whoever asks how often: it is a draft on the desks of those
    who answer for the fields, and nothing happens until one of them puts it to review.
    One that nobody took up is withdrawn for the next.

    Raises:
        NameTaken: an account one can sign in with is called as this one is.
    """
    _one_at_a_time()
    by = _nobody()
    before = ChangeRequest.objects.filter(requested_by=by)
    if before.filter(made_at__gte=quarters.begin_of(at, zone=_ZONE)).exists():
        return None
    for forgotten in before.filter(state=States.DRAFT):
        changes.withdraw(request_id=forgotten.pk, by=by)
    fields = _worth_asking(usage.unread(at=at), by, at)
    if not fields:
        return None
    return changes.propose(
        title=f"Retire {len(fields)} field{'s' * (len(fields) > 1)} nobody reads",
        reason=_reason(fields),
        operations=[_retired(each) for each in fields],
        by=by,
        at=at,
    )


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended('housekeeping', 42))"
        )


def _nobody() -> User:
    user, _made = User.objects.get_or_create(
        username=NAME,
        defaults={
            "first_name": "Housekeeping",
            "is_active": False,
            "password": make_password(None),
        },
    )
    if user.is_active or user.has_usable_password():
        raise NameTaken(
            f"The account {NAME} can sign in, and suggestions that nobody makes would "
            f"be taken for theirs. Rename it."
        )
    return user


def _worth_asking(fields: Sequence[Version], by: User, at: datetime) -> list[Version]:
    """Leave out what somebody asks about already, and what was answered with no."""
    keys = [each.key for each in fields]
    asked = Operation.objects.filter(
        kind=Kind.FIELD, key__in=keys, revision__number=F("revision__request__revision")
    )
    open_now = asked.filter(revision__request__state__in=ChangeRequest.OPEN)
    refused = asked.filter(
        revision__request__requested_by=by,
        revision__request__state=States.REJECTED,
        revision__request__made_at__gt=at - _NOT_AGAIN_FOR,
    )
    settled = {*open_now.values_list("key", flat=True)}
    settled |= {*refused.values_list("key", flat=True)}
    return [each for each in fields if each.key not in settled]


def _retired(field: Version) -> changes.Proposed:
    return changes.Proposed(
        field.kind, field.key, field.domain_id, field.body, State.RETIRED,
        base=field.number,
    )  # fmt: skip


def _reason(fields: Sequence[Version]) -> str:
    named = ", ".join(each.key for each in fields)
    return (
        f"For {usage.UNREAD_AFTER.days} days nobody has looked these up, on a page or "
        f"by a program, and no step reads them: {named}. Too many fields make the others "
        f"harder to trust. Whoever answers for them takes out what is to stay, retires "
        f"the mappings that still fill the rest, and puts this to review. Looking a "
        f"field up once is enough for it not to be asked about again for a quarter."
    )
