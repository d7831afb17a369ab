"""SQL that makes one value from the staged texts of a row, and SQL that checks it.

A check is an expression that is null where the value is sound and otherwise says, after
the field's name, what is wrong with it.
"""

from dataclasses import dataclass

from django.db import models
from psycopg import sql

from measurement.entities import Entity
from measurement.rules import (
    Column,
    Constant,
    Ordinal,
    Product,
    Repeat,
    Rule,
    plain_column,
)

# Between the field's name and the sentence in a check's answer.
BETWEEN = "\x1f"


@dataclass(frozen=True)
class Value:
    """One field's value, made in two steps so that no text is parsed twice.

    ``bare`` makes it of the row's text, or null where the text is unsound; ``finish``
    and ``checks`` see that result under the name given as ``held``, beside the text.
    """

    bare: sql.Composable
    finish: sql.Composable
    checks: tuple[sql.Composable, ...] = ()


@dataclass(frozen=True)
class Staged:
    """The staging table: which of its columns holds which column of the source.

    Those in ``numbers`` are numbers already; the others are texts as they came.
    """

    columns: tuple[str, ...]
    numbers: frozenset[str] = frozenset()

    def column(self, name: str) -> sql.Composable:
        return sql.SQL("s.") + sql.Identifier(f"c{self.columns.index(name)}")


def text(rule: Rule, staged: Staged) -> sql.Composable:
    """Return the text a rule makes of a row, before it is given a type."""
    match rule.source:
        case Constant(value):
            return sql.SQL("{}::text").format(sql.Literal(value))
        case Column() as column:
            made = _column(column, staged)
        case _:
            raise TypeError(f"{rule.source} makes no text")
    return _mapped(rule, made)


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
    if plain_column(rule) in staged.numbers:
        column = staged.column(plain_column(rule))
        bare = sql.SQL("nullif({}, 'NaN')").format(column)
        return _finished_number(_Field(found, name, rule, column, held), bare)
    if isinstance(rule.source, Product):
        return _multiplied(name, rule.source, staged, held)
    if isinstance(rule.source, Ordinal | Repeat):
        raise TypeError(f"{name} is made where rows are numbered")
    field = _Field(found, name, rule, text(rule, staged), held)
    required = name in entity.key and not found.blank
    value = _of_type(field, zone)
    checks = (_missing(field), *value.checks) if required else value.checks
    return Value(value.bare, value.finish, checks)


@dataclass(frozen=True)
class _Field:
    """A field on its way: where it goes, the text it is made of, its name when made."""

    found: "models.Field[object, object]"
    name: str
    rule: Rule
    made: sql.Composable
    held: sql.Composable

    def unsound(self, *sentence: object) -> sql.Composable:
        """Return the check that there was a text and nothing could be made of it."""
        return complaint(
            self.name,
            sql.SQL("{} is null and {} is not null").format(self.held, self.made),
            '"',
            self.made,
            *sentence,
        )

    def absent(self) -> tuple[sql.Composable, ...]:
        """Return the check that there was a text, where the column needs one."""
        if self.found.null or self.found.has_default():
            return ()
        return (
            complaint(self.name, sql.SQL("{} is null").format(self.made), "is empty."),
        )

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


def _column(column: Column, staged: Staged) -> sql.Composable:
    parts = [
        staged.column(inner) if isinstance(inner, str) else _column(inner, staged)
        for inner in column.columns
    ]
    if column.join is not None:
        made: sql.Composable = sql.SQL("nullif(concat_ws({}, {}), '')").format(
            sql.Literal(column.join), sql.SQL(", ").join(parts)
        )
    elif len(parts) > 1:
        made = sql.SQL("coalesce({})").format(sql.SQL(", ").join(parts))
    else:
        made = parts[0]
    if column.separator:
        made = sql.SQL("nullif(split_part({}, {}, {}), '')").format(
            made, sql.Literal(column.separator), sql.Literal(max(column.part, 1))
        )
    if column.strip_suffix:
        made = sql.SQL("regexp_replace({}, {}, '')").format(
            made, sql.Literal(_escaped(column.strip_suffix) + "$")
        )
    if column.prefix:
        made = sql.SQL("({} || {})").format(sql.Literal(column.prefix), made)
    return made


def _escaped(plain: str) -> str:
    return "".join(f"\\{c}" if not c.isalnum() else c for c in plain)


def _mapped(rule: Rule, made: sql.Composable) -> sql.Composable:
    if not rule.values and not rule.prefixes and rule.default is None:
        return made
    branches = [
        sql.SQL("when {} = {} then {}").format(made, sql.Literal(old), sql.Literal(new))
        for old, new in rule.values
    ] + [
        sql.SQL("when starts_with({}, {}) then {}").format(
            made, sql.Literal(old), sql.Literal(new)
        )
        for old, new in rule.prefixes
    ]
    rest = made if rule.default is None else sql.Literal(rule.default)
    if not branches:
        return sql.SQL("coalesce({}, {})").format(made, rest)
    return sql.SQL("case {} else {} end").format(sql.SQL(" ").join(branches), rest)


