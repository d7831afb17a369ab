"""What a proposal would do to the numbers: asked of the apps that make them.

Governance knows no numbers. An app that does registers its ``Effects``; they are measured
in a worker, on the data of the moment, and kept beside the revision they are of.
"""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from django.db import transaction

from governance import later
from governance.changes import current_revision
from governance.models import ChangeRequest, Operation, Preview, Revision, User, Version
from governance.people import acting

# A number that moves by more asks for two people, whatever it is that moves it.
HIGH_RISK_ABOVE = Decimal("0.01")

# As many as anybody reads; the rest is counted.
_SHOWN = 60


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


_effects: list[Effects] = []


def register(effects: Effects) -> None:
    """Ask these effects too, of proposals of their kinds."""
    if not any(type(known) is type(effects) for known in _effects):
        _effects.append(effects)


def can_tell(operations: Sequence[Operation]) -> bool:
    """Return whether anybody can say what the operations would do to numbers."""
    return bool(_asked_of(operations))


@transaction.atomic
def ask(*, request_id: int, by: User, at: datetime) -> Preview:
    """Have a worker measure what the request asks for now.

    Raises:
        PreviewError: nobody can say what it would do to numbers.
    """
    acting(by)
    revision = current_revision(ChangeRequest.objects.get(pk=request_id))
    if not can_tell(list(revision.operations.all())):
        raise PreviewError("No number depends on what this changes.")
    asked = Preview.objects.create(revision=revision, asked_by=by, asked_at=at)
    later.ask("governance.measure_preview", preview_id=asked.pk)
    return asked


def measure(*, preview_id: int, at: datetime) -> Preview:
    """Measure a preview that was asked for. Measuring it twice measures it once."""
    with transaction.atomic():
        preview = Preview.objects.select_for_update().get(pk=preview_id)
        if preview.state != Preview.State.ASKED:
            return preview
        operations = list(preview.revision.operations.all())
        began = time.monotonic()
        preview.stands_on = stands_on(operations)
        try:
            preview.answer = _told(
                [each.measure(operations, at=at) for each in _asked_of(operations)]
            )
        except PreviewError as error:
            preview.state, preview.message = Preview.State.FAILED, str(error)
        else:
            preview.state, preview.measured_at = Preview.State.MEASURED, at
            _raise_risk(preview)
        preview.seconds = time.monotonic() - began
        preview.save()
        return preview


def of(revision: Revision) -> Preview | None:
    """Return the newest preview of a revision."""
    return revision.previews.first()


def is_stale(preview: Preview) -> bool:
    """Return whether the data, or what is in force, has moved since it was measured."""
    operations = list(preview.revision.operations.all())
    return preview.stands_on != stands_on(operations)


def stands_on(operations: Sequence[Operation]) -> str:
    """Return a digest of the data and the definitions a preview would be measured on."""
    said = [each.stands_on() for each in _asked_of(operations)]
    kinds = {kind for each in _asked_of(operations) for kind in each.kinds}
    held = Version.objects.current().filter(kind__in=kinds).order_by("pk")
    said.extend(str(pk) for pk in held.values_list("pk", flat=True))
    return hashlib.sha256(" ".join(said).encode()).hexdigest()


def _asked_of(operations: Sequence[Operation]) -> list[Effects]:
    kinds = {operation.kind for operation in operations}
    return [each for each in _effects if each.kinds & kinds]


def _told(answers: Sequence[Answer]) -> dict[str, Any]:
    moved = [each for answer in answers for each in answer.moved]
    moved.sort(key=lambda each: (not each.is_total, -abs(each.share or Decimal(0))))
    shares = [abs(each.share) for each in moved if each.is_total and each.share]
    return {
        "moved": [
            {
                **asdict(each),
                "share": None if each.share is None else f"{each.share:.6f}",
            }
            for each in moved[:_SHOWN]
        ],
        "moved_in_all": len(moved),
        "looked_at": sum(answer.looked_at for answer in answers),
        "largest": f"{max(shares, default=Decimal(0)):.6f}",
        "data": " ".join(answer.data for answer in answers if answer.data),
        "sentences": [said for answer in answers for said in answer.sentences],
        "samples": [asdict(each) for answer in answers for each in answer.samples],
        "refused": [asdict(each) for answer in answers for each in answer.refused],
        "refused_in_all": sum(answer.refused_in_all for answer in answers),
        "taken_in_all": sum(answer.taken_in_all for answer in answers),
    }


def _raise_risk(preview: Preview) -> None:
    """Ask for two people where a total moves by more than a hundredth."""
    request = ChangeRequest.objects.select_for_update().get(
        pk=preview.revision.request_id
    )
    is_asked_for = request.revision == preview.revision.number
    moves_much = Decimal(preview.answer["largest"]) > HIGH_RISK_ABOVE
    if is_asked_for and moves_much and request.state in {
        ChangeRequest.State.DRAFT, ChangeRequest.State.IN_REVIEW,
    }:  # fmt: skip
        request.risk = ChangeRequest.Risk.HIGH
        request.save(update_fields=["risk"])
