"""The forms a mapping's rule may take, read from a mapping file or a registry row.

A rule makes one field of one entity from the columns of one row. The forms are closed: there
is no expression language to escape from.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


class RuleError(Exception):
    """A rule cannot be read; the message says which and what was expected."""


@dataclass(frozen=True)
class Column:
    """The text of a column, or of the first filled one, or of several joined."""

    columns: tuple["str | Column", ...]
    prefix: str = ""
    strip_suffix: str = ""
    join: str | None = None
    separator: str = ""
    part: int = 0


@dataclass(frozen=True)
class Constant:
    """The same value in every row."""

    value: str


@dataclass(frozen=True)
class Product:
    """Two columns multiplied, exactly: a quantity and a price."""

    left: str
    right: str


@dataclass(frozen=True)
class Ordinal:
    """The place of the row among the rows of its group in this file, from 1."""

    within: str


@dataclass(frozen=True)
class Repeat:
    """Whether an earlier row of the group says word for word the same."""

    within: str


@dataclass(frozen=True)
class Rule:
    """How one field is made.

    ``values`` maps texts to others, ``prefixes`` maps what a text begins with; texts in
    neither pass unless there is a ``default``. ``zone`` is for moments without offset,
    ``decimals`` rounds a number where a source sends more than it means, ``system``
    names whose ids a reference is looked up among.
    """

    source: Column | Constant | Product | Ordinal | Repeat
    values: tuple[tuple[str, str], ...] = ()
    prefixes: tuple[tuple[str, str], ...] = ()
    default: str | None = None
    zone: str = ""
    decimals: int | None = None
    system: str = ""


def columns_of(rule: Rule) -> Iterator[str]:
    """Yield the columns the rule reads."""
    match rule.source:
        case Column() as column:
            yield from _columns_in(column)
        case Product(left, right):
            yield from (left, right)
        case Ordinal(within) | Repeat(within):
            yield within
        case Constant():
            pass


def plain_column(rule: Rule) -> str:
    """Return the column a rule takes as it is, or nothing where it does more."""
    match rule:
        case Rule(
            source=Column(columns=(str(name),)) as column, values=(), prefixes=()
        ):
            as_it_is = column == Column((name,)) and rule.default is None
            return name if as_it_is else ""
        case _:
            return ""


def read(written: object, *, place: str) -> Rule:
    """Return the rule written as a column's name or as a table.

    >>> read("email", place="customer.email").source
    Column(columns=('email',), prefix='', strip_suffix='', join=None, separator='', part=0)

    Raises:
        RuleError: a key is unknown, missing, or has the wrong type.
    """
    if isinstance(written, str):
        return Rule(Column((written,)))
    if not isinstance(written, Mapping):
        raise RuleError(
            f"The rule of {place} is {written!r}; write a column's name or a table "
            f'such as {{ column = "email" }}.'
        )
    given = dict(written)
    given.pop("lookup", None)
    rule = Rule(
        source=_source(given, place),
        values=_pairs(given.pop("values", {}), place),
        prefixes=_pairs(given.pop("prefixes", {}), place),
        default=given.pop("default", None),
        zone=given.pop("zone", ""),
        decimals=given.pop("decimals", None),
        system=given.pop("system", ""),
    )
    if given:
        raise RuleError(
            f"The rule of {place} has {', '.join(sorted(given))}, which no rule has. "
            f"Known are: {', '.join(sorted(_KNOWN))}."
        )
    return rule


_KNOWN = {
    "column", "columns", "constant", "decimals", "default", "join", "lookup",
    "multiply", "ordinal_within", "part", "prefix", "prefixes", "repeats_within",
    "separator", "strip_suffix", "system", "values", "zone",
}  # fmt: skip


def _source(
    given: dict[str, Any], place: str
) -> Column | Constant | Product | Ordinal | Repeat:
    if "constant" in given:
        return Constant(str(given.pop("constant")))
    if "multiply" in given:
        factors = given.pop("multiply")
        if len(factors) != 2:
            raise RuleError(
                f"The rule of {place} multiplies {len(factors)} columns; name two."
            )
        return Product(*factors)
    if "ordinal_within" in given:
        return Ordinal(given.pop("ordinal_within"))
    if "repeats_within" in given:
        return Repeat(given.pop("repeats_within"))
    if "column" in given or "columns" in given:
        return _column(given, place)
    raise RuleError(
        f"The rule of {place} names no column. Write column, columns, constant, "
        f"multiply, ordinal_within or repeats_within."
    )


def _column(given: dict[str, Any], place: str) -> Column:
    names = given.pop("columns", None) or [given.pop("column")]
    return Column(
        columns=tuple(
            name if isinstance(name, str) else _column(dict(name), place)
            for name in names
        ),
        prefix=given.pop("prefix", ""),
        strip_suffix=given.pop("strip_suffix", ""),
        join=given.pop("join", None),
        separator=given.pop("separator", ""),
        part=int(given.pop("part", 0)),
    )


def _columns_in(column: Column) -> Iterator[str]:
    for inner in column.columns:
        if isinstance(inner, str):
            yield inner
        else:
            yield from _columns_in(inner)


def _pairs(table: object, place: str) -> tuple[tuple[str, str], ...]:
    if not isinstance(table, Mapping):
        raise RuleError(f"The rule of {place} maps {table!r}; write a table of texts.")
    return tuple((str(key), str(value)) for key, value in table.items())
