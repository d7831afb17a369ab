"""What a proposal would do to the numbers, measured before anybody decides."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q

from governance.models.changes import Revision
from governance.models.people import User


class Preview(models.Model):
    """A revision was run beside what is in force, on the same data, changing nothing.

    ``stands_on`` names the data and the definitions of that moment: where they have
    moved since, the preview is stale. ``answer`` is what ``governance.preview`` describes.
    """

    class State(models.TextChoices):
        ASKED = "asked", "Asked for"
        MEASURED = "measured", "Measured"
        FAILED = "failed", "Could not be measured"

    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="previews"
    )
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    measured_at = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0)
    stands_on = models.CharField(max_length=64, blank=True)
    answer = models.JSONField(default=dict)
    message = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            CheckConstraint(
                condition=Q(state__in=["asked", "measured", "failed"]),
                name="preview_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"Preview of {self.revision}"
