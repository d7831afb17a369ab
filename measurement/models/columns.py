"""Columns that many canonical tables share."""

from __future__ import annotations

from typing import Any

from django.db import models

from governance.models import SourceSystem


def source_id() -> models.TextField[str, str]:
    """Return the id the source gave the row: text, for ids pass 2**53."""
    return models.TextField()


def system() -> models.ForeignKey[SourceSystem, SourceSystem]:
    """Return the system the row comes from."""
    return parent(SourceSystem, db_index=False)


def parent(to: Any, **options: Any) -> models.ForeignKey[Any, Any]:
    """Return a reference that costs a bulk load nothing.

    PostgreSQL checks a foreign key row by row and locks the parent each time: two of
    them took two thirds of the time to load order lines. The compiled writer inserts
    only ids it has just found by a join, in the same transaction, and the app's role
    may not delete parents (``parents_stay``); before a build is published the
    references are counted once more.
    """
    return models.ForeignKey(
        to,
        on_delete=models.PROTECT,
        db_constraint=False,
        **{"related_name": "+", **options},
    )


def run() -> models.BigIntegerField[int, int]:
    """Return the run that last wrote the row.

    A plain number: a foreign key would cost a check per row on the way in, and runs are
    never deleted.
    """
    return models.BigIntegerField()


def money(**options: Any) -> models.DecimalField[Any, Any]:
    """Return an amount. Six decimals keep what sources send exact; nothing is rounded."""
    return models.DecimalField(max_digits=20, decimal_places=6, **options)
