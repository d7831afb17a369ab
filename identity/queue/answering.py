"""What somebody says of a pair they have read, and what comes of it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from governance.models import User
from identity import ledger, policy
from identity.models import (
    KNOWN,
    Answer,
    Batch,
    MatchCandidate,
    Merge,
    QuarantinedValue,
    StitchedRecord,
)
from identity.queue import deciding, households, putting_off, quality
from identity.queue.claiming import (
    holds,
    only_stewards,
    refuse_own_doubt,
    refuse_unclaimed,
)
from identity.queue.refusals import (
    AlreadyDecided,
    EvidenceChanged,
    NoReason,
    SamePerson,
)

Said, Status, Wants = Answer.Said, MatchCandidate.Status, MatchCandidate.Wants
VERDICTS = {
    Said.MERGE: Status.SAME,
    Said.NOT_SAME: Status.DIFFERENT,
    Said.HOUSEHOLD: Status.HOUSEHOLD,
}
# What an answer may change of a pair; the answer keeps how it was before.
STATE = ("status", "wants", "held_until", "referred_to_id", "known_answer",
         "decided_by_id", "decided_at", "reason")  # fmt: skip
_WRITTEN = [
    *(name.removesuffix("_id") for name in STATE),
    "claimed_by",
    "claimed_until",
]


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody says of a pair, and the evidence they had before them.

    Holding needs ``until``, referring ``to``, and setting a value aside ``identifier``:
    its kind and its value as a key. ``batch`` is what it is answered in, ``sent_as`` by
    what a program tells that it sends the same again.
    """

    said: str
    evidence_digest: str
    reason: str
    learn: bool = True
    seconds: float | None = None
    until: date | None = None
    to: User | None = None
    identifier: tuple[str, str] | None = None
    batch: Batch | None = None
    sent_as: str = ""


@dataclass(slots=True)
class _Effect:
    """What an answer did beside changing the pair."""

    merge: Merge | None = None
    set_aside: QuarantinedValue | None = None
    household: bool = field(default=False)


@transaction.atomic
def answer(*, candidate_id: int, given: Given, by: User, at: datetime) -> Answer:
    """Take what a steward says of the pair they have claimed, and let others have it.

    Merge, Not the same and Same household count at once, from a first reader as from one
    who settles a doubt; some of them are read again by somebody who sees nothing of it.
    What a second reader says otherwise goes to a third, whose word holds.

    Raises:
        NotASteward: ``by`` is not in the group of stewards.
        AlreadyDecided: it was sent twice, or somebody was faster.
        NotClaimed: the claim has run out, or is another's.
        EvidenceChanged: the pair says something else by now.
        NoReason: the reason says nothing.
        Incomplete: it lacks until when, to whom, or which value.
        SamePerson: an earlier merge has joined the two already.
        SaidDifferent: of other records of the two a steward said they are two people.
    """
    pair = _locked(candidate_id, given.reason, by)
    _refuse_twice(pair, by)
    refuse_unclaimed(pair, by, at)
    _refuse_other_evidence(pair, given)
    return say(pair, given, by, at)


@transaction.atomic
def answer_unclaimed(
    *, candidate_id: int, given: Given, by: User, at: datetime
) -> Answer:
    """Take an answer to a pair that was read elsewhere, and that nobody is at now.

    Raises: as ``answer`` does; and NotYours, of a second reading of one's own answer.
    """
    pair = _locked(candidate_id, given.reason, by)
    if pair.wants == Wants.NOTHING:
        raise _decided(pair)
    refuse_own_doubt(pair, by)
    if pair.claimed_by_id not in (None, by.pk) and holds(pair, at):
        refuse_unclaimed(pair, by, at)
    _refuse_other_evidence(pair, given)
    return say(pair, given, by, at)


@transaction.atomic
def approve(*, candidate_id: int, by: User, reason: str, at: datetime) -> Merge:
    """Join the two people behind a pair that waits, claimed or not.

    Raises: as ``answer`` does.
    """
    said = _unclaimed(candidate_id, Said.MERGE, by, reason, at)
    if said.merge is None:
        raise SamePerson(
            f"{said.candidate} are one person by what rules say, and are audited. "
            f"Claim the pair, and say what you read."
        )
    return said.merge


@transaction.atomic
def reject(*, candidate_id: int, by: User, reason: str, at: datetime) -> MatchCandidate:
    """Say that the two records are two people: no rule joins them from now on.

    Raises: as ``answer`` does.
    """
    return _unclaimed(candidate_id, Said.NOT_SAME, by, reason, at).candidate


def say(pair: MatchCandidate, given: Given, by: User, at: datetime) -> Answer:
    """Write down what was said of a pair that is locked, with all that comes of it."""
    read_as = pair.wants or KNOWN
    before = state_of(pair)
    effect = _take(pair, given, by, at)
    pair.claimed_by = pair.claimed_until = None
    pair.save(update_fields=_WRITTEN)
    made = Answer.objects.create(
        candidate=pair, by=by, said=given.said, reason=in_words(given.reason), at=at,
        seconds=given.seconds, read_as=read_as, learn=given.learn,
        evidence_digest=pair.evidence_digest, before=before, merge=effect.merge,
        set_aside=effect.set_aside, batch=given.batch, sent_as=given.sent_as,
    )  # fmt: skip
    if effect.household:
        households.join(made, at=at)
    if read_as != KNOWN:
        # The next stitching reads both again: what was said may settle other pairs.
        both = [pair.left_id, pair.right_id]
        StitchedRecord.objects.filter(record__in=both).delete()
    return made


