"""By what a record is found among all others without looking at them.

None of it is written to the server's log: it is made of records that are. After a crash
all of it is empty, the storefronts it was made for, too; then they are read again.
"""

from __future__ import annotations

from django.db import models

from governance.models import Storefront
from measurement.models import CustomerRecord


class IndexedKey(models.Model):
    """A record has a key: one that the comparing of all records finds pairs by, hashed.

    ``Key`` is something else: what a record ever said of an e-mail or a number, readable,
    as far as it was agreed that it may be used. This is what it says now, of names and
    addresses, too, and it only says whom to compare it with. Its one index holds all of
    the row, so that a new record is looked up where its keys are, and nowhere else.
    """

    pk = models.CompositePrimaryKey("kind", "hash", "record_id")
    # One of ``identity.matching.keyed.KINDS``.
    kind = models.SmallIntegerField()
    # ``identity.key_hash`` of the storefront, the kind and what was said.
    hash = models.BigIntegerField()
    # Fifteen million of them are made at once, from records that were just read.
    record = models.ForeignKey(
        CustomerRecord,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    def __str__(self) -> str:
        return f"key {self.kind} {self.hash} of record {self.record_id}"


class IndexedRecord(models.Model):
    """What a record says, made comparable: what its keys are made of, and compared by.

    Values that were set aside are left out.
    """

    record = models.OneToOneField(
        CustomerRecord,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="+",
        db_constraint=False,
    )
    said = models.JSONField()
    is_guest = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"record {self.record_id}"


class IndexedStorefront(models.Model):
    """How usual which values are among a storefront's records, when all were last read."""

    storefront = models.OneToOneField(
        Storefront, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    # ``identity.matching.usual.Usual``.
    usual = models.JSONField()
    # Which versions of keys and of their hash the rows are of.
    version = models.CharField(max_length=20)
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.storefront} as of {self.read_at:%Y-%m-%d}"
