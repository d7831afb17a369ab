"""The taxonomy as it is agreed now."""

from collections.abc import Iterable

from governance.models import CampaignRule, Kind, Operation, State, Version
from governance.taxonomy import Rule, Taxonomy


def rules() -> list[Rule]:
    """Return the campaign rules in their order."""
    kept = CampaignRule.objects.order_by("position").values_list(
        "channel__key", "source", "medium", "campaign", "referrer"
    )
    return [Rule(*columns) for columns in kept]


def rules_with(operations: Iterable[Operation]) -> list[Rule]:
    """Return the rules as they would be with these operations applied, in their order."""
    said = {
        version.key: version.body
        for version in Version.objects.current()
        .in_use()
        .filter(kind=Kind.CAMPAIGN_RULE)
    }
    asked = [each for each in operations if each.kind == Kind.CAMPAIGN_RULE]
    if not asked:
        return rules()
    for operation in asked:
        said.pop(operation.key, None)
        if operation.state != State.RETIRED:
            said[operation.key] = operation.body
    return [
        Rule(
            body["channel"],
            body["source"],
            body["medium"],
            body["campaign"],
            body["referrer"],
        )
        for body in sorted(said.values(), key=lambda body: body["position"])
    ]


def taxonomy() -> Taxonomy:
    """Return what turns tags into channels."""
    return Taxonomy(rules())
