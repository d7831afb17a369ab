"""A made-up population whose truth is known, with every hazard of a real one.

`generate` draws it: 62 records in 100 are the shop's, 38 the CRM's, of people who live in
households. `safety` counts how often each exact rule is right about it.
"""

import argparse
from pathlib import Path
from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from benchmarks.population import people, phones, records, safety

# Some of the people drawn have no record left over for them.
_HOUSEHOLDS_PER_RECORD = 0.42

TEXTS = (
    "source", "first", "last", "email", "phone", "birth", "street", "house",
    "postcode", "city", "country", "shop_customer_id", "loyalty", "device",
)  # fmt: skip


def generate(*, count: int, seed: int) -> pa.Table:
    """Return that many records. The same seed gives the same ones.

    Every column but ``record``, ``is_guest``, ``person`` and ``value`` (what was spent) is
    text as it was typed, or null. ``shop_customer_id`` is an account's own id, or the one a contact
    claims. ``person`` is the truth, and nothing a matcher may read.
    """
    rng, chance = np.random.default_rng(seed), Random(seed)
    homes, places = people.households(rng, 100 + int(count * _HOUSEHOLDS_PER_RECORD))
    everybody = people.people(rng, homes)
    drawn = records.draw(rng, len(everybody.first), count)
    columns = records.ids(rng, drawn, everybody)
    columns |= records.name_columns(rng, chance, drawn, everybody)
    columns["email"] = records.email_column(rng, chance, drawn, everybody, homes)
    columns["phone"] = records.phone_column(rng, chance, drawn, everybody, homes)
    columns["birth"] = records.birth_column(rng, drawn, everybody)
    columns |= records.address_columns(rng, chance, drawn, everybody, places)
    country = phones.CODES[homes.country[everybody.household[drawn.owner]]]
    columns["country"] = np.where(drawn.chance(rng, "country"), country, None)
    columns["device"] = np.full(count, None, dtype=object)
    records.put_at_kiosks(rng, drawn, columns["phone"], columns["device"])
    spent = np.where(drawn.kind == records.CONTACT, 0, rng.lognormal(4.2, 1.1, count))
    return pa.table(
        {"record": columns["record"]}
        | {name: pa.array(columns.pop(name), pa.string()) for name in TEXTS}
        | {
            "is_guest": pa.array(drawn.kind == records.GUEST),
            "person": pa.array(drawn.owner),
            "value": pa.array(spent.round(2)),
        }
    )


def main(arguments: list[str]) -> int:
    """Write a population to a file, and print how safe each exact rule is in it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks population")
    parser.add_argument("--records", type=int, default=160_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--to", type=Path, help="a .csv or .parquet file")
    given = parser.parse_args(arguments)
    table = generate(count=given.records, seed=given.seed)
    if given.to and given.to.suffix == ".csv":
        pyarrow.csv.write_csv(table, given.to)
    elif given.to:
        pyarrow.parquet.write_table(table, given.to)
    for rule in safety.of(table):
        print(rule)
    return 0
