"""Which systems speak to us, in which streams, and what their fields become."""

from __future__ import annotations

from django.db import models
from django.db.models import UniqueConstraint


class Storefront(models.Model):
    """A shop customers would call by one name, with its own zone and currency."""

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    is_generated = models.BooleanField(
        default=False, help_text="Every row of it was made up, for the demo."
    )
    generated_note = models.TextField(
        blank=True, help_text="What in it was made up, in words shown to readers."
    )
    # A panel's first month holds people who were customers long before it.
    panel_starts_on = models.DateField(
        null=True,
        blank=True,
        help_text="Buyers first seen in this month were customers already.",
    )

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name


class SourceSystem(models.Model):
    """A system that tells us something: a shop, a CRM, a web tracker, an ad platform."""

    class Kind(models.TextChoices):
        SHOP = "shop", "Shop"
        CRM = "crm", "CRM"
        WEB = "web", "Web analytics"
        ADS = "ads", "Advertising"

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=Kind)
    storefront = models.ForeignKey(
        Storefront, on_delete=models.PROTECT, related_name="systems"
    )
    time_zone = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    cadence = models.CharField(max_length=40, default="daily")

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name


class SourceStream(models.Model):
    """One kind of file or object a system sends: its orders, its contacts."""

    system = models.ForeignKey(
        SourceSystem, on_delete=models.PROTECT, related_name="streams"
    )
    key = models.SlugField()
    # Parents before children: orders before their lines.
    position = models.PositiveSmallIntegerField()
    grain = models.CharField(
        max_length=40, help_text="The canonical entity that one row of it is."
    )
    delimiter = models.CharField(max_length=1, default=",")
    encoding = models.CharField(max_length=20, default="utf-8")
    is_generated = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "key"]
        constraints = [
            UniqueConstraint(
                fields=["system", "key"], name="stream_has_one_name_per_system"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system.key}/{self.key}"


class FieldMapping(models.Model):
    """In this stream, that field of the canonical model is made by this rule.

    ``rule`` is one of the forms of ``measurement.rules``: a column with a cast, a
    constant, a lookup, a moment with its zone, a split, a product of two columns.
    """

    stream = models.ForeignKey(
        SourceStream, on_delete=models.PROTECT, related_name="mappings"
    )
    entity = models.CharField(max_length=40)
    field = models.CharField(max_length=40)
    rule = models.JSONField()

    class Meta:
        ordering = ["stream", "entity", "field"]
        constraints = [
            UniqueConstraint(
                fields=["stream", "entity", "field"],
                name="field_is_mapped_once_per_stream",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream}: {self.entity}.{self.field}"
