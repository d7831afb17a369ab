"""Programs that act in somebody's name: what each may do, and until when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from governance.models.people import User

LONGEST_LIFE = timedelta(days=365)


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Questions asked of tokens."""

    def live(self, at: datetime) -> Self:
        """Return those that are heard at the moment."""
        return self.filter(revoked_at=None, expires_at__gt=at)

    def gone(self, at: datetime) -> Self:
        """Return those that were revoked or have run out."""
        return self.filter(Q(revoked_at__isnull=False) | Q(expires_at__lte=at))


class ApiToken(models.Model):
    """A program may act in the name of a user: read, or ask for changes; never decide.

    Of the secret only the SHA-256 is kept: whoever reads this table learns none. A row
    changes only in when it was last used, and once in when it was revoked.
    """

    class Scope(models.TextChoices):
        READ = "read", "Reads"
        PROPOSE = "propose", "Reads and proposes"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=80)
    scope = models.CharField(max_length=8, choices=Scope)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = "API token"
        constraints = [
            UniqueConstraint(
                fields=["user", "name"],
                condition=Q(revoked_at=None),
                name="one_token_of_a_name_each",
            ),
            CheckConstraint(
                condition=Q(expires_at__gt=F("made_at"))
                & Q(expires_at__lte=F("made_at") + LONGEST_LIFE),
                name="token_lives_a_year_at_most",
            ),
            CheckConstraint(
                condition=Q(scope__in=["read", "propose"]),
                name="token_reads_or_proposes",
            ),
            CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"),
                name="token_is_kept_as_a_digest",
            ),
            CheckConstraint(condition=~Q(name=""), name="token_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.user}"
