"""What was sent, seen, clicked and spent."""

from django.db import models
from django.db.models import Q, UniqueConstraint

from measurement.models import columns
from measurement.models.customers import CustomerRecord
from measurement.models.orders import Order


class Campaign(models.Model):
    """A campaign the CRM ran."""

    system = columns.system()
    source_id = columns.source_id()
    name = models.TextField(blank=True, default="")
    kind = models.TextField(blank=True, default="")
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    run = columns.run()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["system", "source_id"], name="one_campaign_per_system_and_id"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.source_id


class CampaignSend(models.Model):
    """The campaign reached the customer."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="sends"
    )
    customer = models.ForeignKey(
        CustomerRecord, on_delete=models.PROTECT, related_name="sends"
    )
    sent_at = models.DateTimeField(null=True)
    run = columns.run()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["campaign", "customer"], name="campaign_reaches_a_customer_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}/{self.customer_id}"


class Event(models.Model):
    """Something somebody did: a visit, a click, a coupon redeemed.

    Touchpoints are events with tags. A message delivered twice is one event.
    """

    system = columns.system()
    message_id = models.TextField()
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    customer = columns.parent(CustomerRecord, null=True, related_name="events")
    order = columns.parent(Order, null=True, related_name="events")
    visitor_id = models.TextField(blank=True, default="")
    utm_source = models.TextField(blank=True, default="")
    utm_medium = models.TextField(blank=True, default="")
    utm_campaign = models.TextField(blank=True, default="")
    utm_term = models.TextField(blank=True, default="")
    utm_content = models.TextField(blank=True, default="")
    landing_page = models.TextField(blank=True, default="")
    referrer = models.TextField(blank=True, default="")
    run = columns.run()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["system", "message_id"], name="message_counts_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["visitor_id"],
                condition=~Q(visitor_id=""),
                name="event_by_visitor",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"


class AdSpend(models.Model):
    """What an advertising account spent on a campaign in one of its days."""

    system = columns.system()
    on = models.DateField()
    campaign = models.TextField()
    spend = columns.money()
    currency = models.CharField(max_length=3)
    clicks = models.PositiveBigIntegerField(default=0)
    impressions = models.PositiveBigIntegerField(default=0)
    run = columns.run()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["system", "on", "campaign"],
                name="one_spend_per_campaign_and_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.on}"
