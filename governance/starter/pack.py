"""The definitions written beside this file, read and checked.

Each file holds one kind; a table is a definition, and what stands before the first table
holds for all of them. A file under ``fields`` is one entity: its tables are fields, and say
in one place what a field means and which system's value of it counts.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from governance import kinds
from governance.models import Kind, Operation

_HERE = Path(__file__).parent
_FILES: dict[str, str] = {
    Kind.CHANNEL: "channels",
    Kind.CAMPAIGN_RULE: "campaign_rules",
    Kind.DIMENSION: "dimensions",
    Kind.KPI: "kpis",
    Kind.ATTRIBUTION: "attribution",
    Kind.IDENTITY: "identity",
    Kind.IDENTIFIER: "identifiers",
    Kind.CONSENT: "consent",
    Kind.QUALITY: "quality",
}


class UnsoundPack(Exception):
    """What an installation should begin with is not sound; the message lists why."""


@dataclass(frozen=True)
class Area:
    """An area of the business, and the groups that own and steward it."""

    key: str
    name: str

    @property
    def owners(self) -> str:
        return f"{self.key} owners"

    @property
    def stewards(self) -> str:
        return f"{self.key} stewards"


def areas() -> list[Area]:
    """Return the domains in the order in which people know them."""
    return [Area(key, said["name"]) for key, said in _tables(_HERE / "domains.toml")]


def definitions() -> list[Operation]:
    """Return every definition of the pack, kept nowhere yet.

    Raises:
        UnsoundPack: one of them is not what its kind holds.
    """
    found = [*_fields()]
    for kind, name in _FILES.items():
        for key, said in _tables(_HERE / f"{name}.toml"):
            found.append(definition(kind, key, said.pop("domain"), said))
    refuse_unsound(found)
    return found


def definition(kind: str, key: str, domain: str, said: Mapping[str, Any]) -> Operation:
    """Return a definition with all that it leaves out at its default."""
    return Operation(
        kind=kind, key=key, domain_id=domain, body=kinds.normal(kind, said)
    )


def refuse_unsound(found: list[Operation]) -> None:
    """Let pass what is sound.

    Raises:
        UnsoundPack: a definition is not what its kind holds.
    """
    problems = list(kinds.problems(found))
    if problems:
        raise UnsoundPack(" ".join(problems))


def _fields() -> Iterator[Operation]:
    owning = {part.name for part in kinds.KINDS[Kind.OWNERSHIP]}
    for path in sorted((_HERE / "fields").glob("*.toml")):
        for name, said in _tables(path):
            key, domain = f"{path.stem}.{name}", said.pop("domain")
            owned = {part: said.pop(part) for part in owning & set(said)}
            yield definition(Kind.FIELD, key, domain, said)
            if not said.get("computed"):
                yield definition(Kind.OWNERSHIP, key, domain, owned)


def _tables(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    written = _read(path)
    for_all = {key: said for key, said in written.items() if not isinstance(said, dict)}
    for key, said in written.items():
        if isinstance(said, dict):
            yield key, {**for_all, **said}


@cache
def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
