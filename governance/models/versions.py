"""What a name means here, since when, and what it meant before."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from governance.models.people import Domain


class Kind(models.TextChoices):
    """What is agreed on here; ``governance.kinds`` says what each holds."""

    FIELD = "field", "Field"
    OWNERSHIP = "ownership", "Field ownership"
    MAPPING = "mapping", "Field mapping"
    STOREFRONT = "storefront", "Storefront"
    SOURCE = "source", "Source"
    STREAM = "stream", "Stream"
    CHANNEL = "channel", "Channel"
    CAMPAIGN_RULE = "campaign_rule", "Campaign rule"
    DIMENSION = "dimension", "Shared dimension"
    KPI = "kpi", "KPI"
    ATTRIBUTION = "attribution", "Attribution model"
    IDENTITY = "identity", "Identity rules"
    IDENTIFIER = "identifier", "Identifier policy"
    CONSENT = "consent", "Consent purpose"
    QUALITY = "quality", "Quality threshold"
    PERMISSION = "permission", "Permission"


class State(models.TextChoices):
    """Whether a definition is still to be used."""

    ACTIVE = "active"
    DEPRECATED = "deprecated"
    RETIRED = "retired"


def content_digest() -> models.CharField[str, str]:
    """Return the column PostgreSQL fills with the digest of what the row says."""
    return models.CharField(max_length=64, default="", editable=False)


class VersionQuerySet(models.QuerySet["Version"]):
    """Questions asked of the registries."""

    def current(self) -> Self:
        """Return what holds now."""
        return self.filter(valid_during__upper_inf=True)

    def as_of(self, at: datetime) -> Self:
        """Return what held at the moment."""
        return self.filter(valid_during__contains=at)

    def of(self, kind: str, key: str) -> Self:
        """Return every version of one definition, the newest first."""
        return self.filter(kind=kind, key=key).order_by("-number")

    def in_use(self) -> Self:
        """Leave out what was retired."""
        return self.exclude(state=State.RETIRED)


class Version(models.Model):
    """What a definition said during a time. Written once, by applying a request.

    The database refuses a version that no approved operation proposed word for word, and
    any change of one but its end.
    """

    kind = models.CharField(max_length=16, choices=Kind)
    key = models.CharField(max_length=200)
    number = models.PositiveIntegerField()
    domain = models.ForeignKey(
        Domain, on_delete=models.PROTECT, related_name="versions", to_field="key"
    )
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    successor = models.CharField(max_length=200, blank=True, default="")
    body = models.JSONField(help_text="What it says; governance.kinds gives the form.")
    digest = content_digest()
    valid_during = DateTimeRangeField()
    operation = models.OneToOneField(
        "governance.Operation", on_delete=models.PROTECT, related_name="version"
    )

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "key", "-number"]
        constraints = [
            UniqueConstraint(
                fields=["kind", "key", "number"], name="version_has_one_number"
            ),
            UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(valid_during__upper_inf=True),
                name="one_version_holds_now",
            ),
            ExclusionConstraint(
                name="versions_of_a_definition_do_not_overlap",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("key", RangeOperators.EQUAL),
                    ("valid_during", RangeOperators.OVERLAPS),
                ],
            ),
            CheckConstraint(
                condition=Q(state__in=State.values), name="version_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}, version {self.number}"
