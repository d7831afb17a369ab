"""The statements that take one staged page into the canonical tables.

    staged  → the texts of the page, as they came
    mapped  → every value made and checked, once; ``problem`` says what is wrong
    source_… → one entity's rows, references found, money converted; merged into its table

All are temporary and gone at the end of the transaction.
"""

from dataclasses import dataclass, field

from django.conf import settings
from psycopg import sql

from measurement.mapping import merging, parts, values
from measurement.mapping.described import EntityMapping, StreamMapping
from measurement.mapping.values import Staged
from measurement.rules import Ordinal, Repeat


@dataclass(frozen=True)
class Writer:
    """The statements that write one entity, in order.

    ``number`` counts the rows of each key met so far in the run, where the entity needs
    it; ``prepare`` makes ``source_…``; ``orphans`` rejects rows whose parent did not come
    to be; ``doubled`` finds keys that stand in the page twice, ``keep_last`` settles
    them; ``merge`` writes, and counts the rows it inserted and updated.

    Where nothing is to be taken out of ``source_…``, ``look`` makes it a view: a page is
    then kept once less.
    """

    name: str
    is_grain: bool
    number: sql.Composable | None
    prepare: sql.Composable
    look: sql.Composable | None
    orphans: sql.Composable | None
    doubled: sql.Composable | None
    keep_last: sql.Composable | None
    merge: sql.Composable


@dataclass(frozen=True)
class Compiled:
    """A stream's mapping as statements of one run."""

    staged: Staged
    map: sql.Composable
    missing_rates: tuple[sql.Composable, ...]
    reject: sql.Composable
    writers: tuple[Writer, ...]


def compile_mapping(
    mapping: StreamMapping, *, run_id: int, with_numbers: bool = False
) -> Compiled:
    """Return the statements by which the run writes a page of the stream.

    ``with_numbers`` has PostgreSQL read numbers while it copies: half the work, but one
    text that is no number ends the copy.
    """
    run = sql.Literal(run_id)
    numbers = mapping.numbers() if with_numbers else frozenset()
    staged = Staged(tuple(mapping.columns()), numbers)
    return Compiled(
        staged=staged,
        map=_map(mapping, staged),
        missing_rates=tuple(
            _missing_rate(mapping, entity)
            for entity in mapping.entities
            if entity.entity.moment and entity.entity.money
        ),
        reject=sql.SQL(
            "with unsound as (delete from mapped where problem is not null"
            " returning line, problem)"
            " insert into gone select line, split_part(problem, {between}, 1),"
            " split_part(problem, {between}, 2) from unsound"
        ).format(between=sql.Literal(values.BETWEEN)),
        writers=tuple(_writer(mapping, entity, run) for entity in mapping.entities),
    )


def _map(mapping: StreamMapping, staged: Staged) -> sql.Composable:
    """Return the statement that makes every value of the page, then checks it."""
    page = _Page()
    for made in mapping.entities:
        _add_entity(page, mapping, made, staged)
    problem = (
        sql.SQL("coalesce({})").format(sql.SQL(", ").join(page.checks))
        if page.checks
        else sql.SQL("null::text")
    )
    # Without the offset PostgreSQL would fold the inner select into the outer one and
    # make each value as often as it is looked at.
    return sql.SQL(
        "create temp table mapped on commit drop as"
        " select line, {problem} as problem, {finished}"
        " from (select s.*, {bare} from staged s {joins} offset 0) s"
    ).format(
        problem=problem,
        finished=sql.SQL(", ").join(page.finished),
        bare=sql.SQL(", ").join(page.bare),
        joins=sql.SQL(" ").join(page.joins),
    )


@dataclass
class _Page:
    """The parts of the mapping statement, as the entities add them."""

    bare: list[sql.Composable] = field(default_factory=list)
    finished: list[sql.Composable] = field(default_factory=list)
    joins: list[sql.Composable] = field(default_factory=list)
    checks: list[sql.Composable] = field(default_factory=list)

    def add(self, name: str, bare: sql.Composable, finish: sql.Composable) -> None:
        self.bare.append(sql.SQL("{} as {}").format(bare, sql.Identifier(name)))
        self.keep(name, finish)

    def keep(self, name: str, finish: sql.Composable) -> None:
        self.finished.append(sql.SQL("{} as {}").format(finish, sql.Identifier(name)))


