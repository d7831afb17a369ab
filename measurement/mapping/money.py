"""Amounts in three currencies, and the day whose rates they are converted by."""

from django.conf import settings
from psycopg import sql

from measurement.entities import ENTITIES, Entity
from measurement.mapping.described import EntityMapping, StreamMapping
from measurement.mapping.names import column, day_of, offset_of


def add(
    mapping: StreamMapping,
    made: EntityMapping,
    filled: dict[str, sql.Composable],
    joins: list[sql.Composable],
) -> None:
    """Add the day and offset of the moment, the rates, the three amounts, the kind."""
    entity = made.entity
    if entity.moment and entity.moment in made.fields:
        _add_day(entity, filled)
    if entity.quantity_kind and "quantity" in filled:
        filled["kind"] = sql.SQL(
            "case sign({}) when 1 then 'sale' when -1 then 'return'"
            " else 'adjustment' end"
        ).format(filled["quantity"])
    if not entity.money:
        return
    quotes = {
        "shop": mapping.shop_currency,
        "reporting": settings.REPORTING_CURRENCY,
    }
    for which, quote in quotes.items():
        joins.append(_rate_join(mapping, made, which, quote, joins))
        if not entity.rates_of:
            filled[f"{which}_rate_id"] = sql.Identifier(f"{which}_rate", "id")
    for name in entity.money:
        if name in made.fields:
            for which in quotes:
                filled[f"{name}_{which}"] = _converted(filled[name], which)


def convert_again(
    mapping: StreamMapping, made: EntityMapping, run: sql.Composable
) -> list[sql.Composable]:
    """Return the statements that follow an entity whose day or currency changed.

    Amounts converted by its rates are converted anew, unless their own rows stand in the
    same file and are converted with them.
    """
    written_too = {each.entity.name for each in mapping.entities}
    return [
        _convert_again(made.entity, child, run)
        for child in ENTITIES.values()
        if child.rates_of == made.entity.name and child.name not in written_too
    ]


def _convert_again(
    entity: Entity, child: Entity, run: sql.Composable
) -> sql.Composable:
    amounts = {
        f"{name}_{which}": _converted(sql.Identifier("c", name), which)
        for name in child.money
        for which in ("shop", "reporting")
    }
    return sql.SQL(
        "update {child} t set ({names}) = row({new}), run = {run} from"
        " (select c.id, {made} from {source} s"
        " join {table} p on p.system_id = s.system_id and p.source_id = s.source_id"
        " join {child} c on c.{parent} = p.id"
        " left join measurement_exchangerate shop_rate on shop_rate.id = p.shop_rate_id"
        " left join measurement_exchangerate reporting_rate"
        " on reporting_rate.id = p.reporting_rate_id) n"
        " where t.id = n.id and ({held}) is distinct from ({new})"
    ).format(
        child=sql.Identifier(child.table),
        names=sql.SQL(", ").join(map(sql.Identifier, amounts)),
        new=sql.SQL(", ").join(sql.Identifier("n", name) for name in amounts),
        held=sql.SQL(", ").join(sql.Identifier("t", name) for name in amounts),
        made=sql.SQL(", ").join(
            sql.SQL("{} as {}").format(made_of, sql.Identifier(name))
            for name, made_of in amounts.items()
        ),
        source=sql.Identifier(f"source_{entity.name}"),
        table=sql.Identifier(entity.table),
        parent=sql.Identifier(f"{child.rates_of}_id"),
        run=run,
    )


def _converted(amount: sql.Composable, which: str) -> sql.Composable:
    """Return an amount at a rate; without one it is in the currency wanted already."""
    return sql.SQL(
        "case when {rate}.id is null then {amount}"
        " else round({amount} * {rate}.rate, 6) end"
    ).format(rate=sql.Identifier(f"{which}_rate"), amount=amount)


def _add_day(entity: Entity, filled: dict[str, sql.Composable]) -> None:
    prefix = entity.moment.removesuffix("_at")
    filled[f"{prefix}_on"] = sql.Identifier("m", day_of(entity))
    filled[f"{prefix}_offset"] = sql.Identifier("m", offset_of(entity))


def _rate_join(
    mapping: StreamMapping,
    made: EntityMapping,
    which: str,
    quote: str,
    joins: list[sql.Composable],
) -> sql.Composable:
    entity = made.entity
    alias = sql.Identifier(f"{which}_rate")
    if not entity.rates_of:
        return sql.SQL(
            # Nearly every amount is in the currency it is wanted in: those are not even
            # looked up.
            "left join measurement_exchangerate {alias}"
            " on {alias}.base = nullif(m.{currency}, {quote})"
            " and {alias}.quote = {quote} and {alias}.on = {day}"
        ).format(
            alias=alias,
            currency=sql.Identifier(column(entity, "currency")),
            quote=sql.Literal(quote),
            day=sql.Identifier("m", day_of(entity)),
        )
    parent = sql.Identifier(entity.rates_of)
    target = entity.references()[entity.rates_of]
    is_found = not mapping.brings(target, made.fields[entity.rates_of])
    if is_found and which == "shop":
        # Found while mapping; its rates are wanted now.
        joins.append(
            sql.SQL("join {table} {parent} on {parent}.id = m.{held}").format(
                table=sql.Identifier(target.table),
                parent=parent,
                held=sql.Identifier(column(entity, entity.rates_of)),
            )
        )
    return sql.SQL(
        "left join measurement_exchangerate {alias} on {alias}.id = {parent}.{rate}"
    ).format(alias=alias, parent=parent, rate=sql.Identifier(f"{which}_rate_id"))
