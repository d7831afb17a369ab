"""What is asked of people about pairs of records, and what each of them said."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import (
    CheckConstraint,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    UniqueConstraint,
)

from governance.models import User
from identity.models.agreed import QuarantinedValue
from identity.models.people import Link, Merge
from measurement.models import CustomerRecord


def _somebody() -> models.ForeignKey[User | None, User | None]:
    """Return a column that names somebody, or nobody."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )


class MatchCandidateQuerySet(models.QuerySet["MatchCandidate"]):
    """Questions asked of the review queue."""

    def pending(self) -> Self:
        return self.filter(status=MatchCandidate.Status.PENDING)

    def open(self) -> Self:
        """Return the pairs somebody is still to say something about."""
        return self.exclude(wants=MatchCandidate.Wants.NOTHING)

    def undecided(self) -> Self:
        """Return the waiting pairs that are still two people, by all we know now."""
        return self.pending().still_two()

    def still_two(self) -> Self:
        """Leave out the pairs that other merges have made one person."""
        links = Link.objects.as_of(None)
        theirs = links.filter(record=OuterRef(OuterRef("right"))).values("person")
        return self.exclude(
            Exists(links.filter(record=OuterRef("left"), person__in=theirs))
        )

    def free(self, at: datetime) -> Self:
        """Return the pairs nobody has claimed at the moment."""
        return self.filter(Q(claimed_until=None) | Q(claimed_until__lte=at))

    def due(self, on: date) -> Self:
        """Leave out what is held until a later day."""
        return self.filter(Q(held_until=None) | Q(held_until__lte=on))

    def with_records(self) -> Self:
        """Load what ``__str__`` and the review page read: one query, not 1 + 4n."""
        return self.select_related("left__system", "right__system")


