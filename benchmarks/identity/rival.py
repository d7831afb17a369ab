"""Splink as its guides use it: comparisons from its library, trained by EM, then clusters.

It is given the keys cleaned the same way; that is not counted against it.
"""

import logging
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from benchmarks.identity.alone import Run
from measurement.memory import peak_mb

_PEOPLE = (Path(__file__).parent / "rival.sql").read_text()
THRESHOLDS = (0.5, 0.8, 0.95, 0.99, 0.999)


def run(path: Path) -> Run:
    """Train, predict and cluster; return the people at each threshold."""
    import duckdb
    from splink import DuckDBAPI, Linker

    logging.disable(logging.WARNING)
    connection = duckdb.connect()
    connection.register("records", pq.read_table(path))
    connection.execute(f"create table people as {_PEOPLE}")
    connection.unregister("records")
    seconds: dict[str, float] = {}
    began = perf_counter()
    api = DuckDBAPI(connection)
    people = api.register("people", dataset_display_name="people")
    linker = Linker(people, _settings())
    _train(linker)
    seconds["train"] = perf_counter() - began
    predicted = linker.inference.predict(threshold_match_probability=0.2)
    seconds["predict"] = perf_counter() - began - seconds["train"]
    groups = {}
    for threshold in THRESHOLDS:
        began = perf_counter()
        groups[threshold] = _clusters(linker, predicted, threshold)
        # One clustering is what a run needs; the others are for choosing the best.
        seconds["cluster"] = perf_counter() - began
    return Run(seconds, peak_mb(), groups)


def _settings() -> Any:
    import splink.comparison_library as cl
    from splink import SettingsCreator, block_on

    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record",
        comparisons=[
            cl.ForenameSurnameComparison("first", "last"),
            cl.EmailComparison("email"),
            cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("birth", input_is_string=True),
            cl.JaroWinklerAtThresholds("address", [0.95]).configure(
                term_frequency_adjustments=True
            ),
            cl.ExactMatch("cross_id"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("email"),
            block_on("phone"),
            block_on("cross_id"),
            block_on("first", "last", "postcode"),
            block_on("last", "address"),
            block_on("first", "last", "birth"),
        ],
    )


def _train(linker: Any) -> None:
    from splink import block_on

    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("email", "first"), block_on("first", "last", "address")], recall=0.7
    )
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("email"), block_on("first", "last")):
        training.estimate_parameters_using_expectation_maximisation(rule)


def _clusters(linker: Any, predicted: Any, threshold: float) -> np.ndarray:
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(
        predicted, threshold_match_probability=threshold
    ).as_pyarrow_table()
    order = np.argsort(found["record"].to_numpy())
    return np.asarray(found["cluster_id"].to_numpy()[order])
