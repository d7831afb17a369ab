"""What tests of Complete Journey look at, read once."""

from datetime import datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def text(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture(scope="module")
def lines(demo) -> pa.Table:
    """The real lines, their value in whole cents."""
    path = demo.file("journey_shop", "transactions").path
    columns = ["household_id", "basket_id", "transaction_timestamp", "sales_value"]
    read = pq.ParquetFile(path).read(columns=columns)
    cents = pc.cast(pc.round(pc.multiply(read["sales_value"], 100)), pa.int64())
    return read.append_column("cents", cents)


@pytest.fixture(scope="module")
def baskets(lines) -> dict[str, tuple[datetime, Decimal]]:
    """When each basket was paid, and what its lines came to."""
    sums = lines.group_by("basket_id").aggregate(
        [("transaction_timestamp", "min"), ("cents", "sum")]
    )
    return {
        str(basket): (at, Decimal(cents) / 100)
        for basket, at, cents in zip(
            sums["basket_id"].to_pylist(),
            _moments(sums["transaction_timestamp_min"]),
            sums["cents_sum"].to_pylist(),
            strict=True,
        )
    }


@pytest.fixture(scope="module")
def first_bought(lines) -> dict[str, datetime]:
    """When each household first bought."""
    first = lines.group_by("household_id").aggregate([("transaction_timestamp", "min")])
    households = map(str, first["household_id"].to_pylist())
    return dict(
        zip(households, _moments(first["transaction_timestamp_min"]), strict=True)
    )


def _moments(column: pa.ChunkedArray) -> list[datetime]:
    """Return the moments, in UTC as they are meant."""
    return list(pc.cast(column, pa.timestamp("us", tz="UTC")).to_pylist())


@pytest.fixture(scope="module")
def contacts(demo) -> list[dict[str, str]]:
    return demo.rows("journey_crm", "contacts")
