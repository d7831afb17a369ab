"""All that was agreed on, in the order in which somebody new would want to know it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from governance import budget, dictionary, facts
from governance.dictionary.words import in_words
from governance.kinds import KINDS, label_of
from governance.models import Domain, Kind, User, Version
from governance.playbook import agreeing, patterns
from governance.playbook.book import Area, Book, Entity, Entry, Role, Rule, Way
from governance.projections import field_of, stream_of
from governance.roles import ROLES

_TAGS = {
    "source": "utm_source",
    "medium": "utm_medium",
    "campaign": "utm_campaign",
    "referrer": "the referring page",
}


def read(*, at: datetime | None = None) -> Book:
    """Return the playbook as it stood at the moment; without one, as it stands.

    Who has which role is nothing for everybody, and no part of it.
    """
    held = list(
        dictionary.held(at).in_use().exclude(kind=Kind.PERMISSION).order_by("key")
    )
    of: dict[str, list[Version]] = defaultdict(list)
    for version in held:
        of[version.kind].append(version)
    domains = list(Domain.objects.select_related("owners", "stewards").order_by("name"))
    names = {domain.key: domain.name for domain in domains}
    in_groups = _in_groups(domains)
    return Book(
        areas=_areas(domains, Counter(each.domain_id for each in held), in_groups),
        roles=_roles(in_groups),
        storefronts=_entries(of[Kind.STOREFRONT], names, ("time_zone", "currency")),
        sources=_sources(of, names),
        entities=_entities(of, names),
        ways=_ways(of),
        kpis=_kpis(of[Kind.KPI], names),
        attribution=_entries(
            of[Kind.ATTRIBUTION], names, ("formula", "lookback_days"), "parameters"
        ),
        dimensions=_entries(of[Kind.DIMENSION], names, (), "values"),
        identity=_entries(of[Kind.IDENTITY], names, (), "parameters"),
        identifiers=_identifiers(of[Kind.IDENTIFIER], names),
        consent=_entries(of[Kind.CONSENT], names, ("needed_for",)),
        quality=_entries(
            [each for each in of[Kind.QUALITY] if not _is_budget(each)], names,
            ("dataset", "severity"), "parameters",
        ),
        approvals=agreeing.approvals(),
        held=agreeing.held_by_the_database(),
    )  # fmt: skip


def _in_groups(domains: Iterable[Domain]) -> Mapping[str, list[str]]:
    """Return who is in the groups that answer for something, by the groups' names."""
    answering = {each.owners_id for each in domains} | {
        each.stewards_id for each in domains
    }
    wanted = Q(group__in=answering) | Q(group__name__in=[role.key for role in ROLES])
    found: dict[str, list[str]] = defaultdict(list)
    members = (
        User.groups.through.objects.filter(wanted, user__is_active=True)
        .order_by("user__first_name", "user__last_name", "user__username")
        .values_list(
            "group__name", "user__first_name", "user__last_name", "user__username"
        )
    )
    for group, first, last, username in members:
        found[group].append(f"{first} {last}".strip() or username)
    return found


def _areas(
    domains: Iterable[Domain], counted: Counter[str], people: Mapping[str, list[str]]
) -> tuple[Area, ...]:
    return tuple(
        Area(
            key=each.key,
            name=each.name,
            definitions=counted[each.key],
            owners=tuple(people.get(each.owners.name, ())),
            stewards=tuple(people.get(each.stewards.name, ())),
        )
        for each in domains
    )


def _roles(people: Mapping[str, list[str]]) -> tuple[Role, ...]:
    return tuple(
        Role(role.name, role.purpose, len(people.get(role.key, ()))) for role in ROLES
    )


def _entry(
    version: Version,
    names: Mapping[str, str],
    parts: Mapping[str, str],
    table: Mapping[str, Any] | None = None,
) -> Entry:
    return Entry(
        kind=version.kind,
        key=version.key,
        name=str(version.body.get("name") or version.key),
        words=str(version.body.get("meaning") or ""),
        domain=names.get(version.domain_id, version.domain_id),
        parts=parts,
        rows=tuple((str(key), in_words(said)) for key, said in (table or {}).items()),
    )


def _entries(
    versions: Iterable[Version],
    names: Mapping[str, str],
    parts: Sequence[str],
    table: str = "",
) -> tuple[Entry, ...]:
    return tuple(
        _entry(
            each,
            names,
            {part: in_words(each.body.get(part)) for part in parts},
            each.body.get(table) if table else None,
        )
        for each in versions
    )


