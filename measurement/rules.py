"""The forms a mapping's rule may take, read from a mapping file or a registry row.

A rule makes one field of one entity from the columns of one row. The forms are closed: there
is no expression language to escape from.
"""

import math
from collections.abc import Callable, Iterator, Mapping
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
    part: int = 1


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
    Column(columns=('email',), prefix='', strip_suffix='', join=None, separator='', part=1)

    Raises:
        RuleError: a key is unknown, missing, or has the wrong type.
    """
    if isinstance(written, str):
        return Rule(Column((_column_name(written, place),)))
    if not isinstance(written, Mapping):
        raise RuleError(
            f"The rule of {place} is {written!r}; write a column's name or a table "
            f'such as {{ column = "email" }}.'
        )
    given = dict(written)
    form = _form(given, place)
    unknown = set(given) - _FORMS[form]
    if unknown:
        raise RuleError(
            f"The rule of {place} has {', '.join(sorted(unknown))}, which does not go "
            f"with {form}. With it go: {', '.join(sorted(_FORMS[form] - {form}))}."
        )
    _boolean(given, "lookup", place)
    return Rule(
        source=_SOURCES[form](given, place),
        values=_pairs(given, "values", place),
        prefixes=_pairs(given, "prefixes", place),
        default=_text_or_nothing(given, "default", place),
        zone=_text(given, "zone", place),
        decimals=_decimals(given, place),
        system=_text(given, "system", place),
    )


# What may stand beside what makes the text. ``lookup`` says to readers what the field
# says anyway: its value is the id of another row.
_ON_TEXT = {"prefix", "strip_suffix", "join", "separator", "part"}
_REFERENCE = {"lookup", "system"}
_AROUND = {"values", "prefixes", "default", "zone", "decimals", *_REFERENCE}
_FORMS = {
    "column": {"column", *_ON_TEXT, *_AROUND} - {"join"},
    "columns": {"columns", *_ON_TEXT, *_AROUND},
    "constant": {"constant", "zone", *_REFERENCE},
    "multiply": {"multiply", "decimals"},
    "ordinal_within": {"ordinal_within"},
    "repeats_within": {"repeats_within"},
}


def goes_with(form: str) -> frozenset[str]:
    """Return what else a rule of the form may say.

    >>> sorted(goes_with("multiply"))
    ['decimals']
    """
    return frozenset(_FORMS[form] - {form})


def _form(given: dict[str, Any], place: str) -> str:
    named = [form for form in _FORMS if form in given]
    if len(named) == 1:
        return named[0]
    forms = ", ".join(_FORMS)
    if not named:
        raise RuleError(f"The rule of {place} names no column. Write one of {forms}.")
    raise RuleError(
        f"The rule of {place} has {' and '.join(named)}. Write only one of {forms}."
    )


def _column(given: dict[str, Any], place: str) -> Column:
    names = given["columns"] if "columns" in given else [given["column"]]
    if not isinstance(names, list) or not names:
        raise RuleError(
            f"The rule of {place} has columns = {names!r}; write a list of names."
        )
    part = given.get("part", 1)
    if type(part) is not int or part < 1:
        raise RuleError(f"The rule of {place} takes part {part!r}; count from 1.")
    return Column(
        columns=tuple(_inner_column(name, place) for name in names),
        prefix=_text(given, "prefix", place),
        strip_suffix=_text(given, "strip_suffix", place),
        join=_text_or_nothing(given, "join", place),
        separator=_text(given, "separator", place),
        part=part,
    )


def _inner_column(written: object, place: str) -> "str | Column":
    if not isinstance(written, Mapping):
        return _column_name(written, place)
    unknown = set(written) - {"column", "columns"} - _ON_TEXT
    if unknown or len({"column", "columns"} & set(written)) != 1:
        raise RuleError(
            f"The rule of {place} takes {dict(written)!r} for a column; write its name, "
            f"or a table of column or columns with {', '.join(sorted(_ON_TEXT))}."
        )
    return _column(dict(written), place)


def _column_name(written: object, place: str) -> str:
    if not isinstance(written, str) or not written.strip():
        raise RuleError(
            f"The rule of {place} takes {written!r} for a column; write its name."
        )
    return written


def _constant(given: dict[str, Any], place: str) -> Constant:
    value = given["constant"]
    is_endless = isinstance(value, float) and not math.isfinite(value)
    if not isinstance(value, str | int | float) or is_endless:
        raise RuleError(
            f"The rule of {place} has the constant {value!r}; write it in quotes."
        )
    return Constant(_literal(value))


def _literal(value: str | int | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _product(given: dict[str, Any], place: str) -> Product:
    factors = given["multiply"]
    if not isinstance(factors, list) or len(factors) != 2:
        raise RuleError(
            f"The rule of {place} multiplies {factors!r}; name two columns."
        )
    return Product(*(_column_name(factor, place) for factor in factors))


_SOURCES: dict[
    str, Callable[[dict[str, Any], str], Column | Constant | Product | Ordinal | Repeat]
] = {
    "column": _column,
    "columns": _column,
    "constant": _constant,
    "multiply": _product,
    "ordinal_within": lambda given, place: Ordinal(
        _column_name(given["ordinal_within"], place)
    ),
    "repeats_within": lambda given, place: Repeat(
        _column_name(given["repeats_within"], place)
    ),
}


def _columns_in(column: Column) -> Iterator[str]:
    for inner in column.columns:
        if isinstance(inner, str):
            yield inner
        else:
            yield from _columns_in(inner)


def _text(given: dict[str, Any], key: str, place: str) -> str:
    return _text_or_nothing(given, key, place) or ""


def _text_or_nothing(given: dict[str, Any], key: str, place: str) -> str | None:
    value = given.get(key)
    if value is not None and not isinstance(value, str):
        raise RuleError(f"The rule of {place} has {key} = {value!r}; write a text.")
    return value


def _boolean(given: dict[str, Any], key: str, place: str) -> None:
    if given.get(key, True) is not True:
        raise RuleError(
            f"The rule of {place} has {key} = {given[key]!r}; write true or leave it out."
        )


def _decimals(given: dict[str, Any], place: str) -> int | None:
    decimals = given.get("decimals")
    if decimals is not None and (type(decimals) is not int or decimals < 0):
        raise RuleError(
            f"The rule of {place} has decimals = {decimals!r}; write how many to keep."
        )
    return decimals


def _pairs(given: dict[str, Any], key: str, place: str) -> tuple[tuple[str, str], ...]:
    table = given.get(key, {})
    if not isinstance(table, Mapping) or not all(
        isinstance(value, str | int) for value in table.values()
    ):
        raise RuleError(
            f"The rule of {place} has {key} = {table!r}; write a table of texts."
        )
    return tuple((str(old), _literal(new)) for old, new in table.items())
