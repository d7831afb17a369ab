"""The statements that take one staged page into the canonical tables.

    staged  → the texts of the page, as they came
    mapped  → every value made and checked, once; ``problem`` says what is wrong
    source_… → one entity's rows, references found, money converted; merged into its table

All are temporary and gone at the end of the transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from django.conf import settings
from psycopg import sql

from measurement.entities import Entity
from measurement.mapping import merging, moments, money, parts, values
from measurement.mapping.described import EntityMapping, StreamMapping
from measurement.mapping.names import (
    clock_of,
    column,
    day_of,
    in_vain,
    is_one,
    offset_of,
)
from measurement.mapping.orphans import orphans, waiting
from measurement.mapping.texts import Staged, text
from measurement.rules import Ordinal, Repeat, Rule


@dataclass(frozen=True)
class Grain:
    """What more is done of the entity that each row is.

    ``doubled`` finds out whether a key stands in the page twice. Then ``turns`` numbers
    the rows of each key, and ``one_turn`` makes ``source_…`` those whose turn it is.
    ``contradictions`` rejects rows an earlier line says otherwise.
    """

    doubled: sql.Composable
    turns: sql.Composable
    one_turn: sql.Composable
    contradictions: sql.Composable | None
    contradictions_in_turn: sql.Composable | None


@dataclass(frozen=True)
class Writer:
    """The statements that write one entity, in order.

    ``number`` counts the rows of each key met so far in the run, where the entity needs
    it; ``gather`` makes ``source_…``; ``merge`` writes, and counts the rows it inserted
    and updated; ``follow`` brings along what was computed from them in other tables.
    """

    name: str
    number: sql.Composable | None
    gather: sql.Composable
    merge: sql.Composable
    follow: list[sql.Composable]
    grain: Grain | None


@dataclass(frozen=True)
class Compiled:
    """A stream's mapping as statements of one run.

    ``map`` makes ``mapped``, and may end with an error where a text is unsound;
    ``map_with_care``, made only then, never does. ``missing_rates`` and ``orphans`` find
    what is wrong with rows beside others; ``lookups`` say which references led nowhere,
    and ``waiting`` which still do once all is written; ``reject`` takes the rows with a
    problem out.
    """

    staged: Staged
    map: sql.Composable
    map_with_care: Callable[[], sql.Composable]
    missing_rates: tuple[sql.Composable, ...]
    orphans: tuple[sql.Composable, ...]
    lookups: tuple[parts.Lookup, ...]
    waiting: tuple[parts.Lookup, ...]
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
        map=_map(mapping, replace(staged, trusting=True)),
        map_with_care=partial(_map, mapping, staged),
        missing_rates=tuple(
            statement
            for made in mapping.entities
            if made.entity.moment and made.entity.money
            for statement in _missing_rates(mapping, made)
        ),
        orphans=tuple(
            statement
            for made in mapping.entities
            for statement in orphans(mapping, made)
        ),
        lookups=tuple(parts.lookups(mapping)),
        waiting=tuple(waiting(mapping)),
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
    # Without the offsets PostgreSQL would fold the inner selects into the outer one and
    # make each value as often as it is looked at.
    read = sql.SQL("staged")
    if page.clocks:
        read = sql.SQL("(select s.*, {} from staged s offset 0)").format(  # type: ignore[assignment]
            sql.SQL(", ").join(page.clocks)
        )
    return sql.SQL(
        "create temp table mapped on commit drop as"
        " select line, {problem} as problem, {finished}"
        " from (select s.*, {bare} from {read} s {joins} offset 0) s"
    ).format(
        read=read,
        problem=problem,
        finished=sql.SQL(", ").join(page.finished),
        bare=sql.SQL(", ").join(page.bare),
        joins=sql.SQL(" ").join(page.joins),
    )


@dataclass
class _Page:
    """The parts of the mapping statement, as the entities add them."""

    clocks: list[sql.Composable] = field(default_factory=list)
    bare: list[sql.Composable] = field(default_factory=list)
    finished: list[sql.Composable] = field(default_factory=list)
    joins: list[sql.Composable] = field(default_factory=list)
    checks: list[sql.Composable] = field(default_factory=list)

    def clock(self, name: str, clock: sql.Composable) -> None:
        self.clocks.append(sql.SQL("{} as {}").format(clock, sql.Identifier(name)))

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
    page.keep(is_one(entity), applies)
    for name, rule in made.fields.items():
        held_as = column(entity, name)
        held = sql.Identifier(held_as)
        if isinstance(rule.source, Ordinal | Repeat):
            page.keep(f"{held_as}_of", _group(staged, rule.source.within))
            continue
        if name in entity.references():
            value, join = parts.reference(mapping, made, name, rule, staged)
            if join is not None:
                page.joins.append(join)
                page.keep(in_vain(entity, name), _leads_nowhere(rule, staged, held_as))
        else:
            value = values.typed(entity, name, rule, staged, mapping.time_zone, held)
        if value.clock is not None:
            page.clock(clock_of(entity, name), value.clock)
        page.add(held_as, value.bare, value.finish)
        page.checks.extend(parts.only_where(applies, check) for check in value.checks)
        if name == entity.moment:
            clock = sql.Identifier(clock_of(entity, name))
            page.keep(day_of(entity), moments.day(held))
            page.keep(
                offset_of(entity), moments.offset(text(rule, staged), clock, held)
            )
    if parts.finds_repeats(made):
        print_of_row = values.printed(staged, mapping.numbers())
        page.keep("print", print_of_row)
        page.keep("repeats_in_page", _repeat_in_page(print_of_row))


def _leads_nowhere(rule: Rule, staged: Staged, held_as: str) -> sql.Composable:
    return sql.SQL("coalesce(btrim({}), '') <> '' and {} is null").format(
        text(rule, staged), sql.Identifier(held_as)
    )


def _group(staged: Staged, within: str) -> sql.Composable:
    """Return what rows are counted in, written as ids are."""
    return sql.SQL("left(coalesce(btrim({}), ''), {})").format(
        staged.column(within), sql.Literal(values.LONGEST_KEY)
    )


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


def _repeat_in_page(print_of_row: sql.Composable) -> sql.Composable:
    return sql.SQL("row_number() over (partition by {} order by s.line) > 1").format(
        print_of_row
    )


def _missing_rates(mapping: StreamMapping, made: EntityMapping) -> list[sql.Composable]:
    """Return the statements that find amounts no rate is known for, the shop's first."""
    quotes = dict.fromkeys([mapping.shop_currency, settings.REPORTING_CURRENCY])
    return [_missing_rate(made.entity, quote) for quote in quotes]


