"""Who lives with whom, as far as a rule can see; nobody is joined by it.

A mailbox, a number or a home that a household may share, and one last name, but two first
names: mother and son. What a household may share is agreed on with its identifier. A
steward's word on who lives with whom stands beside, and is not touched.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from identity import ledger, policy, rows
from identity.models import Household, HouseholdLink
from identity.names import Agreement, compare_first, compare_last, look_alike, name_key
from identity.policy import ASKS, JOINS, Policy

_INSTANT = timedelta(microseconds=1)


class Pair(NamedTuple):
    """A row of ``sql/of_one_home.sql``."""

    left: int
    right: int
    first: str
    other_first: str
    last: str
    other_last: str
    kinds: list[str]


@dataclass(frozen=True)
class Homes:
    """How many records belong to a household by a rule, and what changed of it."""

    records: int
    begun: int
    ended: int

    @property
    def message(self) -> str:
        if not self.begun and not self.ended:
            return ""
        return (
            f"{self.begun:,} records are of a household by what they share; "
            f"{self.ended:,} no longer are."
        )


@transaction.atomic
def see(*, at: datetime, agreed: Policy | None = None) -> Homes:
    """Link those who live together by what is agreed on. Again, it changes nothing.

    A link that would not be made today ends; what it was until then can still be asked
    for.
    """
    ledger.wait_for_other_merges()
    agreed = agreed or policy.now()
    pairs = list(_pairs(agreed))
    held = {each.record_id: each for each in HouseholdLink.objects.as_of(None)}
    wanted = _wanted(pairs, held)
    why = _reasons(pairs, agreed)
    by_rule = {record: link for record, link in held.items() if link.by_id is None}
    ending = [
        link
        for record, link in sorted(by_rule.items())
        if wanted.get(record) != link.household_id
    ]
    moment = max([at, *(link.started_at + _INSTANT for link in ending)])
    HouseholdLink.objects.filter(pk__in=[link.pk for link in ending]).update(
        ended_at=moment
    )
    gone = {link.record_id for link in ending}
    coming = {
        record: home
        for record, home in sorted(wanted.items())
        if record not in held or record in gone
    }
    homes = _made({home for home in coming.values() if home < 0}, at=moment)
    HouseholdLink.objects.bulk_create(
        HouseholdLink(
            household_id=homes.get(home, home), record_id=record, started_at=moment,
            reason=why[record],
        )
        for record, home in coming.items()
    )  # fmt: skip
    return Homes(len(by_rule) - len(ending) + len(coming), len(coming), len(ending))


def _pairs(agreed: Policy) -> Iterator[Pair]:
    """Yield who shares what a household may share, and is not the same by the names."""
    kinds = [
        each
        for each in agreed.identifiers.values()
        if each.in_household and each.trust in (JOINS, ASKS)
    ]
    found = rows.select(
        "of_one_home",
        kinds=[each.key for each in kinds],
        most=[each.most_people for each in kinds],
    )
    for row in found:
        pair = Pair(*row)
        one, other = name_key(pair.first), name_key(pair.other_first)
        last = compare_last(name_key(pair.last), name_key(pair.other_last))
        is_slip = look_alike(one, other, agreed.names.alike)
        if (
            compare_first(one, other, agreed.nicknames) is Agreement.CONFLICT
            and last is Agreement.AGREE
            and not is_slip
        ):
            yield pair


def _wanted(pairs: Iterable[Pair], held: dict[int, HouseholdLink]) -> dict[int, int]:
    """Return by record its household: the oldest one known there, or one below zero."""
    wanted: dict[int, int] = {}
    for number, home in enumerate(_together(pairs), start=1):
        known = sorted({held[each].household_id for each in home if each in held})
        wanted |= dict.fromkeys(home, known[0] if known else -number)
    return wanted


def _together(pairs: Iterable[Pair]) -> list[list[int]]:
    """Return the records that are of one home, by whichever way, in order."""
    home_of: dict[int, list[int]] = {}
    for pair in pairs:
        one = home_of.setdefault(pair.left, [pair.left])
        other = home_of.setdefault(pair.right, [pair.right])
        if one is not other:
            large, small = (one, other) if len(one) >= len(other) else (other, one)
            large += small
            home_of |= dict.fromkeys(small, large)
    homes = {id(home): home for home in home_of.values()}
    return sorted(sorted(home) for home in homes.values())


def _reasons(pairs: Iterable[Pair], agreed: Policy) -> dict[int, str]:
    """Return by record what says that it is of a household."""
    shared: dict[int, set[str]] = {}
    for pair in pairs:
        for record in (pair.left, pair.right):
            shared.setdefault(record, set()).update(pair.kinds)
    return {
        record: _in_words(sorted(kinds), agreed) for record, kinds in shared.items()
    }


def _in_words(kinds: Sequence[str], agreed: Policy) -> str:
    named = ", ".join(agreed.of(kind).name or kind for kind in kinds)
    return (
        f"Rule: one last name, two first names, and what a household shares: {named}."
    )


def _made(numbers: Iterable[int], *, at: datetime) -> dict[int, int]:
    """Return new households for these numbers."""
    wanted = sorted(numbers, reverse=True)
    made = Household.objects.bulk_create(Household(made_at=at) for _ in wanted)
    return {number: home.pk for number, home in zip(wanted, made, strict=True)}
