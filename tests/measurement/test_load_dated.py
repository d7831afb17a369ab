"""Rows with a date of their own: whatever order files come in, the newest is kept."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measurement import sync
from measurement.entities import ENTITIES
from tests import make
from tests.make import moment
from tests.measurement import kinds, loading
from tests.measurement.kinds import KINDS

DATED = [
    name for name, entity in ENTITIES.items()
    if "source_updated_at" in entity.mappable()
]  # fmt: skip
EACH = pytest.mark.parametrize("name", DATED)
EARLY, LATE = "2026-03-01 10:00:00", "2026-03-01 10:00:01"


@pytest.fixture
def shop(db):
    made = loading.system()
    kinds.parents(made)
    return made


@pytest.fixture
def tell(load, shop):
    """Return what tells one row of a kind, of a date, as a file of its own."""

    def tell(name, said, at):
        row = {**KINDS[name].row, news(name): said, "source_updated_at": at}
        return load(streams(name), kinds.told(row), name=f"{make.number()}.csv")

    made = {}

    def streams(name):
        if name not in made:
            made[name] = kinds.stream(name, of=shop, also=("source_updated_at",))
        return made[name]

    return tell


def news(name):
    """Return the field that changes, and which may say one thing or the other."""
    return KINDS[name].news[0]


def both(name):
    """Return two things the field may say."""
    return KINDS[name].row[news(name)], KINDS[name].news[1]


@EACH
def test_an_older_row_that_comes_later_changes_nothing(tell, name):
    one, other = both(name)
    tell(name, one, LATE)

    run = tell(name, other, EARLY)

    assert loading.counts(run) == (1, 0, 1, 0)
    assert kinds.kept(name, news(name), "source_updated_at") == [
        {news(name): one, "source_updated_at": moment("2026-03-01T10:00:01")}
    ]


@EACH
def test_a_newer_row_is_written_with_its_date(tell, name):
    one, other = both(name)
    tell(name, one, EARLY)

    run = tell(name, other, LATE)

    assert loading.counts(run) == (1, 1, 0, 0)
    assert kinds.kept(name, news(name), "source_updated_at") == [
        {news(name): other, "source_updated_at": moment("2026-03-01T10:00:01")}
    ]


@EACH
def test_a_row_without_a_date_is_older_than_any(tell, name):
    one, other = both(name)
    tell(name, one, EARLY)

    tell(name, other, "")

    assert kinds.kept(name, news(name)) == [{news(name): one}]


@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(told=st.permutations(["00", "01", "02"]), page_rows=st.sampled_from([1, 9]))
def test_files_in_any_order_leave_the_newest_order(load, db, told, page_rows):
    mapped = loading.ORDERS + 'status = "status"\nsource_updated_at = "told"\n'
    stream = loading.stream(mapped, grain="order", key=f"orders-{make.number()}")
    said = {"00": "pending", "01": "paid", "02": "cancelled"}

    for minute in told:
        row = f"1,2026-01-01,{said[minute]},2026-01-01 10:{minute}:00\n"
        load(
            stream,
            f"id,at,status,told\n{row}2,2026-01-01,paid,\n",
            name=f"{make.number()}.csv",
            page_rows=page_rows,
        )

    assert loading.column("order", "status")[-2:] == ["cancelled", "paid"]


GUESTS = """
[customer]
when_empty = "who"
source_id = { column = "id", prefix = "guest:" }
is_guest = { constant = true }
[order]
source_id = "id"
customer = { columns = ["who", { column = "id", prefix = "guest:" }], lookup = true }
placed_at = "at"
"""


def ordered_before_known(load, shop):
    """Load an order of a customer whom a later file brings; return its run."""
    orders = loading.stream(GUESTS, grain="order", of=shop, key="orders")
    run = load(orders, "id,at,who\n1,2026-01-01,7\n2,2026-01-01,\n", name="orders.csv")
    customers = loading.stream(
        '[customer]\nsource_id = "id"\n', grain="customer", of=shop, key="customers"
    )
    load(customers, "id\n7\n", name="customers.csv")
    return run


def test_an_order_waits_for_its_customer_where_the_file_tells_guests_too(load, shop):
    run = ordered_before_known(load, shop)

    assert run.waits_for == {f"{shop.pk} customer": 1}
    assert not sync.is_loaded(stream=run.stream, sha256=run.file.sha256)


def test_an_order_finds_its_late_customer_where_the_file_tells_guests_too(load, shop):
    run = ordered_before_known(load, shop)

    load(run.stream, "id,at,who\n1,2026-01-01,7\n2,2026-01-01,\n", name="orders.csv")

    assert loading.rows("order", "source_id", "customer__source_id")[:2] == [
        ("1", "7"),
        ("2", "guest:2"),
    ]


def test_one_row_that_waits_is_said_as_one(load, shop):
    row = {**KINDS["order"].row, "customer": "late"}

    run = load(kinds.stream("order", of=shop), kinds.told(row))

    assert run.notes == ["1 row waits for its customer: no file has brought it yet."]
