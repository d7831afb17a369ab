"""A few rows of every demo file that belong together, chosen by plain reading of the mappings."""

import json
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from measurement import rules
from measurement.entities import ENTITIES

MAPPINGS = Path(__file__).parents[3] / "measurement" / "mappings"

type Row = dict[str, Any]
type Ids = dict[tuple[str, str], set[str]]


@dataclass
class Slice:
    """Rows of one stream."""

    system: str
    stream: str
    rows: list[Row] = field(default_factory=list)

    def as_ndjson(self) -> str:
        return "".join(f"{json.dumps(row, default=str)}\n" for row in self.rows)


def of_storefront(demo: Any, storefront: str, *, rows: int) -> list[Slice]:
    """Return the first rows of each file, and those of other files that these name.

    A row that names one outside of what is looked at (the first few thousand real lines,
    every other file whole) is passed over.
    """
    streams = [
        (file.system, file.stream)
        for file in demo.files
        if file.system.startswith(storefront)
    ]
    looked_at = {each: _rows(demo, *each) for each in streams}
    there: Ids = defaultdict(set)
    for each, found in looked_at.items():
        for row in found:
            _add(there, _said(_told(*each), row))
    named: Ids = defaultdict(set)
    chosen = []
    for each in reversed(streams):
        part = Slice(*each)
        for row in looked_at[each]:
            wanted = len(part.rows) < rows or any(
                key in named[of] for of, key in _said(_told(*each), row)
            )
            if not wanted:
                continue
            names = _said(_named(*each), row)
            if all(key in there[of] for of, key in names):
                part.rows.append(row)
                _add(named, names)
        chosen.append(part)
    return chosen[::-1]


def _rows(demo: Any, system: str, stream: str) -> list[Row]:
    path = demo.file(system, stream).path
    if stream == "transactions":
        return list(next(pq.ParquetFile(path).iter_batches(3_000)).to_pylist())
    return list(demo.rows(system, stream))


@dataclass(frozen=True)
class Id:
    """How rows of a stream say the id of a row, where they say one."""

    of: tuple[str, str]
    made: rules.Column
    when_empty: str
    when_filled: str

    def said(self, row: Row) -> str:
        if (self.when_empty and row[self.when_empty]) or (
            self.when_filled and not row[self.when_filled]
        ):
            return ""
        return _text(self.made, row)


def _said(ids: list[Id], row: Row) -> list[tuple[tuple[str, str], str]]:
    return [(each.of, said) for each in ids if (said := each.said(row))]


@cache
def _told(system: str, stream: str) -> list[Id]:
    """Return the ids of what a row of the stream tells."""
    return [
        _id(fields, "source_id", system, entity)
        for entity, fields in _stream(system, stream)["entities"].items()
        if "source_id" in fields
    ]


@cache
def _named(system: str, stream: str) -> list[Id]:
    """Return the ids of what a row of the stream points to."""
    return [
        _id(fields, name, system, target.name)
        for entity, fields in _stream(system, stream)["entities"].items()
        for name, target in ENTITIES[entity].references().items()
        if name in fields
    ]


def _id(fields: Row, name: str, system: str, entity: str) -> Id:
    rule = rules.read(fields[name], place=name)
    assert isinstance(rule.source, rules.Column)
    return Id(
        (rule.system or system, entity),
        rule.source,
        fields.get("when_empty", ""),
        fields.get("when_filled", ""),
    )


def _text(column: rules.Column, row: Row) -> str:
    for inner in column.columns:
        said = _text(inner, row) if isinstance(inner, rules.Column) else row[inner]
        if said not in (None, ""):
            return f"{column.prefix}{said}"
    return ""


def _add(ids: Ids, found: Iterable[tuple[tuple[str, str], str]]) -> None:
    for of, key in found:
        ids[of].add(key)


@cache
def _stream(system: str, stream: str) -> dict[str, Any]:
    written = tomllib.loads((MAPPINGS / f"{system}.toml").read_text())
    return dict(written["streams"][stream])
