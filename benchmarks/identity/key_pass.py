"""What exact keys alone cost, beside reading and hashing these keys and no more."""

import statistics
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.figures import seconds
from benchmarks.identity import exact

_MOST = {"email": 12, "phone": 8}
_KEYS = (Path(__file__).parent / "rival.sql").read_text()
_HASHED = "select hash(email) as email, hash(phone) as phone from read_parquet(?)"


@dataclass(frozen=True)
class KeyPass:
    """Seconds of the pass and of the floor under it, and who was joined."""

    took: float
    floor: float
    people: np.ndarray


def write_keys(records: Path, to: Path) -> None:
    """Write the keys of the records: what is measured begins with these."""
    with duckdb.connect() as connection:
        connection.register("records", pq.read_table(records))
        keys = connection.sql(
            f"select first, email, phone from ({_KEYS}) order by record"
        )
        pq.write_table(keys.to_arrow_table(), to)


def run(path: Path, times: int) -> KeyPass:
    """Return the medians of as many passes, each beside its floor."""
    # What is loaded once is no part of a pass.
    found = [_pass(path)]
    floors, passes = [], []
    for _ in range(times):
        floors.append(seconds(lambda: _floor(path)))
        passes.append(seconds(lambda: found.append(_pass(path))))
    return KeyPass(statistics.median(passes), statistics.median(floors), found[-1])


def _floor(path: Path) -> None:
    with duckdb.connect() as connection:
        hashed = connection.execute(_HASHED, [str(path)]).fetchnumpy()
    for column in hashed.values():
        np.sort(np.asarray(column))


def _pass(path: Path) -> np.ndarray:
    keys: pa.Table = pq.read_table(path, columns=["first", "email", "phone"])
    return exact.people(keys, most=_MOST)
