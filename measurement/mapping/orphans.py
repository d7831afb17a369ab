"""Rows whose parent is in no file: rejected before the page is written, or waiting."""

from psycopg import sql

from measurement.entities import Entity
from measurement.mapping import parts, values
from measurement.mapping.described import EntityMapping, StreamMapping
from measurement.mapping.names import column, is_one
from measurement.rules import Rule


def orphans(mapping: StreamMapping, made: EntityMapping) -> list[sql.Composable]:
    """Return the statements that find rows of the entity no parent will be there for.

    A parent is there from an earlier file, or told by this line or one before it: a later
    line may lie in another page.
    """
    return [
        _orphans(mapping, made, name, target)
        for name, target in made.entity.references().items()
        if name in made.fields
        and made.entity.needs(name)
        and mapping.brings(target, made.fields[name])
        and not _brings_its_own(mapping, made, made.fields[name], target)
    ]


def waiting(mapping: StreamMapping) -> list[parts.Lookup]:
    """Return the references to what the stream tells too, and may not tell in a row.

    A row may do without its parent. Whether it has to is known once all are written.
    """
    return [
        parts.Lookup(
            system_id=mapping.system_of(rule),
            target=target.name,
            in_vain=_names_nobody(mapping, made, name, target),
        )
        for made in mapping.entities
        for name, target in made.entity.references().items()
        if (rule := made.fields.get(name))
        and not made.entity.needs(name)
        and mapping.brings(target, rule)
        and not _brings_its_own(mapping, made, rule, target)
    ]


def _names_nobody(
    mapping: StreamMapping, made: EntityMapping, name: str, target: Entity
) -> sql.Composable:
    return sql.SQL(
        "{on} and {held} <> '' and not exists (select 1 from {table} t"
        " where t.system_id = {system} and t.source_id = {held})"
    ).format(
        on=sql.Identifier(is_one(made.entity)),
        held=sql.Identifier(column(made.entity, name)),
        table=sql.Identifier(target.table),
        system=sql.Literal(mapping.system_id),
    )


def _brings_its_own(
    mapping: StreamMapping, made: EntityMapping, rule: Rule, target: Entity
) -> bool:
    """Return whether each row tells its parent itself, as nearly every mapping has it."""
    [parent] = [each for each in mapping.entities if each.entity is target]
    own = parent.fields["source_id"]
    is_same = (rule.source, rule.values, rule.prefixes, rule.default) == (
        own.source, own.values, own.prefixes, own.default,
    )  # fmt: skip
    return (
        is_same
        and parent.when_empty in {"", made.when_empty}
        and parent.when_filled in {"", made.when_filled}
    )


def _orphans(
    mapping: StreamMapping, made: EntityMapping, name: str, target: Entity
) -> sql.Composable:
    held = sql.Identifier("m", column(made.entity, name))
    return sql.SQL(
        "update mapped m set problem = concat({name}, {between}, {kind},"
        " left({held}, 80), '\" it belongs to is in no file yet; load it first.')"
        " where problem is null and m.{on} and not exists (select 1 from {table} t"
        " where t.system_id = {system} and t.source_id = {held})"
        " and not exists (select 1 from mapped p where p.problem is null and p.{target_on}"
        " and p.{target_id} = {held} and p.line <= m.line)"
    ).format(
        name=sql.Literal(name),
        between=sql.Literal(values.BETWEEN),
        kind=sql.Literal(f'The {target.name} "'),
        held=held,
        on=sql.Identifier(is_one(made.entity)),
        table=sql.Identifier(target.table),
        system=sql.Literal(mapping.system_id),
        target_on=sql.Identifier(is_one(target)),
        target_id=sql.Identifier(column(target, "source_id")),
    )
