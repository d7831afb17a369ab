"""Read what is new of the records, and keep the keys by which each may be found again.

A record keeps the keys it had: who changes their e-mail stays who they were. It loses one
only where it was agreed that the value is nobody's, or that it needs a consent the record
does not have.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from governance.models import SourceSystem
from identity import keys, rows
from identity.names import name_key
from identity.policy import ASKS, ATTACHES, JOINS, Policy

# Said by a column of the record or by a rule, and never by a kind of identifier.
_OF_THE_RECORD = frozenset(
    {"email", "mailbox", "phone", "cross_id", "name_and_birth", "address"}
)

type Value = tuple[str, str]


class Unread(NamedTuple):
    """A row of ``sql/unread_records.sql``."""

    record: int
    source_id: str
    first_name: str
    last_name: str
    email: str
    phone: str
    street: str
    postcode: str
    country: str
    birth_on: date | None
    time_zone: str
    is_account: bool
    claims: list[str]
    kinds: list[str]
    values: list[str]
    agreed_to: list[str]
    digest: str


def unread(agreed: Policy) -> list[Unread]:
    """Return the records that say something else than was read of them.

    What was agreed on is part of what was read: where it changes, every record is read
    again, and so it applies to the past.
    """
    return [
        Unread(*row)
        for row in rows.select(
            "unread_records",
            cross_id=agreed.joining.cross_id_kind,
            kinds=sorted(_elsewhere(agreed)),
            purposes=sorted(set(agreed.purposes().values())),
            granted="granted",
            shop=SourceSystem.Kind.SHOP,
            version=f"{keys.KEYS_VERSION} {agreed.digest_of_people}",
        )
    ]


def keys_of(one: Unread, agreed: Policy) -> set[Value]:
    """Return the kinds and values by which others may be found to be the same person."""
    return {
        (kind, value)
        for kind, value in _said(one, agreed)
        if value and _may_stand(kind, value, one.agreed_to, agreed)
    }


def keep(unread: Collection[Unread], agreed: Policy) -> None:
    """Write the keys of what was read; forget what may not stand any more."""
    records = [one.record for one in unread]
    outdated = rows.select(
        "forget_outdated_keys", records=records, version=keys.KEYS_VERSION
    )
    agreed_to = {one.record: one.agreed_to for one in unread}
    _forget_refused(records, agreed_to, agreed)
    said = [
        (one.record, *key) for one in unread for key in sorted(keys_of(one, agreed))
    ]
    said += [
        (record, kind, value)
        for record, kind, once in outdated
        if (value := _key_of_key(kind, once)) is not None
        and _may_stand(kind, value, agreed_to[record], agreed)
    ]
    rows.change(
        "keep_keys",
        records=[record for record, _, _ in said],
        kinds=[kind for _, kind, _ in said],
        values=[value for _, _, value in said],
        version=keys.KEYS_VERSION,
    )


def remember(unread: Collection[Unread]) -> None:
    """Note what was read, so that the next stitching reads only what differs."""
    rows.change(
        "remember_read",
        records=[one.record for one in unread],
        digests=[one.digest for one in unread],
    )


def _said(one: Unread, agreed: Policy) -> Iterator[tuple[str, str | None]]:
    email = keys.comparable_email(one.email)
    yield "email", email
    if email:
        yield "mailbox", _mailbox(email, agreed)
    country = keys.country_of(one.country, one.time_zone)
    yield "phone", keys.phone_key(one.phone, country)
    yield "address", keys.address_key(one.street, one.postcode)
    for claim in one.claims:
        yield "cross_id", claim.strip()
    if one.is_account:
        yield "cross_id", one.source_id
    first, last = name_key(one.first_name), name_key(one.last_name)
    if first and last and one.birth_on:
        yield "name_and_birth", f"{first} {last} {one.birth_on.isoformat()}"
    for kind, value in zip(one.kinds, one.values, strict=True):
        yield kind, keys.id_key(value)


def _mailbox(email: str, agreed: Policy) -> str | None:
    providers = agreed.mailboxes
    return keys.mailbox_key(
        email,
        without_dots=providers.without_dots,
        without_tags=providers.without_tags,
        same_host=providers.same_host,
        relays=providers.relays,
    )


def _may_stand(
    kind: str, value: str, agreed_to: Collection[str], agreed: Policy
) -> bool:
    """Return whether it was agreed that such a value may be used of the record."""
    policy = agreed.of(kind)
    if policy.trust not in (JOINS, ASKS, ATTACHES):
        return False
    # Missing consent is no consent.
    if policy.consent and policy.consent not in agreed_to:
        return False
    return not policy.blocks(value)


def _forget_refused(
    records: list[int], agreed_to: Mapping[int, Collection[str]], agreed: Policy
) -> None:
    refused = [
        number
        for number, record, kind, value in rows.select("kept_keys", records=records)
        if not _may_stand(kind, value, agreed_to[record], agreed)
    ]
    if refused:
        rows.change("forget_keys", keys=refused)


def _elsewhere(agreed: Policy) -> set[str]:
    """Return the identifiers that stand with a record as rows of their own."""
    return set(agreed.that(JOINS, ASKS, ATTACHES)) - _OF_THE_RECORD


# What a key of an earlier version is today: the text it was made of is overwritten.
_AGAIN: Mapping[str, Callable[[str], str | None]] = {
    "email": lambda value: keys.comparable_email(value),
    "phone": lambda value: keys.phone_key(value, None),
}


def _key_of_key(kind: str, value: str) -> str | None:
    return _AGAIN[kind](value) if kind in _AGAIN else value
