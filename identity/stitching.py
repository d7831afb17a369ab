"""Join records into people: read what is new, find whom it touches, move the links.

People are a function of what the records have ever said and what stewards decided. Those
a new record touches are worked out anew, so any order of arrival gives the same people,
and a join that a guard would refuse today comes apart again. A record keeps the keys it
had: who changes their e-mail stays who they were.

Nobody is known across two storefronts: what one shop was told is not the other's.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction

from governance.models import SourceSystem
from identity import (
    clusters,
    keying,
    ledger,
    likely,
    policy,
    quarantine,
    queue,
    rows,
)
from identity.clusters import Beside, People, Said
from identity.evidence import Facts, Kind, Value
from identity.ledger import Breaker, Cause, OpenLink, Settled
from identity.models import Link, MatchCandidate
from identity.names import name_key
from identity.policy import ASKS, JOINS, Policy
from identity.queue import Question
from identity.telling import Teller
from measurement.models import CustomerRecord

# What this judges by. More is kept of a record, and read by who knows what to make of it.
_JUDGED = ("cross_id", "email", "phone")
_SHARED = {
    Kind.CROSS_ID: "A customer id that both records carry.",
    Kind.EMAIL: "The same e-mail address.",
    Kind.PHONE: "The same phone number, and the same name.",
    Kind.SCORE: "Several things they share, weighed together.",
}


@dataclass(frozen=True)
class Stitched:
    """What a stitching found: records in all, links it started, and in words the rest."""

    records: int
    linked: int
    message: str


class _Known(NamedTuple):
    """A row of ``sql/known_records.sql``."""

    record: int
    system: str
    source_id: str
    storefront: int
    first_name: str
    last_name: str
    birth_on: date | None
    account_of: int | None
    is_guest: bool
    emails: list[str]
    phones: list[str]
    claims: list[str]
    limited_kinds: list[str]
    limited_values: list[str]
    said_on: date | None
    link: int | None
    person: int | None
    started_at: datetime | None
    reason: str | None
    person_made_at: datetime | None
    person_locked_at: datetime | None


@transaction.atomic
def stitch(
    *,
    at: datetime,
    agreed: Policy | None = None,
    run: str = "",
    holds: bool = True,
) -> Stitched:
    """Give every record its person as of ``at``. Doing it again changes nothing.

    ``agreed`` is what was agreed on; without it, what holds now. What would change more
    than a night may by it waits until somebody lets it pass, unless it ``holds`` nothing;
    the rest is written. ``run`` says which night it was.
    """
    ledger.wait_for_other_merges()
    agreed = agreed or policy.now()
    records = CustomerRecord.objects.count()
    unread = keying.unread(agreed)
    if not unread:
        return Stitched(records, 0, "Nothing new was said of anybody.")
    keying.keep(unread, agreed)
    touched = [one.record for one in unread]
    if len(unread) == records:
        around = known = set(touched)
        again = quarantine.every_crowd()
    else:
        again = quarantine.reconsidered(touched)
        reach = _Reach(agreed, again)
        around = reach.joined(touched)
        known = reach.joined(around | reach.beside(around, ASKS))
    aside = quarantine.standing(but=again)
    found, links = _work_out(known, around, agreed, aside)
    settled = ledger.settle(
        found.groups,
        links,
        reasons=found.rule_of,
        cause=Cause("A rule.", tell=Teller(found, links, agreed).told, run=run),
        at=at,
        breaker=_breaker(agreed) if holds else None,
    )
    _ask(found, at)
    quarantine.keep(found.crowds, reconsidered=again, read=touched, at=at)
    keying.remember([one for one in unread if one.record not in settled.waiting])
    message = _in_words(found, settled, read=len(unread))
    return Stitched(records, settled.linked, message)


@dataclass(frozen=True)
class _Reach:
    """Whom records lead to, by what was agreed on. Of crowds only those looked at again."""

    agreed: Policy
    reconsidered: Collection[int]

    def joined(self, records: Iterable[int]) -> set[int]:
        """Return the records, those they may be joined to, those these may be, …"""
        reached = set(records)
        added = reached
        while added:
            added = self.beside(added, JOINS) - reached
            reached |= added
        return reached

    def beside(self, records: Iterable[int], trust: str) -> set[int]:
        """Return the records that share a value that may do so much."""
        kinds = [kind for kind in self.agreed.that(trust) if kind in _JUDGED]
        found = rows.select(
            "neighbours",
            records=list(records),
            kinds=kinds,
            reconsidered=list(self.reconsidered),
        )
        return {record for (record,) in found}


def _work_out(
    known: set[int],
    around: set[int],
    agreed: Policy,
    aside: frozenset[Value],
) -> tuple[People, dict[int, OpenLink]]:
    """Work out who the records are; return it with whose they are now."""
    read = [
        _Known(*row)
        for row in rows.select(
            "known_records",
            records=list(known),
            shop=SourceSystem.Kind.SHOP,
            limited=[each.key for each in agreed.limited()],
        )
    ]
    links = {one.record: link for one in read if (link := _open_link(one)) is not None}
    asked, apart = _decided(known)
    found = clusters.people(
        [_facts(one) for one in read],
        Said(together=[*_together(known), *_confirmed(known, apart)], apart=apart),
        asked=asked,
        complete=around,
        agreed=agreed,
        aside=aside,
        beside=Beside(likely.among(known), _refused(known, agreed)),
    )
    return found, links


def _refused(known: Collection[int], agreed: Policy) -> dict[int, frozenset[str]]:
    """Return by which identifiers a record's person has said not to be known."""
    purposes = agreed.purposes()
    if not purposes:
        return {}
    found: dict[int, frozenset[str]] = defaultdict(frozenset)
    for record, purpose in rows.select(
        "withheld",
        records=list(known),
        purposes=sorted(set(purposes.values())),
        granted="granted",
    ):
        found[record] |= {key for key, needed in purposes.items() if needed == purpose}
    return dict(found)


