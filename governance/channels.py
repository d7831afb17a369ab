"""The taxonomy as it is agreed now."""

from governance.models import CampaignRule
from governance.taxonomy import Rule, Taxonomy


def rules() -> list[Rule]:
    """Return the campaign rules in their order."""
    kept = CampaignRule.objects.order_by("position").values_list(
        "channel__key", "source", "medium", "campaign", "referrer"
    )
    return [Rule(*columns) for columns in kept]


def taxonomy() -> Taxonomy:
    """Return what turns tags into channels."""
    return Taxonomy(rules())
