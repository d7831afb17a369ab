"""People as the ledger makes them: records come, and are somebody's."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from governance.models import User
from identity import ledger
from identity.models import IdentityEvent, Merge, Person
from tests import make

START = make.moment("2026-03-01")


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def someone(records: int = 1, *, at: datetime = START) -> Person:
    """Return somebody who came with so many records."""
    return arrived([make.record().pk for _ in range(records)], at=at)


def arrived(records: list[int], *, at: datetime = START) -> Person:
    settle([records], at=at)
    person = ledger.person_of(record_id=records[0])
    assert person is not None
    return person


def settle(
    groups: Iterable[list[int]],
    *,
    at: datetime = START,
    reason: str = "email",
    breaker: ledger.Breaker | None = None,
    run: str = "",
) -> ledger.Settled:
    """Write what a night found, after looking up whose the records are."""
    groups = list(groups)
    named = [record for group in groups for record in group]
    links = ledger.open_links(people=set(ledger.people_of(record_ids=named).values()))
    return ledger.settle(
        groups,
        links,
        reasons=dict.fromkeys(named, reason),
        cause=ledger.Cause("The same e-mail address.", run=run),
        at=at,
        breaker=breaker,
    )


def merge(*people: Person, by: User, at: datetime) -> Merge:
    """Return the one merge of two people."""
    [merged] = ledger.merge(
        people=[who.pk for who in people], by=by, reason="I asked them.", at=at
    )
    return merged


def undo(
    merged: Merge | IdentityEvent, *, by: User, at: datetime, also=()
) -> IdentityEvent:
    event = merged.event_id if isinstance(merged, Merge) else merged.pk
    return ledger.unmerge(
        event_id=event, by=by, reason="They are two.", at=at, also=also
    )


def records(person: Person, as_of: datetime | None = None) -> list[int]:
    return ledger.records_of(person_id=person.pk, as_of=as_of)
