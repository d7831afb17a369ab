"""What the last runs saw of each source column, and mappings tried on rows."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from governance.models import SourceStream, User
from measurement.models.runs import SyncRun


class ColumnProfile(models.Model):
    """What a sample of a stream's last file says of one of its columns.

    ``samples`` keep the shape of values and none of their letters or digits. ``words``
    are the few words a column is made of, kept only where no field it fills says
    something of a person.
    """

    class Kind(models.TextChoices):
        EMPTY = "empty", "nothing yet"
        TEXT = "text", "text"
        WHOLE_NUMBER = "whole_number", "whole number"
        DECIMAL = "decimal", "decimal number"
        DAY = "day", "day"
        MOMENT = "moment", "moment without offset"
        MOMENT_WITH_OFFSET = "moment_with_offset", "moment with offset"
        YES_OR_NO = "yes_or_no", "yes or no"
        LIST = "list", "list"
        NESTED = "nested", "nested"

    stream = models.ForeignKey(
        SourceStream, on_delete=models.PROTECT, related_name="profiles"
    )
    name = models.TextField()
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    # Of the rows looked at: how many there were, how many said something, how many of
    # those said something different, how many were not of the kind.
    rows = models.PositiveIntegerField()
    filled = models.PositiveIntegerField()
    different = models.PositiveIntegerField()
    odd = models.PositiveIntegerField()
    shortest = models.PositiveIntegerField()
    longest = models.PositiveIntegerField()
    samples = ArrayField(models.TextField(), default=list)
    words = ArrayField(models.TextField(), default=list)
    first_run = models.ForeignKey(SyncRun, on_delete=models.PROTECT, related_name="+")
    last_run = models.ForeignKey(SyncRun, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["stream", "position"]
        constraints = [
            UniqueConstraint(
                fields=["stream", "name"], name="column_is_profiled_once_per_stream"
            ),
            CheckConstraint(
                condition=Q(filled__lte=F("rows")),
                name="no_more_values_than_rows_looked_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream}: {self.name}"

    @property
    def share_filled(self) -> float:
        return self.filled / self.rows if self.rows else 0


class FieldFill(models.Model):
    """How much of a canonical field a stream's rows fill, and when they last did.

    Of a table too large to be read each night ``rows`` are a sample of it.
    """

    stream = models.ForeignKey(
        SourceStream, on_delete=models.PROTECT, related_name="fills"
    )
    entity = models.CharField(max_length=40)
    field = models.CharField(max_length=40)
    rows = models.BigIntegerField()
    filled = models.BigIntegerField()
    last_filled_at = models.DateTimeField(null=True)
    measured_at = models.DateTimeField()

    class Meta:
        ordering = ["stream", "entity", "field"]
        constraints = [
            UniqueConstraint(
                fields=["stream", "entity", "field"],
                name="field_is_counted_once_per_stream",
            ),
            CheckConstraint(
                condition=Q(filled__lte=F("rows")), name="no_more_filled_than_rows"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream}: {self.entity}.{self.field}"

    @property
    def share_filled(self) -> float | None:
        return self.filled / self.rows if self.rows else None


class MappingTrial(models.Model):
    """A mapping somebody proposes, tried on rows of the last file; nothing was kept.

    ``proposed`` are rules by the key of their mapping; ``answer`` is what
    ``measurement.workbench.trying`` describes.
    """

    class State(models.TextChoices):
        ASKED = "asked", "Asked for"
        TRIED = "tried", "Tried"
        FAILED = "failed", "Could not be tried"

    stream = models.ForeignKey(
        SourceStream, on_delete=models.PROTECT, related_name="trials"
    )
    proposed = models.JSONField()
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0)
    answer = models.JSONField(default=dict)
    message = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            CheckConstraint(
                condition=Q(state__in=["asked", "tried", "failed"]),
                name="trial_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"Trial {self.pk} of {self.stream}"
