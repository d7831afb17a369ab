"""Why published numbers moved from one build to the next."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, UniqueConstraint

from governance.models import Storefront
from reporting.models.builds import Build


class Movement(models.Model):
    """One number of a build and of the one up before it, and what each cause did to it.

    ``steps`` has the number once each cause was let in, in the order of ``Cause``: what
    two neighbours differ by is what the later cause moved. The first stands beside what
    was published before, the last is what is published after. Empty is withheld.
    """

    class Cause(models.TextChoices):
        CALCULATION = "calculation", "The calculation"
        DEFINITIONS = "definitions", "Definitions"
        PEOPLE = "people", "Who is who"
        CHANGED = "changed", "Changed orders"
        REFUNDS = "refunds", "Refunds"
        LATE = "late", "Late orders and visits"
        NEW = "new", "New orders and visits"

    build = models.ForeignKey(Build, on_delete=models.PROTECT, related_name="movements")
    build_before = models.ForeignKey(Build, on_delete=models.PROTECT, related_name="+")
    storefront = models.ForeignKey(
        Storefront, on_delete=models.PROTECT, related_name="+"
    )
    metric = models.CharField(max_length=40)
    dimensions = models.JSONField(default=dict)
    before = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    steps = models.JSONField(default=list)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["build", "storefront", "metric", "dimensions"],
                name="one_movement_per_number",
            ),
            models.CheckConstraint(
                condition=Q(build__gt=models.F("build_before")),
                name="movement_goes_forward",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.dimensions}"
