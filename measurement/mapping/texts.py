"""SQL that makes the text of one field from the staged columns of a row."""

from dataclasses import dataclass

from psycopg import sql

from measurement.rules import Column, Constant, Rule


@dataclass(frozen=True)
class Staged:
    """The staging table: which of its columns holds which column of the source.

    Those in ``numbers`` are numbers already; the others are texts as they came.
    ``trusting`` statements are quicker, and end with an error where a text is unsound.
    """

    columns: tuple[str, ...]
    numbers: frozenset[str] = frozenset()
    trusting: bool = False

    def column(self, name: str) -> sql.Composable:
        return sql.SQL("s.") + sql.Identifier(f"c{self.columns.index(name)}")


def text(rule: Rule, staged: Staged) -> sql.Composable:
    """Return the text a rule makes of a row, before it is given a type."""
    match rule.source:
        case Constant(value):
            return sql.SQL("{}::text").format(sql.Literal(value))
        case Column() as column:
            return _mapped(rule, _column(column, staged))
        case _:
            raise TypeError(f"{rule.source} makes no text")


def shown(text: sql.Composable) -> sql.Composable:
    """Return the text as a sentence can quote it: its first 80 characters."""
    return sql.SQL("left({}, 80)").format(text)


def _column(column: Column, staged: Staged) -> sql.Composable:
    made = _joined(column, staged)
    if column.separator:
        made = sql.SQL("nullif(split_part({}, {}, {}), '')").format(
            made, sql.Literal(column.separator), sql.Literal(column.part)
        )
    if column.strip_suffix:
        made = sql.SQL(
            "case when right({0}, {1}) = {2} then nullif(left({0}, -{1}), '') else {0} end"
        ).format(
            made,
            sql.Literal(len(column.strip_suffix)),
            sql.Literal(column.strip_suffix),
        )
    if column.prefix:
        made = sql.SQL("({} || {})").format(sql.Literal(column.prefix), made)
    return made


def _joined(column: Column, staged: Staged) -> sql.Composable:
    made = [
        staged.column(inner) if isinstance(inner, str) else _column(inner, staged)
        for inner in column.columns
    ]
    if column.join is None and len(made) == 1:
        return made[0]
    # A column of blanks says as little as an empty one.
    filled = sql.SQL(", ").join(
        sql.SQL("nullif(btrim({}), '')").format(each) for each in made
    )
    if column.join is None:
        return sql.SQL("coalesce({})").format(filled)
    return sql.SQL("nullif(concat_ws({}, {}), '')").format(
        sql.Literal(column.join), filled
    )


def _mapped(rule: Rule, made: sql.Composable) -> sql.Composable:
    """Return the text looked up in the rule's tables; the longest prefix counts."""
    if not rule.values and not rule.prefixes and rule.default is None:
        return made
    trimmed = sql.SQL("btrim({})").format(made)
    branches = [
        sql.SQL("when {} = {} then {}").format(
            trimmed, sql.Literal(old), sql.Literal(new)
        )
        for old, new in rule.values
    ] + [
        sql.SQL("when starts_with({}, {}) then {}").format(
            trimmed, sql.Literal(old), sql.Literal(new)
        )
        for old, new in sorted(rule.prefixes, key=lambda pair: -len(pair[0]))
    ]
    if not branches:
        return sql.SQL("coalesce(nullif({}, ''), {})").format(
            trimmed, sql.Literal(rule.default)
        )
    rest = made if rule.default is None else sql.Literal(rule.default)
    return sql.SQL("case {} else {} end").format(sql.SQL(" ").join(branches), rest)
