"""Times in which nothing takes effect: a month's end, a peak season, a migration."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import CheckConstraint, F, Q

from governance.models.people import User


class FreezeWindowQuerySet(models.QuerySet["FreezeWindow"]):
    def covering(self, at: datetime) -> FreezeWindowQuerySet:
        """Those in which the moment lies, but for those that were lifted."""
        return self.filter(begins_at__lte=at, ends_at__gt=at, lifted_at=None)


class FreezeWindow(models.Model):
    """From its begin to its end, what was approved waits; only an emergency does not.

    It is kept as it was set. Who needs it no longer lifts it, once.
    """

    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.TextField(help_text="Everybody reads why nothing takes effect.")
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True
    )
    lifted_at = models.DateTimeField(null=True)

    objects = FreezeWindowQuerySet.as_manager()

    class Meta:
        ordering = ["-begins_at", "-pk"]
        constraints = [
            CheckConstraint(
                condition=Q(ends_at__gt=F("begins_at")), name="freeze_has_its_time"
            ),
            CheckConstraint(condition=~Q(reason=""), name="freeze_says_why"),
            CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="freeze_is_lifted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"From {self.begins_at:%Y-%m-%d %H:%M} to {self.ends_at:%Y-%m-%d %H:%M}"
