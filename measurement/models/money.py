"""Exchange rates, as published."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint


class ExchangeRate(models.Model):
    """One unit of ``base`` was worth ``rate`` units of ``quote`` on that day.

    Days without a publication (weekends, holidays) carry the last one before them;
    ``published_on`` says which.
    """

    on = models.DateField()
    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=18, decimal_places=9)
    published_on = models.DateField()
    publisher = models.CharField(max_length=40)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["base", "quote", "on"], name="one_rate_per_pair_and_day"
            ),
            CheckConstraint(condition=Q(rate__gt=0), name="rate_is_positive"),
            CheckConstraint(
                condition=Q(published_on__lte=models.F("on")),
                name="rate_was_published_by_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"1 {self.base} = {self.rate} {self.quote} on {self.on}"
