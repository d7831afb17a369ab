"""People drawn as a table: a line each, columns as the engine reads them."""

import pyarrow as pa

from identity.matching.engines import engine
from identity.matching.fields import recognise
from identity.matching.normalise import People, normalise


def table(drawn: str) -> pa.Table:
    """Return the drawn table; an empty cell is null, ``record`` is a number."""
    head, _, *lines = [line for line in drawn.splitlines() if line.strip()]
    names = [name.strip() for name in head.split("|")]
    rows = [[cell.strip() or None for cell in line.split("|")] for line in lines]
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    return pa.table(
        {
            name: pa.array(map(int, values))
            if name == "record"
            else pa.array(values, pa.string())
            for name, values in columns.items()
        }
    )


def people(drawn: str) -> People:
    """Return the drawn people, made comparable."""
    records = table(drawn)
    with engine() as opened:
        return normalise(opened, records, recognise(records))


def texts(of: People, name: str) -> list[str | None]:
    """Return the column's value of each record."""
    return of.columns[name].texts().cast(pa.string()).to_pylist()


def crowd(count: int, **same: str) -> pa.Table:
    """Return that many people who have names and mailboxes of their own, and one thing alike."""
    letters = [
        chr(97 + one % 26) + chr(97 + one // 26 % 26) + chr(97 + one // 676)
        for one in range(count)
    ]
    return pa.table(
        {
            "record": pa.array(range(count)),
            "first": [f"Fi{two}" for two in letters],
            "last": [f"{two}stone" for two in letters],
            "email": [f"{two}.person{two}@northmail.example" for two in letters],
        }
        | {name: [value] * count for name, value in same.items()}
    )
