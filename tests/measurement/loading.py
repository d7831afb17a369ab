"""Load a text through a mapping, and look at what became of it."""

import tomllib
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from governance.models import FieldMapping, SourceStream, SourceSystem
from measurement import mapping, sync
from measurement.entities import ENTITIES
from measurement.models import ExchangeRate, SyncRun
from tests import make
from tests.make import moment

AT = moment("2026-06-01")

type Load = Callable[..., SyncRun]

# One file of orders, each a row.
ORDERS = """
[order]
source_id = "id"
placed_at = "at"
"""

# One file of lines, each of which tells its order and its customer again.
LINES = """
[customer]
source_id = "who"
first_name = "name"
[order]
source_id = "id"
customer = { column = "who", lookup = true }
placed_at = "at"
[order_line]
order = { column = "id", lookup = true }
source_id = "line"
quantity = "quantity"
amount = "amount"
"""


def stream(
    written: str,
    *,
    grain: str,
    of: SourceSystem | None = None,
    key: str = "rows",
    delimiter: str = ",",
    encoding: str = "utf-8",
) -> SourceStream:
    """Return a stream with the mapping written as the entities of a mapping file."""
    made = make.stream(key, of=of, grain=grain)
    made.delimiter, made.encoding = delimiter, encoding
    made.save()
    remap(made, written)
    return made


def remap(made: SourceStream, written: str) -> None:
    """Give the stream another mapping."""
    entities = tomllib.loads(written)
    mapping.describe(made, entities)
    made.mappings.all().delete()
    FieldMapping.objects.bulk_create(
        FieldMapping(stream=made, entity=entity, field=field, rule=rule)
        for entity, fields in entities.items()
        for field, rule in fields.items()
    )


def system(
    *, zone: str = "UTC", currency: str = "USD", kind: str = SourceSystem.Kind.SHOP
) -> SourceSystem:
    """Return a shop's system in a zone and a currency."""
    return make.system(of=make.storefront(time_zone=zone, currency=currency), kind=kind)


def loads_into(folder: Path) -> Load:
    """Return what loads a text, or bytes, as a file of the folder."""

    def load(
        into: SourceStream,
        content: str | bytes,
        *,
        name: str = "rows.csv",
        page_rows: int | None = None,
        at: datetime = AT,
    ) -> SyncRun:
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return to_the_end(
            sync.begin(stream=into, path=path, at=at), page_rows=page_rows
        )

    return load


def to_the_end(run: SyncRun, *, page_rows: int | None = None) -> SyncRun:
    """Load the pages of a run that are left."""
    more = True
    while more:
        more = sync.load_page(run_id=run.pk, at=AT, page_rows=page_rows).more
    run.refresh_from_db()
    return run


def counts(run: SyncRun) -> tuple[int, int, int, int]:
    """Return the rows read, written, unchanged and rejected."""
    return (run.rows_in, run.written, run.unchanged, run.rejected)


def rejects(run: SyncRun) -> list[tuple[int, str, str]]:
    """Return line, field and reason of what was rejected."""
    return list(run.rejects.values_list("line", "field", "reason"))


def rows(entity: str, *fields: str) -> list[tuple[object, ...]]:
    """Return these fields of every row of the entity, in the order of its key."""
    found = ENTITIES[entity]
    key = [
        f"{name}__source_id" if name in found.references() else name
        for name in found.key
    ]
    return list(found.model._default_manager.order_by(*key).values_list(*fields))


def column(entity: str, field: str) -> list[object]:
    """Return one field of every row of the entity, in the order of its key."""
    return [value for (value,) in rows(entity, field)]


def rate(base: str, quote: str, on: str, value: str, *, of: str = "") -> ExchangeRate:
    """Return a rate of that day; ``of`` is the day it was published."""
    return ExchangeRate.objects.create(
        base=base, quote=quote, on=on, rate=Decimal(value), published_on=of or on,
        publisher="a bank",
    )  # fmt: skip


def csv_of(*lines: Iterable[object]) -> str:
    """Return rows as a CSV without quotes."""
    return "".join(",".join(map(str, line)) + "\n" for line in lines)
