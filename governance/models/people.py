"""Who may act, and which area of the business answers for what."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser, Group
from django.db import models

from governance.history import History, Remembered


class User(AbstractUser, Remembered):
    """Somebody who signs in. What they may do follows from their groups."""

    # When they signed in says nothing of who they are; a password is never copied.
    history = History(leaving_out=["password", "last_login", "date_joined"])


class Domain(Remembered):
    """An area of the business whose definitions have one owning group."""

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    owners = models.ForeignKey(
        Group, on_delete=models.PROTECT, related_name="owned_domains"
    )
    stewards = models.ForeignKey(
        Group, on_delete=models.PROTECT, related_name="stewarded_domains"
    )

    history = History()

    class Meta:
        # What a group may do in it; ``governance.rights`` says which verbs each allows.
        permissions = [
            ("own_domain", "Answers for the domain"),
            ("steward_domain", "Looks after the domain"),
        ]

    def __str__(self) -> str:
        return self.name


class Visit(models.Model):
    """When somebody came to their desk, and when they had come before that."""

    user = models.OneToOneField(
        User, on_delete=models.PROTECT, related_name="visit", primary_key=True
    )
    at = models.DateTimeField()
    before = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user} at {self.at:%Y-%m-%d %H:%M}"
