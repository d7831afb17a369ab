"""The pieces of an entity's statements: references, numbering, defaults."""

from dataclasses import dataclass

from django.db import models
from psycopg import sql

from measurement.entities import Entity
from measurement.mapping import money, values
from measurement.mapping.described import EntityMapping, StreamMapping
from measurement.mapping.names import column, database_column, in_vain, is_one
from measurement.mapping.texts import Staged, shown, text
from measurement.mapping.values import Value
from measurement.rules import Ordinal, Repeat, Rule


@dataclass(frozen=True)
class Lookup:
    """A reference that is looked up at once: among which rows, and whether in vain."""

    system_id: int
    target: str
    in_vain: sql.Composable


@dataclass(frozen=True)
class Source:
    """What gathers an entity's rows, and the columns it fills."""

    select: sql.Composable
    columns: tuple[str, ...]


def only_where(condition: sql.Composable, check: sql.Composable) -> sql.Composable:
    if condition == sql.SQL("true"):
        return check
    return sql.SQL("case when {} then {} end").format(condition, check)


def reference(
    mapping: StreamMapping,
    made: EntityMapping,
    name: str,
    rule: Rule,
    staged: Staged,
) -> tuple[Value, sql.Composable | None]:
    """Return how a reference is made, and the join that finds its row at once.

    A parent that the same stream writes is looked up after it is written: the value is
    its id in the source. Any other is looked up at once, and a row that needs it and
    does not find it is rejected.
    """
    entity = made.entity
    target = entity.references()[name]
    held = sql.Identifier(column(entity, name))
    typed = sql.SQL("btrim({})").format(text(rule, staged))
    is_needed = entity.needs(name)
    checks: tuple[sql.Composable, ...] = ()
    if mapping.brings(target, rule):
        if is_needed:
            checks = (values.empty(name, held),)
        return Value(typed, held, checks), None
    alias = sql.Identifier(f"{column(entity, name)}_row")
    join = sql.SQL(
        "left join {table} {alias} on {alias}.system_id = {system}"
        " and {alias}.source_id = {typed}"
    ).format(
        table=sql.Identifier(target.table),
        alias=alias,
        system=sql.Literal(mapping.system_of(rule)),
        typed=typed,
    )
    if is_needed:
        unknown = sql.SQL("{} is null").format(held)
        sentence = (
            f'There is no {target.name} "',
            shown(typed),
            '" yet; load it first.',
        )
        checks = (
            values.empty(name, typed),
            values.complaint(name, unknown, *sentence),
        )
    return Value(sql.SQL("{}.id").format(alias), held, checks), join


def lookups(mapping: StreamMapping) -> list[Lookup]:
    """Return the references that lead to rows of other streams."""
    return [
        Lookup(
            system_id=mapping.system_of(rule),
            target=target.name,
            in_vain=sql.SQL("{} and {}").format(
                sql.Identifier(is_one(made.entity)),
                sql.Identifier(in_vain(made.entity, name)),
            ),
        )
        for made in mapping.entities
        for name, target in made.entity.references().items()
        if (rule := made.fields.get(name)) and not mapping.brings(target, rule)
    ]


def number(
    made: EntityMapping, run: sql.Composable, *, is_grain: bool
) -> sql.Composable | None:
    """Return the statement that counts the rows of each key met so far in the run.

    It leaves ``seen_…``: per key of this page, how many rows earlier pages had and by
    what those are known, and its first line here.
    """
    key = _counted(made, is_grain=is_grain)
    if key is None:
        return None
    prints = "array_agg(print)" if finds_repeats(made) else "array[]::bigint[]"
    return sql.SQL(
        "create temp table {seen} on commit drop as"
        " with met as (select {key} as key, count(*) as rows, min(line) as first_line,"
        " " + prints + " as prints from mapped where {on} group by {key}),"
        " counted as"
        " (insert into measurement_seenkey as k (run_id, entity, key, rows, prints)"
        " select {run}, {name}, key, rows, prints from met"
        " on conflict (run_id, entity, key) do update"
        " set rows = k.rows + excluded.rows, prints = k.prints || excluded.prints"
        " returning k.key, coalesce(old.rows, 0) as before, old.prints as earlier)"
        " select key, before, earlier, first_line from counted join met using (key)"
    ).format(
        run=run,
        seen=sql.Identifier(f"seen_{made.entity.name}"),
        name=sql.Literal(made.entity.name),
        key=key,
        on=_applies(made),
    )


def finds_repeats(made: EntityMapping) -> bool:
    return any(isinstance(rule.source, Repeat) for rule in made.fields.values())


def _applies(made: EntityMapping) -> sql.Composable:
    """Return the column of ``mapped`` that says whether a row is one of the entity."""
    if made.when_empty or made.when_filled:
        return sql.Identifier(is_one(made.entity))
    # Said plainly, for a column PostgreSQL would take to be true in half the rows.
    return sql.SQL("true")


