"""Bring a mapping file into the registry: its storefront, system, streams and fields."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from governance.models import FieldMapping, SourceStream, SourceSystem, Storefront
from measurement import mapping
from measurement.entities import ENTITIES

_STOREFRONT = {
    "key", "name", "time_zone", "currency", "is_generated", "generated_note",
    "panel_starts_on",
}  # fmt: skip
_SYSTEM = {"key", "name", "kind", "time_zone", "currency", "cadence"}
_STREAM = {"grain", "delimiter", "encoding", "is_generated"}


class RegistryError(Exception):
    """A mapping file cannot be registered; the message says why."""


@dataclass(frozen=True)
class Registered:
    """What a mapping file brought: a system, and how many fields were new or changed."""

    system: SourceSystem
    changed: int


@transaction.atomic
def register(path: Path) -> Registered:
    """Register the system a mapping file describes, or bring it up to date.

    Raises:
        RegistryError: the file is missing or no TOML, lacks a table, or names a table
            or a key that is not known.
        mapping.MappingError: a rule or a field in it cannot be.
    """
    written = _read(path)
    storefront = _storefront(path, written)
    system = _system(path, written, storefront)
    changed = 0
    streams = _table(path, written, "streams")
    for position, (key, stream) in enumerate(streams.items(), start=1):
        changed += _stream(path, system, key, stream, position)
    return Registered(system, changed)


def register_folder(folder: Path) -> list[Registered]:
    """Register every mapping file of the folder: shops first, for others point to them.

    All systems are made before the first mapping is checked.
    """
    found = sorted(folder.glob("*.toml"))
    with transaction.atomic():
        for path in found:
            written = _read(path)
            _system(path, written, _storefront(path, written))
        return [register(path) for path in found]


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RegistryError(f"There is no mapping file {path}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RegistryError(f"{path.name} is no sound TOML: {error}.") from error


def _table(path: Path, written: dict[str, Any], name: str) -> dict[str, Any]:
    found = written.get(name)
    if not isinstance(found, dict) or not found:
        raise RegistryError(f"{path.name} has no table [{name}].")
    return found


def _only(path: Path, place: str, given: dict[str, Any], known: set[str]) -> None:
    unknown = set(given) - known
    if unknown:
        raise RegistryError(
            f"{path.name}: [{place}] has {', '.join(sorted(unknown))}; known are "
            f"{', '.join(sorted(known))}."
        )


def _storefront(path: Path, written: dict[str, Any]) -> Storefront:
    given = dict(_table(path, written, "storefront"))
    _only(path, "storefront", given, _STOREFRONT)
    key = given.pop("key", None)
    if key is None:
        raise RegistryError(f"{path.name}: [storefront] has no key.")
    if not given:
        known = Storefront.objects.filter(key=key).first()
        if known is None:
            raise RegistryError(
                f"{path.name}: [storefront] names {key}, which no mapping file "
                f"describes. Add its name, time_zone and currency."
            )
        return known
    return Storefront.objects.update_or_create(key=key, defaults=given)[0]


def _system(
    path: Path, written: dict[str, Any], storefront: Storefront
) -> SourceSystem:
    given = {
        "time_zone": storefront.time_zone,
        "currency": storefront.currency,
        **_table(path, written, "system"),
    }
    _only(path, "system", given, _SYSTEM)
    for needed in ("key", "name", "kind"):
        if needed not in given:
            raise RegistryError(f"{path.name}: [system] has no {needed}.")
    key = given.pop("key")
    return SourceSystem.objects.update_or_create(
        key=key, defaults={**given, "storefront": storefront}
    )[0]


def _stream(
    path: Path, system: SourceSystem, key: str, written: dict[str, Any], position: int
) -> int:
    given = dict(written)
    entities = given.pop("entities", None)
    place = f"streams.{key}"
    _only(path, place, given, _STREAM)
    if not entities or given.get("grain") not in ENTITIES:
        raise RegistryError(
            f"{path.name}: [{place}] needs a grain (one of {', '.join(ENTITIES)}) and a "
            f"table of entities."
        )
    stream, _made = SourceStream.objects.update_or_create(
        system=system, key=key, defaults={**given, "position": position}
    )
    mapping.describe(stream, entities)
    return _fields(stream, entities)


def _fields(stream: SourceStream, entities: dict[str, dict[str, Any]]) -> int:
    wanted = {
        (entity, field): rule
        for entity, fields in entities.items()
        for field, rule in fields.items()
    }
    held = {(row.entity, row.field): row for row in stream.mappings.all()}
    gone = [row.pk for place, row in held.items() if place not in wanted]
    changed = [
        FieldMapping(stream=stream, entity=entity, field=field, rule=rule)
        for (entity, field), rule in wanted.items()
        if (entity, field) not in held or held[entity, field].rule != rule
    ]
    FieldMapping.objects.filter(pk__in=gone).delete()
    FieldMapping.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["stream", "entity", "field"],
        update_fields=["rule"],
    )
    return len(changed) + len(gone)
