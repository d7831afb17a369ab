"""Columns that many canonical tables share."""

from __future__ import annotations

from typing import Any

from django.db import models

from governance.models import SourceSystem


def source_id() -> models.TextField[str, str]:
    """Return the id the source gave the row: text, for ids pass 2**53."""
    return models.TextField()


def system() -> models.ForeignKey[SourceSystem, SourceSystem]:
    return models.ForeignKey(SourceSystem, on_delete=models.PROTECT, related_name="+")


def run() -> models.BigIntegerField[int, int]:
    """Return the run that last wrote the row.

    A plain number: a foreign key would cost a check per row on the way in, and runs are
    never deleted.
    """
    return models.BigIntegerField()


def money(**options: Any) -> models.DecimalField[Any, Any]:
    """Return an amount. Six decimals keep what sources send exact; nothing is rounded."""
    return models.DecimalField(max_digits=20, decimal_places=6, **options)
