"""What a proposal would do to the numbers, measured before anybody decides on it.

It is measured in a worker, on the data of the moment, and kept beside the revision it is
of. Once the request has taken effect, what was said is compared with what became.
"""

import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from governance import changes, later
from governance.changes import current_revision
from governance.changes.way import locked
from governance.effects import (
    Answer,
    Became,
    PreviewError,
    asked_of,
    can_tell,
    is_stale,
    of,
    stands_on,
)
from governance.models import Application, ChangeRequest, Preview, User
from governance.people import acting

# A number that moves by more asks for two people, whatever it is that moves it.
HIGH_RISK_ABOVE = Decimal("0.01")

# As many as anybody reads; the rest is counted.
_SHOWN = 60


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
            answers = [each.measure(operations, at=at) for each in asked_of(operations)]
            preview.answer = _told(answers)
            preview.predicted = _predicted(answers)
        except PreviewError as error:
            preview.state, preview.message = Preview.State.FAILED, str(error)
        else:
            preview.state, preview.measured_at = Preview.State.MEASURED, at
            _raise_risk(preview)
        preview.seconds = time.monotonic() - began
        preview.save()
        changes.measured(preview, at=at)
        return preview


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


def _predicted(answers: Sequence[Answer]) -> list[list[str | None]]:
    """Return every number that would move, to be compared once it has."""
    return [
        [each.what, each.where, each.after]
        for answer in answers
        for each in answer.moved
    ]


def compare(*, at: datetime) -> int:
    """Hold against what was published since what was said it would be.

    Each preview somebody decided by is compared once, with the first numbers computed
    after its request took effect.

    Returns:
        How many were compared.
    """
    compared = 0
    for preview in Preview.objects.to_be_compared():
        applied = Application.objects.get(request=preview.revision.request_id)
        operations = list(preview.revision.operations.all())
        told = [each.became(since=applied.at) for each in asked_of(operations)]
        known = [each for each in told if each is not None]
        if len(known) < len(told):
            continue
        preview.became = _against(preview, known)
        preview.compared_at = at
        preview.save(update_fields=["became", "compared_at"])
        compared += 1
    return compared


def renew(*, at: datetime) -> int:
    """Have measured again what waits for a decision and was measured on older data.

    Returns:
        How many were asked for.
    """
    renewed = 0
    waiting = ChangeRequest.objects.filter(state=ChangeRequest.State.IN_REVIEW)
    for request in waiting:
        newest = of(current_revision(request))
        if newest is None or newest.state == Preview.State.ASKED:
            continue
        if is_stale(newest):
            ask(request_id=request.pk, by=newest.asked_by, at=at)
            renewed += 1
    return renewed


def _against(preview: Preview, told: Sequence[Became]) -> dict[str, Any]:
    numbers = {place: value for each in told for place, value in each.numbers.items()}
    otherwise = [
        {
            "what": what,
            "where": where,
            "predicted": predicted,
            "became": numbers.get((what, where)),
        }
        for what, where, predicted in preview.predicted
        if numbers.get((what, where)) != predicted
    ]
    return {
        "compared": len(preview.predicted),
        "otherwise": otherwise[:_SHOWN],
        "otherwise_in_all": len(otherwise),
        "sentences": [said for each in told for said in each.sentences],
    }


def _raise_risk(preview: Preview) -> None:
    """Ask for two people where a total moves by more than a hundredth."""
    if Decimal(preview.answer["largest"]) <= HIGH_RISK_ABOVE:
        return
    acting(preview.asked_by)
    request = locked(preview.revision.request_id)
    is_asked_for = request.revision == preview.revision.number
    if is_asked_for and request.state in {
        ChangeRequest.State.DRAFT, ChangeRequest.State.IN_REVIEW,
    }:  # fmt: skip
        request.risk = ChangeRequest.Risk.HIGH
        request.save(update_fields=["risk"])
