"""Orders and the money in them, kept three times: as paid, in the shop's currency, in
the reporting currency."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import CheckConstraint, Q, Sum, UniqueConstraint

from measurement.models import columns
from measurement.models.customers import CustomerRecord
from measurement.models.money import ExchangeRate
from measurement.models.products import Product


def _rate() -> models.ForeignKey[ExchangeRate | None, ExchangeRate | None]:
    """Return the rate row an amount was converted with; empty where none was needed."""
    return columns.parent(ExchangeRate, null=True, db_index=False)


class OrderQuerySet(models.QuerySet["Order"]):
    """Questions asked of orders."""

    def of_storefront(self, key: str) -> Self:
        return self.filter(system__storefront__key=key)

    def sales(self) -> Self:
        """Return what counts as revenue: neither test nor cancelled; credits included."""
        return self.exclude(status__in=[Order.Status.TEST, Order.Status.CANCELLED])

    def purchases(self) -> Self:
        """Return what counts as an order somebody placed: sales that are no credits."""
        return self.sales().exclude(status=Order.Status.CREDIT)

    def placed_between(self, since: datetime, until: datetime) -> Self:
        """Return the orders placed from ``since`` on and before ``until``."""
        return self.filter(placed_at__gte=since, placed_at__lt=until)

    def with_sales_value(self) -> Self:
        """Add ``sales_value``: what the order's lines took, in the currency paid."""
        return self.annotate(sales_value=Sum("lines__amount"))


class Order(models.Model):
    """One purchase, as the shop tells it. Its money is the sum of its lines.

    The moment is UTC, with the source's offset kept; ``placed_on`` is its day in the
    reporting time zone, fixed on the way in so that no view computes with zones.
    """

    class Status(models.TextChoices):
        PENDING = "pending"
        PAID = "paid"
        CANCELLED = "cancelled"
        TEST = "test"
        # Money given back as a document of its own: no purchase.
        CREDIT = "credit"

    system = columns.system()
    source_id = columns.source_id()
    customer = columns.parent(CustomerRecord, null=True, related_name="orders")
    placed_at = models.DateTimeField()
    placed_offset = models.SmallIntegerField(help_text="Minutes ahead of UTC.")
    placed_on = models.DateField()
    status = models.CharField(max_length=10, choices=Status, default=Status.PAID)
    currency = models.CharField(max_length=3)
    shop_rate = _rate()
    reporting_rate = _rate()
    shipping = columns.money(default=0)
    shipping_shop = columns.money(default=0)
    shipping_reporting = columns.money(default=0)
    tax = columns.money(default=0)
    tax_shop = columns.money(default=0)
    tax_reporting = columns.money(default=0)
    source_updated_at = models.DateTimeField(null=True)
    run = columns.run()

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["system", "source_id"], name="one_order_per_system_and_id"
            ),
            CheckConstraint(
                condition=Q(
                    status__in=["pending", "paid", "cancelled", "test", "credit"]
                ),
                name="order_status_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.source_id


class OrderLine(models.Model):
    """One line of an order. ``amount`` is what was taken for it, its discounts gone.

    A line of quantity 0 moves money without goods and is an adjustment; a negative one
    is a return.
    """

    class Kind(models.TextChoices):
        SALE = "sale"
        RETURN = "return"
        ADJUSTMENT = "adjustment"

    order = columns.parent(Order, related_name="lines", db_index=False)
    source_id = columns.source_id()
    product = columns.parent(Product, null=True, related_name="lines", db_index=False)
    title = models.TextField(blank=True, default="")
    kind = models.CharField(max_length=10, choices=Kind)
    quantity = models.DecimalField(max_digits=16, decimal_places=4)
    unit_price = columns.money(null=True)
    amount = columns.money()
    amount_shop = columns.money()
    amount_reporting = columns.money()
    retail_discount = columns.money(default=0)
    coupon_discount = columns.money(default=0)
    coupon_match_discount = columns.money(default=0)
    repeats_earlier = models.BooleanField(
        default=False,
        help_text="The row says word for word what an earlier row of the order said.",
    )
    run = columns.run()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["order", "source_id"], name="one_line_per_order_and_id"
            ),
            CheckConstraint(
                condition=Q(kind="sale", quantity__gt=0)
                | Q(kind="return", quantity__lt=0)
                | Q(kind="adjustment", quantity=0),
                name="line_kind_follows_its_quantity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.source_id}"


class Payment(models.Model):
    """Money received for an order."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    source_id = columns.source_id()
    paid_at = models.DateTimeField()
    amount = columns.money()
    currency = models.CharField(max_length=3)
    method = models.TextField(blank=True, default="")
    run = columns.run()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["order", "source_id"], name="one_payment_per_order_and_id"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class Refund(models.Model):
    """Money given back, on a day of its own."""

    system = columns.system()
    source_id = columns.source_id()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    refunded_at = models.DateTimeField()
    refunded_offset = models.SmallIntegerField(help_text="Minutes ahead of UTC.")
    refunded_on = models.DateField()
    amount = columns.money()
    currency = models.CharField(max_length=3)
    shop_rate = _rate()
    reporting_rate = _rate()
    amount_shop = columns.money()
    amount_reporting = columns.money()
    reason = models.TextField(blank=True, default="")
    source_updated_at = models.DateTimeField(null=True)
    run = columns.run()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["system", "source_id"], name="one_refund_per_system_and_id"
            ),
            CheckConstraint(condition=Q(amount__gt=0), name="refund_gives_money_back"),
        ]

    def __str__(self) -> str:
        return self.source_id


class RefundLine(models.Model):
    """Which line of the order a refund was for, and how much of it."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, related_name="refunds"
    )
    quantity = models.DecimalField(max_digits=16, decimal_places=4)
    amount = columns.money()
    run = columns.run()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["refund", "line"], name="line_stands_once_in_a_refund"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.refund_id}/{self.line_id}"
