"""Who is kept when people become one, or come apart. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

AN_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class OpenLink:
    """To whom a record belongs now. ``person_locked``: somebody wants that one kept."""

    link: int
    person: int
    started_at: datetime
    reason: str
    person_made_at: datetime
    person_locked: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Records that are one person from now on, and who that is: nobody yet, if None."""

    records: Sequence[int]
    person: int | None


class _Begun(Protocol):
    @property
    def started_at(self) -> datetime: ...


def moment_after(at: datetime, links: Iterable[_Begun]) -> datetime:
    """Return the moment, or the first one at which all these links have begun.

    A night that began before a steward merged must not end the steward's link before it
    starts.
    """
    begun = max((link.started_at for link in links), default=None)
    return at if begun is None or begun < at else begun + AN_INSTANT


def survivors(
    groups: Sequence[Sequence[int]], links: Mapping[int, OpenLink]
) -> tuple[list[Group], dict[int, int]]:
    """Return who each group of records is, and which person goes up in which.

    A person stays where most of their records are. Of several in one group the one
    somebody locked is kept, then the one with the most records, then the one made first.
    """
    share = _shares(groups, links)
    had = Counter(link.person for link in links.values())
    standing = {
        link.person: (not link.person_locked, -had[link.person], link.person_made_at)
        for link in links.values()
    }
    staying: dict[int, list[int]] = defaultdict(list)
    for person, parts in share.items():
        # Of two equal parts the person stays with the record we have known longer.
        number = min(parts, key=lambda part: (-parts[part], min(groups[part])))
        staying[number].append(person)
    kept: list[Group] = []
    absorbed: dict[int, int] = {}
    for number, records in enumerate(groups):
        if number not in staying:
            kept.append(Group(records, None))
            continue
        first, *others = sorted(staying[number], key=lambda who: (standing[who], who))
        kept.append(Group(records, first))
        absorbed |= dict.fromkeys(others, first)
    return kept, absorbed


def _shares(
    groups: Sequence[Sequence[int]], links: Mapping[int, OpenLink]
) -> dict[int, Counter[int]]:
    """Return by person how many of their records each group has."""
    share: dict[int, Counter[int]] = defaultdict(Counter)
    if not links:
        return share
    for number, records in enumerate(groups):
        for record in records:
            if record in links:
                share[links[record].person][number] += 1
    return share
