"""A stream's mapping as the registry holds it, checked against the canonical model."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from governance.models import SourceStream
from measurement import rules
from measurement.entities import ENTITIES, Entity, in_order
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

    def writes(self, entity: Entity) -> bool:
        return any(mapping.entity is entity for mapping in self.entities)


def of_stream(stream: SourceStream) -> StreamMapping:
    """Return the mapping the registry holds for the stream.

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
    return describe(stream, written)


def describe(
    stream: SourceStream, written: Mapping[str, Mapping[str, Any]]
) -> StreamMapping:
    """Return the mapping, with every rule read and every name checked."""
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
    system = stream.system
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


def _entity(
    stream: SourceStream, entity: Entity, written: dict[str, Any], currency: str
) -> EntityMapping:
    conditions = {name: str(written.pop(name, "")) for name in CONDITIONS}
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
    for name, rule in fields.items():
        _check_fit(stream, entity, name, rule)
    return EntityMapping(entity, fields, **conditions)


def _check_fit(stream: SourceStream, entity: Entity, name: str, rule: Rule) -> None:
    found = entity.field(name)
    place = f"{stream}: {entity.name}.{name}"
    if rule.zone and not isinstance(found, models.DateTimeField):
        raise MappingError(f"{place} has a zone, but it is not a moment.")
    if isinstance(rule.source, Repeat) and not isinstance(found, models.BooleanField):
        raise MappingError(f"{place} is not a yes or no; repeats_within makes one.")
    if isinstance(rule.source, Ordinal | Repeat) and entity.name != stream.grain:
        raise MappingError(
            f"{place} counts rows, which only the {stream.grain} of a row can."
        )
    if isinstance(found, models.ForeignKey) and not isinstance(
        rule.source, Column | Constant
    ):
        raise MappingError(f"{place} points to another row; name the column of its id.")


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
            system.time_zone,
            system.currency,
            system.storefront.currency,
        ],
        sort_keys=True,
    )
    return hashlib.sha256(text.encode()).hexdigest()
