"""Who did what: one chain of events, and the seals that show where it was cut."""

from __future__ import annotations

from django.db import models


class GovernanceEvent(models.Model):
    """Something somebody did. Written by the database itself; nobody can change it.

    Each row holds the digest of the row before it. ``seq`` has no gaps.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    # As it was then: an account may be renamed, and its events keep their name.
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=150)
    verb = models.CharField(max_length=40)
    object_type = models.CharField(max_length=40)
    object_key = models.CharField(max_length=300)
    request = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-seq"]

    def __str__(self) -> str:
        return (
            f"{self.seq}: {self.actor} {self.verb} {self.object_type} {self.object_key}"
        )


class Seal(models.Model):
    """The chain up to an event, signed. Its twin lies outside the database."""

    seq = models.BigIntegerField(primary_key=True)
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    signature = models.TextField()

    class Meta:
        ordering = ["-seq"]

    def __str__(self) -> str:
        return f"Up to {self.seq}, at {self.at:%Y-%m-%d %H:%M}"