def _counted(made: EntityMapping, *, is_grain: bool) -> sql.Composable | None:
    """Return what rows are counted by: the group of a numbered grain, a parent's id."""
    entity = made.entity
    for name, rule in made.fields.items():
        if isinstance(rule.source, Ordinal | Repeat):
            return sql.Identifier(f"{column(entity, name)}_of")
    tells = set(made.fields) - set(entity.key)
    if is_grain or not tells:
        return None
    key = [name for name in entity.key if name != "system"]
    if len(key) == 1:
        return sql.Identifier(column(entity, key[0]))
    return sql.SQL("row({})::text").format(
        sql.SQL(", ").join(sql.Identifier(column(entity, name)) for name in key)
    )


def source(mapping: StreamMapping, made: EntityMapping, *, is_grain: bool) -> Source:
    """Return what gathers an entity's rows out of ``mapped``.

    The grain gives one row per row of the page. A parent, told again by each of its
    rows, is what the first of them in the file says.
    """
    entity = made.entity
    filled: dict[str, sql.Composable] = {}
    joins: list[sql.Composable] = []
    if "system" in entity.key:
        filled["system_id"] = sql.Literal(mapping.system_id)
    for name, rule in made.fields.items():
        if name in entity.references():
            _add_reference(mapping, made, name, rule, filled, joins)
        else:
            filled[name] = _field(entity, name, rule)
    money.add(mapping, made, filled, joins)
    one: sql.Composable = sql.SQL("")
    order: sql.Composable = sql.SQL("")
    if (counted := _counted(made, is_grain=is_grain)) is not None:
        same = "seen.key = {key}" if is_grain else "seen.first_line = m.line"
        only = "true" if is_grain else "seen.before = 0"
        joins.append(
            sql.SQL("join {seen} seen on " + same + " and " + only).format(
                seen=sql.Identifier(f"seen_{entity.name}"), key=counted
            )
        )
    elif not is_grain:
        key = _key_list(entity, filled)
        one = sql.SQL("distinct on ({})").format(key)
        order = sql.SQL("order by {}, m.line").format(key)
    select = sql.SQL(
        "select {one} m.line, {filled} from mapped m {joins} where {on} {order}"
    ).format(
        one=one,
        filled=sql.SQL(", ").join(
            sql.SQL("{} as {}").format(made_of, sql.Identifier(name))
            for name, made_of in filled.items()
        ),
        joins=sql.SQL(" ").join(joins),
        on=_applies(made),
        order=order,
    )
    return Source(select, tuple(filled))


def _add_reference(
    mapping: StreamMapping,
    made: EntityMapping,
    name: str,
    rule: Rule,
    filled: dict[str, sql.Composable],
    joins: list[sql.Composable],
) -> None:
    """Add a reference: found while mapping, or found now that its parent is written."""
    entity = made.entity
    target = entity.references()[name]
    held = column(entity, name)
    if not mapping.brings(target, rule):
        filled[f"{name}_id"] = sql.Identifier("m", held)
        return
    filled[f"{name}_id"] = sql.Identifier(name, "id")
    joins.append(
        sql.SQL(
            "left join {table} {alias} on {alias}.system_id = {system}"
            " and {alias}.source_id = m.{held}"
        ).format(
            table=sql.Identifier(target.table),
            alias=sql.Identifier(name),
            system=sql.Literal(mapping.system_id),
            held=sql.Identifier(held),
        )
    )


def _field(entity: Entity, name: str, rule: Rule) -> sql.Composable:
    held = column(entity, name)
    match rule.source:
        case Ordinal():
            return sql.SQL(
                "(row_number() over (partition by m.{of} order by m.line)"
                " + seen.before)::text"
            ).format(of=sql.Identifier(f"{held}_of"))
        case Repeat():
            return sql.SQL(
                "(m.repeats_in_page or coalesce(m.print = any(seen.earlier), false))"
            )
        case _:
            return sql.Identifier("m", held)


def _key_list(entity: Entity, filled: dict[str, sql.Composable]) -> sql.Composable:
    # A constant is no expression one may sort by, and sorts nothing.
    parts = [
        filled[database_column(entity, name)]
        for name in entity.key
        if not isinstance(filled[database_column(entity, name)], sql.Literal)
    ]
    return sql.SQL(", ").join(parts)


def defaults(entity: Entity, columns: tuple[str, ...]) -> dict[str, object]:
    """Return what an inserted row holds in the columns no rule fills."""
    found: dict[str, object] = {}
    for each in entity.model._meta.concrete_fields:
        if each.primary_key or each.column in columns or each.column == "run":
            continue
        if isinstance(each, models.ForeignKey) or each.null:
            continue
        found[str(each.column)] = each.get_default()
    return found
