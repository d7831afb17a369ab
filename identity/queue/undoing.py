"""An answer taken back by whoever gave it."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from governance.models import User
from identity import ledger, quarantine
from identity.models import KNOWN, Answer, MatchCandidate, StitchedRecord
from identity.queue import deciding, households
from identity.queue.answering import STATE
from identity.queue.claiming import LEASE, only_stewards, release_all
from identity.queue.refusals import NothingToUndo

Said, Wants = Answer.Said, MatchCandidate.Wants
_MOMENTS = {"decided_at": datetime, "held_until": date}


def last_answer(by: User) -> Answer | None:
    """Return the steward's last answer that was not taken back."""
    given = Answer.objects.filter(by=by, undone_by=None).exclude(said=Said.UNDONE)
    return given.select_related("candidate", "merge").order_by("-id").first()


@transaction.atomic
def undo(*, by: User, at: datetime) -> Answer:
    """Take back the steward's last answer; the pair is theirs to read again.

    A merge is undone in the ledger, a household ended, a value joins people again. What
    somebody else has said of the pair since is theirs: then nothing is taken back.

    Raises:
        NotASteward: ``by`` is not in the group of stewards.
        NothingToUndo: there is no such answer, or more has come of it since.
    """
    only_stewards(by)
    ledger.wait_for_other_merges()
    given = last_answer(by)
    if given is None:
        raise NothingToUndo("You have given no answer that could be taken back.")
    release_all(by=by)
    return _take_back(given, by=by, at=at, claims=True)


@transaction.atomic
def take_back(*, answer_id: int, by: User, at: datetime) -> Answer:
    """Take back one of the steward's answers; its pair waits for whoever comes.

    Raises: as ``undo`` does.
    """
    only_stewards(by)
    ledger.wait_for_other_merges()
    given = Answer.objects.filter(pk=answer_id, by=by, undone_by=None)
    found = given.exclude(said=Said.UNDONE).select_related("candidate", "merge").first()
    if found is None:
        raise NothingToUndo("That is no answer of yours, or it was taken back before.")
    return _take_back(found, by=by, at=at, claims=False)


def _take_back(given: Answer, *, by: User, at: datetime, claims: bool) -> Answer:
    pairs = MatchCandidate.objects.select_for_update(of=("self",))
    pair = pairs.select_related("left__system", "right__system").get(
        pk=given.candidate_id
    )
    _refuse_later(pair, given)
    if given.read_as != KNOWN:
        _reverse(pair, given, by, at)
        for name, value in given.before.items():
            setattr(pair, name, _read(name, value))
    if claims:
        pair.claimed_by, pair.claimed_until = by, at + LEASE
    pair.save()
    StitchedRecord.objects.filter(record__in=[pair.left_id, pair.right_id]).delete()
    return Answer.objects.create(
        candidate=pair, by=by, said=Said.UNDONE, at=at, undoes=given, learn=False,
        reason=f"Taken back: {given.get_said_display().lower()}.",
        read_as=given.read_as, evidence_digest=pair.evidence_digest, before={},
    )  # fmt: skip


def _refuse_later(pair: MatchCandidate, given: Answer) -> None:
    """Let pass what nobody has said anything about since.

    A pair whose answer is known is asked by it: what others say of it then says nothing
    of what holds.
    """
    if given.read_as == KNOWN:
        return
    later = pair.answers.filter(pk__gt=given.pk).exclude(read_as=KNOWN)
    standing = later.filter(undone_by=None).exclude(said=Said.UNDONE)
    last = standing.select_related("by").order_by("-id").first()
    if last is not None and last.by_id == given.by_id:
        raise NothingToUndo(
            f"You have answered {pair} again since. Take that back first."
        )
    if last is not None:
        raise NothingToUndo(
            f"{last.by} has answered {pair} after you. Speak with {last.by}; "
            f"what holds of the two stays as it is."
        )


def _reverse(pair: MatchCandidate, given: Answer, by: User, at: datetime) -> None:
    """Take back what the answer did to who is who."""
    changed = given.before["status"] != pair.status
    if given.read_as == Wants.BLIND or not (changed or given.set_aside):
        return
    if given.read_as == Wants.THIRD:
        raise NothingToUndo(
            f"You settled what two readers of {pair} had said differently. That is not "
            f"taken back with a key: merge or part the two on the person's page."
        )
    reason = f"Taken back: {given.reason}"
    if given.merge is not None:
        event = deciding.unmerge(given.merge, by=by, reason=reason, at=at)
        deciding.take_back_apart(pair, event_id=event, by=by, at=at)
        if given.before["status"] in ("different", "household"):
            deciding.keep_apart(pair, by=by, reason=given.before["reason"], at=at)
    elif given.said in (Said.NOT_SAME, Said.HOUSEHOLD):
        deciding.take_back_apart(pair, event_id=None, by=by, at=at)
    if given.said == Said.HOUSEHOLD:
        households.leave(pair, at=at)
    value = given.set_aside
    # What stood before the answer stands after it; what was lifted since is lifted.
    if value is not None and value.since == given.at and value.lifted_at is None:
        quarantine.lift(value_id=value.pk, at=at)


def _read(name: str, value: Any) -> Any:
    return _MOMENTS[name].fromisoformat(value) if value and name in _MOMENTS else value


assert set(_MOMENTS) < set(STATE)
