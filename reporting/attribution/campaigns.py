"""Which channel the money went to: advertising accounts name campaigns, visits carry tags."""

from collections import defaultdict
from collections.abc import Iterable

from governance.taxonomy import OTHER, Tags, Taxonomy
from reporting.attribution.crediting import UNPLACED


def placed(
    campaigns: Iterable[str], seen: Iterable[Tags], taxonomy: Taxonomy
) -> dict[str, str]:
    """Return the channel of each campaign that was paid for.

    It is that of the visits whose campaign tag is written alike, whatever the case. Of a
    campaign that nobody came by, it is what the rules make of its name alone. Where visits
    came by several channels, or the rules know nothing, it is ``unplaced``: a guess would
    make some channel look dear.
    """
    by_campaign: dict[str, set[str]] = defaultdict(set)
    for tags in seen:
        by_campaign[tags.campaign].add(taxonomy.channel(tags))
    return {
        campaign: _channel(Tags.read("", "", campaign, ""), by_campaign, taxonomy)
        for campaign in campaigns
    }


def _channel(alone: Tags, by_campaign: dict[str, set[str]], taxonomy: Taxonomy) -> str:
    if not alone.campaign:
        return UNPLACED
    found = by_campaign.get(alone.campaign) or {taxonomy.channel(alone)}
    channel = found.pop() if len(found) == 1 else UNPLACED
    return UNPLACED if channel == OTHER else channel
