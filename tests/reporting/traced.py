"""Which columns of which tables a statement's column is made of, read by SQLGlot."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import sqlglot
from sqlglot import exp

from measurement.entities import ENTITIES
from reporting import engine
from reporting.facts import FACTS
from reporting.metrics import Metric

STITCHING = Path(engine.__file__).parent.parent / "identity" / "sql"

# A column that identity fills, and the statement by which it does.
FILLED = {
    "identity_link.person_id": ("unread_records", "digest"),
    "identity_ordercontext.stage": ("order_contexts", "stage"),
    "identity_ordercontext.segment": ("order_contexts", "segment"),
}
# What is told to the facts, and stands in no table.
GIVEN = {"windows", "models", "lookbacks", "freshness", "channels"}
TABLES = {entity.table: entity for entity in ENTITIES.values()}

type Query = exp.Expression
type Known = Mapping[str, Query]

# What was found of a query's column: the same steps are asked for again and again.
_found: dict[tuple[int, str], tuple[Query, frozenset[str]]] = {}


class _Row(dict[str, object]):
    """A row of people and money enough that every number can be said of it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def __missing__(self, name: str) -> object:
        self.asked.add(name)
        given = {
            "month": 0,
            "channel": "email",
            "segment": "",
            "has_ended": 1,
            "unknown": 0,
        }
        return given.get(name, 24_000)


@dataclass(frozen=True)
class _Sources:
    """What a select reads from, by the name it has there."""

    by_name: Mapping[str, Query | str]
    known: Known

    def of(self, column: exp.Column) -> Iterator[str]:
        name = column.table or self._only_one_with(column.name)
        source = self.by_name.get(name)
        if isinstance(source, str):
            yield f"{source}.{column.name}"
        elif isinstance(source, exp.Func):
            for given in source.find_all(exp.Column):
                yield from self.of(given)
        elif source is not None:
            yield from made_of(source, column.name, self.known)

    def _only_one_with(self, column: str) -> str:
        found = [
            name
            for name, source in self.by_name.items()
            if isinstance(source, str)
            or (
                name == column
                if isinstance(source, exp.Func)
                else column in _columns_of(source)
            )
        ]
        assert len(found) == 1, f"{column} stands in {found}"
        return found[0]


def read_by(metric: Metric) -> frozenset[str]:
    """Return the canonical fields that the metric's SQL reads for it."""
    view = _statement(engine.SQL / f"{metric.view}.sql", "duckdb")
    asked = set(_columns_of(view))
    if metric.read is not None:
        row = _Row()
        metric.cell(row)
        asked = row.asked
    return frozenset(
        field
        for name in asked
        for column in made_of(view, name, {})
        for field in _in_the_snapshot(column)
    )


def made_of(query: Query, name: str, known: Known) -> frozenset[str]:
    """Return the columns of tables that decide what the query's column says.

    They are those it is computed from, and those that decide which rows count: what
    joins, filters and groups them, down through every step the column needs.
    """
    place = (id(query), name)
    if place not in _found:
        _found[place] = (query, frozenset(_made_of(query, name, known)))
    return _found[place][1]


def _made_of(query: Query, name: str, known: Known) -> Iterator[str]:
    known = {**known, **{each.alias: each.this for each in _steps(query)}}
    if isinstance(query, exp.SetOperation):
        place = _columns_of(query).index(name)
        for side in (query.left, query.right):
            yield from made_of(side, _columns_of(side)[place], known)
        return
    assert isinstance(query, exp.Select), query.sql()
    sources = _Sources(dict(_sources(query, known)), known)
    said = query.selects[_columns_of(query).index(name)]
    for part in _deciding(query, said):
        for column in part.find_all(exp.Column):
            inner = column.find_ancestor(exp.Select)
            if inner is query:
                yield from sources.of(column)
        for inner in part.find_all(exp.Select):
            for each in _columns_of(inner):
                yield from made_of(inner, each, known)


def _deciding(query: exp.Select, said: Query) -> list[Query]:
    """Return the parts of a select that decide what it says there.

    A table that is joined to the left, each row at most once, decides nothing unless one
    of its columns is used.
    """
    parts = [said]
    # Of several rows with one key, the first in this order is the one that stays.
    first = ("distinct", "order") if query.args.get("distinct") else ()
    for name in ("where", "group", "having", *first):
        if found := query.args.get(name):
            parts.append(found)
    joins = query.args.get("joins") or []
    parts += [join.args["on"] for join in joins if "on" in join.args and not join.side]
    for join in reversed(joins):
        used = {each.table for part in parts for each in part.find_all(exp.Column)}
        if join.side and join.this.alias_or_name in used:
            parts.append(join.args["on"])
    return parts


def _sources(query: exp.Select, known: Known) -> Iterator[tuple[str, Query | str]]:
    joined = [join.this for join in query.args.get("joins") or ()]
    for source in [query.args["from_"].this, *joined]:
        if isinstance(source, exp.Subquery):
            yield source.alias, source.this
        elif isinstance(source.this, exp.Identifier):
            yield source.alias_or_name, known.get(source.name, source.name)
        else:
            yield (
                source.alias_or_name,
                source if isinstance(source, exp.Func) else source.this,
            )


def _columns_of(query: Query) -> list[str]:
    first = query.left if isinstance(query, exp.SetOperation) else query
    return [each.alias_or_name for each in first.selects]


def _steps(query: Query) -> list[exp.CTE]:
    found = query.args.get("with_")
    return list(found.expressions) if found else []


@cache
def _statement(file: Path, dialect: str) -> Query:
    text = file.read_text().replace("%(", ":").replace(")s", "")
    return sqlglot.parse_one(text, read=dialect)


def _in_the_snapshot(column: str) -> Iterator[str]:
    """Yield the canonical fields of a column of a snapshot's table, or of a fact."""
    table, _, name = column.partition(".")
    if table in GIVEN:
        return
    if f"facts/{table}" in FACTS:
        fact = _statement(engine.SQL / "facts" / f"{table}.sql", "duckdb")
        for inner in made_of(fact, name, {}):
            yield from _in_the_snapshot(inner)
        return
    taken = _statement(engine.SQL / "snapshot" / f"{table}.sql", "postgres")
    for inner in made_of(taken, name, {}):
        yield from _in_the_tables(inner)


def _in_the_tables(column: str) -> Iterator[str]:
    table, _, name = column.partition(".")
    if column in FILLED:
        file, filled = FILLED[column]
        query = _statement(STITCHING / f"{file}.sql", "postgres")
        known = {each.alias: each.this for each in _steps(query)}
        step = next(
            each for each in reversed(known.values()) if filled in _columns_of(each)
        )
        for inner in made_of(step, filled, known):
            yield from _in_the_tables(inner)
    elif entity := TABLES.get(table):
        of_field = {
            each.column: each.name for each in entity.model._meta.concrete_fields
        }
        if of_field[name] not in {"id", "run", "system"}:
            yield f"{entity.name}.{of_field[name]}"