def _add_entity(
    page: _Page, mapping: StreamMapping, made: EntityMapping, staged: Staged
) -> None:
    entity = made.entity
    applies = _condition(made, staged)
    page.keep(f"{entity.name}__on", applies)
    for name, rule in made.fields.items():
        column = parts.column(entity, name)
        if isinstance(rule.source, Ordinal | Repeat):
            page.keep(f"{column}_of", staged.column(rule.source.within))
            continue
        if name in entity.references():
            value, join = parts.reference(mapping, made, name, rule, staged)
            page.joins.extend([join] if join is not None else [])
        else:
            held = sql.Identifier(column)
            value = values.typed(entity, name, rule, staged, mapping.time_zone, held)
        page.add(column, value.bare, value.finish)
        page.checks.extend(parts.only_where(applies, check) for check in value.checks)
        if name == entity.moment:
            page.keep(f"{column}_text", values.text(rule, staged))
    if any(isinstance(rule.source, Repeat) for rule in made.fields.values()):
        page.keep("repeats_in_page", _repeat_in_page(staged))


def _condition(made: EntityMapping, staged: Staged) -> sql.Composable:
    conditions = []
    if made.when_empty:
        conditions.append(
            sql.SQL("coalesce(btrim({}), '') = ''").format(
                staged.column(made.when_empty)
            )
        )
    if made.when_filled:
        conditions.append(
            sql.SQL("coalesce(btrim({}), '') <> ''").format(
                staged.column(made.when_filled)
            )
        )
    return sql.SQL(" and ").join(conditions) if conditions else sql.SQL("true")


def _repeat_in_page(staged: Staged) -> sql.Composable:
    every = sql.SQL(", ").join(map(staged.column, staged.columns))
    return sql.SQL("row_number() over (partition by {} order by s.line) > 1").format(
        every
    )


def _missing_rate(mapping: StreamMapping, made: EntityMapping) -> sql.Composable:
    """Return the statement that finds amounts no rate is known for."""
    entity = made.entity
    return sql.SQL(
        "update mapped set problem = concat('currency', {between}, 'There is no exchange"
        " rate from ', {currency}, ' to ', q.quote, ' on ', {day}, '. Add ', {currency},"
        " ' to CURRENCIES, or load rates that reach that day.')"
        " from (values {quotes}) as q(quote)"
        " where problem is null and {on} and {currency} <> q.quote and not exists ("
        " select 1 from measurement_exchangerate r where r.base = {currency}"
        " and r.quote = q.quote and r.on = {day})"
    ).format(
        between=sql.Literal(values.BETWEEN),
        currency=sql.Identifier(parts.column(entity, "currency")),
        day=parts.day_of(sql.Identifier(parts.column(entity, entity.moment))),
        quotes=sql.SQL(", ").join(
            sql.SQL("({})").format(sql.Literal(quote))
            for quote in sorted({mapping.shop_currency, settings.REPORTING_CURRENCY})
        ),
        on=sql.Identifier(f"{entity.name}__on"),
    )


def _writer(mapping: StreamMapping, made: EntityMapping, run: sql.Composable) -> Writer:
    entity = made.entity
    is_grain = entity is mapping.grain
    source = parts.source(mapping, made, is_grain=is_grain)
    table = sql.Identifier(f"source_{entity.name}")
    return Writer(
        name=entity.name,
        is_grain=is_grain,
        number=parts.number(made, run, is_grain=is_grain),
        prepare=sql.SQL("create temp table {} on commit drop as {}").format(
            table, source.select
        ),
        look=sql.SQL("create temp view {} as {}").format(table, source.select)
        if is_grain and not source.needed
        else None,
        orphans=merging.orphans(made, source.needed, run),
        doubled=merging.doubled(entity) if is_grain else None,
        keep_last=merging.keep_last(entity, source.columns, run) if is_grain else None,
        merge=merging.merge(entity, source.columns, run),
    )