def _of_type(field: _Field, zone: str) -> Value:
    match field.found:
        case models.DecimalField():
            return _number(field)
        case models.DateTimeField():
            return _moment(field, field.rule.zone or zone)
        case models.DateField():
            return _day(field)
        case models.BooleanField():
            return _cast(field, "boolean", '" is neither yes nor no.')
        case models.IntegerField():
            return _cast(field, "bigint", '" is not a whole number.')
        case _:
            return _words(field)


def _words(field: _Field) -> Value:
    found, held = field.found, field.held
    checks: list[sql.Composable] = []
    finish: sql.Composable = sql.SQL("coalesce({}, '')").format(held)
    if found.choices:
        allowed = [str(key) for key, _label in found.flatchoices]
        known = sql.SQL(", ").join(map(sql.Literal, [*allowed, ""]))
        checks.append(
            complaint(
                field.name,
                sql.SQL("{} not in ({})").format(held, known),
                '"',
                held,
                f'" is none of {", ".join(allowed)}.',
            )
        )
        finish = field.or_default(sql.SQL("nullif({}, '')").format(held))
    elif found.max_length:
        checks.append(
            complaint(
                field.name,
                sql.SQL("length({}) > {}").format(held, sql.Literal(found.max_length)),
                '"',
                held,
                f'" is longer than {found.max_length} characters.',
            )
        )
    return Value(sql.SQL("btrim({})").format(field.made), finish, tuple(checks))


def _number(field: _Field) -> Value:
    return _finished_number(
        field,
        sql.SQL(
            "case when pg_input_is_valid({0}, 'numeric') and lower({0}) <> 'nan'"
            " then {0}::numeric end"
        ).format(field.made),
    )


def _finished_number(field: _Field, bare: sql.Composable) -> Value:
    found = field.found
    assert isinstance(found, models.DecimalField)
    places = found.decimal_places
    largest = sql.Literal(10 ** (found.max_digits - places))
    checks = [
        field.unsound('" is not a number.'),
        complaint(
            field.name,
            sql.SQL("abs({}) >= {}").format(field.held, largest),
            '"',
            field.made,
            '" is too large.',
        ),
    ]
    finish: sql.Composable = field.held
    if field.rule.decimals is not None:
        finish = sql.SQL("round({}, {})").format(
            field.held, sql.Literal(field.rule.decimals)
        )
    else:
        checks.append(
            complaint(
                field.name,
                sql.SQL("scale({}) > {}").format(field.held, sql.Literal(places)),
                '"',
                field.made,
                f'" has more than the {places} decimals we keep; say decimals in the '
                f"mapping to round it.",
            )
        )
    return Value(bare, field.or_default(finish), (*checks, *field.absent()))


def _multiplied(
    name: str, product: Product, staged: Staged, held: sql.Composable
) -> Value:
    left, right = staged.column(product.left), staged.column(product.right)
    numbers = [_factor(name, staged) for name in (product.left, product.right)]
    return Value(
        sql.SQL("{} * {}").format(*numbers),
        held,
        (
            complaint(
                name,
                sql.SQL("{} is null").format(held),
                '"',
                left,
                '" times "',
                right,
                '" is not a number.',
            ),
        ),
    )


def _factor(name: str, staged: Staged) -> sql.Composable:
    column = staged.column(name)
    if name in staged.numbers:
        return sql.SQL("nullif({}, 'NaN')").format(column)
    return sql.SQL(
        "case when pg_input_is_valid({0}, 'numeric') and lower({0}) <> 'nan'"
        " then {0}::numeric end"
    ).format(column)


def _moment(field: _Field, zone: str) -> Value:
    # Words such as "now" are moments to PostgreSQL, not to us. Shorter than 20
    # characters there is no room for an offset.
    bare = sql.SQL(
        "case when substr({made}, 5, 1) is distinct from '-'"
        " or not pg_input_is_valid({made}, 'timestamptz') then null"
        " when length({made}) > 19 and {made} ~ '(Z|[+-]\\d\\d(:?\\d\\d)?)$'"
        " then {made}::timestamptz"
        " else {made}::timestamp at time zone {zone} end"
    ).format(made=field.made, zone=sql.Literal(zone))
    unsound = field.unsound(
        '" is not a moment; expected is 2026-03-31 14:05:00, with or without an offset.'
    )
    return Value(bare, field.held, (unsound, *field.absent()))


def _day(field: _Field) -> Value:
    bare = sql.SQL(
        "case when substr({0}, 5, 1) = '-' and pg_input_is_valid({0}, 'date')"
        " then {0}::date end"
    ).format(field.made)
    unsound = field.unsound('" is not a day; expected is 2026-03-31.')
    return Value(bare, field.held, (unsound, *field.absent()))


def _cast(field: _Field, type_name: str, sentence: str) -> Value:
    bare = sql.SQL("case when pg_input_is_valid({0}, {1}) then {0}::{2} end").format(
        field.made, sql.Literal(type_name), sql.SQL(type_name)
    )
    return Value(
        bare, field.or_default(field.held), (field.unsound(sentence), *field.absent())
    )


def _missing(field: _Field) -> sql.Composable:
    return complaint(
        field.name,
        sql.SQL("coalesce(btrim({}), '') = ''").format(field.made),
        "is empty.",
    )
