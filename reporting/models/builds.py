"""Builds, and what is published from them: readings, and whom one can look into."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from governance.models import Channel, Storefront
from identity.models import Person
from measurement.models import Night


class Build(models.Model):
    """One computation of every view: from which data, identities and definitions."""

    class State(models.TextChoices):
        COMPUTED = "computed", "Computed"
        PUBLISHED = "published", "Published"
        HELD = "held", "Held back"
        SUPERSEDED = "superseded", "Superseded"

    night = models.ForeignKey(
        Night, on_delete=models.PROTECT, null=True, related_name="builds"
    )
    made_at = models.DateTimeField()
    # Rows written after these moments are not in it.
    data_moment = models.DateTimeField()
    identity_moment = models.DateTimeField()
    # {"ltv_90": "1", ...}: the version of each definition it was computed with.
    definitions = models.JSONField(default=dict)
    # {"kpi": {"ltv_90": 1}, "mapping": {...}}: every definition its numbers depend on, at
    # the version that was in force; nothing where a build was made before this was kept.
    versions = models.JSONField(default=dict)
    # What went in: rows per table, and a digest by which an equal input is known.
    inputs = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State, default=State.COMPUTED)
    published_at = models.DateTimeField(null=True)
    message = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            UniqueConstraint(
                fields=["state"],
                condition=Q(state="published"),
                name="one_build_is_published",
            ),
        ]

    def __str__(self) -> str:
        return f"Build {self.pk}"


class ReadingQuerySet(models.QuerySet["Reading"]):
    """Questions asked of readings."""

    def published(self) -> Self:
        return self.filter(build__state=Build.State.PUBLISHED)

    def of(self, metric: str, storefront: str) -> Self:
        return self.filter(metric=metric, storefront__key=storefront)


class Reading(models.Model):
    """One number: of which metric, for whom, out of how many, how sure.

    ``value`` is empty where nothing may be said: ``state`` then says why (too few
    people, too young a cohort). Money is in the storefront's currency.
    """

    class State(models.TextChoices):
        SURE = "sure", "Mature"
        IMMATURE = "immature", "Still growing"
        SMALL = "small", "Too few to say"
        # Enough people; but the rest of a sum would give a small one beside it away.
        WITHHELD = "withheld", "Withheld beside a small one"

    build = models.ForeignKey(Build, on_delete=models.PROTECT, related_name="readings")
    storefront = models.ForeignKey(
        Storefront, on_delete=models.PROTECT, related_name="+"
    )
    metric = models.CharField(max_length=40)
    # {"channel": "email"} or {"cohort": "2017-01", "month": 3, "segment": ""}
    dimensions = models.JSONField(default=dict)
    value = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    n = models.BigIntegerField()
    low = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    high = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    state = models.CharField(max_length=10, choices=State, default=State.SURE)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["build", "storefront", "metric", "dimensions"],
                name="one_reading_per_metric_and_cell",
            ),
            CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(low__lte=models.F("high")),
                name="interval_is_the_right_way_round",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.dimensions}"


class Buyer(models.Model):
    """One person's purchases at one storefront, as the published build counts them.

    Money is in the storefront's currency. Replaced when the next build is published.
    """

    build = models.ForeignKey(Build, on_delete=models.PROTECT, related_name="buyers")
    storefront = models.ForeignKey(
        Storefront, on_delete=models.PROTECT, related_name="+"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="purchases"
    )
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    segment = models.TextField(blank=True, default="")
    first_order_on = models.DateField()
    last_order_on = models.DateField()
    orders = models.PositiveIntegerField()
    revenue = models.DecimalField(max_digits=20, decimal_places=6)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["build", "storefront", "person"],
                name="one_buyer_per_person_and_storefront",
            ),
        ]
        indexes = [
            models.Index(
                fields=["build", "storefront", "channel", "-revenue"],
                name="buyers_of_a_channel",
            )
        ]

    def __str__(self) -> str:
        return f"person {self.person_id}"
