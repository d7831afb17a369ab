"""Join records into people: read what is new, find whom it touches, move the links.

People are a function of what the records have ever said and what stewards decided. Those
a new record touches are worked out anew, so any order of arrival gives the same people,
and a join that a guard would refuse today comes apart again. A record keeps the keys it
had: who changes their e-mail stays who they were.

Nobody is known across two storefronts: what one shop was told is not the other's.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction

from governance.models import SourceSystem
from identity import clusters, keys, ledger, rows
from identity.clusters import People, Said
from identity.evidence import Facts, Kind
from identity.ledger import OpenLink
from identity.models import Link, MatchCandidate, Merge
from identity.names import name_key
from measurement.models import CustomerRecord

_CROSS_ID = "shop_customer_id"
# What joins; a phone only makes a question.
_JOINING = ["email", "cross_id"]
_SHARED = {
    Kind.CROSS_ID: "A customer id that both records carry.",
    Kind.EMAIL: "The same e-mail address.",
    Kind.PHONE: "The same phone number, and the same name.",
}
_MERGED = {
    "cross_id": "Rule: the shop's customer id, and a name that agrees.",
    "email": "Rule: the same e-mail address, and a first name that agrees.",
    "alone": "Rule: nothing speaks for the join it had.",
    "steward": "Rule: joined to records a steward had joined.",
}


@dataclass(frozen=True)
class Stitched:
    """What a stitching found: records in all, links it started, and in words the rest."""

    records: int
    linked: int
    message: str


class _Unread(NamedTuple):
    """A row of ``sql/unread_records.sql``."""

    record: int
    source_id: str
    email: str
    phone: str
    country: str
    time_zone: str
    is_account: bool
    claims: list[str]
    digest: str


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
    link: int | None
    person: int | None
    started_at: datetime | None
    reason: str | None
    person_made_at: datetime | None


@transaction.atomic
def stitch(*, at: datetime) -> Stitched:
    """Give every record its person as of ``at``. Doing it again changes nothing."""
    ledger.wait_for_other_merges()
    records = CustomerRecord.objects.count()
    unread = [
        _Unread(*row)
        for row in rows.select(
            "unread_records",
            cross_id=_CROSS_ID,
            shop=SourceSystem.Kind.SHOP,
            version=keys.KEYS_VERSION,
        )
    ]
    if not unread:
        return Stitched(records, 0, "Nothing new was said of anybody.")
    _keep_keys(unread)
    touched = [one.record for one in unread]
    if len(unread) == records:
        around = known = set(touched)
    else:
        around = _reach(touched)
        known = _reach(around | _beside(around, ["phone"]))
    found, linked = _work_out(known, around, at)
    _remember(unread)
    return Stitched(records, linked, _in_words(found, read=len(unread)))


def keys_of(unread: _Unread) -> set[tuple[str, str]]:
    """Return the kinds and values by which others may be found to be the same person."""
    country = keys.country_of(unread.country, unread.time_zone)
    said = {
        ("email", keys.email_key(unread.email)),
        ("phone", keys.phone_key(unread.phone, country)),
        *(("cross_id", claim.strip() or None) for claim in unread.claims),
    }
    if unread.is_account:
        said.add(("cross_id", unread.source_id))
    return {(kind, value) for kind, value in said if value}


def _keep_keys(unread: Collection[_Unread]) -> None:
    """Write the keys of what was read. Earlier ones stay: they were once true."""
    outdated = rows.select(
        "forget_outdated_keys",
        records=[one.record for one in unread],
        version=keys.KEYS_VERSION,
    )
    said = [(one.record, *key) for one in unread for key in sorted(keys_of(one))]
    said += [
        (record, kind, value)
        for record, kind, once in outdated
        if (value := _key_of_key(kind, once)) is not None
    ]
    rows.change(
        "keep_keys",
        records=[record for record, _, _ in said],
        kinds=[kind for _, kind, _ in said],
        values=[value for _, _, value in said],
        version=keys.KEYS_VERSION,
    )


def _key_of_key(kind: str, value: str) -> str | None:
    """Return what a key of an earlier version is today: the text it was is overwritten."""
    if kind == "email":
        return keys.email_key(value)
    return keys.phone_key(value, None) if kind == "phone" else value


def _remember(unread: Collection[_Unread]) -> None:
    """Note what was read, so that the next stitching reads only what differs."""
    rows.change(
        "remember_read",
        records=[one.record for one in unread],
        digests=[one.digest for one in unread],
    )


def _reach(records: Iterable[int]) -> set[int]:
    """Return the records, those they may be joined to, those these may be joined to, …"""
    reached = set(records)
    added = reached
    while added:
        added = _beside(added, _JOINING) - reached
        reached |= added
    return reached


def _beside(records: Iterable[int], kinds: list[str]) -> set[int]:
    found = rows.select("neighbours", records=list(records), kinds=kinds)
    return {record for (record,) in found}


def _work_out(known: set[int], around: set[int], at: datetime) -> tuple[People, int]:
    """Work out who the records are, and write what differs from before."""
    read = [
        _Known(*row)
        for row in rows.select(
            "known_records", records=list(known), shop=SourceSystem.Kind.SHOP
        )
    ]
    links = {one.record: link for one in read if (link := _open_link(one)) is not None}
    asked, apart = _decided(known)
    found = clusters.people(
        [_facts(one) for one in read],
        Said(together=_together(known), apart=apart),
        asked=asked,
        complete=around,
    )
    linked = _write(found, links, at)
    _ask(found, at)
    return found, linked


def _write(found: People, links: Mapping[int, OpenLink], at: datetime) -> int:
    groups, absorbed = ledger.survivors(found.groups, links)
    linked, moment = ledger.move(groups, links, reasons=found.rule_of, at=at)
    rule = {
        link.person: found.rule_of[record]
        for record, link in links.items()
        if link.person in absorbed
    }
    Merge.objects.bulk_create(
        Merge(kept_id=kept, absorbed_id=gone, at=moment, reason=_MERGED[rule[gone]])
        for gone, kept in sorted(absorbed.items())
    )
    return linked


def _ask(found: People, at: datetime) -> None:
    MatchCandidate.objects.bulk_create(
        MatchCandidate(
            left_id=question.left,
            right_id=question.right,
            evidence=_SHARED[question.kind],
            guard=question.guard,
            score=question.score,
            found_at=at,
        )
        for question in found.questions
    )


def _decided(
    known: Collection[int],
) -> tuple[list[tuple[int, int]], frozenset[tuple[int, int]]]:
    """Return the pairs asked about, and of these the ones said to be two people."""
    about = rows.select("pairs_asked", records=list(known))
    different = MatchCandidate.Status.DIFFERENT
    asked = [(left, right) for left, right, _ in about]
    return asked, frozenset((one, two) for one, two, said in about if said == different)


def _together(known: Collection[int]) -> list[frozenset[int]]:
    """Return the records a steward joined, merge by merge.

    All that were the person's when they did: only a steward takes them apart.
    """
    joined: dict[int, set[int]] = defaultdict(set)
    for merge, record in rows.select("joined_by_stewards", records=list(known)):
        joined[merge].add(record)
    return [frozenset(records) for records in joined.values()]


def _open_link(one: _Known) -> OpenLink | None:
    if one.link is None or one.person is None:
        return None
    assert one.started_at and one.person_made_at and one.reason is not None
    return OpenLink(
        one.link, one.person, one.started_at, one.reason, one.person_made_at
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
    )


def _in_words(found: People, *, read: int) -> str:
    people = Link.objects.as_of(None).values("person").distinct().count()
    waiting = MatchCandidate.objects.pending().count()
    said = [
        f"{read:,} records read; {people:,} people in all.",
        f"{waiting:,} pairs wait for a steward.",
    ]
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
