"""What people are written, and what was found when the log was looked at."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import CheckConstraint, Q


class LetterQuerySet(models.QuerySet["Letter"]):
    """Questions asked of letters."""

    def waiting(self) -> Self:
        return self.filter(sent_at=None).order_by("pk")


class Letter(models.Model):
    """A mail to one person about one occasion, written once and sent after the commit.

    ``occasion`` says what it is about: the same is never written twice to somebody.
    """

    to = models.EmailField()
    occasion = models.CharField(max_length=120)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["occasion", "to"], name="one_letter_per_occasion"
            ),
            CheckConstraint(
                condition=~Q(to="") & ~Q(occasion=""), name="letter_has_an_address"
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(sent_at=None), name="letters_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.to}"


class Verification(models.Model):
    """The log was looked at as a whole: how much there was, and what was wrong."""

    at = models.DateTimeField()
    events = models.BigIntegerField()
    seals = models.BigIntegerField()
    unsealed = models.BigIntegerField()
    finding = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.finding or f"Whole: {self.events} events"

    @property
    def is_whole(self) -> bool:
        return not self.finding
