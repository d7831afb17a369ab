"""What it means: builds, and the readings published from them."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from governance.models import ChangeRequest, Channel, Storefront, User
from identity.models import IdentityEvent, Person
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
