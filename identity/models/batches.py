"""Pairs that are answered together, because they compare alike in everything."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q

from identity.models.asked import Answer


class Batch(models.Model):
    """Somebody reads samples of pairs of one evidence, to answer all of them at once.

    ``samples`` are the pairs that were drawn for it when it was opened. What was said, and
    when, stands here once the rest was answered with them.
    """

    evidence_digest = models.CharField(max_length=64)
    pattern = models.CharField(max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()
    samples = models.JSONField()
    said = models.CharField(max_length=10, choices=Answer.Said, blank=True, default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "batches"
        ordering = ["-pk"]
        constraints = [
            CheckConstraint(
                condition=Q(said="", answered_at=None)
                | Q(
                    said__in=["merge", "not_same", "household"],
                    answered_at__isnull=False,
                ),
                name="answered_batch_says_what_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"batch {self.pk}: {self.pattern}"
