"""What each source says of people: one record per source and id, never merged."""

from typing import Self

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from measurement.models import columns


class CustomerRecordQuerySet(models.QuerySet["CustomerRecord"]):
    """Questions asked of customer records."""

    def of_storefront(self, key: str) -> Self:
        return self.filter(system__storefront__key=key)

    def guests(self) -> Self:
        """Return the records that stand for one guest checkout each."""
        return self.filter(is_guest=True)


class CustomerRecord(models.Model):
    """What one system says of one customer, under the id it gave them.

    Two records of the same person stay two: joining them is a link of ``identity``.
    """

    class Status(models.TextChoices):
        PROSPECT = "prospect"
        ACTIVE = "active"
        LAPSED = "lapsed"

    class Subscription(models.TextChoices):
        SUBSCRIBED = "subscribed"
        UNSUBSCRIBED = "unsubscribed"
        NEVER = "never"

    system = columns.system()
    source_id = columns.source_id()
    is_guest = models.BooleanField(default=False)
    first_name = models.TextField(blank=True, default="")
    last_name = models.TextField(blank=True, default="")
    email = models.TextField(blank=True, default="")
    phone = models.TextField(blank=True, default="")
    # House number and all, as it is written on a letter.
    street = models.TextField(blank=True, default="", db_default="")
    postcode = models.TextField(blank=True, default="", db_default="")
    city = models.TextField(blank=True, default="", db_default="")
    country = models.CharField(max_length=2, blank=True, default="")
    birth_on = models.DateField(null=True)
    status = models.CharField(max_length=20, blank=True, default="", choices=Status)
    subscription_status = models.CharField(
        max_length=20, blank=True, default="", choices=Subscription
    )
    segment = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(null=True)
    source_updated_at = models.DateTimeField(null=True)
    run = columns.run()

    objects = CustomerRecordQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["system", "source_id"], name="one_record_per_system_and_id"
            ),
            CheckConstraint(condition=~Q(source_id=""), name="record_has_an_id"),
        ]

    def __str__(self) -> str:
        name = f"{self.first_name} {self.last_name}".strip()
        return name or f"{self.source_id}"


class Identifier(models.Model):
    """An id by which another system knows the record: a cross id, a loyalty number."""

    customer = models.ForeignKey(
        CustomerRecord,
        on_delete=models.PROTECT,
        related_name="identifiers",
        db_index=False,
    )
    kind = models.CharField(max_length=40)
    value = models.TextField()
    run = columns.run()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["customer", "kind", "value"], name="identifier_is_said_once"
            ),
            CheckConstraint(condition=~Q(value=""), name="identifier_has_a_value"),
        ]
        indexes = [models.Index(fields=["kind", "value"], name="identifier_by_value")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class LifecycleStage(models.Model):
    """From ``started_at`` on the CRM held the record at this stage, in this segment."""

    customer = models.ForeignKey(
        CustomerRecord,
        on_delete=models.PROTECT,
        related_name="stages",
        db_index=False,
    )
    started_at = models.DateTimeField()
    stage = models.TextField()
    segment = models.TextField(blank=True, default="")
    run = columns.run()

    class Meta:
        ordering = ["started_at", "id"]
        constraints = [
            UniqueConstraint(
                fields=["customer", "started_at"], name="one_stage_begins_at_a_moment"
            ),
        ]

    def __str__(self) -> str:
        return self.stage


class ConsentEvent(models.Model):
    """At that moment the customer granted or withdrew consent for a purpose."""

    class State(models.TextChoices):
        GRANTED = "granted"
        WITHDRAWN = "withdrawn"

    customer = models.ForeignKey(
        CustomerRecord,
        on_delete=models.PROTECT,
        related_name="consents",
        db_index=False,
    )
    purpose = models.CharField(max_length=40)
    channel = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=10, choices=State)
    at = models.DateTimeField()
    run = columns.run()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            UniqueConstraint(
                fields=["customer", "purpose", "channel", "at"],
                name="one_consent_per_purpose_channel_and_moment",
            ),
            CheckConstraint(
                condition=Q(state__in=["granted", "withdrawn"]),
                name="consent_is_granted_or_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.state}"


class CrmDeal(models.Model):
    """What the CRM believes was sold. Never a source of an order's amounts."""

    system = columns.system()
    source_id = columns.source_id()
    customer = models.ForeignKey(
        CustomerRecord, on_delete=models.PROTECT, null=True, related_name="deals"
    )
    order_reference = models.TextField(blank=True, default="")
    amount = columns.money()
    currency = models.CharField(max_length=3)
    stage = models.TextField(blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    source_updated_at = models.DateTimeField(null=True)
    run = columns.run()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["system", "source_id"], name="one_deal_per_system_and_id"
            ),
        ]

    def __str__(self) -> str:
        return self.source_id