class MatchCandidate(models.Model):
    """Two records that may be one person; no rule could say so by itself.

    ``status`` is what holds of the two, ``wants`` what is still asked about them: what a
    second reader is asked holds as the first one said it until they differ.
    """

    class Status(models.TextChoices):
        PENDING = "pending", "Waiting"
        SAME = "same", "Same person"
        DIFFERENT = "different", "Not the same"
        HOUSEHOLD = "household", "Same household"
        HELD = "held", "Held"
        REFERRED = "referred", "Referred"
        DOUBTFUL = "doubtful", "Doubtful"

    class Wants(models.TextChoices):
        NOTHING = "", "Nothing"
        FIRST = "first", "An answer"
        DOUBT = "doubt", "A second reader, who settles a doubt"
        BLIND = "blind", "A second reader, who has not seen the first answer"
        THIRD = "third", "A third reader, where two have differed"
        AGAIN = "again", "An answer to other evidence than before"

    left = models.ForeignKey(CustomerRecord, on_delete=models.PROTECT, related_name="+")
    right = models.ForeignKey(
        CustomerRecord, on_delete=models.PROTECT, related_name="+"
    )
    evidence = models.TextField(help_text="What they share.")
    guard = models.TextField(help_text="Why that did not settle it.")
    # Out of all pairs counted with such evidence, the share that was one person.
    score = models.FloatField(
        default=0.5, help_text="How likely such pairs are. Decides nothing."
    )
    pattern = models.CharField(
        max_length=200,
        blank=True,
        default="",
        help_text="How the two compared, in all.",
    )
    # What each comparison adds: feature, level, bits, and the same as a sentence.
    waterfall = models.JSONField(default=list, blank=True)
    evidence_digest = models.CharField(max_length=64, blank=True, default="")
    # The evidence an answer was given to, where it has changed since.
    earlier = models.JSONField(default=dict, blank=True)
    value_at_risk = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    impact = models.PositiveIntegerField(
        default=2, help_text="How many records one answer touches."
    )
    # Value at risk × uncertainty × impact, twice as much for each fortnight it waits:
    # as powers of two, so that which of two pairs comes first is the same at any moment.
    rank = models.GeneratedField(
        expression=Func(
            F("value_at_risk"),
            F("score"),
            F("impact"),
            F("found_at"),
            function="identity_rank",
        ),
        output_field=models.FloatField(),
        db_persist=True,
    )
    model_version = models.CharField(max_length=80, blank=True, default="")
    policy_version = models.CharField(max_length=80, blank=True, default="")
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    wants = models.CharField(
        max_length=6, choices=Wants, default=Wants.FIRST, blank=True
    )
    # What is known of the pair beyond one person's answer, to ask others by.
    known_answer = models.CharField(max_length=10, blank=True, default="")
    found_at = models.DateTimeField()
    # Since when whoever owns customers is told that it waits.
    escalated_at = models.DateTimeField(null=True)
    held_until = models.DateField(null=True)
    referred_to = _somebody()
    claimed_by = _somebody()
    claimed_until = models.DateTimeField(null=True)
    decided_by = _somebody()
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, default="")

    objects = MatchCandidateQuerySet.as_manager()

    class Meta:
        verbose_name = "pair to decide"
        verbose_name_plural = "review queue"
        constraints = [
            UniqueConstraint(fields=["left", "right"], name="pair_is_asked_once"),
            CheckConstraint(
                condition=Q(left__lt=F("right")), name="pair_is_written_one_way"
            ),
            CheckConstraint(
                condition=Q(
                    status__in=["pending", "held", "referred", "doubtful"],
                    decided_by=None,
                    decided_at=None,
                )
                | Q(
                    status__in=["same", "different", "household"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="decided_pair_names_who_and_when",
            ),
            CheckConstraint(
                condition=Q(status__in=["same", "different", "household"])
                | Q(wants__in=["first", "doubt"]),
                name="undecided_pair_is_still_asked_about",
            ),
            CheckConstraint(
                condition=(~Q(status="held") | Q(held_until__isnull=False))
                & (~Q(status="referred") | Q(referred_to__isnull=False)),
                name="held_pair_says_until_when_and_referred_to_whom",
            ),
            CheckConstraint(
                condition=Q(claimed_by=None, claimed_until=None)
                | Q(claimed_by__isnull=False, claimed_until__isnull=False),
                name="claim_names_who_and_until_when",
            ),
            CheckConstraint(
                condition=Q(score__gte=0, score__lte=1), name="score_is_a_probability"
            ),
        ]
        indexes = [
            models.Index(
                F("rank").desc(),
                "id",
                condition=~Q(wants=""),
                name="pairs_to_read_next",
            ),
            models.Index(
                fields=["evidence_digest"],
                condition=Q(wants="first"),
                name="pairs_alike",
            ),
            models.Index(
                fields=["claimed_by"],
                condition=Q(claimed_by__isnull=False),
                name="pairs_claimed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.left} ↔ {self.right}"

    @property
    def likely(self) -> str:
        """Return how likely the two are one person, as a page says it."""
        return f"{self.score:.0%}"

    @property
    def priority(self) -> float:
        """Return value at risk × uncertainty × impact, as it was when it was found."""
        doubt = self.score * (1 - self.score)
        return float(self.value_at_risk) * doubt * self.impact


class Answer(models.Model):
    """Somebody read the pair and said this of it: added to, and never changed.

    ``before`` is how the pair stood, so that the answer can be taken back: which is
    another answer, that names it in ``undoes``.
    """

    class Said(models.TextChoices):
        MERGE = "merge", "Merge"
        NOT_SAME = "not_same", "Not the same"
        HOUSEHOLD = "household", "Same household"
        QUARANTINE = "quarantine", "Shared identifier"
        CANT_TELL = "cant_tell", "Can't tell"
        REFER = "refer", "Refer"
        HOLD = "hold", "Hold"
        UNDONE = "undone", "Undone"

    candidate = models.ForeignKey(
        MatchCandidate, on_delete=models.PROTECT, related_name="answers"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    said = models.CharField(max_length=10, choices=Said)
    reason = models.TextField()
    at = models.DateTimeField(db_index=True)
    seconds = models.FloatField(null=True, help_text="How long it was looked at.")
    # As what the pair was read: an answer, a second reading, one whose answer is known.
    read_as = models.CharField(max_length=6, default=MatchCandidate.Wants.FIRST)
    learn = models.BooleanField(
        default=True, help_text="Weights of evidence may learn from it."
    )
    evidence_digest = models.CharField(max_length=64, blank=True, default="")
    before = models.JSONField(default=dict)
    merge = models.ForeignKey(
        Merge, on_delete=models.PROTECT, null=True, related_name="+"
    )
    set_aside = models.ForeignKey(
        QuarantinedValue, on_delete=models.PROTECT, null=True, related_name="+"
    )
    undoes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="undone_by"
    )
    # With which others it was given, at once or as a sample of them.
    batch = models.ForeignKey(
        "identity.Batch", on_delete=models.PROTECT, null=True, related_name="answers"
    )
    # By what a program tells that it sends the same answer again.
    sent_as = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        ordering = ["id"]
        constraints = [
            CheckConstraint(condition=~Q(reason=""), name="answer_says_why"),
            CheckConstraint(
                condition=Q(said="undone", undoes__isnull=False)
                | ~Q(said="undone") & Q(undoes=None),
                name="only_an_undone_answer_undoes",
            ),
            CheckConstraint(
                condition=Q(seconds=None) | Q(seconds__gte=0),
                name="nobody_answers_before_they_look",
            ),
            UniqueConstraint(
                fields=["by", "sent_as"],
                condition=~Q(sent_as=""),
                name="what_is_sent_twice_counts_once",
            ),
        ]
        indexes = [models.Index(fields=["by", "-id"], name="answers_of_somebody")]

    def __str__(self) -> str:
        return f"{self.get_said_display()}, by {self.by}"

    @property
    def is_second_read(self) -> bool:
        """Return whether somebody else had answered before, and this reader not."""
        return self.read_as in {"doubt", "blind", "third"}

    @property
    def is_known_answer(self) -> bool:
        """Return whether the answer was known, and the reader was asked by it."""
        return self.read_as == KNOWN


# As what a pair is read whose answer is known.
KNOWN = "known"