def _breaker(agreed: Policy) -> Breaker:
    """Return what a night may change of who is who before somebody has to look at it."""
    said = agreed.breaker
    return Breaker(said.most_changed, said.changed_anyway, said.most_records)


def _ask(found: People, at: datetime) -> None:
    questions = (
        Question(
            left=question.left,
            right=question.right,
            evidence=_SHARED[question.kind],
            guard=question.guard,
            score=question.score,
        )
        for question in found.questions
    )
    queue.ask(questions, at=at)


def _decided(
    known: Collection[int],
) -> tuple[list[tuple[int, int]], frozenset[tuple[int, int]]]:
    """Return the pairs asked about, and every pair that was said to be two people."""
    about = rows.select("pairs_asked", records=list(known))
    different = MatchCandidate.Status.DIFFERENT
    asked = [(left, right) for left, right, _ in about]
    answered = frozenset((one, two) for one, two, said in about if said == different)
    return asked, answered | ledger.pairs_apart(known)


def _together(known: Collection[int]) -> list[frozenset[int]]:
    """Return the records a steward joined, merge by merge.

    All that were the person's when they did: only a steward takes them apart.
    """
    joined: dict[int, set[int]] = defaultdict(set)
    for merge, record in rows.select("joined_by_stewards", records=list(known)):
        joined[merge].add(record)
    return [frozenset(records) for records in joined.values()]


def _confirmed(
    known: Collection[int], apart: Collection[tuple[int, int]]
) -> list[frozenset[int]]:
    """Return the pairs of which an audit has found that rules were right to join them."""
    found = rows.select("confirmed_by_audits", records=list(known))
    return [frozenset(pair) for pair in found if pair not in apart]


def _open_link(one: _Known) -> OpenLink | None:
    if one.link is None or one.person is None:
        return None
    assert one.started_at and one.person_made_at and one.reason is not None
    return OpenLink(
        one.link,
        one.person,
        one.started_at,
        one.reason,
        one.person_made_at,
        one.person_locked_at is not None,
    )


def _facts(one: _Known) -> Facts:
    return Facts(
        record=one.record,
        place=(one.system, one.source_id),
        storefront=one.storefront,
        first=name_key(one.first_name),
        last=name_key(one.last_name),
        birth_on=one.birth_on,
        account_of=one.account_of,
        is_guest=one.is_guest,
        emails=tuple(one.emails),
        phones=tuple(one.phones),
        claims=tuple(one.claims),
        carries=tuple(zip(one.limited_kinds, one.limited_values, strict=True)),
        said_on=one.said_on,
    )


def _in_words(found: People, settled: Settled, *, read: int) -> str:
    people = Link.objects.as_of(None).values("person").distinct().count()
    waiting = MatchCandidate.objects.pending().count()
    said = [
        f"{read:,} records read; {people:,} people in all.",
        f"{waiting:,} pairs wait for a steward.",
    ]
    if settled.held:
        said.append(settled.held.sentence)
    return " ".join([*said, *_crowded_in_words(found.crowded)])


def _crowded_in_words(crowded: Counter[Kind]) -> Iterable[str]:
    """Say how many values stand on too many records: one note, not a pair for each two."""
    names = {
        Kind.CROSS_ID: "customer ids",
        Kind.EMAIL: "e-mail addresses",
        Kind.PHONE: "phone numbers",
    }
    counted = [f"{crowded[kind]:,} {names[kind]}" for kind in Kind if crowded[kind]]
    if counted:
        yield f"Shared by too many to join anybody: {', '.join(counted)}."
