"""SQL that makes one value from the staged texts of a row, and SQL that checks it.

A check is an expression that is null where the value is sound and otherwise says, after
the field's name, what is wrong with it.
"""

from dataclasses import dataclass

from django.db import connection, models
from psycopg import sql

from measurement.entities import Entity
from measurement.mapping import moments
from measurement.mapping.names import clock_of
from measurement.mapping.texts import Staged, shown, text
from measurement.rules import Ordinal, Product, Repeat, Rule, plain_column

# Between the field's name and the sentence in a check's answer.
BETWEEN = "\x1f"
# A longer text does not fit into an index, and is no id.
LONGEST_KEY = 500

# A spreadsheet writes a day as the moment it begins.
_DAY = r"^\d{4}-\d\d-\d\d([ T]00:00(:00(\.0+)?)?Z?)?$"


@dataclass(frozen=True)
class Value:
    """One field's value, made in steps so that no text is parsed twice.

    ``clock`` is what a moment's text shows, made before all else. ``bare`` makes the
    value of the row's text, or null where the text is unsound; ``finish`` and ``checks``
    see that result under the name given as ``held``, beside the text.
    """

    bare: sql.Composable
    finish: sql.Composable
    checks: tuple[sql.Composable, ...] = ()
    clock: sql.Composable | None = None


def typed(
    entity: Entity,
    name: str,
    rule: Rule,
    staged: Staged,
    zone: str,
    held: sql.Composable,
) -> Value:
    """Return the value of a field that is not a reference, as its column's type."""
    found = entity.field(name)
    match rule.source:
        case Ordinal() | Repeat():
            raise TypeError(f"{name} is made where rows are numbered")
        case Product(left, right):
            made = sql.SQL("nullif(concat({}, ' times ', {}), ' times ')").format(
                _written(left, staged), _written(right, staged)
            )
            bare = sql.SQL("nullif({} * {}, 'NaN')").format(
                _as_number(left, staged), _as_number(right, staged)
            )
            return _number(_Field(entity, name, rule, made, held), bare, made)
    if plain_column(rule) in staged.numbers:
        column = staged.column(plain_column(rule))
        field = _Field(entity, name, rule, column, held)
        return _number(field, _as_number(plain_column(rule), staged), column)
    field = _Field(entity, name, rule, text(rule, staged), held)
    match found:
        case models.DecimalField():
            return _number(field, _parsed(field.made), _as_a_number(field.made))
        case models.DateTimeField():
            return _moment(field, rule.zone or zone, trusting=staged.trusting)
        case models.DateField():
            return _day(field)
        case models.BooleanField():
            return _cast(field, "boolean", '" is neither yes nor no.')
        case models.IntegerField():
            return _whole_number(field)
        case _:
            return _words(field)


@dataclass(frozen=True)
class _Field:
    """A field on its way: where it goes, the text it is made of, its name when made."""

    entity: Entity
    name: str
    rule: Rule
    made: sql.Composable
    held: sql.Composable

    @property
    def found(self) -> "models.Field[object, object]":
        return self.entity.field(self.name)

    def unsound(self, *sentence: object) -> sql.Composable:
        """Return the check that there was a text and nothing could be made of it."""
        return self.complaint(
            self.says_nothing_sound(), '"', shown(self.made), *sentence,
        )  # fmt: skip

    def says_nothing_sound(self) -> sql.Composable:
        """Return whether there was a text, of more than blanks, and it made no value."""
        return sql.SQL("{} is null and btrim({}::text) <> ''").format(
            self.held, self.made
        )

    def absent(self) -> tuple[sql.Composable, ...]:
        """Return the check that there was a text, where the column needs one."""
        if not self.entity.needs(self.name):
            return ()
        return (empty(self.name, self.made),)

    def complaint(self, condition: sql.Composable, *sentence: object) -> sql.Composable:
        return complaint(self.name, condition, *sentence)

    def or_default(self, finished: sql.Composable) -> sql.Composable:
        if not self.found.has_default():
            return finished
        default = sql.Literal(self.found.get_default())
        return sql.SQL("coalesce({}, {})").format(finished, default)


def complaint(
    name: str, condition: sql.Composable, *sentence: object
) -> sql.Composable:
    """Return a check: where the condition holds, the sentence about the field."""
    parts = [
        part if isinstance(part, sql.Composable) else sql.Literal(part)
        for part in sentence
    ]
    return sql.SQL("case when {} then {} || concat({}) end").format(
        condition, sql.Literal(name + BETWEEN), sql.SQL(", ").join(parts)
    )


def empty(name: str, made: sql.Composable) -> sql.Composable:
    """Return the check that there is a text."""
    return complaint(
        name, sql.SQL("coalesce(btrim({}::text), '') = ''").format(made), "is empty."
    )


def printed(staged: Staged, numbers: frozenset[str]) -> sql.Composable:
    """Return a number by which rows that say word for word the same are known.

    A column that is a number where PostgreSQL copies whole lines is written as one where
    it is staged as text too, so that pages know each other however they were staged.
    """
    columns = [
        _written(name, staged) if name in numbers else staged.column(name)
        for name in staged.columns
    ]
    return sql.SQL("hashtextextended(row({})::text, 0)").format(
        sql.SQL(", ").join(columns)
    )


