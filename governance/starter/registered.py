"""What was registered before anything was agreed on, said as definitions.

What a night reads stands in rows; a registry that begins says of them what they say, word
for word, so that nothing moves on the day it begins.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Model

from governance.models import (
    CampaignRule,
    Channel,
    FieldMapping,
    Kind,
    Operation,
    SourceStream,
    SourceSystem,
    Storefront,
)
from governance.starter.pack import definition

_STOREFRONTS = "revenue"
_CHANNELS = "marketing"
# Who answers for a system, its streams, and for what it sends that is no field.
_ANSWERS_FOR: dict[str, str] = {
    SourceSystem.Kind.SHOP: "orders",
    SourceSystem.Kind.CRM: "customer",
    SourceSystem.Kind.WEB: "marketing",
    SourceSystem.Kind.ADS: "marketing",
}


def sources(*, fields: Mapping[str, str], using: str) -> Iterator[Operation]:
    """Yield the storefronts, systems, streams and mappings there are.

    ``fields`` gives the domain of each field of the dictionary: who answers for a field
    answers for what fills it.
    """
    for storefront in Storefront.objects.using(using).order_by("key"):
        said = _said(storefront, "name", "time_zone", "currency", "is_generated",
            "generated_note")  # fmt: skip
        starts = storefront.panel_starts_on
        said["panel_starts_on"] = starts.isoformat() if starts else ""
        yield definition(Kind.STOREFRONT, storefront.key, _STOREFRONTS, said)
    systems = SourceSystem.objects.using(using).select_related("storefront")
    for system in systems.order_by("key"):
        said = _said(system, "name", "kind", "time_zone", "currency", "cadence")
        said["storefront"] = system.storefront.key
        yield definition(Kind.SOURCE, system.key, _ANSWERS_FOR[system.kind], said)
    streams = SourceStream.objects.using(using).select_related("system")
    for stream in streams.order_by("system__key", "position", "key"):
        said = _said(
            stream, "position", "grain", "delimiter", "encoding", "is_generated"
        )
        domain = _ANSWERS_FOR[stream.system.kind]
        yield definition(Kind.STREAM, str(stream), domain, said)
    yield from _mappings(fields, using)


def _mappings(fields: Mapping[str, str], using: str) -> Iterator[Operation]:
    rows = FieldMapping.objects.using(using).select_related("stream__system")
    for row in rows.order_by("stream__system__key", "stream__position", "pk"):
        field = f"{row.entity}.{row.field}"
        domain = fields.get(field, _ANSWERS_FOR[row.stream.system.kind])
        key = f"{row.stream}:{field}"
        yield definition(Kind.MAPPING, key, domain, {"rule": row.rule})


def taxonomy(pack: Sequence[Operation], *, using: str) -> Iterator[Operation]:
    """Yield the channels and campaign rules as they are in use.

    The pack lends its words to those it knows; a house may have changed the rest.
    """
    known = {each.key: each.body for each in pack if each.kind == Kind.CHANNEL}
    for channel in Channel.objects.using(using).order_by("position"):
        said = {**known.get(channel.key, {}), **_said(channel, "name", "position")}
        yield definition(Kind.CHANNEL, channel.key, _CHANNELS, said)
    names = {
        _matches(each.body): each.key
        for each in pack
        if each.kind == Kind.CAMPAIGN_RULE
    }
    for rule in CampaignRule.objects.using(using).select_related("channel"):
        said = _said(rule, "position", "source", "medium", "campaign", "referrer")
        said["channel"] = rule.channel.key
        key = names.pop(_matches(said), f"{rule.channel.key}_at_{rule.position}")
        yield definition(Kind.CAMPAIGN_RULE, key, _CHANNELS, said)


def _matches(said: Mapping[str, Any]) -> tuple[str, ...]:
    parts = ("channel", "source", "medium", "campaign", "referrer")
    return tuple(said[part] for part in parts)


def _said(row: Model, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
