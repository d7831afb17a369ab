"""Readable history: what a row people edit directly said before, and whose doing that was.

The one keeper of django-simple-history. It is there to be read; the evidence of who did
what is the log, which the database writes. It cannot be switched off, it says what the
row says and not what an object in memory does, and it is one transaction with the change.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords

_who: ContextVar[AbstractBaseUser | None] = ContextVar("who_acts", default=None)


def who_acts() -> AbstractBaseUser | None:
    """Return who is acting, where a page or a task has said so."""
    return _who.get()


@contextmanager
def acted_by(somebody: AbstractBaseUser) -> Iterator[None]:
    """Name somebody in the history of all that is saved until the end."""
    before = _who.set(somebody)
    try:
        yield
    finally:
        _who.reset(before)


class _Manager(HistoryManager):  # type: ignore[misc]
    """Its class is made once: otherwise anew, method by method, whenever a row is saved."""

    @classmethod
    @cache
    def from_queryset(cls, queryset_class: type, class_name: str | None = None) -> Any:
        return super().from_queryset(queryset_class, class_name)


class History(HistoricalRecords):  # type: ignore[misc]
    """Keeps a row of history for each change of what a row says, and for nothing else."""

    def __init__(self, *, leaving_out: Sequence[str] = ()) -> None:
        super().__init__(
            excluded_fields=list(leaving_out),
            history_id_field=models.BigAutoField(),
            history_change_reason_field=models.TextField(null=True),
            custom_model_name=lambda name: f"{name}History",
            history_manager=_Manager,
        )

    def post_save(
        self, instance: models.Model, created: bool, using: Any = None, **said: Any
    ) -> None:
        if said.get("raw") or not self._may_say_more(instance, said["update_fields"]):
            return
        # An object in memory may be older than the row, or hold an expression for a value.
        row = type(instance)._base_manager.using(using).get(pk=instance.pk)
        if not created and not self._says_more(row):
            return
        row._change_reason = getattr(instance, "_change_reason", None)  # type: ignore[attr-defined]
        self.create_historical_record(row, "+" if created else "~", using=using)

    def post_delete(
        self, instance: models.Model, using: Any = None, **_said: Any
    ) -> None:
        self.create_historical_record(instance, "-", using=using)

    def get_history_user(self, instance: models.Model) -> AbstractBaseUser | None:
        """Return who acts. Nobody else is named, whatever a caller writes on the object."""
        return who_acts()

    def _may_say_more(self, instance: models.Model, written: Any) -> bool:
        return written is None or not written.isdisjoint(
            name
            for field in self.fields_included(instance)
            for name in (field.name, field.attname)
        )

    def _says_more(self, row: models.Model) -> bool:
        last = getattr(row, self.manager_name).order_by("-history_id").first()
        return last is None or any(
            getattr(last, field.attname) != getattr(row, field.attname)
            for field in self.fields_included(row)
        )


class Remembered(models.Model):
    """A row whose every change is kept: both are written, or neither is."""

    class Meta:
        abstract = True

    def save(self, *said: Any, **named: Any) -> None:
        with transaction.atomic(using=named.get("using")):
            super().save(*said, **named)
