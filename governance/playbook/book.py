"""What the playbook is made of, chapter by chapter."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property

from governance.playbook.agreeing import Approval, Held


@dataclass(frozen=True)
class Area:
    """A domain: how much is in it, who owns it and who looks after it."""

    key: str
    name: str
    definitions: int
    owners: tuple[str, ...]
    stewards: tuple[str, ...]


@dataclass(frozen=True)
class Role:
    """What somebody with the role does, and how many have it."""

    name: str
    purpose: str
    people: int


@dataclass(frozen=True)
class Entry:
    """One definition: its name, what it means, and its parts that are worth a column."""

    kind: str
    key: str
    name: str
    words: str
    domain: str
    parts: Mapping[str, str]
    rows: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Entity:
    """The fields of one canonical table, and how many it may have."""

    key: str
    name: str
    fields: tuple[Entry, ...]
    most: int | None


@dataclass(frozen=True)
class Rule:
    """A campaign rule: which tags lead to its channel."""

    key: str
    position: int
    when: tuple[str, ...]


@dataclass(frozen=True)
class Way:
    """A channel, and the rules that lead to it."""

    key: str
    name: str
    words: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Book:
    """The playbook of one moment. People are those of today, whenever that was."""

    areas: tuple[Area, ...]
    roles: tuple[Role, ...]
    storefronts: tuple[Entry, ...]
    sources: tuple[Entry, ...]
    entities: tuple[Entity, ...]
    ways: tuple[Way, ...]
    kpis: tuple[Entry, ...]
    attribution: tuple[Entry, ...]
    dimensions: tuple[Entry, ...]
    identity: tuple[Entry, ...]
    identifiers: tuple[Entry, ...]
    consent: tuple[Entry, ...]
    quality: tuple[Entry, ...]
    approvals: tuple[Approval, ...]
    held: tuple[Held, ...]

    @property
    def is_empty(self) -> bool:
        return not any((self.entities, self.kpis, self.ways, self.sources))

    @property
    def definitions(self) -> int:
        return sum(each.definitions for each in self.areas)

    @property
    def fields(self) -> int:
        return sum(len(each.fields) for each in self.entities)

    @cached_property
    def digest(self) -> str:
        """Return by what two who read the same book know that they do."""
        said = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()
