"""What waits for whom: the questions the desk asks, and the frame of every page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Exists,
    F,
    Func,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from governance import rights
from governance.models import ChangeRequest, Decision, Revision, User
from governance.roles import PROPOSERS

States = ChangeRequest.State


@dataclass(frozen=True)
class Emergency:
    """A request that took effect without its approvals, and is still to be reviewed."""

    request_id: int
    title: str
    due_at: datetime


@dataclass(frozen=True)
class Beside:
    """The requests that wait for the reader before and after the one they read."""

    before: int | None
    after: int | None


@dataclass(frozen=True)
class Told:
    """What the frame of every page says: how much waits for the reader, what is owed."""

    waiting: int
    emergencies: tuple[Emergency, ...]


def to_decide(user: User) -> QuerySet[ChangeRequest]:
    """Return what is in review and may be decided on by the user, the oldest first.

    The database is asked, whose answer is the one that counts when a decision is written.
    """
    wanted = Revision.objects.filter(
        request=OuterRef("pk"), number=OuterRef("revision")
    ).values("pk")
    heard = Decision.objects.filter(
        request=OuterRef("pk"), cycle=OuterRef("cycle"), by=user
    )
    who = Value(user.pk, BigIntegerField())
    answers = Func(
        Subquery(wanted), who, function="governance_answers", output_field=BooleanField()
    )  # fmt: skip
    may = Func(
        F("pk"), who, function="governance_may_decide", output_field=BooleanField()
    )
    decidable = ChangeRequest.objects.alias(answers=answers, may=may).filter(
        ~Exists(heard), answers=True, may=True
    )
    return decidable.filter(state=States.IN_REVIEW).order_by("made_at", "pk")


def beside(user: User, request: ChangeRequest) -> Beside:
    """Return the neighbours of a request on the user's desk.

    One that does not wait for them stands before all that do.
    """
    waiting = list(to_decide(user).values_list("pk", flat=True))
    place = waiting.index(request.pk) if request.pk in waiting else -1
    before = waiting[place - 1] if place > 0 else None
    after = waiting[place + 1] if place + 1 < len(waiting) else None
    return Beside(before, after)


def suggested(user: User) -> QuerySet[ChangeRequest]:
    """Return drafts of people who may not put them to review, for who answers for them."""
    theirs = rights.domains(user, rights.Verb.STEWARD)
    touches = Revision.objects.filter(
        operations__domain__in=theirs,
        request=OuterRef("pk"),
        number=OuterRef("revision"),
    )
    proposers = User.objects.filter(groups__name__in=PROPOSERS)
    return ChangeRequest.objects.filter(
        Exists(touches), state=States.DRAFT, requested_by__isnull=False
    ).exclude(requested_by__in=proposers)


def emergencies() -> QuerySet[ChangeRequest]:
    """Return what was applied without its approvals and nobody has reviewed yet."""
    return ChangeRequest.objects.filter(_OWED).order_by("review_due_at", "pk")


def with_what_it_touches(requests: QuerySet[ChangeRequest]) -> QuerySet[ChangeRequest]:
    """Load what a row of a list shows: three queries, however many rows."""
    asked_for = Revision.objects.filter(number=F("request__revision"))
    return requests.select_related("requested_by", "application").prefetch_related(
        Prefetch(
            "revisions", asked_for.prefetch_related("operations"), to_attr="asked_for"
        )
    )


def told(request: HttpRequest) -> Told:
    """Return what the frame of the page says to whoever asked for it; asked once."""
    kept: dict[str, Any] = vars(request)
    if "told" not in kept:
        kept["told"] = _told(getattr(request, "user", None))
    found: Told = kept["told"]
    return found


def frame(request: HttpRequest) -> dict[str, object]:
    """Give the templates what waits, asked for only by a page that shows it."""
    # No page has another use for the name, which would hide what the frame says.
    return {"at_desk": SimpleLazyObject(lambda: told(request))}


def _told(user: object) -> Told:
    if not isinstance(user, User):
        return Told(0, ())
    rows = (
        ChangeRequest.objects.filter(
            Q(pk__in=to_decide(user).order_by().values("pk")) | _OWED
        )
        .order_by("review_due_at", "pk")
        .values_list("pk", "title", "review_due_at", "state")
    )
    waiting = sum(state == States.IN_REVIEW for _pk, _title, _due, state in rows)
    owed = [
        Emergency(pk, title, due)
        for pk, title, due, state in rows
        if state == States.APPLIED and due is not None
    ]
    return Told(waiting, tuple(owed))


_OWED = Q(state=States.APPLIED, review_due_at__isnull=False)
