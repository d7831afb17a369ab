"""What was ever done to the graph of who is who: added to, and never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.functions import UUID7

from identity.models.people import Person
from measurement.models import CustomerRecord


class IdentityEvent(models.Model):
    """Something changed of who is who: what, when, by whom, why, and how it was before.

    Events go forward: none is written before the one that stands last, so what held at
    a moment can be told for ever after. ``person`` is whom it is about or who was kept;
    ``other`` is who was absorbed, revived, split off, or gave records away. ``before``
    and ``after`` hold both with their records. Which records moved stands in ``Move``.
    """

    class Kind(models.TextChoices):
        STOOD = "stood", "Stood before the ledger was kept"
        ARRIVED = "arrived", "Arrived"
        MERGED = "merged", "Merged"
        SPLIT = "split", "Split"
        MOVED = "moved", "Moved"
        UNMERGED = "unmerged", "Merge undone"
        REMERGED = "remerged", "Merged again"
        ATTACHED = "attached", "Attached"
        HOUSEHOLD = "household", "Same household"
        LOCKED = "locked", "Locked"
        UNLOCKED = "unlocked", "Unlocked"

    # Somebody says these, never a rule.
    BY_HAND = (Kind.UNMERGED, Kind.REMERGED, Kind.LOCKED, Kind.UNLOCKED)
    OF_TWO = (Kind.MERGED, Kind.SPLIT, Kind.MOVED, Kind.UNMERGED, Kind.REMERGED)
    UNDOING = (Kind.UNMERGED, Kind.REMERGED)

    public_id = models.UUIDField(unique=True, db_default=UUID7(), editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField(db_index=True)
    # Empty where a rule did it.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # Kept beside: what somebody is called changes.
    by_name = models.CharField(max_length=150, default="a rule")
    reason = models.TextField()
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="events"
    )
    other = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="events_beside"
    )
    undoes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="undone_by"
    )
    evidence = models.JSONField(default=dict)
    model_version = models.CharField(max_length=80, blank=True, default="")
    policy_version = models.CharField(max_length=80, blank=True, default="")
    # Which night or batch did it; empty for what somebody did by hand.
    run = models.CharField(max_length=80, blank=True, default="")
    before = models.JSONField(default=list)
    after = models.JSONField(default=list)

    class Meta:
        ordering = ["id"]
        constraints = [
            CheckConstraint(condition=~Q(reason=""), name="event_says_why"),
            CheckConstraint(
                condition=~Q(kind__in=["unmerged", "remerged", "locked", "unlocked"])
                | Q(by__isnull=False),
                name="somebody_undoes_and_locks",
            ),
            CheckConstraint(
                condition=~Q(
                    kind__in=["merged", "split", "moved", "unmerged", "remerged"]
                )
                | Q(person__isnull=False, other__isnull=False) & ~Q(person=F("other")),
                name="event_of_two_names_two",
            ),
            CheckConstraint(
                condition=Q(kind__in=["unmerged", "remerged"], undoes__isnull=False)
                | ~Q(kind__in=["unmerged", "remerged"]) & Q(undoes=None),
                name="only_an_undoing_undoes",
            ),
            UniqueConstraint(fields=["undoes"], name="event_is_undone_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} at {self.at:%Y-%m-%d %H:%M} UTC"


class Move(models.Model):
    """By the event the record went from one person to another; from nobody, if it came.

    Millions arrive in one night: the owner's trigger looks at all rows of a statement
    at once whether they lead somewhere, in place of four checks per row.
    """

    pk = models.CompositePrimaryKey("event", "record")
    event = models.ForeignKey(
        IdentityEvent,
        on_delete=models.PROTECT,
        related_name="moves",
        db_constraint=False,
        db_index=False,
    )
    record = models.ForeignKey(
        CustomerRecord,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
    )
    from_person = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    to_person = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(from_person=None) | ~Q(from_person=F("to_person")),
                name="move_leads_elsewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"record {self.record_id} to person {self.to_person_id}"


class ApartQuerySet(models.QuerySet["Apart"]):
    """Questions asked of what people said are two."""

    def as_of(self, moment: datetime | None) -> Self:
        """Return what was held apart at the moment; without one, what is now."""
        if moment is None:
            return self.filter(ended_at=None)
        return self.filter(at__lte=moment).filter(
            Q(ended_at=None) | Q(ended_at__gt=moment)
        )

    def among(self, records: object) -> Self:
        """Return the pairs both of whose records are among these."""
        return self.filter(left__in=records, right__in=records)


class Apart(models.Model):
    """Somebody said the two records are not the same person: no rule joins them.

    It is ended by whoever takes that back, and not removed.
    """

    left = models.ForeignKey(CustomerRecord, on_delete=models.PROTECT, related_name="+")
    right = models.ForeignKey(
        CustomerRecord, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField()
    at = models.DateTimeField()
    # The undoing that said so; empty where somebody answered a question.
    event = models.ForeignKey(
        IdentityEvent, on_delete=models.PROTECT, null=True, related_name="apart"
    )
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_reason = models.TextField(blank=True, default="")

    objects = ApartQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "pairs held apart"
        constraints = [
            UniqueConstraint(
                fields=["left", "right"],
                condition=Q(ended_at=None),
                name="pair_is_held_apart_once",
            ),
            CheckConstraint(
                condition=Q(left__lt=F("right")), name="apart_is_written_one_way"
            ),
            CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_reason="")
                | Q(ended_at__gt=F("at"), ended_by__isnull=False) & ~Q(ended_reason=""),
                name="ended_apart_names_who_when_and_why",
            ),
            CheckConstraint(condition=~Q(reason=""), name="apart_says_why"),
        ]

    def __str__(self) -> str:
        return f"records {self.left_id} and {self.right_id}"


class HeldRun(models.Model):
    """A night would have changed too much: that part waits until somebody lets it pass.

    ``groups`` are digests of the records that would be one person each: what was let
    pass is known by them when the next night proposes it again.
    """

    public_id = models.UUIDField(unique=True, db_default=UUID7(), editable=False)
    at = models.DateTimeField()
    run = models.CharField(max_length=80, blank=True, default="")
    sentence = models.TextField()
    people = models.BigIntegerField(help_text="How many there were before.")
    changed = models.BigIntegerField(help_text="How many would have changed.")
    largest = models.BigIntegerField(help_text="Records of the largest person.")
    digest = models.CharField(max_length=64)
    groups = models.JSONField(default=list)
    # Some of what would have changed, to look at: records and whose they are.
    sample = models.JSONField(default=list)
    passed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    passed_at = models.DateTimeField(null=True)
    passed_reason = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            CheckConstraint(
                condition=Q(passed_at=None, passed_by=None, passed_reason="")
                | Q(passed_at__isnull=False, passed_by__isnull=False)
                & ~Q(passed_reason=""),
                name="passed_run_names_who_when_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"held at {self.at:%Y-%m-%d %H:%M} UTC"


class SealedRun(models.Model):
    """What a night wrote to the ledger, as one digest in the log that is chained.

    The digest is made by the database from the rows themselves.
    """

    run = models.CharField(max_length=80)
    at = models.DateTimeField()
    first = models.ForeignKey(IdentityEvent, on_delete=models.PROTECT, related_name="+")
    last = models.ForeignKey(IdentityEvent, on_delete=models.PROTECT, related_name="+")
    events = models.BigIntegerField(default=0)
    moves = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.run}: {self.events} events"
