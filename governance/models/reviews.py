"""What is looked at now and then: how healthy the definitions are, and who reads them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from governance.models.people import Domain, User


class HealthReviewQuerySet(models.QuerySet["HealthReview"]):
    """Questions asked of health reviews."""

    def open(self) -> Self:
        return self.filter(closed_at=None)

    def overdue(self, at: datetime) -> Self:
        """Return those somebody still owes a signature, and owed it before the moment."""
        return self.open().filter(closes_by__lt=at)


class HealthReview(models.Model):
    """An occasion on which every owner says whether their domain is well.

    ``facts`` were measured when it was opened and never after: what was signed is what
    was read. It closes when somebody has signed for each of its ``domains``.
    """

    # By this the same occasion is known again: it opens one review, however often asked.
    occasion = models.CharField(max_length=160, unique=True)
    title = models.CharField(max_length=200)
    reason = models.TextField(help_text="Why it was opened, in words.")
    since = models.DateTimeField(help_text="What happened from here on was measured,")
    until = models.DateTimeField(help_text="and up to here.")
    opened_at = models.DateTimeField()
    closes_by = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    domains = ArrayField(models.SlugField(), help_text="Whose owners sign.")
    facts = models.JSONField()

    objects = HealthReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            CheckConstraint(condition=~Q(occasion=""), name="review_has_an_occasion"),
            CheckConstraint(
                condition=Q(closes_by__gt=F("opened_at")), name="review_has_its_time"
            ),
            CheckConstraint(
                condition=~Q(domains=[]), name="somebody_signs_for_a_review"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    def is_overdue(self, at: datetime) -> bool:
        return self.is_open and self.closes_by < at


class SignOff(models.Model):
    """An owner has read the facts of their domain, and says so. Never changed."""

    review = models.ForeignKey(
        HealthReview, on_delete=models.PROTECT, related_name="signoffs"
    )
    domain = models.ForeignKey(
        Domain, on_delete=models.PROTECT, related_name="signoffs", to_field="key"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="signoffs")
    at = models.DateTimeField()
    remark = models.TextField()

    class Meta:
        ordering = ["review", "at", "pk"]
        constraints = [
            UniqueConstraint(
                fields=["review", "domain"], name="domain_is_signed_for_once"
            ),
            CheckConstraint(condition=~Q(remark=""), name="sign_off_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.by} for {self.domain_id}"


class ReviewAction(models.Model):
    """Something a review found is to be done: by whom, and by which day."""

    review = models.ForeignKey(
        HealthReview, on_delete=models.PROTECT, related_name="actions"
    )
    what = models.CharField(max_length=300)
    who = models.ForeignKey(User, on_delete=models.PROTECT, related_name="actions")
    due_on = models.DateField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True
    )

    class Meta:
        ordering = ["review", "due_on", "pk"]
        constraints = [
            CheckConstraint(condition=~Q(what=""), name="action_says_what"),
            CheckConstraint(
                condition=Q(done_at=None, done_by=None)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="somebody_has_done_it",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    def is_late(self, on: date) -> bool:
        return self.done_at is None and self.due_on < on


class LookUp(models.Model):
    """A definition was looked up on that day: on a page, or by a program.

    Not how often and not by whom: only whether anybody still wants to know.
    """

    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=200)
    on = models.DateField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["kind", "key", "on"], name="looked_up_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} on {self.on}"
