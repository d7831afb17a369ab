"""What the apps that make numbers say of a proposal.

Governance knows no numbers. An app that does registers its ``Effects``; asking them takes
a worker, reading what they said does not.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from governance.models import Operation, Preview, Revision, Version


class PreviewError(Exception):
    """A proposal cannot be previewed; the message says why."""


@dataclass(frozen=True)
class Moved:
    """One number before and after. ``None`` where it is withheld, or is not there."""

    what: str
    where: str
    before: str | None
    after: str | None
    n_before: int = 0
    n_after: int = 0
    # Totals come first; a cohort's or a channel's number is a part of one.
    is_total: bool = False

    @property
    def share(self) -> Decimal | None:
        """Return by which share it moved; nothing, where it came, went or was zero."""
        if self.before is None or self.after is None or not Decimal(self.before):
            return None
        before = Decimal(self.before)
        return (Decimal(self.after) - before) / abs(before)


@dataclass(frozen=True)
class Refusal:
    """A row that would be rejected and is not now: where it stands, and why."""

    place: str
    field: str
    reason: str


@dataclass(frozen=True)
class Sample:
    """A value of one row, before and after; nothing where there is none."""

    row: str
    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Answer:
    """What would move, of how many numbers that were looked at, and on which data.

    ``refused`` are some of the ``refused_in_all`` rows that would newly be rejected;
    ``taken_in_all`` are those that no longer would.
    """

    moved: Sequence[Moved] = ()
    looked_at: int = 0
    data: str = ""
    sentences: Sequence[str] = ()
    samples: Sequence[Sample] = ()
    refused: Sequence[Refusal] = ()
    refused_in_all: int = 0
    taken_in_all: int = 0


@dataclass(frozen=True)
class Became:
    """What the numbers are by now, by what and where, and what else came in between."""

    numbers: Mapping[tuple[str, str], str | None]
    sentences: Sequence[str] = ()


class Effects(Protocol):
    """What an app can say of proposals to change definitions of some kinds."""

    kinds: frozenset[str]

    def stands_on(self) -> str:
        """Return a text that changes when the data it would be measured on does."""

    def measure(self, operations: Sequence[Operation], *, at: datetime) -> Answer:
        """Run the proposal beside what is in force; write nothing.

        Raises:
            PreviewError: it cannot be measured; the message says why.
        """

    def became(self, *, since: datetime) -> "Became | None":
        """Return the numbers as they are published, if they were computed since then."""


_effects: list[Effects] = []


def register(effects: Effects) -> None:
    """Ask these effects too, of proposals of their kinds."""
    if not any(type(known) is type(effects) for known in _effects):
        _effects.append(effects)


def can_tell(operations: Sequence[Operation]) -> bool:
    """Return whether anybody can say what the operations would do to numbers."""
    return bool(asked_of(operations))


def of(revision: Revision) -> Preview | None:
    """Return the newest preview of a revision."""
    # Every number that would move is read when they are compared, and at no other time.
    return revision.previews.defer("predicted").first()


def is_stale(preview: Preview) -> bool:
    """Return whether the data, or what is in force, has moved since it was measured."""
    operations = list(preview.revision.operations.all())
    return preview.stands_on != stands_on(operations)


def stands_on(operations: Sequence[Operation]) -> str:
    """Return a digest of the data and the definitions a preview would be measured on."""
    said = [each.stands_on() for each in asked_of(operations)]
    kinds = {kind for each in asked_of(operations) for kind in each.kinds}
    held = Version.objects.current().filter(kind__in=kinds).order_by("pk")
    said.extend(str(pk) for pk in held.values_list("pk", flat=True))
    return hashlib.sha256(" ".join(said).encode()).hexdigest()


def asked_of(operations: Sequence[Operation]) -> list[Effects]:
    """Return those who know something of the operations."""
    kinds = {operation.kind for operation in operations}
    return [each for each in _effects if each.kinds & kinds]
