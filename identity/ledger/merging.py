"""Two people become one because somebody says so; and somebody is kept whoever comes."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from governance.models import User
from identity.ledger import apart, reading
from identity.ledger.breaker import read_again
from identity.ledger.events import (
    Cause,
    Change,
    Kind,
    Moved,
    wait_for_other_merges,
    write,
)
from identity.ledger.refusals import (
    LedgerError,
    NoSuchPerson,
    SamePerson,
    WentUp,
    require_steward,
    said,
)
from identity.ledger.survivors import OpenLink, survivors
from identity.models import IdentityEvent, Merge, Person

# What a link says that somebody made, and no rule.
BY_HAND = "steward"


class AlreadyLocked(LedgerError):
    """Somebody locked the person before."""


class NotLocked(LedgerError):
    """Nobody has locked the person."""


@transaction.atomic
def merge(
    *,
    people: Collection[int],
    by: User,
    reason: str,
    at: datetime,
    evidence: Mapping[str, Any] | None = None,
    run: str = "",
) -> list[Merge]:
    """Join people into one, for good reason. Return a merge for each who was absorbed.

    Who is kept: whom somebody locked, then who has the most records, then who was known
    first. Links of the others end and start again on the kept one, at ``at`` or just
    after what was last written, so nothing told of an earlier moment changes. Two at
    once wait for each other; the second sees what the first has done.

    Raises:
        HeldApart: somebody said that records of two of them are not the same person.
        NoReason: ``reason`` says nothing.
        NoSuchPerson: a number nobody has, or somebody without records.
        NotAllowed: ``by`` is no steward.
        SamePerson: fewer than two different people are named.
        WentUp: one of them has been absorbed since.
    """
    require_steward(by)
    reason = said(reason)
    wait_for_other_merges()
    chosen = _standing(people)
    links = reading.open_links(people=chosen)
    _refuse_the_empty(chosen, {link.person for link in links.values()})
    apart.refuse_contradiction(links)
    together = sorted(links)
    _, absorbed = survivors([together], links)
    changes = [_going_up(gone, kept, links) for gone, kept in sorted(absorbed.items())]
    cause = Cause(reason, by=by, evidence=evidence or {}, run=run)
    written = write(changes, links=links, cause=cause, at=at)
    read_again(together)
    made = Merge.objects.filter(event__in=written.events)
    return list(made.select_related("kept", "absorbed", "by").order_by("id"))


@transaction.atomic
def lock(*, person_id: int, by: User, reason: str, at: datetime) -> IdentityEvent:
    """Want the person kept, whoever they are joined with.

    Raises:
        AlreadyLocked: somebody did before.
        NoReason: ``reason`` says nothing.
        NoSuchPerson: a number nobody has.
        NotAllowed: ``by`` is no steward.
        WentUp: the person has been absorbed.
    """
    return _turn(person_id, Kind.LOCKED, by=by, reason=reason, at=at)


@transaction.atomic
def unlock(*, person_id: int, by: User, reason: str, at: datetime) -> IdentityEvent:
    """Let the person go up in others again, as anybody may.

    Raises:
        NoReason: ``reason`` says nothing.
        NoSuchPerson: a number nobody has.
        NotAllowed: ``by`` is no steward.
        NotLocked: nobody has locked them.
        WentUp: the person has been absorbed.
    """
    return _turn(person_id, Kind.UNLOCKED, by=by, reason=reason, at=at)


@transaction.atomic
def note(
    *,
    kind: str,
    person_id: int,
    cause: Cause,
    at: datetime,
    other_id: int | None = None,
) -> IdentityEvent:
    """Write what is known of people and moves no record: a household, somebody attached."""
    if kind not in (Kind.HOUSEHOLD, Kind.ATTACHED):
        raise ValueError(f"{kind} moves records: it is not only noted.")
    change = Change(kind, person=person_id, other=other_id)
    [number] = write([change], links={}, cause=cause, at=at).events
    return IdentityEvent.objects.get(pk=number)


def _turn(
    person_id: int, kind: str, *, by: User, reason: str, at: datetime
) -> IdentityEvent:
    require_steward(by)
    reason = said(reason)
    wait_for_other_merges()
    _refuse_the_gone([person_id])
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise NoSuchPerson(f"There is no person {person_id}.")
    if kind == Kind.LOCKED and person.locked_at is not None:
        raise AlreadyLocked(
            f"{person} is locked since {person.locked_at:%Y-%m-%d %H:%M} UTC."
        )
    if kind == Kind.UNLOCKED and person.locked_at is None:
        raise NotLocked(f"{person} is not locked.")
    written = write(
        [Change(kind, person=person_id)], links={}, cause=Cause(reason, by=by), at=at
    )
    person.locked_at = written.moment if kind == Kind.LOCKED else None
    person.save(update_fields=["locked_at"])
    return IdentityEvent.objects.get(pk=written.events[0])


def _going_up(gone: int, kept: int, links: Mapping[int, OpenLink]) -> Change:
    moves = [
        Moved(record, gone, kept, BY_HAND)
        for record, link in sorted(links.items())
        if link.person == gone
    ]
    return Change(Kind.MERGED, moves, person=kept, other=gone)


def _standing(people: Collection[int]) -> list[int]:
    chosen = sorted(set(people))
    if len(chosen) < 2 or len(chosen) < len(people):
        raise SamePerson(
            "A person is not merged with themselves: name two or more who differ."
        )
    known = set(Person.objects.filter(pk__in=chosen).values_list("pk", flat=True))
    for missing in set(chosen) - known:
        raise NoSuchPerson(f"There is no person {missing}.")
    _refuse_the_gone(chosen)
    return chosen


def _refuse_the_gone(people: Collection[int]) -> None:
    gone = Merge.objects.as_of(None).filter(absorbed__in=people).order_by("id").first()
    if gone is not None:
        raise WentUp(
            f"Person {gone.absorbed_id} went up in person {gone.kept_id} at "
            f"{gone.at:%Y-%m-%d %H:%M} UTC: look at who that is, and choose again."
        )


def _refuse_the_empty(people: Collection[int], having: Collection[int]) -> None:
    for empty in sorted(set(people) - set(having)):
        raise NoSuchPerson(
            f"Nothing is known of person {empty} any more: no record is theirs."
        )
