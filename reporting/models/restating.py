"""What who is who alone does to numbers: measured, number by number."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from governance.models import Storefront, User
from identity.models import IdentityEvent
from reporting.models.builds import Build


class Restating(models.Model):
    """One measuring of what who is who alone does to the numbers, on the same data.

    Of all a night joined and parted; of one event, beside the numbers without it; or of a
    merge somebody thinks of. ``before`` and ``after`` stand in its restatements.
    """

    class Of(models.TextChoices):
        NIGHT = "night", "All that changed from build to build"
        EVENT = "event", "One event"
        MERGE = "merge", "A merge that may be"

    class State(models.TextChoices):
        ASKED = "asked", "Being measured"
        MEASURED = "measured", "Measured"
        FAILED = "failed", "Could not be measured"

    of = models.CharField(max_length=5, choices=Of)
    # The build whose people are those before; only from build to build.
    build_before = models.ForeignKey(
        Build, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # The build that was published when it was asked.
    build_after = models.ForeignKey(
        Build, on_delete=models.PROTECT, related_name="restatings"
    )
    event = models.ForeignKey(
        IdentityEvent, on_delete=models.PROTECT, null=True, related_name="restatings"
    )
    # Who would be joined, in order.
    people = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    message = models.TextField(blank=True, default="")
    # Nobody, where the night asked.
    asked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    measured_at = models.DateTimeField(null=True)
    looked_at = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            CheckConstraint(
                condition=Q(
                    of="night", build_before__isnull=False, event=None, people=[]
                )
                | Q(of="event", build_before=None, event__isnull=False, people=[])
                | Q(of="merge", build_before=None, event=None) & ~Q(people=[]),
                name="restating_is_of_one_thing",
            ),
            CheckConstraint(
                condition=Q(state="measured", measured_at__isnull=False)
                | ~Q(state="measured") & Q(measured_at=None),
                name="measured_restating_says_when",
            ),
            CheckConstraint(
                condition=~Q(state="failed") | ~Q(message=""),
                name="failed_restating_says_why",
            ),
            UniqueConstraint(
                fields=["build_after"],
                condition=Q(of="night"),
                name="build_is_restated_once",
            ),
            UniqueConstraint(
                fields=["event", "build_after"],
                condition=Q(of="event"),
                name="event_is_restated_once_per_build",
            ),
            UniqueConstraint(
                fields=["people", "build_after"],
                condition=Q(of="merge"),
                name="merge_is_thought_of_once_per_build",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_of_display()}, on {self.build_after}"


class Restatement(models.Model):
    """A number that who is who alone has moved, or would: before, and after.

    ``None`` where it is withheld, or is not there. What did not move has no row.
    """

    restating = models.ForeignKey(
        Restating, on_delete=models.PROTECT, related_name="restatements"
    )
    storefront = models.ForeignKey(
        Storefront, on_delete=models.PROTECT, related_name="+"
    )
    metric = models.CharField(max_length=40)
    dimensions = models.JSONField(default=dict)
    before = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    after = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    n_before = models.BigIntegerField()
    n_after = models.BigIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["restating", "storefront", "metric", "dimensions"],
                name="number_is_restated_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.dimensions}"
