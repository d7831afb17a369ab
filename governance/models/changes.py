"""A change on its way: asked for, revised, decided on, applied, and who said what."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from governance.models.people import Domain, User
from governance.models.versions import Kind, State, Version, content_digest


class ChangeRequestQuerySet(models.QuerySet["ChangeRequest"]):
    """Questions asked of change requests."""

    def open(self) -> Self:
        return self.filter(state__in=ChangeRequest.OPEN)

    def due(self) -> Self:
        """Return what was approved and waits for its day."""
        return self.filter(state=ChangeRequest.State.SCHEDULED)


class ChangeRequest(models.Model):
    """Somebody asks that definitions change, and says why.

    Which state may follow which, and that nobody approves their own, is held by the
    database too.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in_review", "In review"
        CHANGES_REQUESTED = "changes_requested", "Changes requested"
        APPROVED = "approved", "Approved"
        SCHEDULED = "scheduled", "Scheduled"
        APPLIED = "applied", "Applied"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn"
        EXPIRED = "expired", "Expired"
        CONFLICTED = "conflicted", "Conflicted"
        FAILED = "failed", "Failed"
        SUPERSEDED = "superseded", "Superseded"
        REVERTED = "reverted", "Reverted"

    class Risk(models.TextChoices):
        LOW = "low", "Low"
        MEDIUM = "medium", "Medium"
        HIGH = "high", "High"

    OPEN = (
        State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED,
        State.SCHEDULED, State.CONFLICTED, State.FAILED,
    )  # fmt: skip

    # From these it may take effect.
    APPLICABLE = (State.APPROVED, State.SCHEDULED, State.FAILED)

    title = models.CharField(max_length=200)
    reason = models.TextField()
    state = models.CharField(max_length=20, choices=State, default=State.DRAFT)
    risk = models.CharField(max_length=6, choices=Risk, default=Risk.LOW)
    requested_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="requests", null=True
    )
    made_at = models.DateTimeField()
    # Counts how often it was put to review: decisions of an earlier cycle are void.
    cycle = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(
        default=1, help_text="The number of the revision that is asked for."
    )
    effective_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    is_bootstrap = models.BooleanField(default=False)
    reverts = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="reverted_by"
    )
    # Applied without its approvals: a review of it is owed until then.
    review_due_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(
        blank=True, help_text="Why it stands where it does, in words shown to people."
    )

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            UniqueConstraint(
                fields=["id", "requested_by"], name="request_names_who_asked"
            ),
            UniqueConstraint(
                fields=["is_bootstrap"],
                condition=Q(is_bootstrap=True),
                name="one_request_begins_the_registry",
            ),
            CheckConstraint(
                condition=Q(is_bootstrap=True) | Q(requested_by__isnull=False),
                name="somebody_asked",
            ),
            CheckConstraint(condition=~Q(reason=""), name="request_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.get_state_display().lower()})"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def owes_review(self) -> bool:
        """Return whether it was applied in an emergency and not reviewed since."""
        return self.state == self.State.APPLIED and self.review_due_at is not None


class Revision(models.Model):
    """What a request asks for, as it stood when it was written down. Never changed."""

    request = models.ForeignKey(
        ChangeRequest, on_delete=models.PROTECT, related_name="revisions"
    )
    number = models.PositiveIntegerField()
    made_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="revisions", null=True
    )
    made_at = models.DateTimeField()
    digest = models.CharField(
        max_length=64, help_text="Of the digests of its operations, in their order."
    )

    class Meta:
        ordering = ["request", "number"]
        constraints = [
            UniqueConstraint(
                fields=["request", "number"], name="revision_has_one_number"
            ),
            UniqueConstraint(
                fields=["id", "request", "digest"], name="revision_is_its_content"
            ),
        ]

    def __str__(self) -> str:
        return f"Revision {self.number} of {self.request_id}"


class Operation(models.Model):
    """One definition as it shall be: new, said otherwise, or given up.

    ``base`` is the version it was written against; another one by now is a conflict.
    """

    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="operations"
    )
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
    key = models.CharField(max_length=200)
    domain = models.ForeignKey(
        Domain, on_delete=models.PROTECT, related_name="operations", to_field="key"
    )
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    successor = models.CharField(max_length=200, blank=True, default="")
    body = models.JSONField()
    digest = content_digest()
    base = models.ForeignKey(
        Version, on_delete=models.PROTECT, related_name="followers", null=True
    )

    class Meta:
        ordering = ["revision", "position"]
        constraints = [
            UniqueConstraint(
                fields=["revision", "kind", "key"],
                name="definition_changes_once_per_revision",
            ),
            UniqueConstraint(
                fields=["id", "kind", "key", "digest"],
                name="operation_is_its_content",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}"

    def taking_effect(self, at: datetime) -> Version:
        """Return the version it asks for; the database numbers and dates it by itself."""
        return Version(
            kind=self.kind,
            key=self.key,
            number=0,
            domain_id=self.domain_id,
            state=self.state,
            successor=self.successor,
            body=self.body,
            valid_during=(at, None),
            operation=self,
        )


class Contributor(models.Model):
    """Somebody who wrote part of a request, and so may not approve it."""

    request = models.ForeignKey(
        ChangeRequest, on_delete=models.PROTECT, related_name="contributors"
    )
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["request", "user"], name="contributor_counts_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}"


class Decision(models.Model):
    """What somebody said of a revision, in the cycle of review it was put to them."""

    class Verdict(models.TextChoices):
        APPROVE = "approve", "Approve"
        REQUEST_CHANGES = "request_changes", "Request changes"
        REJECT = "reject", "Reject"
        OVERRIDE = "override", "Apply without approval"

    class Via(models.TextChoices):
        PAGE = "page", "a page"
        COMMAND = "command", "a command"

    request = models.ForeignKey(
        ChangeRequest, on_delete=models.PROTECT, related_name="decisions"
    )
    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="decisions"
    )
    digest = models.CharField(max_length=64)
    cycle = models.PositiveIntegerField()
    # Who asked, once more: only so can one row say that nobody approves their own.
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="decisions")
    # What it does to the numbers, as whoever decided had it before them.
    preview = models.ForeignKey(
        "governance.Preview", on_delete=models.PROTECT, null=True, related_name="+"
    )
    verdict = models.CharField(max_length=16, choices=Verdict)
    via = models.CharField(max_length=8, choices=Via, default=Via.PAGE)
    comment = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["request", "at", "pk"]
        constraints = [
            UniqueConstraint(
                fields=["request", "cycle", "by"], name="one_decision_each_per_cycle"
            ),
            CheckConstraint(
                condition=~Q(verdict="approve") | ~Q(by=F("requested_by")),
                name="nobody_approves_their_own",
            ),
            CheckConstraint(
                condition=Q(via__in=["page", "command"]),
                name="decision_is_made_by_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by}: {self.get_verdict_display().lower()}"


class Application(models.Model):
    """A revision took effect: once, as a whole."""

    request = models.OneToOneField(
        ChangeRequest, on_delete=models.PROTECT, related_name="application"
    )
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.request_id} at {self.at:%Y-%m-%d %H:%M}"


class Comment(models.Model):
    """Something said of a request, for all who decide on it."""

    request = models.ForeignKey(
        ChangeRequest, on_delete=models.PROTECT, related_name="comments"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["request", "at", "pk"]

    def __str__(self) -> str:
        return self.text[:60]
