"""Who lives with whom: beside people, and never one of them."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from identity.models.asked import Answer
from measurement.models import CustomerRecord


class Household(models.Model):
    """People who live together, and are not one person."""

    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"household {self.pk}"


class HouseholdLinkQuerySet(models.QuerySet["HouseholdLink"]):
    """Questions asked of who lives with whom."""

    def as_of(self, moment: datetime | None) -> Self:
        """Return what held at the moment; without one, what holds now."""
        if moment is None:
            return self.filter(ended_at=None)
        return self.filter(started_at__lte=moment).filter(
            Q(ended_at=None) | Q(ended_at__gt=moment)
        )


class HouseholdLink(models.Model):
    """The record's person belonged to the household from ``started_at`` until then."""

    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="links"
    )
    record = models.ForeignKey(
        CustomerRecord, on_delete=models.PROTECT, related_name="household_links"
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # Nobody, where a rule saw it; the answer, where somebody gave one.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answer = models.ForeignKey(
        Answer, on_delete=models.PROTECT, null=True, related_name="household_links"
    )
    reason = models.TextField()

    objects = HouseholdLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["record"],
                condition=Q(ended_at=None),
                name="one_household_per_record_now",
            ),
            CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gt=F("started_at")),
                name="household_link_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"record {self.record_id} of {self.household_id}"
