"""Pairs of one evidence, answered together once samples of them were read one by one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, F, Max, Min, Q, Sum

from governance.models import User
from identity import policy
from identity.models import Answer, Batch, MatchCandidate, MatchCandidateQuerySet
from identity.queue import undoing
from identity.queue.answering import VERDICTS, Given, answer_unclaimed, in_words
from identity.queue.claiming import only_stewards
from identity.queue.refusals import (
    AlreadyDecided,
    NotAlike,
    NothingAlike,
    NotOpened,
    NotYours,
    ReviewError,
    TooMany,
)

Said, Status, Wants = Answer.Said, MatchCandidate.Status, MatchCandidate.Wants
SAMPLES = 10
_SHOWN = 50
_FEWEST = 2
_SAYS = {status: said for said, status in VERDICTS.items()}


@dataclass(frozen=True)
class Alike:
    """Pairs of which all that was compared came out the same, and that wait."""

    evidence_digest: str
    pattern: str
    evidence: str
    count: int
    lowest: float
    highest: float
    value: Decimal

    @property
    def likely(self) -> str:
        """Return how likely the pairs are, as a page says it."""
        low, high = f"{self.lowest:.0%}", f"{self.highest:.0%}"
        return low if low == high else f"{low} to {high}"


@dataclass(frozen=True)
class Sample:
    """A pair that was drawn for a batch, and what was said of it; nothing, where none."""

    pair: MatchCandidate
    said: str
    answer: Answer | None

    @property
    def in_words(self) -> str:
        return Said(self.said).label if self.said else ""


@dataclass(frozen=True)
class Sheet:
    """How a batch stands: its samples, the rest, and why that cannot be answered yet."""

    batch: Batch
    samples: Sequence[Sample]
    rest: int
    value: Decimal
    limit: int
    said: str
    lacks: ReviewError | None
    answers: Sequence[Answer]

    @property
    def is_read(self) -> bool:
        """Return whether all samples say one thing, so that the rest may be answered."""
        return self.lacks is None

    @property
    def read(self) -> int:
        return sum(bool(each.said) for each in self.samples)

    @property
    def in_words(self) -> str:
        return Said(self.said).label if self.said else ""


@dataclass(frozen=True)
class Done:
    """To how many pairs something was done, and why not to the others."""

    pairs: int
    refused: Sequence[tuple[MatchCandidate, str]]


def alike() -> list[Alike]:
    """Return the evidence that two or more waiting pairs have, the most frequent first."""
    found = (
        _waiting()
        .exclude(evidence_digest="")
        .values("evidence_digest")
        .annotate(
            pattern=Max("pattern"), evidence=Max("evidence"), count=Count("pk"),
            lowest=Min("score"), highest=Max("score"), value=Sum("value_at_risk"),
        )
        .filter(count__gte=_FEWEST)
        .order_by("-count", "-value", "evidence_digest")[:_SHOWN]
    )  # fmt: skip
    return [Alike(**each) for each in found]


def unfinished(*, by: User) -> list[Batch]:
    """Return the steward's batches whose rest is not answered, the latest first."""
    return list(Batch.objects.filter(by=by, answered_at=None)[:_SHOWN])


@transaction.atomic
def open_batch(*, evidence_digest: str, by: User, at: datetime) -> Batch:
    """Draw samples at random of the pairs of one evidence; the one begun before goes on.

    Raises:
        NotASteward: ``by`` is not in the group of stewards.
        NothingAlike: no two pairs of it wait.
    """
    only_stewards(by)
    begun = Batch.objects.filter(
        evidence_digest=evidence_digest, by=by, answered_at=None
    ).first()
    if begun is not None:
        return begun
    waiting = _waiting().filter(evidence_digest=evidence_digest)
    drawn = list(waiting.order_by("?")[:SAMPLES])
    if not evidence_digest or len(drawn) < _FEWEST:
        raise NothingAlike(
            "No two pairs of this evidence wait any more. Look at the list again."
        )
    return Batch.objects.create(
        evidence_digest=evidence_digest,
        pattern=drawn[0].pattern,
        by=by,
        opened_at=at,
        samples=[pair.pk for pair in drawn],
    )


def read(batch: Batch) -> Sheet:
    """Return how the batch stands now."""
    samples = _samples(batch)
    rest = _rest(batch).aggregate(count=Count("pk"), value=Sum("value_at_risk"))
    asking = policy.now().asking
    answers = Answer.objects.filter(batch=batch, undone_by=None).exclude(
        candidate__in=batch.samples
    )
    return Sheet(
        batch=batch,
        samples=samples,
        rest=rest["count"],
        value=rest["value"] or Decimal(0),
        limit=max(asking.batch_limit, (batch.pk in asking.larger_batches) * 10**9),
        said=next((each.said for each in samples if each.said), ""),
        lacks=_lacks(samples),
        answers=list(answers.select_related("candidate__left", "candidate__right")),
    )


def next_sample(sheet: Sheet) -> MatchCandidate | None:
    """Return the sample to read next; none, where all were read."""
    return next((each.pair for each in sheet.samples if not each.said), None)