def _identifiers(
    versions: Iterable[Version], names: Mapping[str, str]
) -> tuple[Entry, ...]:
    """Return what each kind of value may do, the first looked at first."""
    return tuple(
        _entry(
            each,
            names,
            {},
            {
                label_of(part.name): each.body[part.name]
                for part in KINDS[Kind.IDENTIFIER]
                if part.name not in {"name", "meaning"}
                and each.body.get(part.name) not in (part.default, None)
            },
        )
        for each in sorted(versions, key=lambda each: each.body["priority"])
    )


def _sources(
    of: Mapping[str, list[Version]], names: Mapping[str, str]
) -> tuple[Entry, ...]:
    shops = {each.key: str(each.body["name"]) for each in of[Kind.STOREFRONT]}
    streams: dict[str, list[str]] = defaultdict(list)
    for each in sorted(of[Kind.STREAM], key=lambda each: each.body["position"]):
        system, stream = stream_of(each.key)
        streams[system].append(stream)
    return tuple(
        _entry(
            each,
            names,
            {
                **{
                    part: in_words(each.body.get(part))
                    for part in ("kind", "time_zone", "currency", "cadence")
                },
                "storefront": shops.get(each.body["storefront"], ""),
                "streams": ", ".join(streams[each.key]),
            },
        )
        for each in of[Kind.SOURCE]
    )


def _entities(
    of: Mapping[str, list[Version]], names: Mapping[str, str]
) -> tuple[Entity, ...]:
    owned = {each.key: each.body for each in of[Kind.OWNERSHIP]}
    filled: dict[str, list[str]] = defaultdict(list)
    for each in of[Kind.MAPPING]:
        stream, entity, name = field_of(each.key)
        filled[f"{entity}.{name}"].append(stream)
    most = {
        each.body["dataset"]: each.body["parameters"].get("most")
        for each in of[Kind.QUALITY]
        if _is_budget(each)
    }
    fields: dict[str, list[Entry]] = defaultdict(list)
    for each in of[Kind.FIELD]:
        body, whose = each.body, owned.get(each.key)
        parts = {
            "owner": whose["owner"] if whose else "",
            "fallbacks": ", then ".join(whose["fallbacks"]) if whose else "",
            "survivorship": whose["survivorship"] if whose else "",
            "computed": "yes" if body.get("computed") else "",
            "type": str(body.get("type", "")),
            "unit": str(body.get("unit", "")),
            "sensitivity": str(body.get("sensitivity", "none")),
            "required": "yes" if body.get("required") else "",
        }
        streams = dict.fromkeys(filled[each.key], "")
        fields[budget.entity_of(each.key)].append(_entry(each, names, parts, streams))
    return tuple(
        Entity(key, key.replace("_", " ").capitalize(), tuple(found), most.get(key))
        for key, found in fields.items()
    )


def _ways(of: Mapping[str, list[Version]]) -> tuple[Way, ...]:
    rules: dict[str, list[Rule]] = defaultdict(list)
    for each in sorted(of[Kind.CAMPAIGN_RULE], key=lambda each: each.body["position"]):
        when = tuple(
            f"{tag} {patterns.in_words(said) or f'matches {said}'}"
            for part, tag in _TAGS.items()
            if (said := each.body.get(part))
        )
        rules[each.body["channel"]].append(Rule(each.key, each.body["position"], when))
    in_order = sorted(of[Kind.CHANNEL], key=lambda each: each.body["position"])
    return tuple(
        Way(
            key=each.key,
            name=str(each.body["name"]),
            words=str(each.body.get("meaning", "")),
            rules=tuple(rules[each.key]),
        )
        for each in in_order
    )


def _kpis(versions: Iterable[Version], names: Mapping[str, str]) -> tuple[Entry, ...]:
    return tuple(
        _entry(
            each,
            names,
            {
                "formula": facts.formula_in_words(str(each.body["formula"])),
                "calculation": str(each.body["formula"]),
                "window": _window(each.body.get("window_days", 0)),
                **{
                    part: in_words(each.body.get(part))
                    for part in (
                        "grain", "unit", "refund_calendar", "comparison", "min_n",
                        "decision",
                    )
                },
            },
            each.body.get("parameters"),
        )
        for each in versions
    )  # fmt: skip


def _window(days: int) -> str:
    return f"{days} days" if days else "everything known"


def _is_budget(version: Version) -> bool:
    return bool(version.body.get("metric") == budget.METRIC)
