"""Pairs drawn at random to see how often weights are right, and those they may join by it."""

from __future__ import annotations

import math
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from governance.models import Storefront
from identity.models.asked import MatchCandidate
from measurement.models import CustomerRecord

_STATUS, _WANTS = MatchCandidate.Status, MatchCandidate.Wants


class AuditQuerySet(models.QuerySet["Audit"]):
    """Questions asked of audits."""

    def settled(self) -> Self:
        """Return those that count: a doubt once a second reader has settled it."""
        return self.filter(
            candidate__status__in=[_STATUS.SAME, _STATUS.DIFFERENT, _STATUS.HOUSEHOLD],
            candidate__wants__in=[_WANTS.NOTHING, _WANTS.BLIND],
        )

    def open(self) -> Self:
        """Return those nobody has settled yet."""
        return self.exclude(pk__in=self.settled().values("pk"))


class Audit(models.Model):
    """The pair was drawn at random, to see how often pairs about as likely are one person.

    ``probability`` is what the weights of ``model_version`` hold of it: those of the last
    weighing, for what was found out of a pair is true by whatever weights. Nothing, where
    they do not look at the pair any more. What was drawn from is told by the least
    likelihood in it, as it was then.
    """

    candidate = models.OneToOneField(
        MatchCandidate, on_delete=models.PROTECT, related_name="audit"
    )
    storefront = models.ForeignKey(
        Storefront, on_delete=models.PROTECT, related_name="audits"
    )
    drawn_at = models.DateTimeField()
    run = models.CharField(max_length=60, blank=True, default="")
    # The same pairs and the same seed draw the same again.
    seed = models.CharField(max_length=200)
    drawn_from = models.FloatField()
    drawn_by_model = models.CharField(max_length=64)
    was_one_person = models.BooleanField(help_text="Rules had joined the two by then.")
    probability = models.FloatField(null=True)
    model_version = models.CharField(max_length=64)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            CheckConstraint(
                condition=Q(probability=None)
                | Q(probability__gte=0, probability__lte=1),
                name="audited_pair_is_as_likely_as_can_be",
            )
        ]

    def __str__(self) -> str:
        return f"Audit of {self.candidate}"


class LikelyPair(models.Model):
    """Two records that weights join: pairs as likely were shown to be right often enough.

    The stitching takes it for evidence, as it takes an e-mail that both carry. ``bits``
    are its log odds as a whole number: a weight that changes by next to nothing moves
    nobody. ``rests_on`` are the identifiers it needs.
    """

    storefront = models.ForeignKey(
        Storefront, on_delete=models.PROTECT, related_name="+"
    )
    left = models.ForeignKey(CustomerRecord, on_delete=models.PROTECT, related_name="+")
    right = models.ForeignKey(
        CustomerRecord, on_delete=models.PROTECT, related_name="+"
    )
    bits = models.SmallIntegerField()
    rests_on = ArrayField(models.CharField(max_length=40), default=list)
    model_version = models.CharField(max_length=64)
    policy_version = models.CharField(max_length=64)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["left", "right"], name="pair_is_likely_once"),
            CheckConstraint(
                condition=Q(left__lt=F("right")), name="likely_pair_is_written_one_way"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.left_id} ↔ {self.right_id}, {self.probability:.4f}"

    @property
    def probability(self) -> float:
        """Return how likely such pairs are one person, to the whole bit."""
        return 1 / (1 + math.pow(2, -self.bits))