def state_of(pair: MatchCandidate) -> dict[str, Any]:
    """Return how the pair stands, as JSON keeps it."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name in STATE
        for value in [getattr(pair, name)]
    }


def in_words(reason: str) -> str:
    """Return what can be read of a reason. A database keeps no NUL, and a form sends it."""
    return reason.replace("\x00", "").strip()


def _unclaimed(
    candidate_id: int, said: str, by: User, reason: str, at: datetime
) -> Answer:
    pair = _locked(candidate_id, reason, by)
    if pair.wants in {Wants.NOTHING, Wants.BLIND, Wants.THIRD}:
        raise _decided(pair)
    refuse_own_doubt(pair, by)
    if pair.claimed_by_id not in (None, by.pk):
        refuse_unclaimed(pair, by, at)
    return say(pair, Given(said, pair.evidence_digest, reason), by, at)


def _locked(candidate_id: int, reason: str, by: User) -> MatchCandidate:
    """Return the pair once nobody else is at it."""
    only_stewards(by)
    if not in_words(reason):
        raise NoReason("Say why in a few words: others will want to know.")
    ledger.wait_for_other_merges()
    pairs = MatchCandidate.objects.select_for_update(of=("self",))
    return pairs.select_related(
        "decided_by", "claimed_by", "left__system", "right__system"
    ).get(pk=candidate_id)


def _refuse_twice(pair: MatchCandidate, by: User) -> None:
    if pair.claimed_by_id == by.pk:
        return
    last = pair.answers.order_by("-id").first()
    if last is not None and last.by_id == by.pk and last.said != Said.UNDONE:
        raise AlreadyDecided(
            f"You have answered {pair} already: {last.get_said_display().lower()}. "
            f"It counts once."
        )
    if pair.wants == Wants.NOTHING and pair.decided_by_id is not None:
        raise _decided(pair)


def _refuse_other_evidence(pair: MatchCandidate, given: Given) -> None:
    if given.evidence_digest != pair.evidence_digest:
        raise EvidenceChanged(
            f"What is known of {pair} has changed while you read it. Nothing was "
            f"decided: read what it says now."
        )


def _decided(pair: MatchCandidate) -> AlreadyDecided:
    return AlreadyDecided(
        f"{pair.decided_by} has decided this pair at "
        f"{pair.decided_at:%Y-%m-%d %H:%M} UTC: {pair.get_status_display().lower()}."
    )


def _take(pair: MatchCandidate, given: Given, by: User, at: datetime) -> _Effect:
    """Let the answer have its effect on the pair, by what the pair was read as."""
    match pair.wants:
        case Wants.NOTHING:
            return _Effect()
        case Wants.BLIND:
            return _second(pair, given)
        case Wants.THIRD:
            return _third(pair, given, by, at)
    pair.held_until = pair.referred_to = None
    if given.said in VERDICTS:
        share = policy.now().asking.second_read_share
        is_read_again = pair.wants != Wants.DOUBT and quality.falls_among(
            f"blind {pair.pk} {pair.evidence_digest}", share
        )
        effect = _settle(pair, given, by, at)
        pair.wants = Wants.BLIND if is_read_again else Wants.NOTHING
        return effect
    set_aside = putting_off.put_off(
        pair, said=given.said, until=given.until, to=given.to,
        identifier=given.identifier, reason=in_words(given.reason), by=by, at=at,
    )  # fmt: skip
    return _Effect(set_aside=set_aside)


def _second(pair: MatchCandidate, given: Given) -> _Effect:
    """Compare two readers; what holds goes on to hold until a third has read it."""
    verdict = VERDICTS.get(Said(given.said))
    agrees = verdict == pair.status
    pair.wants = Wants.NOTHING if verdict is None or agrees else Wants.THIRD
    if agrees:
        pair.known_answer = given.said
    return _Effect()


def _third(pair: MatchCandidate, given: Given, by: User, at: datetime) -> _Effect:
    verdict = VERDICTS.get(Said(given.said))
    if verdict is None:
        return _Effect()
    effect = _Effect()
    if verdict != pair.status:
        if pair.status == Status.SAME:
            deciding.part(pair, by=by, reason=in_words(given.reason), at=at)
        elif pair.status == Status.HOUSEHOLD:
            households.leave(pair, at=at)
        effect = _settle(pair, given, by, at)
    pair.wants, pair.known_answer = Wants.NOTHING, given.said
    return effect


def _settle(pair: MatchCandidate, given: Given, by: User, at: datetime) -> _Effect:
    """Let a verdict hold of the two, in the graph of who is who, too."""
    reason, effect = in_words(given.reason), _Effect()
    if given.said == Said.MERGE:
        effect.merge = deciding.join(pair, by=by, reason=reason, at=at)
    else:
        deciding.keep_apart(pair, by=by, reason=reason, at=at)
        effect.household = given.said == Said.HOUSEHOLD
    pair.status, pair.reason = VERDICTS[Said(given.said)], reason
    pair.decided_by, pair.decided_at = by, at
    return effect
