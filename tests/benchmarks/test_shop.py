"""A made-up shop: the same for a seed, and its views the same in PostgreSQL."""

from pathlib import Path

import duckdb
import pytest

from benchmarks import shop
from benchmarks.identity.alone import alone
from benchmarks.shop import made, ours

CUSTOMERS = 400


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    made.write(folder, customers=CUSTOMERS, channels=shop.CHANNELS, seed=7)
    return folder


def asked(folder: Path, question: str) -> list[tuple]:
    with duckdb.connect() as duck:
        for parquet in folder.rglob("*.parquet"):
            duck.read_parquet(str(parquet)).create_view(parquet.stem)
        return duck.sql(question).fetchall()


def test_a_seed_makes_the_same_shop_again(folder, tmp_path):
    made.write(tmp_path, customers=CUSTOMERS, channels=shop.CHANNELS, seed=7)

    everything = "select bit_xor(hash(visits)), count(*) from visits"
    assert asked(folder, everything) == asked(tmp_path, everything)


def test_another_seed_makes_another(folder, tmp_path):
    made.write(tmp_path, customers=CUSTOMERS, channels=shop.CHANNELS, seed=8)

    placed = "select person_id, placed_on from placed order by order_id"
    assert asked(folder, placed) != asked(tmp_path, placed)


def test_a_tenth_of_the_orders_is_of_nobody_and_few_people_buy_often(folder):
    nobodys, orders = asked(
        folder, "select count(*) - count(person_id), count(*) from placed"
    )[0]
    often, buyers = asked(
        folder,
        "select count(*) filter (orders >= 10), count(*) from"
        " (select count(*) as orders from placed where person_id is not null"
        " group by person_id)",
    )[0]

    assert orders == 4 * CUSTOMERS
    assert 0.07 < nobodys / orders < 0.13
    assert 0.01 < often / buyers < 0.15


@pytest.mark.slow
def test_every_view_says_the_same_in_postgresql_written_by_hand(folder, db):
    built = alone(ours.run, folder, shop.CHANNELS, further=False)

    rival = shop.in_postgres(folder, shop.CHANNELS)

    assert set(rival.said) == set(shop.plain.VIEWS)
    assert shop.differing(built.said, rival.said) == {}


def test_a_view_that_says_otherwise_is_named():
    agreeing = {
        "lifetime_value 30": [{"channel": "", "buyers": 2}],
        "money": [{"month": 1, "orders": 2}, {"month": None, "orders": 2}],
    }
    theirs = {
        "lifetime_value": [{"days": 30, "channel": "", "buyers": 3}],
        "money": [{"month": 1, "orders": 2}],
    }

    assert list(shop.differing(agreeing, theirs)) == ["lifetime_value"]
