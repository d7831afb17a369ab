"""Who may act, and which area of the business answers for what."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser, Group
from django.db import models


class User(AbstractUser):
    """Somebody who signs in. What they may do follows from their groups."""


class Domain(models.Model):
    """An area of the business whose definitions have one owning group."""

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    owners = models.ForeignKey(
        Group, on_delete=models.PROTECT, related_name="owned_domains"
    )
    stewards = models.ForeignKey(
        Group, on_delete=models.PROTECT, related_name="stewarded_domains"
    )

    def __str__(self) -> str:
        return self.name