def one_of(batch_id: int, *, by: User) -> Batch | None:
    """Return the steward's batch while it is theirs to go on with."""
    return Batch.objects.filter(pk=batch_id, by=by, answered_at=None).first()


@transaction.atomic
def answer_rest(*, batch_id: int, by: User, reason: str, at: datetime) -> Done:
    """Say of all the rest what was said of every sample.

    Each pair is looked at like any other: what stands between one and its answer refuses
    that one, which waits on, and no other.

    Raises:
        NotASteward, NotYours: they are no steward, or somebody else opened it.
        AlreadyDecided: it was answered before.
        NotOpened: there are samples they have not read.
        NotAlike: not all samples were answered the same.
        TooMany: it is more than was agreed on; ask for it by a change request.
    """
    only_stewards(by)
    batch = _theirs(batch_id, by)
    if batch.answered_at is not None:
        raise AlreadyDecided(f"You have answered {batch} already. It counts once.")
    sheet = read(batch)
    if sheet.lacks is not None:
        raise sheet.lacks
    if sheet.rest > sheet.limit:
        raise TooMany(
            f"{sheet.rest:,} pairs are more than the {sheet.limit:,} that are answered "
            f"together. Ask for this batch by a change request."
        )
    said = in_words(reason) or f"Of one evidence with {sheet.read} that were read."
    given = Given(sheet.said, batch.evidence_digest, said, batch=batch)
    refused, answered = [], 0
    for pair in _rest(batch).with_records().order_by(F("rank").desc(), "id"):
        try:
            answer_unclaimed(candidate_id=pair.pk, given=given, by=by, at=at)
            answered += 1
        except ReviewError as sentence:
            refused.append((pair, str(sentence)))
    batch.said, batch.answered_at = sheet.said, at
    batch.save(update_fields=["said", "answered_at"])
    return Done(answered, refused)


@transaction.atomic
def take_back(*, batch_id: int, by: User, at: datetime) -> Done:
    """Take back every answer of the batch, samples and rest, the latest first.

    Of what more has come since, the answer stays, and the others are taken back.

    Raises:
        NotASteward, NotYours: they are no steward, or somebody else opened it.
    """
    only_stewards(by)
    batch = _theirs(batch_id, by)
    given = Answer.objects.filter(batch=batch, by=by, undone_by=None)
    refused, taken = [], 0
    for each in given.exclude(said=Said.UNDONE).order_by("-pk"):
        try:
            undoing.take_back(answer_id=each.pk, by=by, at=at)
            taken += 1
        except ReviewError as sentence:
            refused.append((each.candidate, str(sentence)))
    return Done(taken, refused)


def _theirs(batch_id: int, by: User) -> Batch:
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.by_id != by.pk:
        raise NotYours(f"{batch.by} opened this batch, and answers it.")
    return batch


def _waiting() -> MatchCandidateQuerySet:
    """Return the pairs that nobody has said anything about yet. Audits are read singly."""
    return MatchCandidate.objects.filter(
        status=Status.PENDING, wants=Wants.FIRST, audit=None
    )


def _rest(batch: Batch) -> MatchCandidateQuerySet:
    alike = _waiting().filter(evidence_digest=batch.evidence_digest)
    return alike.exclude(pk__in=batch.samples)


def _samples(batch: Batch) -> list[Sample]:
    """Return the samples in the order they were drawn.

    One that other merges have made one person is no question any more.
    """
    given = Answer.objects.filter(
        candidate__in=batch.samples, by=batch.by_id, at__gte=batch.opened_at,
        undone_by=None,
    ).exclude(said=Said.UNDONE)  # fmt: skip
    answers = {each.candidate_id: each for each in given.order_by("pk")}
    pairs = MatchCandidate.objects.filter(pk__in=batch.samples).with_records()
    open_ones = pairs.filter(Q(pk__in=pairs.still_two()) | Q(pk__in=answers))
    found = {pair.pk: pair for pair in open_ones}
    return [
        _sample(found[number], answers.get(number))
        for number in batch.samples
        if number in found
    ]


def _sample(pair: MatchCandidate, answer: Answer | None) -> Sample:
    if answer is not None:
        return Sample(pair, answer.said, answer)
    # Somebody else was faster: what they said counts for it.
    return Sample(pair, _SAYS.get(Status(pair.status), ""), None)


def _lacks(samples: Sequence[Sample]) -> ReviewError | None:
    """Return why the rest cannot be answered as these were; none, where it can."""
    unread = sum(not each.said for each in samples)
    if unread or not any(each.answer for each in samples):
        return NotOpened(
            f"{unread} of {len(samples)} samples are not read yet. Read each and answer "
            f"it: if all are the same, the rest is answered with them."
        )
    said = Counter(each.said for each in samples)
    if len(said) > 1 or not said.keys() <= set(VERDICTS):
        told = ", ".join(
            f"{count} {Said(one).label.lower()}" for one, count in said.most_common()
        )
        return NotAlike(
            f"The samples were not answered alike: {told}. So the rest is not either: "
            f"read it pair by pair."
        )
    return None
