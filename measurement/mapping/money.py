"""Amounts in three currencies, and the day whose rates they are converted by."""

from django.conf import settings
from psycopg import sql

from measurement.entities import Entity
from measurement.mapping.described import EntityMapping, StreamMapping
from measurement.mapping.names import column


def day_of(moment: sql.Composable) -> sql.Composable:
    """Return the day of a moment in the reporting time zone."""
    return sql.SQL("({} at time zone {})::date").format(
        moment, sql.Literal(settings.REPORTING_TIME_ZONE)
    )


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
                filled[f"{name}_{which}"] = sql.SQL(
                    "case when {rate}.id is null then {amount}"
                    " else round({amount} * {rate}.rate, 6) end"
                ).format(rate=sql.Identifier(f"{which}_rate"), amount=filled[name])


def _add_day(entity: Entity, filled: dict[str, sql.Composable]) -> None:
    moment = filled[entity.moment]
    prefix = entity.moment.removesuffix("_at")
    filled[f"{prefix}_on"] = day_of(moment)
    # Cast to a timestamp, a text's offset is left aside: the source's own clock.
    filled[f"{prefix}_offset"] = sql.SQL(
        "(extract(epoch from (m.{}::timestamp - ({} at time zone 'UTC'))) / 60)::smallint"
    ).format(sql.Identifier(f"{column(entity, entity.moment)}_text"), moment)


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
            # Nearly every amount is in the currency it is wanted in: of those, not even
            # the day is computed.
            "left join measurement_exchangerate {alias}"
            " on {alias}.base = nullif(m.{currency}, {quote})"
            " and {alias}.quote = {quote} and {alias}.on = {day}"
        ).format(
            alias=alias,
            currency=sql.Identifier(column(entity, "currency")),
            quote=sql.Literal(quote),
            day=day_of(sql.Identifier("m", column(entity, entity.moment))),
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
