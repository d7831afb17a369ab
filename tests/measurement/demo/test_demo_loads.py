"""The demo's files go through their own mappings: nothing rejected, nothing missed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from governance.models import SourceStream
from measurement import registry
from measurement.models import (
    CustomerRecord,
    Event,
    ExchangeRate,
    Order,
    OrderLine,
    SyncRun,
)
from tests.measurement import loading
from tests.measurement.demo import slices


@pytest.fixture
def rates(db):
    """A rate for each day of the demo between the currencies it has."""
    since = date(2024, 9, 1)
    ExchangeRate.objects.bulk_create(
        ExchangeRate(
            base=base, quote=quote, on=since + timedelta(number), rate=Decimal(rate),
            published_on=since, publisher="a bank",
        )
        for number in range(800)
        for base, quote, rate in [("EUR", "GBP", "0.8"), ("EUR", "USD", "1.1"), ("GBP", "USD", "1.4")]
    )  # fmt: skip


@pytest.fixture
def taken_in(load, rates, demo):
    """Return what loads a storefront's slices in the order of its files."""

    def taken_in(storefront: str) -> list[tuple[slices.Slice, SyncRun]]:
        registry.register_folder(slices.MAPPINGS)
        runs = []
        for part in slices.of_storefront(demo, storefront, rows=12):
            stream = SourceStream.objects.get(system__key=part.system, key=part.stream)
            name = f"{part.system}-{part.stream}.ndjson"
            runs.append((part, load(stream, part.as_ndjson(), name=name)))
        return runs

    return taken_in


def troubles(runs):
    """Return the streams that had no rows, left some out, or miss what theirs name."""
    return [
        (part.system, part.stream, loading.counts(run), loading.rejects(run))
        for part, run in runs
        if not part.rows or run.rejected or run.waits_for or not run.written
    ]


def summed(rows, *columns):
    """Return the sum of what the rows say in these columns, to the cent."""
    return sum(
        round(Decimal(str(row[column])), 2) for row in rows for column in columns
    )


def test_the_made_up_shop_is_taken_in_whole(taken_in):
    runs = taken_in("harbour")

    assert troubles(runs) == []
    rows = {part.stream: part.rows for part, _ in runs if part.system != "harbour_crm"}
    assert OrderLine.objects.count() == len(rows["order_lines"])
    assert sum(loading.column("order_line", "amount")) == summed(
        rows["order_lines"], "amount"
    )
    assert sum(loading.column("order", "shipping")) == summed(
        rows["orders"], "shipping"
    )
    assert not Order.objects.filter(customer=None).exists()
    assert CustomerRecord.objects.guests().count() == sum(
        not row["customer_id"] for row in rows["orders"]
    )


def test_the_real_shop_is_taken_in_whole(taken_in):
    runs = taken_in("journey")

    assert troubles(runs) == []
    rows = {part.stream: part.rows for part, _ in runs}
    assert OrderLine.objects.count() == len(rows["transactions"])
    assert sum(loading.column("order_line", "amount")) == summed(
        rows["transactions"], "sales_value"
    )
    assert not OrderLine.objects.filter(product=None).exists()
    # Moments of the tills are UTC; the day is that of New York.
    assert set(Order.objects.values_list("placed_offset", flat=True)) == {0}
    assert Event.objects.filter(kind="coupon_redemption").count() == len(
        rows["redemptions"]
    )
