"""Whatever goes wrong in the SQL of a view, the plain twin notices.

Each view is written with one thing wrong in it, over and over: a border moved, a filter
dropped, an inner join for a left one. Every one must say another number than the twin.
"""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from governance.models import Storefront
from governance.taxonomy import UNATTRIBUTED
from reporting import agreed, engine, facts, snapshot
from reporting.engine import Engine, Row
from reporting.metrics import METRICS, Cell
from tests.reporting import builds, mutations, plain_money, shops
from tests.reporting.plain import Plain

FACTS = ["orders", "refunded", "buyers", "person_months", "spent"]
VIEWS = ["sales", "repeat_rate", "lifetime_value", "cohorts", "money"]
NO_TOUCH = frozenset({"facts/buyers", "facts/person_months"})
# What is wrong without changing a number, and why: by view, by how the mutant begins.
SAME = {
    ("cohorts", "joined otherwise: JOIN storefronts"): "Whoever bought did so at one.",
    ("cohorts", "joined otherwise: JOIN months"): "The month of a sale is one of them.",
    (
        "cohorts",
        "joined otherwise: JOIN person_months",
    ): "A buyer has bought in a month.",
    (
        "cohorts",
        "nothing for null: COALESCE(came.net",
    ): "A sum passes over nothing, and "
    "the first month of a cohort always has something.",
    ("lifetime_value", "joined otherwise: JOIN storefronts"): "As for cohorts.",
    ("lifetime_value", "joined otherwise: LEFT JOIN spent"): "A buyer's first purchase "
    "lies in every window, so each has spent something, be it zero.",
    ("lifetime_value", "nothing for null: COALESCE(spent.net"): "For the same reason.",
    (
        "money",
        "joined otherwise: JOIN storefronts",
    ): "Whatever was sold was sold at one.",
    ("money", "joined otherwise: JOIN months"): "Months reach from the first sale on.",
    (
        "money",
        "nothing for null: COALESCE(sold.cost",
    ): "Margin is withheld where no cost is known, and where nothing was sold.",
    ("repeat_rate", "joined otherwise: JOIN storefronts"): "As for cohorts.",
    ("sales", "joined otherwise: JOIN months"): "Every sale has a month.",
    ("sales", "joined otherwise: JOIN storefronts"): "Every sale has a storefront.",
    (
        "sales",
        "mistaken: MAX(CASE WHEN months.ends_on",
    ): "A month of a storefront ended for all its sales or for none.",
}
# What the twin's shops do not have, so that it cannot notice.
NOT_THERE = {
    (
        "cohorts",
        "right condition only: person_months.storefront_id",
    ): "One person at two storefronts.",
    ("lifetime_value", "right condition only: spent.storefront_id"): "The same.",
    ("sales", "right condition only: buyers.storefront_id"): "The same.",
    (
        "sales",
        "joined otherwise: LEFT JOIN customers_in_total",
    ): "A storefront that took goods back and sold none.",
    ("sales", "nothing for null: COALESCE(customers_in_total"): "The same.",
    ("money", "mistaken: SUM(shipping)"): "Shipping.",
    ("money", "mistaken: SUM(tax)"): "Tax.",
}

type Said = dict[tuple[int, str, tuple[tuple[str, object], ...]], tuple[object, ...]]


def a_shop(seed: int, days: list[int], *, known: bool = True) -> shops.Shop:
    """Return a shop whose sales lie on the borders of every window.

    Where nobody is ``known``, all its sales are of guests.
    """
    chance = random.Random(seed)
    names = [f"record-{nth}" for nth in range(30)]

    def moment() -> datetime:
        return datetime(2025, 12, 1, tzinfo=UTC) + timedelta(
            days=chance.choice(days), hours=chance.choice([0, 0, 5])
        )

    sales = tuple(
        shops.Sale(
            chance.choice([*names, None]) if known else None,
            moment(),
            lines=tuple(chance.randrange(1, 90_000_001) for _ in range(nth % 3)),
            refunds=chance.choice([(), (), (1_234_567,), (5_000_001, 7)]),
            discounts=chance.choice([(), (), (2_000_000,)]),
            returns=chance.choice([(), (), (3_000_003,)]),
            unit_cost=chance.choice([None, 0, 1_000_001]),
            status=chance.choice(["paid", "paid", "pending", "credit", "test"]),
            segment=chance.choice(["", "loyal", "new"]),
            id=f"{seed}-{nth}",
        )
        for nth in range(60)
    )
    touches = tuple(
        shops.Touch(
            chance.choice(names), moment(), chance.choice(list(shops.TAGS)), f"t-{nth}"
        )
        for nth in range(60)
    )
    return shops.Shop(sales, touches, {"record-1": "record-0", "record-2": None})


