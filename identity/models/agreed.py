"""What stands behind the judging: values that join nobody, and weights of evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Func, Q, UniqueConstraint

from governance.models import Storefront


class QuarantinedValueQuerySet(models.QuerySet["QuarantinedValue"]):
    """Questions asked of values that are set aside."""

    def standing(self) -> Self:
        """Return what is set aside now."""
        return self.filter(lifted_at=None)

    def as_of(self, moment: datetime | None) -> Self:
        """Return what was set aside at the moment; without one, what is now."""
        if moment is None:
            return self.standing()
        return self.filter(since__lte=moment).filter(
            Q(lifted_at=None) | Q(lifted_at__gt=moment)
        )


class QuarantinedValue(models.Model):
    """From ``since`` until ``lifted_at`` the value joined nobody of the storefront.

    More people share it than the identifier's policy allows, or a steward said that it is
    nobody's own: an office's number, a mailbox of a shop's till. The value stands here as
    its key does. Whoever owns the identifier blocks it for good by a change request.
    """

    class Why(models.TextChoices):
        CROWDED = "crowded", "Shared by too many"
        STEWARD = "steward", "A steward said so"

    storefront = models.ForeignKey(
        Storefront, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=20, help_text="The key of its identifier.")
    value = models.TextField()
    why = models.CharField(max_length=10, choices=Why)
    # As they were counted when it was last looked at.
    records = models.PositiveIntegerField(default=0)
    surnames = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    # Who said so, and in which words; nobody, where a cap did.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.TextField(blank=True, default="")

    objects = QuarantinedValueQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["storefront", "kind", "value"],
                condition=Q(lifted_at=None),
                name="value_is_set_aside_once_now",
            ),
            CheckConstraint(
                condition=Q(lifted_at=None) | Q(lifted_at__gt=F("since")),
                name="value_is_lifted_after_it_was_set_aside",
            ),
            CheckConstraint(
                condition=Q(why="crowded", by=None)
                | (Q(why="steward", by__isnull=False) & ~Q(reason="")),
                name="who_sets_a_value_aside_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class MatchModel(models.Model):
    """The weights of evidence as they were at one time. Written once, never changed.

    Which one scores is agreed on: the identity rule ``scoring`` names its digest.
    """

    class Origin(models.TextChoices):
        COLD_START = "cold_start", "Made without answers"
        LEARNED = "learned", "Learned from stewards' answers"

    body = models.JSONField(
        help_text="Weights by feature and level, as the scorer reads them."
    )
    # PostgreSQL makes it of what it has kept: the same weights are the same model.
    digest = models.GeneratedField(
        expression=Func(F("body"), function="identity_digest"),
        output_field=models.CharField(max_length=64),
        db_persist=True,
    )
    origin = models.CharField(max_length=10, choices=Origin)
    answers = models.PositiveIntegerField(
        default=0, help_text="How many pairs with a known answer it was made from."
    )
    # What it was made from and what it came to, in words and numbers for people.
    measured = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            UniqueConstraint(fields=["digest"], name="same_weights_are_one_model"),
            CheckConstraint(
                condition=Q(origin="cold_start", answers=0)
                | Q(origin="learned", answers__gt=0),
                name="what_learned_had_answers",
            ),
        ]

    def __str__(self) -> str:
        return (
            f"{self.get_origin_display()}, {self.made_at:%Y-%m-%d} ({self.digest[:8]})"
        )
