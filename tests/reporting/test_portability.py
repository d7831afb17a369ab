"""The views say the same on another engine: PostgreSQL, through SQLGlot."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlglot
from django.db import connection
from sqlglot import exp

from governance.channels import taxonomy
from reporting import agreed, engine, facts, snapshot
from reporting.attribution.crediting import Given
from reporting.metrics import METRICS
from tests.reporting import adverts, builds, shops

VIEWS = sorted(
    str(file.relative_to(engine.SQL).with_suffix(""))
    for folder in (engine.SQL, engine.SQL / "facts")
    for file in folder.glob("*.sql")
)
ASKED = [
    *facts.FACTS.items(),
    ("known", {}),
    *sorted(
        {(metric.view, tuple(metric.parameters.items())) for metric in METRICS.values()}
    ),
]


def a_year_of_sales() -> shops.Shop:
    """Return a shop with ties, refunds, returns, guests and late touches."""
    chance = random.Random("a year of sales")
    names = [f"record-{nth}" for nth in range(40)]
    begin = datetime(2025, 1, 1, tzinfo=UTC)

    def moment() -> datetime:
        return begin + timedelta(hours=6 * chance.randrange(1600))

    sales = tuple(
        shops.Sale(
            chance.choice([*names, None]),
            moment(),
            lines=tuple(chance.randrange(-3_000_000, 90_000_001) for _ in range(2)),
            refunds=chance.choice([(), (), (1_234_567,)]),
            status=chance.choice(["paid", "paid", "pending", "credit"]),
            segment=chance.choice(["", "loyal", "new"]),
            id=f"{nth}",
        )
        for nth in range(300)
    )
    touches = tuple(
        shops.Touch(
            chance.choice(names),
            moment(),
            channel := chance.choice(list(shops.TAGS)),
            campaign="" if channel == "direct" else chance.choice(["", "spring"]),
        )
        for _ in range(200)
    )
    return shops.Shop(sales, touches, {"record-1": "record-0", "record-2": None})


@pytest.mark.django_db
def test_every_view_is_the_same_on_postgresql(snapshot_folder: Path):
    storefront = shops.write(a_year_of_sales())
    adverts.charged(storefront, *adverts.in_a_year())
    taken = snapshot.take(moment=builds.NOW, name="now")
    here, there = {}, {}

    with engine.over(taken.folder) as views, connection.cursor() as cursor:
        for file in taken.folder.glob("*.parquet"):
            _copy(file.stem, views, cursor)
        facts.give(views, facts.wanted(agreed.now()))
        for table, given in facts.tables(facts.wanted(agreed.now())).items():
            _given(table, given, cursor)
        for view, given in ASKED:
            parameters = dict(given)
            if view in facts.FACTS:
                views.keep(view, **parameters)
            asked = f"{view} {parameters}"
            here[asked] = _plain(
                tuple(row.values()) for row in views.rows(view, **parameters)
            )
            there[asked] = _plain(_rows(cursor, view, parameters))

    assert there == here
    assert all(rows for rows in here.values())


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_keeps_to_what_every_engine_understands(view):
    text = engine.text(view)
    statement = sqlglot.parse_one(text, read="duckdb")

    strangers = [
        f"{kind.__name__}: {node.sql()}"
        for kind in (exp.Qualify, exp.Filter, exp.ArgMin, exp.ArgMax, exp.Star)
        for node in statement.find_all(kind)
        if not isinstance(node.parent, exp.Count)
    ]
    floats = [
        node.sql()
        for node in statement.find_all(exp.DataType)
        if node.this in (exp.DataType.Type.DOUBLE, exp.DataType.Type.FLOAT)
    ]
    unordered = [
        node.sql()
        for node in statement.find_all(exp.Window)
        if not node.args.get("order")
    ]

    assert text.startswith("-- One row per ")
    assert (strangers, floats, unordered) == ([], [], [])


def test_every_view_is_asked_for():
    assert {view for view, _ in ASKED} == set(VIEWS)


def _copy(table: str, views: engine.Engine, cursor) -> None:  # type: ignore[no-untyped-def]
    """Put the same rows into a temporary table of PostgreSQL."""
    columns = next(
        made for made in snapshot._tables(builds.NOW, taxonomy()) if made.name == table
    )
    described = ", ".join(f"{name} {kind}" for name, kind in columns.columns.items())
    cursor.execute(f"create temp table {table} ({described}) on commit drop")
    with cursor.copy(f"copy {table} from stdin") as rows:
        for row in views.table(table):
            rows.write_row(tuple(row.values()))


def _given(table: str, given: Given, cursor) -> None:  # type: ignore[no-untyped-def]
    columns, rows = given
    described = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    cursor.execute(f"create temp table {table} ({described}) on commit drop")
    places = ", ".join("%s" for _ in columns)
    for row in rows:
        cursor.execute(f"insert into {table} values ({places})", tuple(row))


def _rows(cursor, view: str, parameters: dict[str, object]) -> list[tuple[object, ...]]:  # type: ignore[no-untyped-def]
    statement = sqlglot.parse_one(engine.text(view), read="duckdb").transform(
        lambda node: (
            exp.convert(parameters[node.name])
            if isinstance(node, exp.Parameter | exp.Placeholder)
            else node
        )
    )
    text = statement.sql(dialect="postgres")
    if view in facts.FACTS:
        kept = Path(view).name
        cursor.execute(f"create temp table {kept} on commit drop as {text}")
        text = f"select * from {kept}"
    cursor.execute(text)
    return list(cursor.fetchall())


def _plain(rows: Iterator[tuple[object, ...]] | list[tuple[object, ...]]) -> list[str]:
    return sorted(str(tuple(map(str, row))) for row in rows)
