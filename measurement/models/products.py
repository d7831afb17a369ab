"""What is sold, and what it cost."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from measurement.models import columns


class Product(models.Model):
    """One thing a shop sells."""

    system = columns.system()
    source_id = columns.source_id()
    name = models.TextField(blank=True, default="")
    category = models.TextField(blank=True, default="")
    department = models.TextField(blank=True, default="")
    brand = models.TextField(blank=True, default="")
    source_updated_at = models.DateTimeField(null=True)
    run = columns.run()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["system", "source_id"], name="one_product_per_system_and_id"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.source_id


class ProductCost(models.Model):
    """From ``valid_from`` on, one unit of the product cost this much."""

    product = models.ForeignKey(
        Product,
        on_delete=models.PROTECT,
        related_name="costs",
        db_index=False,
    )
    valid_from = models.DateField()
    cost = columns.money()
    currency = models.CharField(max_length=3)
    run = columns.run()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["product", "valid_from"], name="one_cost_begins_on_a_day"
            ),
            CheckConstraint(condition=Q(cost__gte=0), name="cost_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.cost} {self.currency}"
