"""What a verdict does to who is who: all of it through the ledger."""

from datetime import datetime

from governance.models import User
from identity import ledger, rows
from identity.models import (
    Answer,
    Apart,
    ApartQuerySet,
    Audit,
    MatchCandidate,
    Merge,
)
from identity.queue.refusals import NothingToUndo, SaidDifferent, SamePerson


def join(pair: MatchCandidate, *, by: User, reason: str, at: datetime) -> Merge | None:
    """Join the two people behind a pair. Reports as of an earlier moment do not change.

    An audit of two whom rules have joined is only confirmed: there is no merge.

    Raises:
        SamePerson: an earlier merge has joined the two already.
        SaidDifferent: of other records of the two a steward said they are two people.
    """
    if _is_of_one_person(pair):
        return None
    two = _two_people(pair)
    _refuse_contradiction(pair, two)
    # What was said of the pair itself is said anew; what was said of others holds.
    _take_back(Apart.objects.filter(left=pair.left_id, right=pair.right_id), by, at)
    MatchCandidate.objects.filter(pk=pair.pk).update(
        status=MatchCandidate.Status.SAME, wants="", decided_by=by, decided_at=at
    )
    try:
        [merge] = ledger.merge(
            people=two, by=by, reason=reason, at=at, evidence=_evidence(pair)
        )
    except ledger.HeldApart as held:
        raise SaidDifferent(str(held)) from held
    return merge


def keep_apart(pair: MatchCandidate, *, by: User, reason: str, at: datetime) -> None:
    """Say that the two are not one person: no rule joins them from then on.

    Two whom rules have joined are parted by the next night, where they were audited.

    Raises:
        SamePerson: an earlier merge has joined the two already.
    """
    if not _is_of_one_person(pair) or _is_joined_by_hand(pair):
        _two_people(pair)
    ledger.keep_apart(
        left=pair.left_id, right=pair.right_id, by=by, reason=reason, at=at
    )


def part(pair: MatchCandidate, *, by: User, reason: str, at: datetime) -> None:
    """Undo the merge that the pair's answer had made; no rule makes it again.

    Raises:
        NothingToUndo: it cannot be undone by itself; the message says why.
    """
    made = Answer.objects.filter(candidate=pair, merge__undone_at=None)
    last = made.exclude(merge=None).order_by("-id").first()
    if _is_of_one_person(pair) and (last is None or last.merge is None):
        # A rule had joined them: the word that follows holds from the next night on.
        return
    if last is None or last.merge is None:
        raise NothingToUndo(
            f"{pair} were not joined by an answer to this pair, or that was undone. "
            f"Look at the person's page for what joined them."
        )
    unmerge(last.merge, by=by, reason=reason, at=at)


def unmerge(merge: Merge, *, by: User, reason: str, at: datetime) -> int:
    """Undo a merge in the ledger, and return the number of the event.

    Raises:
        NothingToUndo: it cannot be undone by itself; the message says why.
    """
    if merge.event_id is None:
        raise NothingToUndo("The merge is older than the ledger, which cannot undo it.")
    try:
        undone = ledger.unmerge(event_id=merge.event_id, by=by, reason=reason, at=at)
    except ledger.CannotUndo as refused:
        raise NothingToUndo(str(refused)) from refused
    return undone.pk


def take_back_apart(
    pair: MatchCandidate, *, event_id: int | None, by: User, at: datetime
) -> None:
    """Let rules judge again what an answer had held apart: the pair, or a merge's two."""
    said = Apart.objects.filter(event=event_id)
    if event_id is None:
        said = said.filter(left=pair.left_id, right=pair.right_id)
    _take_back(said, by, at)


def _is_of_one_person(pair: MatchCandidate) -> bool:
    """Return whether the pair is audited, and somebody's already by what rules say."""
    if not Audit.objects.filter(candidate=pair).exists():
        return False
    found = ledger.people_of(record_ids=[pair.left_id, pair.right_id])
    return len(set(found.values())) == 1


def _is_joined_by_hand(pair: MatchCandidate) -> bool:
    """Return whether a steward joined the two: only who undoes that parts them."""
    said = rows.select("joined_by_stewards", records=[pair.left_id, pair.right_id])
    merges = [merge for merge, _ in said]
    return len(set(merges)) < len(merges)


def _two_people(pair: MatchCandidate) -> list[int]:
    found = ledger.people_of(record_ids=[pair.left_id, pair.right_id])
    two = sorted(set(found.values()))
    if len(two) < 2:
        raise SamePerson(
            f"{pair} are one person already, by other records of theirs. "
            f"Nothing is left to decide here."
        )
    return two


def _refuse_contradiction(pair: MatchCandidate, two: list[int]) -> None:
    links = ledger.open_links(people=two)
    said = MatchCandidate.objects.filter(
        left__in=links, right__in=links, status=MatchCandidate.Status.DIFFERENT
    ).exclude(pk=pair.pk)
    for earlier in said.with_records().select_related("decided_by"):
        if links[earlier.left_id].person != links[earlier.right_id].person:
            raise SaidDifferent(
                f"{earlier.decided_by} said on {earlier.decided_at:%Y-%m-%d} that "
                f"{earlier} are not the same person, and this would join them. "
                f"Speak with {earlier.decided_by} first."
            )


def _take_back(said: ApartQuerySet, by: User, at: datetime) -> None:
    for each in said.as_of(None):
        ledger.end_apart(
            apart_id=each.pk, by=by, at=at, reason="The answer was given anew."
        )


def _evidence(pair: MatchCandidate) -> dict[str, object]:
    return {
        "pair": pair.pk,
        "pattern": pair.pattern,
        "digest": pair.evidence_digest,
        "score": pair.score,
    }
