"""What weights of evidence may learn from: answers that are settled."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from identity.models import Answer, MatchCandidate

Status, Wants = MatchCandidate.Status, MatchCandidate.Wants


@dataclass(frozen=True, slots=True)
class Label:
    """Somebody settled whether two records are one person, by evidence of that digest.

    ``is_household`` are two people who live together. ``readers`` is how many said it.
    """

    left: int
    right: int
    is_same: bool
    is_household: bool
    evidence_digest: str
    by: int
    at: datetime
    readers: int


def labels() -> Iterator[Label]:
    """Yield every settled answer that may be learned from, the oldest first.

    A doubt counts once a second reader has settled it, a disagreement once a third has.
    An answer that is not to be learned from, was taken back, or is asked about again is
    left out; so is an audit: weights are judged by it, and do not learn it by heart.
    """
    silent = Answer.objects.filter(
        candidate=OuterRef("pk"), learn=False, undone_by=None
    ).exclude(said=Answer.Said.UNDONE)
    settled = MatchCandidate.objects.filter(
        status__in=[Status.SAME, Status.DIFFERENT, Status.HOUSEHOLD],
        wants__in=[Wants.NOTHING, Wants.BLIND],
        audit=None,
    ).exclude(Exists(silent))
    for pair in settled.order_by("decided_at", "id").iterator():
        assert pair.decided_by_id is not None and pair.decided_at is not None
        yield Label(
            left=pair.left_id,
            right=pair.right_id,
            is_same=pair.status == Status.SAME,
            is_household=pair.status == Status.HOUSEHOLD,
            evidence_digest=pair.evidence_digest,
            by=pair.decided_by_id,
            at=pair.decided_at,
            readers=2 if pair.known_answer else 1,
        )
