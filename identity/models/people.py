"""People, and which records belong to them."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.functions import UUID7

from measurement.models import CustomerRecord, Order


class Person(models.Model):
    """Somebody. What is known of them stands in the records linked to them."""

    public_id = models.UUIDField(unique=True, db_default=UUID7(), editable=False)
    made_at = models.DateTimeField()
    # Since when somebody wants this one kept whoever it is joined with.
    locked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return f"Person {self.pk}"


class LinkQuerySet(models.QuerySet["Link"]):
    """Questions asked of links."""

    def as_of(self, moment: datetime | None) -> Self:
        """Return the links that held at the moment; without one, those that hold now."""
        if moment is None:
            return self.filter(ended_at=None)
        return self.filter(started_at__lte=moment).filter(
            Q(ended_at=None) | Q(ended_at__gt=moment)
        )


class Link(models.Model):
    """The record belonged to the person from ``started_at`` until ``ended_at``.

    A million are made in a night: the owner's trigger looks at all rows of a statement
    at once whether they lead somewhere, in place of two checks per row.
    """

    record = models.ForeignKey(
        CustomerRecord,
        on_delete=models.PROTECT,
        related_name="links",
        db_constraint=False,
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="links", db_constraint=False
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # Which rule made the link: "alone", "cross_id", "email", "steward".
    reason = models.CharField(max_length=40)
    # By what the record came to the person.
    event = models.ForeignKey(
        "identity.IdentityEvent",
        on_delete=models.PROTECT,
        null=True,
        related_name="links",
        db_constraint=False,
        db_index=False,
    )

    objects = LinkQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["record"],
                condition=Q(ended_at=None),
                name="one_person_per_record_now",
            ),
            CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gt=F("started_at")),
                name="link_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"record {self.record_id} of person {self.person_id}"


class Key(models.Model):
    """A value by which the record may be found again, made comparable.

    ``version`` says by which version of ``identity.keys`` it was made.
    """

    # Made from a record that was just read, and records are never deleted: a check per
    # key would cost more than making it.
    record = models.ForeignKey(
        CustomerRecord,
        on_delete=models.PROTECT,
        related_name="keys",
        db_constraint=False,
    )
    kind = models.CharField(max_length=20)
    value = models.TextField()
    version = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["record", "kind", "value"], name="key_stands_once_per_record"
            ),
        ]
        indexes = [models.Index(fields=["kind", "value"], name="key_by_value")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class StitchedRecord(models.Model):
    """What of a record the stitching has read; a record that differs is read again."""

    record = models.OneToOneField(
        CustomerRecord,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="+",
        db_constraint=False,
    )
    digest = models.CharField(max_length=32)

    def __str__(self) -> str:
        return f"record {self.record_id}"


class MergeQuerySet(models.QuerySet["Merge"]):
    """Questions asked of merges."""

    def as_of(self, moment: datetime | None) -> Self:
        """Return the merges that held at the moment; without one, those that hold now."""
        if moment is None:
            return self.filter(undone_at=None)
        return self.filter(at__lte=moment).filter(
            Q(undone_at=None) | Q(undone_at__gt=moment)
        )


class Merge(models.Model):
    """Two people became one: who was kept, who was absorbed, by whom, why.

    Whoever was absorbed keeps their row, and their public id leads to who was kept.
    """

    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges")
    absorbed = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="absorbed_in"
    )
    at = models.DateTimeField()
    # Empty where a rule did it.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.TextField()
    # Empty where it was written before the ledger was kept.
    event = models.OneToOneField(
        "identity.IdentityEvent",
        on_delete=models.PROTECT,
        null=True,
        related_name="merge",
    )
    undone_at = models.DateTimeField(null=True)
    undone_by = models.OneToOneField(
        "identity.IdentityEvent",
        on_delete=models.PROTECT,
        null=True,
        related_name="undone_merge",
    )

    objects = MergeQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=~Q(kept=F("absorbed")), name="nobody_merges_with_themselves"
            ),
            UniqueConstraint(
                fields=["absorbed"],
                condition=Q(undone_at=None),
                name="nobody_is_absorbed_twice_at_once",
            ),
            CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__gt=F("at"), undone_by__isnull=False),
                name="undone_merge_names_when_and_by_what",
            ),
        ]

    def __str__(self) -> str:
        return f"person {self.absorbed_id} into {self.kept_id}"


class OrderContext(models.Model):
    """Who placed the order, and what the CRM said of them when they placed it.

    Stage, segment and consent are those of the latest entry at or before the order, of
    any record of the person; empty where the CRM had none yet. Missing consent is no
    consent.
    """

    order = models.OneToOneField(
        Order, on_delete=models.PROTECT, primary_key=True, related_name="context"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="orders"
    )
    stage = models.TextField(blank=True, default="")
    segment = models.TextField(blank=True, default="")
    has_email_consent = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"order {self.order_id}"
