"""What every verb on a request stands on: its row, its state, what it lacks."""

from datetime import datetime, timedelta
from typing import cast

from django.db import connection

from governance.models import ChangeRequest, FreezeWindow, Revision, User, Version

# Nobody answers for what was asked so long ago.
OPEN_FOR = timedelta(days=30)

States = ChangeRequest.State


class ChangeError(Exception):
    """A request cannot go that way; the message says why and what to do."""


class NothingAsked(ChangeError):
    """A request without an operation, or with one that changes nothing."""


class Unsound(ChangeError):
    """What is asked for cannot be; the message lists what is wrong, a sentence each."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class NotNow(ChangeError):
    """The request is not in a state in which this can be done."""


class NotMeasured(ChangeError):
    """What is asked for moves numbers, and nobody knows which."""


class Frozen(NotNow):
    """Nothing takes effect at this time; the message says why, and until when."""


class NotYours(ChangeError):
    """Whoever asks may not do this."""


class Stale(ChangeError):
    """The request was changed since it was read."""


class Conflicted(ChangeError):
    """A definition has changed since it was proposed to change it."""


def current_revision(request: ChangeRequest) -> Revision:
    """Return the revision a request asks for."""
    return request.revisions.get(number=request.revision)


def risk_of(revision: Revision) -> str:
    """Return the risk the kinds of its operations have, whatever they do to numbers."""
    return str(ask("select governance_risk(%s)", revision.pk))


def missing(request: ChangeRequest) -> str | None:
    """Return what the request still lacks to take effect, in words; nothing, if nothing."""
    found = ask("select governance_missing(%s)", request.pk)
    return None if found is None else str(found)


def unapproved(request: ChangeRequest) -> str | None:
    """Return which approvals the request lacks, an emergency or not; nothing, if none."""
    found = ask("select governance_unapproved(%s)", request.pk)
    return None if found is None else str(found)


def alone() -> None:
    """Wait until nobody is at a verb on any request, and let nobody begin one.

    What takes effect touches the requests it overtakes: two at once, or one beside a
    decision on the other, would wait for each other for ever.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"select pg_advisory_xact_lock({_VERBS})")


_VERBS = "hashtextextended('governance verbs', 42)"


def refuse_frozen(at: datetime) -> None:
    """Refuse to let anything take effect while a window is frozen.

    Raises:
        Frozen: one is.
    """
    window = FreezeWindow.objects.covering(at).order_by("-ends_at").first()
    if window is not None:
        raise Frozen(
            f"Nothing takes effect until {window.ends_at:%d %B %Y, %H:%M} UTC: "
            f"{window.reason} What is approved waits; in an emergency, break the glass."
        )


def may_override(by: User) -> bool:
    """Return whether somebody may break the glass."""
    return bool(ask("select governance_may_override(%s)", by.pk))


def domains_touched(revision: Revision) -> list[str]:
    """Return the domains whose owners are asked, by their keys."""
    found = ask("select array(select domain from governance_domains(%s))", revision.pk)
    return sorted(map(str, cast(list[str], found)))


def is_about_people(revision: Revision) -> bool:
    """Return whether a revision changes what somebody may do."""
    return bool(ask("select governance_is_about_people(%s)", revision.pk))


def ask(question: str, *values: int) -> object:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchall()[0][0]


def locked(request_id: int, *states: str) -> ChangeRequest:
    with connection.cursor() as cursor:
        cursor.execute(f"select pg_advisory_xact_lock_shared({_VERBS})")
    request = ChangeRequest.objects.select_for_update(of=["self"]).get(pk=request_id)
    if states and request.state not in states:
        expected = " or ".join(States(state).label.lower() for state in states)
        raise NotNow(
            f"Request {request.pk} is {request.get_state_display().lower()}; this is "
            f"done while it is {expected}."
        )
    return request


def refuse_moved(revision: Revision) -> None:
    operations = list(revision.operations.all())
    current = Version.objects.current().filter(
        kind__in={each.kind for each in operations},
        key__in={each.key for each in operations},
    )
    holds = {
        (kind, key): pk for kind, key, pk in current.values_list("kind", "key", "pk")
    }
    moved = [
        str(each)
        for each in operations
        if holds.get((each.kind, each.key)) != each.base_id
    ]
    if moved:
        raise Conflicted(
            f"{', '.join(moved)} changed since this was written. Revise the request "
            f"against what holds now."
        )


def become(request: ChangeRequest, state: str, note: str) -> ChangeRequest:
    request.state, request.note = state, note
    request.save(update_fields=["state", "note"])
    return request


def revision_as_read(request: ChangeRequest, digest: str) -> Revision:
    """Return the revision a request asks for, if it is the one that was read.

    Raises:
        Stale: the request asks for something else by now.
    """
    revision = current_revision(request)
    if revision.digest != digest:
        raise Stale(
            f"Request {request.pk} was changed since you read it. Read it again."
        )
    return revision
