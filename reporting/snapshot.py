"""Canonical tables and the links of one moment, as columns for the engine.

What goes in is numbers, days and labels: no name, no mail, no phone, no tag as written.
"""

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings
from django.db import connection
from psycopg.errors import NumericValueOutOfRange

from governance import channels
from governance.taxonomy import TOUCH_KINDS, Rule, Tags, Taxonomy
from reporting import engine
from reporting.agreed import Agreed
from reporting.attribution import campaigns

# No computation takes as long: what is older and unfinished was left by one that died.
_ABANDONED_AFTER = 24 * 60 * 60


class SnapshotError(Exception):
    """The snapshot cannot be taken; the message says why."""


class MoreMoneyThanCounts(SnapshotError):
    """An order's money does not fit the engine's exact numbers."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the snapshot: its columns with the engine's types."""

    name: str
    columns: Mapping[str, str]
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The tables as they were taken: where they lie, and how many rows each has."""

    folder: Path
    rows: Mapping[str, int]


def digest(*, moment: datetime, agreed: Agreed) -> str:
    """Return a digest that stays the same while a computation would give the same.

    It covers the rows of every table read, the links of the moment, the rules that make
    channels, the versions of the definitions, and the text of every statement.
    """
    said = {
        "rows": _ask("inputs", {"moment": moment}),
        "rules": [asdict(rule) for rule in agreed.rules],
        "models": [asdict(model) for model in agreed.models],
        "definitions": {
            key: [metric.version, metric.min_n, dict(metric.parameters)]
            for key, metric in agreed.metrics.items()
        },
        "statements": {
            str(file.relative_to(engine.SQL)): file.read_text()
            for file in sorted(engine.SQL.rglob("*.sql"))
        },
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def take(
    *, moment: datetime, name: str, rules: Sequence[Rule] | None = None
) -> Snapshot:
    """Write every table into a folder of that name, and drop all but the one before.

    The folder appears whole or not at all. ``rules`` make the channels of touches; not
    given, they are those in force.
    """
    taxonomy = Taxonomy(channels.rules() if rules is None else rules)
    settings.SNAPSHOT.mkdir(parents=True, exist_ok=True)
    folder = settings.SNAPSHOT / name
    unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=settings.SNAPSHOT))
    try:
        with engine.database() as duck:
            rows = {
                table.name: _write(table, unfinished, duck)
                for table in _tables(moment, taxonomy)
            }
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    _forget_older(than=folder)
    return Snapshot(folder=folder, rows=rows)


@contextmanager
def aside(*, moment: datetime, rules: Sequence[Rule]) -> Iterator[Path]:
    """Write every table into a folder that is gone afterwards; no build stands on it."""
    with (
        tempfile.TemporaryDirectory(prefix="plumbline-shadow-") as name,
        engine.database() as duck,
    ):
        for table in _tables(moment, Taxonomy(rules)):
            _write(table, Path(name), duck)
        yield Path(name)


def _tables(moment: datetime, taxonomy: Taxonomy) -> list[Table]:
    return [
        Table("placed", _PLACED, {"moment": moment}),
        Table("lines", _LINES),
        Table("refunds", _REFUNDS),
        Table("costs", _COSTS, {"currency": settings.REPORTING_CURRENCY}),
        Table("visits", _VISITS, _visits(moment, taxonomy)),
        Table("spend", _SPEND, _paid_for(taxonomy)),
        Table("storefronts", _STOREFRONTS),
        Table("months", _MONTHS),
    ]


_PLACED = {
    "order_id": "bigint",
    "order_rank": "bigint",
    "owner": "bigint",
    "storefront_id": "bigint",
    "person_id": "bigint",
    "placed_at": "timestamp",
    "placed_us": "bigint",
    "placed_on": "date",
    "month": "bigint",
    "is_purchase": "bigint",
    "shipping": "bigint",
    "tax": "bigint",
    "shipping_together": "bigint",
    "tax_together": "bigint",
    "stage": "varchar",
    "segment": "varchar",
}
_LINES = {
    "order_id": "bigint",
    "placed_on": "date",
    "kind": "varchar",
    "product_id": "bigint",
    "kept": "decimal(16, 4)",
    "sales": "bigint",
    "discounts": "bigint",
    "sales_together": "bigint",
    "discounts_together": "bigint",
}
_REFUNDS = {
    "refund_id": "bigint",
    "order_id": "bigint",
    "refunded_on": "date",
    "month": "bigint",
    "amount": "bigint",
    "amount_together": "bigint",
}
_COSTS = {
    "product_id": "bigint",
    "valid_from": "date",
    "valid_until": "date",
    "cost": "bigint",
    "cost_together": "bigint",
}
_VISITS = {
    "touch_id": "bigint",
    "touch_rank": "bigint",
    "storefront_id": "bigint",
    "person_id": "bigint",
    "touched_at": "timestamp",
    "touched_us": "bigint",
    "channel": "varchar",
    "campaign": "varchar",
}
_SPEND = {
    "storefront_id": "bigint",
    "channel": "varchar",
    "month": "bigint",
    "amount": "bigint",
    "amount_together": "bigint",
}
_STOREFRONTS = {
    "storefront_id": "bigint",
    "key": "varchar",
    "data_moment": "timestamp",
    "data_on": "date",
    "panel_starts_on": "date",
}
_MONTHS = {"month": "bigint", "begins_on": "date", "ends_on": "date"}


def _visits(moment: datetime, taxonomy: Taxonomy) -> dict[str, Any]:
    kinds = {"kinds": list(TOUCH_KINDS)}
    known = {str(row[0]) for row in _ask("campaigns", {})}
    return {
        "moment": moment,
        **kinds,
        **_read(_ask("tags", kinds), taxonomy, known),
    }


def _paid_for(taxonomy: Taxonomy) -> dict[str, Any]:
    """Return the campaigns that were paid for, and the channel of each beside it."""
    named = [str(row[0]) for row in _ask("campaigns_paid_for", {})]
    seen = _ask("tags", {"kinds": list(TOUCH_KINDS)}) if named else []
    placed = campaigns.placed(named, (Tags.read(*row) for row in seen), taxonomy)
    return {
        "currency": settings.REPORTING_CURRENCY,
        "campaigns": list(placed),
        "channels": list(placed.values()),
    }


def _read(
    combinations: Sequence[Sequence[str]], taxonomy: Taxonomy, known: Set[str]
) -> dict[str, list[str]]:
    """Return the combinations of tags with what each says, column by column.

    They say a channel, and a campaign where it is one of those known.
    """
    columns: dict[str, list[str]] = {
        name: [row[nth] for row in combinations]
        for nth, name in enumerate(("sources", "mediums", "campaigns", "referrers"))
    }
    tags = [Tags.read(*row) for row in combinations]
    columns["channels"] = [taxonomy.channel(each) for each in tags]
    columns["named"] = [
        each.campaign if each.campaign in known else "" for each in tags
    ]
    return columns


def _write(table: Table, folder: Path, duck: duckdb.DuckDBPyConnection) -> int:
    """Stream the table out of PostgreSQL and write it as Parquet; return its rows."""
    text = folder / f"{table.name}.csv"
    statement = engine.text(f"snapshot/{table.name}")
    with connection.cursor() as cursor, text.open("wb") as file, _in_words():
        with cursor.copy(
            f"copy ({statement}) to stdout (format csv)", dict(table.parameters) or None
        ) as rows:
            for block in rows:
                file.write(block)
        count = cursor.rowcount
    duck.read_csv(
        str(text),
        header=False,
        columns=dict(table.columns),
        auto_detect=False,
        delimiter=",",
        quotechar='"',
        escapechar='"',
        na_values="",
        allow_quoted_nulls=False,
    ).write_parquet(str(folder / f"{table.name}.parquet"), compression="zstd")
    text.unlink()
    return int(count)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except NumericValueOutOfRange as error:
        raise MoreMoneyThanCounts(
            "A line took or a refund gave back more than 9,223,372,036,854 of its currency, "
            "which is more than can be added up exactly. Mend it at its source; "
            "the next file brings it in."
        ) from error


def _ask(name: str, parameters: Mapping[str, Any]) -> list[list[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(engine.text(f"snapshot/{name}"), dict(parameters))
        return [list(row) for row in cursor.fetchall()]


def _forget_older(*, than: Path) -> None:
    """Keep this snapshot, the one before it, and what somebody may still be writing."""
    others = [
        one for one in settings.SNAPSHOT.iterdir() if one.is_dir() and one != than
    ]
    finished = [one for one in others if "unfinished" not in one.name]
    abandoned = [
        one
        for one in others
        if one not in finished and one.stat().st_mtime < time.time() - _ABANDONED_AFTER
    ]
    for folder in [*sorted(finished, key=os.path.getmtime)[:-1], *abandoned]:
        shutil.rmtree(folder, ignore_errors=True)
