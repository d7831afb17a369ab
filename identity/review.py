"""What stewards decide about pairs no rule could settle."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from governance import people
from governance.models import User
from identity import ledger
from identity.ledger import OpenLink
from identity.models import MatchCandidate, Merge, StitchedRecord


class ReviewError(Exception):
    """A decision cannot be taken; the message says why and what to do."""


class AlreadyDecided(ReviewError):
    """Somebody was faster, or the decision was sent twice."""


class NotASteward(ReviewError):
    """Whoever asks may read the queue, and not decide."""


class SamePerson(ReviewError):
    """An earlier merge has joined the two already."""


class SaidDifferent(ReviewError):
    """A steward has said of others among their records that they are two people."""


class NoReason(ReviewError):
    """A decision without a reason cannot be understood later."""


def may_decide(user: User) -> bool:
    """Return whether the user decides about pairs. A superuser is no steward for it."""
    return user.is_active and people.has_role(user, "steward")


def in_words(reason: str) -> str:
    """Return what can be read of a reason. A database keeps no NUL, and a form sends it."""
    return reason.replace("\x00", "").strip()


@transaction.atomic
def approve(*, candidate_id: int, by: User, reason: str, at: datetime) -> Merge:
    """Join the two people behind a pair, and write the merge to the log.

    The person with more records is kept, of two as large the older. Links of the other
    end at ``at`` and start again on the kept one, so reports as of an earlier moment do
    not change. Two stewards who decide at once: the second is told who was first.

    Raises:
        AlreadyDecided: someone was faster, or the decision was sent twice.
        NotASteward: ``by`` is not in the group of stewards.
        NoReason: ``reason`` says nothing.
        SamePerson: an earlier merge has joined the two already.
        SaidDifferent: of other records of the two a steward said they are two people.
    """
    reason = in_words(reason)
    candidate = _pending(candidate_id, by, reason)
    links = _links_of_both(candidate)
    _refuse_contradiction(links)
    _decide(candidate, MatchCandidate.Status.SAME, by, reason, at)
    evidence = {
        "candidate": candidate.pk,
        "pair": [candidate.left_id, candidate.right_id],
        "shared": candidate.evidence,
        "guard": candidate.guard,
        "score": candidate.score,
    }
    try:
        [merge] = ledger.merge(
            people={link.person for link in links.values()},
            by=by,
            reason=reason,
            at=at,
            evidence=evidence,
        )
    except ledger.HeldApart as held:
        raise SaidDifferent(str(held)) from held
    return merge


@transaction.atomic
def reject(*, candidate_id: int, by: User, reason: str, at: datetime) -> MatchCandidate:
    """Say that the two records are two people: no rule joins them from now on.

    Raises:
        AlreadyDecided: someone was faster, or the decision was sent twice.
        NotASteward: ``by`` is not in the group of stewards.
        NoReason: ``reason`` says nothing.
        SamePerson: an earlier merge has joined the two already.
    """
    reason = in_words(reason)
    candidate = _pending(candidate_id, by, reason)
    _links_of_both(candidate)
    _decide(candidate, MatchCandidate.Status.DIFFERENT, by, reason, at)
    return candidate


def _pending(candidate_id: int, by: User, reason: str) -> MatchCandidate:
    """Return the pair once nobody else is at it, if it is still to be decided."""
    if not may_decide(by):
        raise NotASteward(
            f"{by} is not a steward. Stewards decide about pairs; an administrator "
            f"can add {by} to the group 'steward'."
        )
    if not reason:
        raise NoReason("Say why in a few words: others will want to know.")
    ledger.wait_for_other_merges()
    pairs = MatchCandidate.objects.select_for_update(of=["self"])
    candidate = pairs.select_related("decided_by", "left", "right").get(pk=candidate_id)
    if candidate.status != MatchCandidate.Status.PENDING:
        raise AlreadyDecided(
            f"{candidate.decided_by} has decided this pair at "
            f"{candidate.decided_at:%Y-%m-%d %H:%M} UTC: "
            f"{candidate.get_status_display().lower()}."
        )
    return candidate


def _links_of_both(candidate: MatchCandidate) -> dict[int, OpenLink]:
    """Return the links of every record of the two people, by record."""
    own = ledger.people_of(record_ids=[candidate.left_id, candidate.right_id])
    if len(set(own.values())) < 2:
        raise SamePerson(
            f"{candidate} are one person already, by other records of theirs. "
            f"Nothing is left to decide here."
        )
    return ledger.open_links(people=own.values())


def _refuse_contradiction(links: Mapping[int, OpenLink]) -> None:
    said = MatchCandidate.objects.filter(
        Q(left__in=links) & Q(right__in=links),
        status=MatchCandidate.Status.DIFFERENT,
    )
    for earlier in said.with_records().select_related("decided_by"):
        if links[earlier.left_id].person != links[earlier.right_id].person:
            raise SaidDifferent(
                f"{earlier.decided_by} said on {earlier.decided_at:%Y-%m-%d} that "
                f"{earlier} are not the same person, and this would join them. "
                f"Speak with {earlier.decided_by} first."
            )


def _decide(
    candidate: MatchCandidate,
    status: MatchCandidate.Status,
    by: User,
    reason: str,
    at: datetime,
) -> None:
    candidate.status, candidate.reason = status, reason
    candidate.wants = MatchCandidate.Wants.NOTHING
    candidate.decided_by, candidate.decided_at = by, at
    candidate.save(
        update_fields=["status", "wants", "reason", "decided_by", "decided_at"]
    )
    # The next stitching reads both again: what was decided may settle other pairs.
    both = [candidate.left_id, candidate.right_id]
    StitchedRecord.objects.filter(record__in=both).delete()
