"""A night's people written down: who stays, who goes up in whom, who arrived."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from identity import rows
from identity.ledger.breaker import Breaker, Held, look, read_again
from identity.ledger.events import (
    Cause,
    Change,
    Kind,
    Moved,
    wait_for_other_merges,
    write,
)
from identity.ledger.survivors import Group, OpenLink, survivors
from identity.models import HeldRun, Person, SealedRun


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the groups a night found.

    ``linked`` links were started, from ``moment`` on; ``merged`` says who went up in
    whom. ``held`` waits for somebody to let it pass, with the records of ``waiting``:
    they are read again the next night.
    """

    linked: int
    moment: datetime
    merged: Mapping[int, int]
    held: HeldRun | None = None
    waiting: frozenset[int] = frozenset()


@transaction.atomic
def settle(
    groups: Sequence[Sequence[int]],
    links: Mapping[int, OpenLink],
    *,
    reasons: Mapping[int, str],
    cause: Cause,
    at: datetime,
    breaker: Breaker | None = None,
) -> Settled:
    """Let the records of each group be one person from ``at`` on; the rest stay.

    Args:
        groups: records that are one person; none stands in two groups.
        links: to whom they belong now, and every other record of the same people.
        reasons: by record, which rule joins it.
        cause: why.
        at: when the night began.
        breaker: how much a night may change by itself; without it, whatever it finds.
    """
    wait_for_other_merges()
    held = look(groups, links, breaker) if breaker else None
    if held:
        groups = held.passing
        reasons = {**reasons, **dict.fromkeys(held.newcomers, "alone")}
    kept, absorbed = survivors(groups, links)
    changes = list(_changes(kept, absorbed, links, reasons, at))
    written = write(changes, links=links, cause=cause, at=at)
    if cause.run and written.events:
        SealedRun.objects.create(
            run=cause.run,
            at=written.moment,
            first_id=written.events[0],
            last_id=written.events[-1],
        )
    if not held:
        return Settled(written.linked, written.moment, absorbed)
    return Settled(
        written.linked,
        written.moment,
        absorbed,
        _keep(held, cause, written.moment),
        held.waiting,
    )


def move(
    groups: Sequence[Group],
    links: Mapping[int, OpenLink],
    *,
    reasons: Mapping[int, str],
    at: datetime,
    absorbed: Mapping[int, int] | None = None,
    cause: Cause | None = None,
) -> tuple[int, datetime]:
    """Let the records of each group belong to its person from ``at`` on.

    Return how many links were started, and from which moment on.
    """
    wait_for_other_merges()
    written = write(
        list(_changes(groups, absorbed or {}, links, reasons, at)),
        links=links,
        cause=cause or Cause("The records of a group are one person."),
        at=at,
    )
    return written.linked, written.moment


def _changes(
    groups: Sequence[Group],
    absorbed: Mapping[int, int],
    links: Mapping[int, OpenLink],
    reasons: Mapping[int, str],
    at: datetime,
) -> Iterator[Change]:
    """Yield what happens, in order: who parts, then who goes up in whom, then who came."""
    news = iter(_new_people(sum(group.person is None for group in groups), at))
    came: list[Moved] = []
    moved: dict[tuple[int, int], list[Moved]] = defaultdict(list)
    made: set[int] = set()
    for group in groups:
        person = group.person
        if person is None:
            person = next(news)
            made.add(person)
        for record in group.records:
            link = links.get(record)
            if link is None:
                came.append(Moved(record, None, person, reasons[record]))
            elif link.person != person:
                moved[link.person, person].append(
                    Moved(record, link.person, person, reasons[record])
                )
    merging = [two for two in sorted(moved) if absorbed.get(two[0]) == two[1]]
    for origin, to in sorted(set(moved) - set(merging)):
        kind = Kind.SPLIT if to in made else Kind.MOVED
        yield Change(kind, moved[origin, to], person=origin, other=to)
    for origin, to in merging:
        yield Change(Kind.MERGED, moved[origin, to], person=to, other=origin)
    if came:
        yield Change(Kind.ARRIVED, came)


def _new_people(count: int, at: datetime) -> list[int]:
    if not count:
        return []
    numbers = [number for (number,) in rows.select("next_people", people=count)]
    # Written out once: a million moments would take longer to write than their rows.
    made_at = at.isoformat()
    rows.copy(Person, ["id", "made_at"], ((number, made_at) for number in numbers))
    return numbers


def _keep(held: Held, cause: Cause, at: datetime) -> HeldRun:
    read_again(held.waiting)
    again = HeldRun.objects.filter(digest=held.digest, passed_at=None).first()
    return again or HeldRun.objects.create(
        at=at,
        run=cause.run,
        sentence=held.sentence,
        people=held.people,
        changed=held.changed,
        largest=held.largest,
        digest=held.digest,
        groups=held.groups,
        sample=held.sample,
    )
