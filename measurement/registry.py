"""Bring a mapping file into the registry: its storefront, system, streams and fields."""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from psycopg.errors import RestrictViolation

from governance.models import FieldMapping, SourceStream, SourceSystem, Storefront
from measurement import mapping
from measurement.entities import ENTITIES
from measurement.sources import texts
from measurement.sources.unreadable import Unreadable

_STOREFRONT = {
    "key", "name", "time_zone", "currency", "is_generated", "generated_note",
    "panel_starts_on",
}  # fmt: skip
_NEEDED_OF_STOREFRONT = ("name", "time_zone", "currency")
_SYSTEM = {"key", "name", "kind", "time_zone", "currency", "cadence"}
_STREAM = {"grain", "delimiter", "encoding", "is_generated"}
# What is no text, and how it is written instead.
_NO_TEXTS: dict[str, tuple[type, str]] = {
    "is_generated": (bool, "true or false"),
    "panel_starts_on": (date, "a day such as 2026-01-31"),
}


class RegistryError(Exception):
    """A mapping file cannot be registered; the message says why."""


@dataclass(frozen=True)
class Registered:
    """What a mapping file brought: a system, and how many fields were new or changed."""

    system: SourceSystem
    changed: int


def register(path: Path) -> Registered:
    """Register the system a mapping file describes, or bring it up to date.

    Once the registry has begun, a file may only say what was agreed.

    Raises:
        RegistryError: the file is missing or no TOML, lacks a table, names a table or a
            key that is not known, or says otherwise than what was agreed.
        mapping.MappingError: a rule or a field in it cannot be.
    """
    try:
        with transaction.atomic():
            entered = enter(path)
            # What was not agreed is refused here, and not when others commit.
            with connection.cursor() as cursor:
                cursor.execute("set constraints all immediate")
                cursor.execute("set constraints all deferred")
            return entered
    except IntegrityError as error:
        if not isinstance(error.__cause__, RestrictViolation):
            raise
        raise RegistryError(
            f"{path.name} says otherwise than what was agreed. "
            f"{str(error).splitlines()[0]} Ask for it: manage.py propose {path} "
            f"--by NAME --reason WHY"
        ) from error


def enter(path: Path) -> Registered:
    """Write what the file says into the tables, agreed or not."""
    written = _read(path)
    storefront = _storefront(path, written)
    system = _system(path, written, storefront)
    changed = 0
    streams = _table(path, written, "streams")
    for position, (key, stream) in enumerate(streams.items(), start=1):
        changed += _stream(path, system, key, stream, position)
    return Registered(system, changed)


def register_folder(folder: Path) -> list[Registered]:
    """Register every mapping file of the folder.

    Storefronts are made before the systems that only name them, and all systems before
    the first mapping is checked: it may look rows up in any of them.

    Raises:
        RegistryError: there is no mapping file, or one of them cannot be registered.
        mapping.MappingError: a rule or a field in one of them cannot be.
    """
    found = {path: _read(path) for path in sorted(folder.glob("*.toml"))}
    if not found:
        raise RegistryError(f"There is no mapping file in {folder}.")
    with transaction.atomic():
        described_first = sorted(
            found,
            key=lambda path: set(_table(path, found[path], "storefront")) == {"key"},
        )
        for path in described_first:
            _system(path, found[path], _storefront(path, found[path]))
        return [register(path) for path in found]


def _read(path: Path) -> dict[str, Any]:
    try:
        # Some editors put a mark before what they write.
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise RegistryError(f"There is no mapping file {path}.") from error
    except OSError as error:
        raise RegistryError(f"{path} cannot be read: {error.strerror}.") from error
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
    for name, value in given.items():
        kind, example = _NO_TEXTS.get(name, (str, "a text"))
        if not isinstance(value, kind):
            raise RegistryError(
                f"{path.name}: [{place}] has {name} = {value!r}; write {example}."
            )


def _storefront(path: Path, written: dict[str, Any]) -> Storefront:
    given = dict(_table(path, written, "storefront"))
    _only(path, "storefront", given, _STOREFRONT)
    key = given.pop("key", None)
    if key is None:
        raise RegistryError(f"{path.name}: [storefront] has no key.")
    known = Storefront.objects.filter(key=key).first()
    missing = [name for name in _NEEDED_OF_STOREFRONT if name not in given]
    if known is None and missing:
        raise RegistryError(
            f"{path.name}: [storefront] names {key}, which no mapping file describes. "
            f"Add its {', '.join(missing)}."
        )
    storefront = known or Storefront(key=key)
    return _saved(path, "storefront", storefront, given)


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
    system = SourceSystem.objects.filter(key=key).first() or SourceSystem(key=key)
    return _saved(path, "system", system, {**given, "storefront": storefront})


def _saved[Row: models.Model](
    path: Path, place: str, row: Row, given: dict[str, Any]
) -> Row:
    """Give the row these values and save it, if it is sound.

    Raises:
        RegistryError: a value cannot be.
    """
    for name, value in given.items():
        setattr(row, name, value)
    try:
        row.full_clean()
    except ValidationError as error:
        name, sentences = next(iter(error.message_dict.items()))
        raise RegistryError(
            f"{path.name}: [{place}] has {name} = {given.get(name, getattr(row, name))!r}."
            f" {' '.join(sentences)}"
        ) from error
    _check_zone_and_currency(path, place, given)
    row.save()
    return row


def _check_zone_and_currency(path: Path, place: str, given: dict[str, Any]) -> None:
    zone, currency = str(given.get("time_zone", "UTC")), given.get("currency", "EUR")
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise RegistryError(
            f"{path.name}: [{place}] has time_zone = {zone!r}, which is none. Write a "
            f"name such as Europe/Berlin."
        ) from error
    if not re.fullmatch("[A-Z]{3}", str(currency)):
        raise RegistryError(
            f"{path.name}: [{place}] has currency = {currency!r}. Write three capital "
            f"letters, such as EUR."
        )


def _stream(
    path: Path, system: SourceSystem, key: str, written: dict[str, Any], position: int
) -> int:
    place = f"streams.{key}"
    if not isinstance(written, dict):
        raise RegistryError(f"{path.name}: {place} is {written!r}; write a table.")
    given = dict(written)
    entities = given.pop("entities", None)
    _only(path, place, given, _STREAM)
    if (
        not entities
        or not isinstance(entities, dict)
        or given.get("grain") not in ENTITIES
    ):
        raise RegistryError(
            f"{path.name}: [{place}] needs a grain (one of {', '.join(ENTITIES)}) and a "
            f"table of entities."
        )
    _check_form(path, place, given)
    stream = SourceStream.objects.filter(system=system, key=key).first()
    stream = stream or SourceStream(system=system, key=key)
    _saved(path, place, stream, {**given, "position": position})
    mapping.describe(stream, entities)
    return _fields(stream, entities)


def _check_form(path: Path, place: str, given: dict[str, Any]) -> None:
    delimiter = given.get("delimiter", ",")
    if delimiter not in set("\t !#$%&*+,-./:;<=>?@^_|~"):
        raise RegistryError(
            f"{path.name}: [{place}] has delimiter = {delimiter!r}. Write one sign, such "
            f"as a comma, a semicolon or a tab."
        )
    try:
        texts.codec(given.get("encoding", "utf-8"))
    except Unreadable as error:
        raise RegistryError(f"{path.name}: [{place}] {error}") from error


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
