"""Whatever happens to who is who: what a report said of an earlier moment it says again.

The lives are those the ledger is tried with; here every KPI is computed, by the views that
are published, of moments that were told before and are asked for again at the end.
"""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import override

import pytest

from identity import enrichment
from measurement.models import Order, OrderLine
from reporting import agreed, shadow
from tests import make
from tests.identity.lives import RECORDS, Lives
from tests.identity.settled import START
from tests.identity.test_ledger_lives import lived

pytestmark = pytest.mark.usefixtures("however_few")
TIMES = max(1, int(os.environ.get("LIVES", "100")) // 50)


class Reported(Lives):
    """Lives of which the published numbers are told, of so many moments each."""

    moments = 2

    @override
    def report(self, moment: datetime) -> object:
        return shadow.numbers([agreed.now()], moment=moment)

    @override
    def remember(self) -> None:
        if len(self.told) < self.moments:
            super().remember()


class ForgetsTheMoment(Reported):
    """Reports that count people as they are now, whatever moment was asked for."""

    moments = 1

    @override
    def report(self, moment: datetime) -> object:
        return super().report(self.clock)


def sold(order: Order, amount: Decimal) -> None:
    OrderLine.objects.create(
        order=order,
        source_id="1",
        kind="sale",
        quantity=1,
        amount=amount,
        amount_shop=amount,
        amount_reporting=amount,
        run=order.run,
    )


@pytest.fixture
def lives(db: None) -> Iterator[None]:
    """Give the machine a steward, and a shop of records that ordered once or twice each."""
    system = make.system()
    records = [make.record(of=system) for _ in range(RECORDS)]
    for at, record in enumerate(records):
        for again in range(1 + at % 2):
            placed = START - timedelta(days=90 - 3 * at - 40 * again)
            sold(make.order(record, placed), Decimal(f"{10 + at}.{again}7"))
    enrichment.enrich_orders()
    Lives.steward = make.user(role="steward")
    Lives.shop = [record.pk for record in records]
    yield
    del Lives.steward, Lives.shop


@pytest.mark.slow
def test_in_any_life_the_numbers_of_an_earlier_moment_stay_to_the_cent(lives):
    lived(TIMES, Reported)


@pytest.mark.slow
def test_a_report_that_forgets_the_moment_is_noticed(lives):
    with pytest.raises(AssertionError, match=r"What was told of .* moved"):
        lived(100, ForgetsTheMoment)
