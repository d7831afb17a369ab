"""What was agreed, as the rows the nightly steps read: written as it takes effect.

A version says what was agreed; these tables say it again in the form that is joined and
compiled. PostgreSQL refuses a row of them that no version in force says.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from governance.kinds import Said
from governance.models import (
    CampaignRule,
    Channel,
    FieldMapping,
    Kind,
    SourceStream,
    SourceSystem,
    State,
    Storefront,
    User,
    Version,
)
from governance.roles import BY_KEY


def follow(versions: Iterable[Said]) -> None:
    """Bring the rows in line with versions that have just taken effect."""
    taken = list(versions)
    for kind, write in _IN_ORDER.items():
        for version in taken:
            if version.kind == kind:
                write(version)
    if any(version.kind == Kind.CAMPAIGN_RULE for version in taken):
        _write_campaign_rules()


def stream_of(key: str) -> tuple[str, str]:
    """Return the system's and the stream's key.

    >>> stream_of("journey_shop/transactions")
    ('journey_shop', 'transactions')
    """
    system, _, stream = key.partition("/")
    return system, stream


def field_of(key: str) -> tuple[str, str, str]:
    """Return the stream's key, the entity and the field a mapping fills.

    >>> field_of("journey_shop/transactions:order_line.amount")
    ('journey_shop/transactions', 'order_line', 'amount')
    """
    stream, _, target = key.partition(":")
    entity, _, name = target.partition(".")
    return stream, entity, name


def _storefront(version: Said) -> None:
    said = dict(version.body)
    starts = said.pop("panel_starts_on")
    said["panel_starts_on"] = date.fromisoformat(starts) if starts else None
    Storefront.objects.update_or_create(key=version.key, defaults=said)


def _source(version: Said) -> None:
    said = dict(version.body)
    said["storefront"] = Storefront.objects.get(key=said["storefront"])
    SourceSystem.objects.update_or_create(key=version.key, defaults=said)


def _stream(version: Said) -> None:
    system, key = stream_of(version.key)
    SourceStream.objects.update_or_create(
        system=SourceSystem.objects.get(key=system), key=key, defaults=version.body
    )


def _mapping(version: Said) -> None:
    where, entity, name = field_of(version.key)
    system, key = stream_of(where)
    stream = SourceStream.objects.get(system__key=system, key=key)
    place: dict[str, Any] = {"stream": stream, "entity": entity, "field": name}
    if version.state == State.RETIRED:
        FieldMapping.objects.filter(**place).delete()
    else:
        FieldMapping.objects.update_or_create(
            **place, defaults={"rule": version.body["rule"]}
        )


def _channel(version: Said) -> None:
    # A channel that was given up keeps its row: people came by it.
    Channel.objects.update_or_create(
        key=version.key,
        defaults={
            "name": version.body["name"],
            "position": version.body["position"],
        },
    )


def _write_campaign_rules() -> None:
    """Write them all anew: their positions move against each other."""
    channels = {channel.key: channel for channel in Channel.objects.all()}
    agreed = Version.objects.current().in_use().filter(kind=Kind.CAMPAIGN_RULE)
    CampaignRule.objects.all().delete()
    CampaignRule.objects.bulk_create(
        CampaignRule(
            position=rule.body["position"],
            channel=channels[rule.body["channel"]],
            source=rule.body["source"],
            medium=rule.body["medium"],
            campaign=rule.body["campaign"],
            referrer=rule.body["referrer"],
        )
        for rule in agreed
    )


def _account(version: Said) -> None:
    """Open the admin to whoever works there. The memberships the database has written."""
    roles = [] if version.state == State.RETIRED else version.body["roles"]
    works = any(key not in BY_KEY or BY_KEY[key].works_in_admin for key in roles)
    for user in User.objects.filter(username=version.key).exclude(is_staff=works):
        user.is_staff = works
        user.save(update_fields=["is_staff"])


# What others point to comes first.
_IN_ORDER: dict[str, Callable[[Said], None]] = {
    Kind.STOREFRONT: _storefront,
    Kind.SOURCE: _source,
    Kind.STREAM: _stream,
    Kind.MAPPING: _mapping,
    Kind.CHANNEL: _channel,
    Kind.PERMISSION: _account,
}
