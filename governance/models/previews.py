"""What a proposal would do to the numbers, measured before anybody decides."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Exists, OuterRef, Q

from governance.models.changes import ChangeRequest, Decision, Revision
from governance.models.people import User


class PreviewQuerySet(models.QuerySet["Preview"]):
    def to_be_compared(self) -> PreviewQuerySet:
        """Those somebody decided by, whose request has taken effect since."""
        decided_by = Decision.objects.filter(preview=OuterRef("pk"))
        return self.filter(
            Exists(decided_by),
            state=Preview.State.MEASURED,
            compared_at=None,
            revision__request__state=ChangeRequest.State.APPLIED,
        )


class Preview(models.Model):
    """A revision was run beside what is in force, on the same data, changing nothing.

    ``stands_on`` names the data and the definitions of that moment: where they have
    moved since, the preview is stale. ``answer`` is what ``governance.effects`` describes;
    ``predicted`` is every number that would move, as [what, where, value]. ``became`` says
    how many of those are something else by now, after it took effect.
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
    predicted = models.JSONField(default=list)
    became = models.JSONField(default=dict)
    compared_at = models.DateTimeField(null=True)

    objects = PreviewQuerySet.as_manager()

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
