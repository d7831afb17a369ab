"""A night that would change too much waits until somebody lets it pass."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from governance import rights
from governance.models import Domain, User
from identity import rows
from identity.ledger.refusals import LedgerError, said
from identity.ledger.survivors import OpenLink
from identity.models import HeldRun, Merge, Person

# Whose owners answer for who is who.
_DOMAIN = "customer"
_SHOWN = 20


class AlreadyPassed(LedgerError):
    """Somebody let it pass before, or it was sent twice."""


class NotAnOwner(LedgerError):
    """Whoever asks does not answer for what customers are."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """How much one night may change by itself.

    ``share`` of the people there were, but ``floor`` people in any case: of a hundred
    people, half of one is nobody. ``largest`` is how many records one person may have.
    """

    share: float
    floor: int
    largest: int

    def allowed(self, people: int) -> int:
        """Return how many of so many people a night may change.

        >>> every_night = Breaker(share=0.005, floor=50, largest=200)
        >>> every_night.allowed(1_000), every_night.allowed(100_000)
        (50, 500)
        """
        return max(self.floor, int(people * self.share))


@dataclass(frozen=True, slots=True)
class Held:
    """What of a night passes, and what of it waits, in words and figures.

    Whoever is new in a group that waits is somebody of their own meanwhile.
    """

    passing: list[Sequence[int]]
    waiting: frozenset[int]
    newcomers: Sequence[int]
    sentence: str
    people: int
    changed: int
    largest: int
    digest: str
    groups: list[str]
    sample: list[dict[str, Any]]


def look(
    groups: Sequence[Sequence[int]], links: Mapping[int, OpenLink], breaker: Breaker
) -> Held | None:
    """Return what has to wait of these groups; nothing, where all may be written.

    A first load changes nobody, and passes. Groups that somebody let pass are not
    counted again.
    """
    people = Person.objects.count() - Merge.objects.as_of(None).count()
    if not people:
        return None
    owners = _owners(groups, links)
    changing = _changing(owners)
    crowded = _crowded(groups, owners, links, breaker.largest)
    if len(_people(owners, changing)) <= breaker.allowed(people) and not crowded:
        return None
    passed = _let_pass_before()
    seen = {
        number
        for number in changing | crowded
        if not passed.isdisjoint(_digests(groups[number], links))
    }
    changed = len(_people(owners, changing - seen))
    too_many = changed > breaker.allowed(people)
    holding = (crowded - seen) | (changing - seen if too_many else set())
    if not holding:
        return None
    holding = _with_their_parts(holding, owners)
    largest = max(len(groups[number]) for number in holding)
    return _held(groups, links, holding, people, changed, largest, breaker)


@transaction.atomic
def let_pass(*, held_id: int, by: User, reason: str, at: datetime) -> HeldRun:
    """Let what a night was stopped at pass: the next night that finds the same writes it.

    Raises:
        AlreadyPassed: somebody was faster.
        NoReason: ``reason`` says nothing.
        NotAnOwner: ``by`` is no owner of customer.
    """
    reason = said(reason)
    held = HeldRun.objects.select_for_update().get(pk=held_id)
    if held.passed_at is not None:
        raise AlreadyPassed(
            f"{held.passed_by} let it pass at {held.passed_at:%Y-%m-%d %H:%M} UTC."
        )
    domain = Domain.objects.filter(key=_DOMAIN).first()
    if domain is None or not rights.can(by, rights.Verb.OWN, domain):
        raise NotAnOwner(
            f"{by} does not own {_DOMAIN}. Only a data owner of {_DOMAIN} lets a night "
            f"pass that would change so many people."
        )
    held.passed_by, held.passed_at, held.passed_reason = by, at, reason
    held.save(update_fields=["passed_by", "passed_at", "passed_reason"])
    return held


def _owners(
    groups: Sequence[Sequence[int]], links: Mapping[int, OpenLink]
) -> dict[int, set[int]]:
    """Return by group the people whose records it has; groups of newcomers are left out."""
    owners: dict[int, set[int]] = {}
    for number, records in enumerate(groups):
        theirs = {links[record].person for record in records if record in links}
        if theirs:
            owners[number] = theirs
    return owners


def _changing(owners: Mapping[int, set[int]]) -> set[int]:
    """Return the groups that join people or part one."""
    parts = _parts(owners)
    return {
        number
        for number, theirs in owners.items()
        if len(theirs) > 1 or any(len(parts[who]) > 1 for who in theirs)
    }


def _parts(owners: Mapping[int, set[int]]) -> dict[int, list[int]]:
    parts: dict[int, list[int]] = defaultdict(list)
    for number, theirs in owners.items():
        for who in theirs:
            parts[who].append(number)
    return parts


def _crowded(
    groups: Sequence[Sequence[int]],
    owners: Mapping[int, set[int]],
    links: Mapping[int, OpenLink],
    most: int,
) -> set[int]:
    """Return the groups that would make a person of more records than allowed.

    Somebody who has as many already, and only gets more, was seen before.
    """
    return {
        number
        for number, records in enumerate(groups)
        if len(records) > most
        and not (
            len(owners.get(number, ())) == 1
            and sum(record in links for record in records) > most
        )
    }


def _people(owners: Mapping[int, set[int]], numbers: Iterable[int]) -> set[int]:
    return {who for number in numbers for who in owners.get(number, ())}


def _with_their_parts(holding: set[int], owners: Mapping[int, set[int]]) -> set[int]:
    """Return the groups, and those that have other records of the same people, and so on."""
    parts = _parts(owners)
    held, added = set(holding), set(holding)
    while added:
        beside = {part for who in _people(owners, added) for part in parts[who]}
        added = beside - held
        held |= added
    return held


def _let_pass_before() -> set[str]:
    passed = HeldRun.objects.filter(passed_at__isnull=False)
    return {
        each for groups in passed.values_list("groups", flat=True) for each in groups
    }


def _digests(records: Sequence[int], links: Mapping[int, OpenLink]) -> set[str]:
    """Return what the group is known by, with whoever is new in it and without."""
    return {
        _digest(records),
        _digest([record for record in records if record in links]),
    }


def _digest(records: Sequence[int]) -> str:
    named = ",".join(map(str, sorted(records)))
    return hashlib.sha256(named.encode()).hexdigest()[:20]


def _held(
    groups: Sequence[Sequence[int]],
    links: Mapping[int, OpenLink],
    holding: set[int],
    people: int,
    changed: int,
    largest: int,
    breaker: Breaker,
) -> Held:
    newcomers = [
        record
        for number in sorted(holding)
        for record in groups[number]
        if record not in links
    ]
    digests = sorted(_digest(groups[number]) for number in holding)
    passing = [
        records for number, records in enumerate(groups) if number not in holding
    ]
    return Held(
        passing=[*passing, *([record] for record in newcomers)],
        waiting=frozenset(record for number in holding for record in groups[number]),
        newcomers=newcomers,
        sentence=_in_words(people, changed, largest, breaker),
        people=people,
        changed=changed,
        largest=largest,
        digest=hashlib.sha256("".join(digests).encode()).hexdigest(),
        groups=digests,
        sample=[
            {
                "records": list(groups[number]),
                "people": sorted(
                    {links[each].person for each in groups[number] if each in links}
                ),
            }
            for number in sorted(holding, key=lambda each: -len(groups[each]))[:_SHOWN]
        ],
    )


def _in_words(people: int, changed: int, largest: int, breaker: Breaker) -> str:
    why = []
    if changed > breaker.allowed(people):
        why.append(
            f"join or part {changed:,} of {people:,} people, where "
            f"{breaker.allowed(people):,} pass unseen"
        )
    if largest > breaker.largest:
        why.append(
            f"make one person of {largest:,} records, where {breaker.largest:,} are the "
            f"most"
        )
    return (
        f"This night would {' and '.join(why)}. Nothing of that was written: it waits "
        f"until a data owner of {_DOMAIN} lets it pass."
    )


def read_again(records: Iterable[int]) -> None:
    """Let the next stitching read these records again, whatever they say."""
    rows.change("read_again", records=list(records))
