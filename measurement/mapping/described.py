"""A stream's mapping as the registry holds it, checked against the canonical model."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models

from governance.models import SourceStream
from measurement import rules
from measurement.entities import ENTITIES, Entity, in_order
from measurement.mapping.ownership import Owned, agreed, trespasses
from measurement.rules import (
    Column,
    Constant,
    Ordinal,
    Product,
    Repeat,
    Rule,
    plain_column,
)

# Not fields, but conditions: the entity is written only where this column is so.
CONDITIONS = ("when_empty", "when_filled")


class MappingError(Exception):
    """A mapping cannot be; the message says what is wrong with it and where."""


@dataclass(frozen=True)
class EntityMapping:
    """How one entity is made from the rows of a stream."""

    entity: Entity
    fields: dict[str, Rule]
    when_empty: str = ""
    when_filled: str = ""


@dataclass(frozen=True)
class StreamMapping:
    """How the rows of one stream become canonical rows.

    ``entities`` stand in the order in which they are written: parents first. ``grain``
    is the entity that one row of the stream is.
    """

    system_id: int
    time_zone: str
    shop_currency: str
    grain: Entity
    entities: tuple[EntityMapping, ...]
    # Ids of the systems that references name, by key.
    systems: dict[str, int]
    digest: str
    written: dict[str, Any]

    def columns(self) -> list[str]:
        """Return the columns it reads, each once, in a stable order."""
        found: dict[str, None] = {}
        for mapping in self.entities:
            for condition in (mapping.when_empty, mapping.when_filled):
                if condition:
                    found[condition] = None
            for rule in mapping.fields.values():
                found.update(dict.fromkeys(rules.columns_of(rule)))
        return list(found)

    def numbers(self) -> frozenset[str]:
        """Return the columns every rule takes as a number and nothing else."""
        as_number: set[str] = set()
        otherwise: set[str] = set()
        for mapping in self.entities:
            otherwise |= {mapping.when_empty, mapping.when_filled}
            for name, rule in mapping.fields.items():
                is_number = isinstance(
                    mapping.entity.field(name), models.DecimalField
                ) and (isinstance(rule.source, Product) or bool(plain_column(rule)))
                read = as_number if is_number else otherwise
                read.update(rules.columns_of(rule))
        return frozenset(as_number - otherwise)

    def brings(self, target: Entity, rule: Rule) -> bool:
        """Return whether the row a reference points to is written by the same stream."""
        return self.system_of(rule) == self.system_id and any(
            mapping.entity is target for mapping in self.entities
        )

    def system_of(self, rule: Rule) -> int:
        """Return the system among whose ids a reference is looked up."""
        return self.systems[rule.system] if rule.system else self.system_id


def of_stream(stream: SourceStream, *, owned: Owned | None = None) -> StreamMapping:
    """Return the mapping the registry holds for the stream; see ``describe``.

    Raises:
        MappingError: there is none, or it names what does not exist.
    """
    written: dict[str, dict[str, Any]] = {}
    for row in stream.mappings.all():
        written.setdefault(row.entity, {})[row.field] = row.rule
    if not written:
        raise MappingError(
            f"{stream} has no mapping yet. Register one: manage.py load FILE "
            f"--mapping MAPPING.toml."
        )
    return describe(stream, written, owned=owned)


def describe(
    stream: SourceStream,
    written: Mapping[str, Mapping[str, Any]],
    *,
    owned: Owned | None = None,
) -> StreamMapping:
    """Return the mapping, with every rule read and every name checked.

    ``owned`` says who may fill what; not given, it is what is agreed now.

    Raises:
        MappingError: it names what does not exist, or fills what another system owns.
    """
    _check_names(stream, written)
    system = stream.system
    filled = [(entity, name) for entity, held in written.items() for name in held]
    for trespass in trespasses(system, filled, agreed() if owned is None else owned):
        raise MappingError(trespass)
    entities = tuple(
        _entity(stream, entity, dict(written[entity.name]), system.currency)
        for entity in in_order(set(written))
    )
    return StreamMapping(
        system_id=system.pk,
        time_zone=system.time_zone,
        shop_currency=system.storefront.currency,
        grain=ENTITIES[stream.grain],
        entities=entities,
        systems=_systems(stream, entities),
        digest=_digest(stream, written),
        written={name: dict(fields) for name, fields in written.items()},
    )


def _check_names(
    stream: SourceStream, written: Mapping[str, Mapping[str, Any]]
) -> None:
    unknown = set(written) - set(ENTITIES)
    if unknown:
        raise MappingError(
            f"{stream} maps {', '.join(sorted(unknown))}; the model has "
            f"{', '.join(ENTITIES)}."
        )
    if stream.grain not in written:
        raise MappingError(
            f"{stream}: each row is to be one {stream.grain}, but no field of "
            f"{stream.grain} is mapped."
        )
    for name, fields in written.items():
        if not isinstance(fields, Mapping):
            raise MappingError(
                f"{stream}: {name} is {fields!r}; write a table of fields."
            )


def _entity(
    stream: SourceStream, entity: Entity, written: dict[str, Any], currency: str
) -> EntityMapping:
    conditions = _conditions(stream, entity, written)
    unknown = set(written) - entity.mappable()
    if unknown:
        raise MappingError(
            f"{stream} maps {entity.name}.{', '.join(sorted(unknown))}, which is not a "
            f"field a source can fill. {entity.name} has "
            f"{', '.join(sorted(entity.mappable()))}."
        )
    try:
        fields = {
            name: rules.read(rule, place=f"{stream}: {entity.name}.{name}")
            for name, rule in written.items()
        }
    except rules.RuleError as error:
        raise MappingError(str(error)) from error
    for name in sorted(entity.mappable() - set(fields)):
        if name == "currency":
            fields[name] = Rule(Constant(currency))
        elif entity.needs(name):
            raise MappingError(
                f"{stream} does not map {entity.name}.{name}, without which no "
                f"{entity.name} can be. Add a rule for it."
            )
        elif name in entity.key:
            fields[name] = Rule(Constant(""))
    for name, rule in fields.items():
        for misfit in _misfits(stream, entity, name, rule):
            raise MappingError(f"{stream}: {entity.name}.{name} {misfit}")
    _check_counted_once(stream, entity, fields)
    return EntityMapping(entity, fields, **conditions)


def _conditions(
    stream: SourceStream, entity: Entity, written: dict[str, Any]
) -> dict[str, str]:
    """Take the conditions out of the fields they are written among."""
    conditions = {name: written.pop(name, "") for name in CONDITIONS}
    for name, column in conditions.items():
        if not isinstance(column, str):
            raise MappingError(
                f"{stream}: {entity.name}.{name} is {column!r}; write a column's name."
            )
    return conditions


def _misfits(
    stream: SourceStream, entity: Entity, name: str, rule: Rule
) -> Iterator[str]:
    """Yield what the rule cannot make of the field, in words."""
    found, source = entity.field(name), rule.source
    is_reference = isinstance(found, models.ForeignKey)
    if rule.zone:
        yield from _zone_misfits(found, rule.zone)
    if rule.system and not is_reference:
        yield "names a system, but it does not point to another row."
    if is_reference and not isinstance(source, Column | Constant):
        yield "points to another row; name the column of its id."
    if isinstance(source, Ordinal | Repeat) and entity.name != stream.grain:
        yield f"counts rows, which only the {stream.grain} of a row can."
    for kind, makes, sentence in _MAKES:
        if isinstance(source, kind) and not isinstance(found, makes):
            yield sentence
    kept = found.decimal_places if isinstance(found, models.DecimalField) else -1
    if rule.decimals is not None and rule.decimals > kept:
        yield f"rounds to {rule.decimals} decimals; we keep {max(kept, 0)} of it."


# What a form of rule makes, and what to say of a field that is something else.
_MAKES = (
    (Product, models.DecimalField, "is no amount; multiply makes one."),
    (Ordinal, models.TextField, "is no id; ordinal_within makes one."),
    (Repeat, models.BooleanField, "is not a yes or no; repeats_within makes one."),
)


def _zone_misfits(found: "models.Field[object, object]", zone: str) -> Iterator[str]:
    if not isinstance(found, models.DateTimeField):
        yield "has a zone, but it is not a moment."
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        yield f"is in the zone '{zone}', which is none; write Europe/Berlin or UTC."


def _check_counted_once(
    stream: SourceStream, entity: Entity, fields: Mapping[str, Rule]
) -> None:
    within = {
        rule.source.within
        for rule in fields.values()
        if isinstance(rule.source, Ordinal | Repeat)
    }
    if len(within) > 1:
        raise MappingError(
            f"{stream} counts the rows of {entity.name} within "
            f"{' and within '.join(sorted(within))}. Count within one column."
        )


def _systems(
    stream: SourceStream, entities: tuple[EntityMapping, ...]
) -> dict[str, int]:
    named = {
        rule.system
        for mapping in entities
        for rule in mapping.fields.values()
        if rule.system
    }
    known = dict(
        type(stream.system).objects.filter(key__in=named).values_list("key", "pk")
    )
    missing = named - set(known)
    if missing:
        raise MappingError(
            f"{stream} looks rows up in {', '.join(sorted(missing))}, which is no "
            f"registered system."
        )
    return known


def _digest(stream: SourceStream, written: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a digest of all that decides what a row becomes."""
    system = stream.system
    text = json.dumps(
        [
            written,
            stream.grain,
            stream.delimiter,
            stream.encoding,
            system.time_zone,
            system.currency,
            system.storefront.currency,
            settings.REPORTING_TIME_ZONE,
            settings.REPORTING_CURRENCY,
        ],
        sort_keys=True,
    )
    return hashlib.sha256(text.encode()).hexdigest()
