"""Where a field comes from, and what else stands around a definition."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.db.models import Q

from governance import calculations
from governance.dictionary.words import columns_of, in_words, rule_in_words
from governance.models import Kind, Version
from governance.models.versions import VersionQuerySet
from governance.projections import field_of, stream_of


@dataclass(frozen=True)
class Link:
    """Another definition, as it is called and what it is said to be."""

    kind: str
    key: str
    name: str
    words: str = ""


@dataclass(frozen=True)
class Group:
    """Definitions that stand to the one in view in the same way."""

    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Flow:
    """One field of the canonical model as one stream fills it.

    Without a ``field`` it says which rows of the stream make an ``entity`` at all. What
    has no page of its own in the dictionary is not ``defined``.
    """

    mapping: str
    stream: str
    columns: tuple[str, ...]
    rule: str
    entity: str
    field: str
    defined: frozenset[str] = frozenset()

    @property
    def has_field(self) -> bool:
        return self.field in self.defined

    @property
    def has_stream(self) -> bool:
        return self.stream in self.defined


def flows(version: Version, held: VersionQuerySet) -> list[Flow]:
    """Return which columns fill the field, or which fields a stream's columns fill."""
    match version.kind:
        case Kind.FIELD:
            wanted = Q(key__endswith=f":{version.key}")
        case Kind.STREAM:
            wanted = Q(key__startswith=f"{version.key}:")
        case Kind.MAPPING:
            wanted = Q(key=version.key)
        case _:
            return []
    mappings = held.filter(wanted, kind=Kind.MAPPING).in_use().order_by("key")
    found = [flow_of(each) for each in mappings]
    named = {name for each in found for name in (each.field, each.stream) if name}
    defined = frozenset(
        held.filter(kind__in=[Kind.FIELD, Kind.STREAM], key__in=named).values_list(
            "key", flat=True
        )
    )
    return [replace(each, defined=defined) for each in found]


def around(version: Version, held: VersionQuerySet) -> list[Group]:
    """Return the definitions that this one names, and those that name it."""
    named = _named(version)
    groups = [
        ("Part of", named),
        ("Successor", _one(version.kind, version.successor)),
        ("Takes the place of", Q(kind=version.kind, successor=version.key)),
        ("Worked out from", _fields(version, calculations.made_from)),
        ("Goes into", _fields(version, calculations.made_with)),
        (_NAMING.get(version.kind, ""), _naming(version)),
    ]
    return [
        Group(title, links)
        for title, wanted in groups
        if wanted and (links := _links(held.filter(wanted)))
    ]


def ownership(version: Version, held: VersionQuerySet) -> Version | None:
    """Return whose value of the field counts."""
    if version.kind != Kind.FIELD:
        return None
    return held.filter(kind=Kind.OWNERSHIP, key=version.key).in_use().first()


# What stands among an entity's fields in a mapping, and is none of them.
CONDITIONS = {
    "when_filled": "only where it is filled",
    "when_empty": "only where it is empty",
}
_NAMING: dict[str, str] = {
    Kind.STOREFRONT: "Sources",
    Kind.SOURCE: "Streams",
    Kind.CHANNEL: "Rules that lead here",
}


def flow_of(mapping: Version) -> Flow:
    """Return what a mapping does, as one column's way into one field."""
    stream, entity, name = field_of(mapping.key)
    rule = mapping.body.get("rule", {})
    columns, words = columns_of(rule), rule_in_words(rule)
    if [words] == columns:
        words = CONDITIONS.get(name, "as it is")
    return Flow(
        mapping=mapping.key,
        stream=stream,
        columns=tuple(columns),
        rule=words,
        entity=entity,
        field="" if name in CONDITIONS else f"{entity}.{name}",
    )


def _one(kind: str, key: object) -> Q:
    return Q(kind=kind, key=key) if key else Q()


def _fields(version: Version, beside: Callable[[str], frozenset[str]]) -> Q:
    found = beside(version.key) if version.kind == Kind.FIELD else ()
    return Q(kind=Kind.FIELD, key__in=sorted(found)) if found else Q()


def _named(version: Version) -> Q:
    """Return what the definition belongs to."""
    match version.kind:
        case Kind.MAPPING:
            stream, entity, name = field_of(version.key)
            field = _one(Kind.FIELD, f"{entity}.{name}")
            return _one(Kind.STREAM, stream) | field
        case Kind.STREAM:
            return _one(Kind.SOURCE, stream_of(version.key)[0])
        case Kind.SOURCE:
            return _one(Kind.STOREFRONT, version.body.get("storefront"))
        case Kind.CAMPAIGN_RULE:
            return _one(Kind.CHANNEL, version.body.get("channel"))
        case Kind.OWNERSHIP:
            return _one(Kind.FIELD, version.key)
    return Q()


def _naming(version: Version) -> Q:
    """Return what belongs to the definition."""
    match version.kind:
        case Kind.STOREFRONT:
            return Q(kind=Kind.SOURCE, body__storefront=version.key)
        case Kind.SOURCE:
            return Q(kind=Kind.STREAM, key__startswith=f"{version.key}/")
        case Kind.CHANNEL:
            return Q(kind=Kind.CAMPAIGN_RULE, body__channel=version.key)
    return Q()


def _links(found: VersionQuerySet) -> tuple[Link, ...]:
    in_order = sorted(
        found.in_use(), key=lambda each: (each.body.get("position", 0), each.key)
    )
    return tuple(
        Link(each.kind, each.key, name_of(each), in_short(each)) for each in in_order
    )


def name_of(version: Version) -> str:
    """Return what people call it; its key, where it has no other name."""
    return str(version.body.get("name") or version.key)


def in_short(version: Version) -> str:
    """Return in a line what it says, where it has no meaning to tell."""
    body = version.body
    match version.kind:
        case Kind.MAPPING:
            return rule_in_words(body.get("rule", {}))
        case Kind.OWNERSHIP:
            named = [str(body.get("owner", "")), *map(str, body.get("fallbacks", []))]
            return ", then ".join(named)
        case Kind.CAMPAIGN_RULE:
            tags = ("source", "medium", "campaign", "referrer")
            return in_words({tag: body[tag] for tag in tags if body.get(tag)})
        case Kind.STREAM:
            return f"One row is one {str(body.get('grain', '')).replace('_', ' ')}."
        case Kind.SOURCE:
            return f"{body.get('kind', '')}, {body.get('cadence', '')}"
        case Kind.STOREFRONT:
            return f"{body.get('currency', '')}, days of {body.get('time_zone', '')}"
    return str(body.get("meaning") or "")
