"""What changed under a published number, as its charts are marked."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from governance.models import ChangeRequest
from reporting.models.builds import Build


class Annotation(models.Model):
    """From this build on a published number means something else: what changed, and how.

    One row per metric and version that came into force since the build before it.
    Written as the build is published, and never again.
    """

    class Comparison(models.TextChoices):
        RESTATED = "restated", "Restated"
        RESET = "reset", "Reset"
        BRIDGED = "bridged", "Bridged"

    build = models.ForeignKey(
        Build, on_delete=models.PROTECT, related_name="annotations"
    )
    metric = models.CharField(max_length=200)
    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=200)
    # The version before it; none, where the definition is new.
    before = models.PositiveIntegerField(null=True)
    after = models.PositiveIntegerField()
    since = models.DateTimeField(help_text="When that version came into force.")
    comparison = models.CharField(max_length=8, choices=Comparison)
    request = models.ForeignKey(
        ChangeRequest, on_delete=models.PROTECT, related_name="annotations"
    )
    text = models.TextField(help_text="What it says otherwise, in words.")

    class Meta:
        ordering = ["-since", "-pk"]
        constraints = [
            UniqueConstraint(
                fields=["build", "metric", "kind", "key", "after"],
                name="one_annotation_per_metric_and_version",
            ),
            CheckConstraint(
                condition=Q(comparison__in=["restated", "reset", "bridged"]),
                name="comparison_is_one_of_three",
            ),
            CheckConstraint(
                condition=Q(before=None) | Q(before__lt=models.F("after")),
                name="annotation_tells_of_a_later_version",
            ),
        ]
        indexes = [
            models.Index(fields=["metric", "-since"], name="annotations_of_a_metric")
        ]

    def __str__(self) -> str:
        return f"{self.metric}: {self.kind} {self.key}, version {self.after}"