def _words(field: _Field) -> Value:
    found, held = field.found, field.held
    checks: list[sql.Composable] = []
    finish: sql.Composable = sql.SQL("coalesce({}, '')").format(held)
    longest = _longest(field)
    if found.choices:
        allowed = [str(key) for key, _label in found.flatchoices]
        known = sql.SQL(", ").join(map(sql.Literal, [*allowed, ""]))
        unknown = sql.SQL("{} not in ({})").format(held, known)
        sentence = f'" is none of {", ".join(allowed)}.'
        checks.append(field.complaint(unknown, '"', shown(held), sentence))
        finish = field.or_default(sql.SQL("nullif({}, '')").format(held))
    elif longest:
        too_long = sql.SQL("length({}) > {}").format(held, sql.Literal(longest))
        sentence = f'…" is longer than {longest} characters.'
        checks.append(field.complaint(too_long, '"', shown(held), sentence))
    return Value(
        sql.SQL("btrim({})").format(field.made), finish, (*checks, *field.absent())
    )


def _longest(field: _Field) -> int:
    """Return how long a text may be; 0 where it may have any length."""
    entity, name = field.entity, field.name
    indexed = {part for index in entity.model._meta.indexes for part in index.fields}
    return field.found.max_length or (
        LONGEST_KEY if name in indexed | set(entity.key) else 0
    )


def _parsed(made: sql.Composable) -> sql.Composable:
    """Return the text as a number, or null where it is none."""
    return sql.SQL(
        "case when pg_input_is_valid({0}, 'numeric') then nullif({0}::numeric, 'NaN') end"
    ).format(made)


def _as_a_number(made: sql.Composable) -> sql.Composable:
    """Return the text as PostgreSQL writes the number it is, else as it came."""
    return sql.SQL(
        "case when pg_input_is_valid({0}, 'numeric') then ({0}::numeric)::text"
        " else {0} end"
    ).format(made)


def _written(name: str, staged: Staged) -> sql.Composable:
    """Return a column of numbers as PostgreSQL writes them, however it is staged."""
    column = staged.column(name)
    return column if name in staged.numbers else _as_a_number(column)


def _as_number(name: str, staged: Staged) -> sql.Composable:
    column = staged.column(name)
    if name in staged.numbers:
        return sql.SQL("nullif({}, 'NaN')").format(column)
    return _parsed(column)


def _number(field: _Field, bare: sql.Composable, said: sql.Composable) -> Value:
    """Return an exact number; ``said`` is how a sentence quotes it."""
    found, held = field.found, field.held
    assert isinstance(found, models.DecimalField)
    places = found.decimal_places
    largest = sql.Literal(10 ** (found.max_digits - places))
    finish: sql.Composable = held
    if field.rule.decimals is not None:
        finish = sql.SQL("round({}, {})").format(held, sql.Literal(field.rule.decimals))
    quoted = (sql.Literal('"'), sql.SQL("left({}::text, 80)").format(said))
    checks = [
        field.complaint(field.says_nothing_sound(), *quoted, '" is not a number.'),
        field.complaint(
            sql.SQL("abs({}) >= {}").format(finish, largest),
            *quoted,
            '" is too large.',
        ),
        *_bounds(field, quoted),
    ]
    if field.rule.decimals is None:
        checks.append(
            field.complaint(
                # Trailing zeros are no decimals; few numbers have any to look behind.
                sql.SQL("scale({0}) > {1} and min_scale({0}) > {1}").format(
                    held, sql.Literal(places)
                ),
                *quoted,
                f'" has more than the {places} decimals we keep; say decimals in the '
                f"mapping to round it.",
            )
        )
    return Value(bare, field.or_default(finish), (*checks, *field.absent()))


def _bounds(field: _Field, quoted: tuple[sql.Composable, ...]) -> list[sql.Composable]:
    """Return the checks of what the table would refuse of the whole page."""
    checks = []
    if field.name in field.entity.above_zero:
        below = sql.SQL("{} <= 0").format(field.held)
        checks.append(field.complaint(below, *quoted, '" is not above 0.'))
    if field.name in field.entity.not_below_zero:
        below = sql.SQL("{} < 0").format(field.held)
        checks.append(field.complaint(below, *quoted, '" is below 0.'))
    return checks


def _moment(field: _Field, zone: str, *, trusting: bool) -> Value:
    clock = sql.Identifier(clock_of(field.entity, field.name))
    unsound = field.unsound(
        '" is not a moment; expected is 2026-03-31 14:05:00, with or without an offset.'
    )
    beyond = field.complaint(
        moments.beyond(field.held),
        *('"', shown(field.made), '" is in no year from 1 to 9999.'),
    )
    return Value(
        bare=moments.moment(field.made, clock, zone),
        finish=field.held,
        checks=(unsound, beyond, *field.absent()),
        clock=moments.clock(field.made, trusting=trusting),
    )


def _day(field: _Field) -> Value:
    bare = sql.SQL(
        "case when {0} ~ {1} and pg_input_is_valid({0}, 'date') then {0}::date end"
    ).format(field.made, sql.Literal(_DAY))
    unsound = field.unsound('" is not a day; expected is 2026-03-31.')
    return Value(bare, field.held, (unsound, *field.absent()))


def _whole_number(field: _Field) -> Value:
    kind = field.found.get_internal_type()
    least, most = connection.ops.integer_field_range(kind)
    outside = sql.SQL("{} not between {} and {}").format(
        field.held, sql.Literal(least), sql.Literal(most)
    )
    value = _cast(field, "bigint", '" is not a whole number.')
    sentence = f'" is not between {least} and {most}.'
    check = field.complaint(outside, '"', shown(field.made), sentence)
    return Value(value.bare, value.finish, (*value.checks, check))


def _cast(field: _Field, type_name: str, sentence: str) -> Value:
    bare = sql.SQL("case when pg_input_is_valid({0}, {1}) then {0}::{2} end").format(
        field.made, sql.Literal(type_name), sql.SQL(type_name)
    )
    return Value(
        bare, field.or_default(field.held), (field.unsound(sentence), *field.absent())
    )
