"""The ways by which people find a shop, and the rules that tell them apart."""

from __future__ import annotations

from django.db import models


class Channel(models.Model):
    """A way by which people find a shop: paid search, e-mail, referral."""

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class CampaignRule(models.Model):
    """Visits whose tags match these patterns came by that channel; first match wins.

    Patterns are regular expressions, whatever the case; an empty one matches every tag.
    """

    position = models.PositiveSmallIntegerField(unique=True)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="rules")
    source = models.CharField(max_length=200, blank=True)
    medium = models.CharField(max_length=200, blank=True)
    campaign = models.CharField(max_length=200, blank=True)
    referrer = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.position}: {self.channel}"
