"""Each time a storefront's records were weighed against each other, and what that came to."""

from django.db import models

from governance.models import Storefront


class Weighing(models.Model):
    """The pairs of a storefront's records that were weighed at a moment, and by what.

    ``digest`` covers all that was weighed and what it was weighed by: as long as it is the
    same, weighing again would say the same. ``bands`` counts the pairs by how likely they
    are one person; each band is told by the least likelihood in it.
    """

    storefront = models.ForeignKey(
        Storefront, on_delete=models.PROTECT, related_name="weighings"
    )
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    # The digest of the model that was agreed on; "estimated", where none is.
    model_version = models.CharField(max_length=64)
    records = models.PositiveIntegerField()
    pairs = models.PositiveIntegerField()
    asked = models.PositiveIntegerField()
    bands = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-pk"]
        get_latest_by = ["at", "pk"]
        indexes = [models.Index(fields=["storefront", "-at"], name="weighed_last")]

    def __str__(self) -> str:
        return f"{self.storefront}, {self.at:%Y-%m-%d %H:%M}"
