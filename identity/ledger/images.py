"""How people were before an event: everything it takes to put them back, word for word."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from identity import rows


@dataclass(slots=True)
class _Image:
    """A person with their records by id: link, since when, which rule."""

    public_id: str
    made_at: datetime
    locked_at: datetime | None
    aliases: list[str]
    records: dict[int, tuple[int, datetime, str]] = field(default_factory=dict)


class Images:
    """Some people, kept up to date while events are written one after the other."""

    def __init__(self, people: dict[int, _Image]) -> None:
        self._people = people

    @classmethod
    def of(cls, people: Iterable[int]) -> Self:
        """Return the people as they are in the database now."""
        wanted = sorted(set(people))
        found: dict[int, _Image] = {}
        if not wanted:
            return cls(found)
        for who, public_id, made_at, locked_at, aliases, record, *link in rows.select(
            "people_as_they_are", people=wanted
        ):
            image = found.setdefault(
                who, _Image(public_id, made_at, locked_at, list(aliases))
            )
            if record is not None:
                image.records[record] = (link[0], link[1], link[2])
        return cls(found)

    def told(self, who: int) -> dict[str, Any]:
        """Return the person as an event keeps them."""
        image = self._people[who]
        return {
            "person": who,
            "public_id": image.public_id,
            "made_at": image.made_at.isoformat(),
            "locked_at": image.locked_at.isoformat() if image.locked_at else None,
            "aliases": sorted(image.aliases),
            "records": [
                {
                    "record": record,
                    "link": link,
                    "since": since.isoformat(),
                    "reason": reason,
                }
                for record, (link, since, reason) in sorted(image.records.items())
            ],
        }

    def move(
        self,
        record: int,
        origin: int,
        to: int,
        *,
        link: int,
        since: datetime,
        reason: str,
    ) -> None:
        """Let a record be another's from here on."""
        self._people[origin].records.pop(record)
        self._people[to].records[record] = (link, since, reason)

    def absorb(self, absorbed: int | None, *, into: int | None) -> None:
        """Let one go up in the other, with whoever had gone up in them."""
        if absorbed is not None and into is not None:
            gone = self._people[absorbed]
            self._people[into].aliases += [gone.public_id, *gone.aliases]

    def revive(self, absorbed: int | None, *, out_of: int | None) -> None:
        """Let one be themselves again, with whoever had gone up in them."""
        if absorbed is not None and out_of is not None:
            gone = self._people[absorbed]
            theirs = {gone.public_id, *gone.aliases}
            kept = self._people[out_of]
            kept.aliases = [alias for alias in kept.aliases if alias not in theirs]

    def lock(self, who: int | None, since: datetime | None) -> None:
        """Let somebody be locked since then, or not any more."""
        if who is not None:
            self._people[who].locked_at = since