class Tried:
    """The views over one snapshot, asked again with one of them wrong."""

    def __init__(
        self, folder: Path, connection: duckdb.DuckDBPyConnection, twin: Said
    ) -> None:
        self._connection = connection
        self._twin = twin
        self._metrics = [METRICS[key] for key in sorted({key for _, key, _ in twin})]
        for file in folder.glob("*.parquet"):
            connection.execute(f"create table {file.stem} as from '{file}'")
        views = Engine(connection)
        facts.give(views, facts.wanted(agreed.now()))
        views.see("facts/touches")
        self._lay({}, FACTS)

    def says_what_the_twin_says(self, texts: dict[str, str]) -> bool:
        """Return whether it does with these views in place of those that stand."""
        wrong = [fact for fact in FACTS if f"facts/{fact}" in texts]
        built = FACTS[FACTS.index(wrong[0]) :] if wrong else []
        asked = VIEWS if wrong else [view for view in VIEWS if view in texts] or VIEWS
        try:
            self._lay(texts, built)
            return all(self._agrees(view, texts) for view in asked)
        except (duckdb.Error, ArithmeticError, KeyError, TypeError):
            # Who cannot answer says no wrong number either: that is noticed.
            return False
        finally:
            self._lay({}, built)

    def _lay(self, texts: dict[str, str], built: list[str]) -> None:
        for fact in built:
            view = f"facts/{fact}"
            given = {"no_touch": UNATTRIBUTED} if view in NO_TOUCH else None
            text = texts.get(view, engine.text(view))
            self._connection.execute(f"create or replace table {fact} as {text}", given)

    def _agrees(self, view: str, texts: dict[str, str]) -> bool:
        said: Said = {}
        answers: dict[str, list[Row]] = {}
        metrics = [metric for metric in self._metrics if metric.view == view]
        for metric in metrics:
            given = dict(metric.parameters)
            if f"{given}" not in answers:
                text = texts.get(view, engine.text(view))
                found = self._connection.execute(text, given or None)
                names = [column[0] for column in found.description]
                answers[f"{given}"] = [
                    dict(zip(names, row, strict=True)) for row in found.fetchall()
                ]
            for storefront, cell in metric.cells(answers[f"{given}"]):
                place = (storefront, metric.key, tuple(sorted(cell.dimensions.items())))
                if storefront:
                    said[place] = _kept(cell)
        keys = {metric.key for metric in metrics}
        return said == {
            place: told for place, told in self._twin.items() if place[1] in keys
        }


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("however_few")
def test_the_plain_twin_notices_whatever_goes_wrong_in_a_view():
    drawn = [
        a_shop(1, [0, 30, 60, 90, 180, 365, 455]),
        a_shop(2, [0, 29, 30, 31, 59, 89, 90, 91, 364, 365]),
        # Known until the last day of a month.
        a_shop(3, [0, 7, 30]),
        # Begun later than others, and of nobody we know.
        a_shop(4, [40, 80], known=False),
        # Back, and followed, for exactly as long as a window is.
        a_shop(5, [0, 90]),
    ]
    written = [shops.write(shop) for shop in drawn]
    taken = snapshot.take(moment=builds.NOW, name="now")
    twin = _of_the_twin(drawn, written)

    with engine.database() as connection:
        tried = Tried(taken.folder, connection, twin)
        assert tried.says_what_the_twin_says({})
        overlooked = {
            _named(mutant)
            for view in VIEWS
            for mutant in mutations.of(view, engine.text(view))
            if tried.says_what_the_twin_says({mutant.view: mutant.text})
        }
        assert overlooked == {*SAME, *NOT_THERE}


def _named(mutant: mutations.Mutant) -> tuple[str, str]:
    """Return the name under which the mutant is known, or its own."""
    for view, beginning in (*SAME, *NOT_THERE):
        if view == mutant.view and mutant.wrong.startswith(beginning):
            return view, beginning
    return mutant.view, mutant.wrong


def _of_the_twin(drawn: list[shops.Shop], written: list[Storefront]) -> Said:
    said: Said = {}
    for shop, storefront in zip(drawn, written, strict=True):
        plain = Plain(shop, system=f"{storefront.key}-till", min_n=1)
        told = {**plain.readings(), **plain_money.readings(plain)}
        for (key, dimensions), cell in told.items():
            if METRICS[key].view in VIEWS:
                said[storefront.pk, key, dimensions] = cell
    return said


def _kept(cell: Cell) -> tuple[object, ...]:
    return (
        *map(_rounded, (cell.value,)),
        cell.n,
        *map(_rounded, (cell.low, cell.high)),
        cell.state,
    )


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else round(value, 8)
