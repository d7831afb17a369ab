"""The queue as rows, for programs and files; contacts stand in neither."""

from collections.abc import Iterator

from django.db.models import F

from governance.models import User
from identity.models import MatchCandidate
from identity.queue.claiming import may_decide

COLUMNS = ("pair", "left_system", "left_id", "right_system", "right_id", "status",
           "wants", "score", "pattern", "evidence", "guard", "value_at_risk", "impact",
           "priority", "found_at", "held_until", "claimed_by", "evidence_digest",
           "model_version", "policy_version")  # fmt: skip


def rows(*, by: User) -> Iterator[dict[str, object]]:
    """Yield the pairs somebody is still to read, the one to read first at the front."""
    pairs = (
        MatchCandidate.objects.open()
        .with_records()
        .select_related("claimed_by", "audit")
    )
    hides = may_decide(by)
    for pair in pairs.order_by(F("rank").desc(), "id").iterator(chunk_size=1_000):
        yield row(pair, hides=hides)


def row(pair: MatchCandidate, *, hides: bool) -> dict[str, object]:
    """Return one pair. What a second reader is not to see is empty for stewards."""
    is_blind = hides and is_hidden(pair)
    return {
        "pair": pair.pk,
        "left_system": pair.left.system.key,
        "left_id": pair.left.source_id,
        "right_system": pair.right.system.key,
        "right_id": pair.right.source_id,
        "status": "" if is_blind else pair.status,
        "wants": pair.wants,
        "score": None if is_blind else pair.score,
        "pattern": pair.pattern,
        "evidence": pair.evidence,
        "guard": pair.guard,
        "value_at_risk": str(pair.value_at_risk),
        "impact": pair.impact,
        "priority": None if is_blind else round(pair.priority, 2),
        "found_at": pair.found_at.isoformat(),
        "held_until": pair.held_until.isoformat() if pair.held_until else None,
        "claimed_by": str(pair.claimed_by) if pair.claimed_by else None,
        "evidence_digest": pair.evidence_digest,
        "model_version": pair.model_version,
        "policy_version": pair.policy_version,
    }


def is_hidden(pair: MatchCandidate) -> bool:
    """Return whether it is read by somebody who is not to see what was made of it."""
    return pair.wants == MatchCandidate.Wants.BLIND or hasattr(pair, "audit")