def _missing_rate(entity: Entity, quote: str) -> sql.Composable:
    return sql.SQL(
        "update mapped set problem = concat('currency', {between}, 'There is no exchange"
        " rate from ', {currency}, ' to ', {quote}, ' on ', {day}, '. Add ', {currency},"
        " ' to CURRENCIES, or load rates that reach that day.')"
        " where problem is null and {on} and {currency} <> {quote} and not exists ("
        " select 1 from measurement_exchangerate r where r.base = {currency}"
        " and r.quote = {quote} and r.on = {day})"
    ).format(
        between=sql.Literal(values.BETWEEN),
        currency=sql.Identifier(column(entity, "currency")),
        day=sql.Identifier(day_of(entity)),
        quote=sql.Literal(quote),
        on=sql.Identifier(is_one(entity)),
    )


def _writer(mapping: StreamMapping, made: EntityMapping, run: sql.Composable) -> Writer:
    entity = made.entity
    is_grain = entity is mapping.grain
    source = parts.source(mapping, made, is_grain=is_grain)
    # The grain is as many rows as the page: a view spares keeping them once more.
    gather = (
        "create temp {} {} as {}"
        if is_grain
        else "create temp {} {} on commit drop as {}"
    )
    return Writer(
        name=entity.name,
        number=parts.number(made, run, is_grain=is_grain),
        gather=sql.SQL(gather).format(
            sql.SQL("view" if is_grain else "table"),
            sql.Identifier(f"source_{entity.name}"),
            source.select,
        ),
        merge=merging.merge(entity, source.columns, run, is_grain=is_grain),
        follow=money.convert_again(mapping, made, run),
        grain=_grain(made, source.columns, run) if is_grain else None,
    )


def _grain(made: EntityMapping, columns: tuple[str, ...], run: sql.Composable) -> Grain:
    entity = made.entity
    return Grain(
        doubled=merging.doubled(entity),
        turns=merging.turns(entity, columns),
        one_turn=merging.one_turn(entity),
        contradictions=merging.contradictions(entity, columns, run, in_turn=False),
        contradictions_in_turn=merging.contradictions(
            entity, columns, run, in_turn=True
        ),
    )
