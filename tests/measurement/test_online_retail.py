"""A real shop's year of invoices, against totals counted by others.

The data (UCI "Online Retail", CC BY 4.0) lies beside the repository, not in it.
"""

import os
import zipfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, Q, Sum

from measurement.models import CustomerRecord, Order, OrderLine, SyncRun
from tests import databases

ROOT = Path(__file__).resolve().parents[2]
ARCHIVE = ROOT.parent / "shared" / "data" / "online_retail.zip"
MAPPING = ROOT / "measurement" / "mappings" / "online_retail.toml"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not ARCHIVE.exists(), reason="the data set online_retail.zip is not here"
    ),
]


def load(*options: str) -> None:
    call_command("load", str(ARCHIVE), "--mapping", str(MAPPING), *options, verbosity=0)


def tables() -> dict[str, list[tuple[object, ...]]]:
    """Return every loaded row without the numbers that only say when it came."""
    queries = {
        "customers": "select source_id from measurement_customerrecord order by 1",
        "products": "select source_id from measurement_product order by 1",
        "orders": """
            select o.source_id, c.source_id, o.placed_at, o.placed_offset, o.placed_on,
                   o.status, o.currency
            from measurement_order o
            left join measurement_customerrecord c on c.id = o.customer_id order by 1""",
        "lines": """
            select o.source_id, l.source_id::int, p.source_id, l.title, l.kind,
                   l.quantity, l.unit_price, l.amount, l.amount_shop,
                   l.amount_reporting, l.repeats_earlier
            from measurement_orderline l join measurement_order o on o.id = l.order_id
            left join measurement_product p on p.id = l.product_id order by 1, 2""",
    }
    found = {}
    with connection.cursor() as cursor:
        for name, query in queries.items():
            cursor.execute(query)
            found[name] = cursor.fetchall()
    return found


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The archive loaded all at once, in a database of its own."""
    name = f"test_online_retail_{os.getpid()}"
    with django_db_blocker.unblock():
        databases.copy(name)
        with databases.working_in(name):
            load()
            yield name
        databases.drop(name)


@pytest.fixture
def whole(loaded):
    with databases.working_in(loaded):
        yield


def test_every_row_is_read_and_none_rejected(whole):
    run = SyncRun.objects.get()

    assert (run.rows_in, run.written, run.unchanged, run.rejected) == (
        541_909,
        541_909,
        0,
        0,
    )


def test_the_amounts_tie_before_any_rounding(whole):
    total = OrderLine.objects.aggregate(total=Sum("amount"))["total"]

    assert total == Decimal("9747747.934")


def test_invoices_and_credits_are_counted_apart(whole):
    counted = Order.objects.aggregate(
        all=Count("pk"), credits=Count("pk", filter=Q(status="credit"))
    )

    assert counted == {"all": 25_900, "credits": 3_836}


def test_credits_give_back_what_the_set_says(whole):
    given_back = OrderLine.objects.filter(order__status="credit").aggregate(
        total=Sum("amount")
    )["total"]

    assert given_back == Decimal("-896812.49")


def test_ids_lose_the_decimals_a_spreadsheet_gave_them(whole):
    assert CustomerRecord.objects.count() == 4_372
    assert CustomerRecord.objects.filter(source_id="17850").exists()


def test_rows_without_a_customer_are_guests(whole):
    lines = OrderLine.objects.filter(order__customer=None).aggregate(
        rows=Count("pk"), amount=Sum("amount")
    )

    assert lines["rows"] == 135_080
    assert round(lines["amount"] / Decimal("9747747.934"), 4) == Decimal("0.1485")


def test_exact_duplicates_are_kept_and_flagged(whole):
    assert OrderLine.objects.filter(repeats_earlier=True).count() == 5_268


def test_returns_without_a_credit_are_known_by_their_quantity(whole):
    returned = OrderLine.objects.filter(quantity__lt=0).exclude(order__status="credit")

    assert returned.count() == 1_336
    assert set(returned.values_list("kind", flat=True)) == {"return"}


def test_the_repeat_share_counts_purchases_not_credits(whole):
    per_customer = Counter(
        Order.objects.purchases()
        .exclude(customer=None)
        .values_list("customer", flat=True)
    )

    again = sum(1 for orders in per_customer.values() if orders > 1)
    assert len(per_customer) == 4_339
    assert round(100 * again / len(per_customer), 2) == 65.57


def test_no_invoice_spans_two_files():
    held_by: dict[str, str] = {}
    with zipfile.ZipFile(ARCHIVE) as archive:
        for name in archive.namelist():
            rows = archive.read(name).decode().splitlines()[1:]
            for invoice in {row.partition(",")[0] for row in rows}:
                assert held_by.setdefault(invoice, name) == name


def test_day_by_day_gives_the_same_tables_as_all_at_once(
    loaded, django_db_blocker, own_database
):
    with databases.working_in(loaded):
        all_at_once = tables()

    load("--one-by-one")

    assert SyncRun.objects.count() == 305
    assert tables() == all_at_once
