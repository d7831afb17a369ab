"""Our run on a file of people: nobody has answered yet, or a model was learned."""

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.identity.alone import Run
from identity.matching.engine import match
from identity.matching.model import Model
from identity.matching.rules import Rules
from measurement.memory import peak_mb

# What no matcher may look at.
TRUTH = ("person", "value")


@dataclass(frozen=True)
class Found:
    """A run, who merged by itself, who is the better guess, and every pair looked at."""

    run: Run
    merged: np.ndarray
    guess: np.ndarray
    pairs: pa.Table
    questions: pa.Table
    model: str


def run(path: Path, *, model: str | None = None, merge_at: float = 0.99) -> Found:
    """Read the file, and find out who is who."""
    records = pq.read_table(path)
    records = records.drop_columns([*TRUTH])
    began = perf_counter()
    outcome = match(
        records,
        rules=Rules(merge_at=merge_at),
        model=Model.from_json(model) if model else None,
    )
    whole = perf_counter() - began
    steps = dict(outcome.seconds)
    steps["the rest"] = whole - sum(steps.values())
    return Found(
        Run(steps, peak_mb(), {}),
        outcome.people["person"].to_numpy(),
        outcome.guess["person"].to_numpy(),
        outcome.pairs,
        outcome.questions,
        outcome.model.to_json(),
    )
