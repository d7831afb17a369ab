"""A view's SQL with one thing wrong in it, for tests that must notice."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

# What is written by mistake in place of the other.
_MISTAKEN: dict[type[exp.Expression], type[exp.Expression]] = {
    exp.LT: exp.LTE,
    exp.LTE: exp.LT,
    exp.GT: exp.GTE,
    exp.GTE: exp.GT,
    exp.EQ: exp.NEQ,
    exp.Add: exp.Sub,
    exp.Sub: exp.Add,
    exp.Min: exp.Max,
    exp.Max: exp.Min,
    exp.Sum: exp.Max,
}


@dataclass(frozen=True)
class Mutant:
    """A view that says ``wrong``: ``text`` is all of it."""

    view: str
    wrong: str
    text: str


def of(view: str, text: str) -> Iterator[Mutant]:
    """Yield the view with each thing wrong that can be, one at a time."""
    for nth, node in enumerate(sqlglot.parse_one(text, read="duckdb").walk()):
        for slip in _slips(node):
            # Each mutant starts from the view as it stands.
            statement = sqlglot.parse_one(text, read="duckdb")
            here = list(statement.walk())[nth]
            before = here.sql(dialect="duckdb")
            _SLIPS[slip](here)
            wrong = f"{slip}: {before}"
            yield Mutant(view, wrong, statement.sql(dialect="duckdb"))


def _slips(node: exp.Expression) -> Iterator[str]:
    if type(node) in _MISTAKEN:
        yield "mistaken"
    if isinstance(node, exp.Join) and node.args.get("on"):
        yield "joined otherwise"
    if isinstance(node, exp.Where):
        yield "not filtered"
    if isinstance(node, exp.And):
        yield "left condition only"
        yield "right condition only"
    if isinstance(node, exp.Distinct):
        yield "not distinct"
    if isinstance(node, exp.Coalesce):
        yield "nothing for null"
    if isinstance(node, exp.Window) and node.args.get("partition_by"):
        yield "partition lacks its last"
    if isinstance(node, exp.Ordered):
        yield "backwards"
    if isinstance(node, exp.Neg):
        yield "sign lost"


def _mistake(node: exp.Expression) -> None:
    wrong = _MISTAKEN[type(node)](**dict(node.args))
    _put(node, wrong)


def _join_otherwise(node: exp.Expression) -> None:
    node.set("side", None if node.side == "LEFT" else "LEFT")


def _lose_partition(node: exp.Expression) -> None:
    node.set("partition_by", node.args["partition_by"][:-1])


def _put(node: exp.Expression, other: exp.Expression) -> None:
    node.replace(other.copy())


_SLIPS = {
    "mistaken": _mistake,
    "joined otherwise": _join_otherwise,
    "not filtered": lambda node: node.pop(),
    "left condition only": lambda node: _put(node, node.left),
    "right condition only": lambda node: _put(node, node.right),
    "not distinct": lambda node: _put(node, node.expressions[0]),
    "nothing for null": lambda node: _put(node, node.this),
    "partition lacks its last": _lose_partition,
    "backwards": lambda node: node.set("desc", not node.args.get("desc")),
    "sign lost": lambda node: _put(node, node.this),
}
