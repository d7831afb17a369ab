"""What somebody wants readers of numbers to know."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import CheckConstraint, Q

from governance.models import Storefront, User


class NoteQuerySet(models.QuerySet["Note"]):
    """Questions asked of notes."""

    def standing(self) -> Self:
        return self.filter(taken_back_at=None)

    def of(self, storefront: Storefront | None) -> Self:
        """Return those of a shop, and those of all shops."""
        return self.filter(Q(storefront=None) | Q(storefront=storefront))


class Note(models.Model):
    """What somebody wants readers of a day's or a month's numbers to know.

    Never changed: who erred takes it back, and writes another one.
    """

    # Nobody's own: of all shops.
    storefront = models.ForeignKey(
        Storefront, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # The month's first day, where it is of a whole month.
    on = models.DateField()
    is_of_month = models.BooleanField(default=False)
    text = models.CharField(max_length=280)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_back_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )
    taken_back_at = models.DateTimeField(null=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            CheckConstraint(condition=~Q(text=""), name="note_says_something"),
            CheckConstraint(
                condition=Q(is_of_month=False) | Q(on__day=1),
                name="note_of_a_month_is_on_its_first_day",
            ),
            CheckConstraint(
                condition=Q(taken_back_by=None, taken_back_at=None)
                | Q(
                    taken_back_by__isnull=False,
                    taken_back_at__gte=models.F("at"),
                ),
                name="note_is_taken_back_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"Note of {self.on:%Y-%m-%d}"
