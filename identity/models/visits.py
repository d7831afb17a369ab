"""Visits nobody was known by, and whose browser they came from."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from measurement.models import CustomerRecord, Event


class AttachedVisitQuerySet(models.QuerySet["AttachedVisit"]):
    """Questions asked of attached visits."""

    def as_of(self, moment: datetime | None) -> Self:
        """Return what was attached at the moment; without one, what is attached now."""
        if moment is None:
            return self.filter(ended_at=None)
        return self.filter(started_at__lte=moment).filter(
            Q(ended_at=None) | Q(ended_at__gt=moment)
        )


class AttachedVisit(models.Model):
    """An anonymous visit, taken for that of the record next known on its browser.

    It follows the record to whatever person that belongs to, and joins nobody: two records
    known on one browser stay who they are.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="attached")
    record = models.ForeignKey(
        CustomerRecord, on_delete=models.PROTECT, related_name="visits"
    )
    # The visit that said whose browser it was.
    known_by = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = AttachedVisitQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["event"],
                condition=Q(ended_at=None),
                name="one_record_per_visit_now",
            ),
            CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gt=F("started_at")),
                name="attachment_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"visit {self.event_id} of record {self.record_id}"
