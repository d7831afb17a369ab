"""The engine against people whose truth is known: how right it is, step by step.

With a budget of answers the truth plays the steward: it is asked in the order of the
queue, and what was learned from the answers decides the rest.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from identity.matching import asking, deciding, learning, measuring
from identity.matching.engine import Outcome, match
from identity.matching.engines import Engine
from identity.matching.fields import Kind, recognise
from identity.matching.measuring import Band, Grouped, Right
from identity.matching.rules import DEFAULT, Rules, Said
from identity.matching.texts import as_texts

ROW = "row of the file"
_EDGES = np.array([0, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999, 1.0])
_ROUNDS = 4
# Of the questions so many are drawn at random: the doubtful alone do not say how often
# what looks sure is right.
_AT_RANDOM = 0.3
# A source has no duplicates if hardly any of its likely pairs lie within it.
_HARDLY = 0.002
# How files of people with made-up copies name these: rec-12-org, rec-12-dup-0.
_COPY = r"[-_](org|dup[-_]?\d+)$"
_KEYS = ("email", "phone", "cross_id", "national_id", "loyalty")


@dataclass(frozen=True, slots=True)
class Stage:
    """How right the pairs are that one step leaves."""

    name: str
    right: Right


@dataclass(frozen=True, slots=True)
class Trial:
    """What came out: by step, by band, in groups, and what it would ask."""

    records: int
    compared: int
    stages: tuple[Stage, ...]
    bands: tuple[Band, ...]
    merged: Grouped
    likelier: Grouped
    calibration_error: float
    questions: int
    answers: int
    clean: tuple[str, ...]
    quarantined: int
    seconds: float
    columns: tuple[tuple[str, str], ...]

    def as_json(self) -> dict[str, Any]:
        """Return everything that was counted, with the rates beside the counts."""
        said = asdict(self)
        said["stages"] = [
            {"name": stage.name} | _rates(stage.right) for stage in self.stages
        ]
        for name, grouped in (("merged", self.merged), ("likelier", self.likelier)):
            said[name] = _rates(grouped.pairs) | {
                "b3_precision": grouped.b3_precision,
                "b3_recall": grouped.b3_recall,
                "b3_f1": grouped.b3_f1,
                "largest": grouped.largest,
            }
        return said


def _rates(right: Right) -> dict[str, float]:
    return asdict(right) | {
        "precision": right.precision,
        "recall": right.recall,
        "f1": right.f1,
    }


class TrialError(Exception):
    """The trial cannot be made of this file."""


def run(
    table: pa.Table,
    *,
    truth: str,
    labels: int = 0,
    source: str = "",
    clean: Iterable[str] = (),
    rules: Rules = DEFAULT,
    on: Engine | None = None,
) -> Trial:
    """Return how right the engine is about the table.

    Args:
        table: people, one record a row.
        truth: the column that says whose record it is; the engine does not see it.
        labels: how many answers the truth may give.
        source: the column that says where a record comes from, if its name does not.
        clean: sources in which nobody stands twice. What else looks like one is, too.
        on: what answers the SQL, if not DuckDB here.

    Raises:
        TrialError: there is no such column.
    """
    records, whose = _prepared(table, truth, source)
    rules = replace(rules, clean=rules.clean | set(clean))
    outcome = match(records, rules=rules, on=on)
    found = _clean_sources(records, outcome)
    if found - rules.clean:
        rules = replace(rules, clean=rules.clean | found)
        outcome = match(records, rules=rules, on=on)
    answers = 0
    if labels:
        outcome, answers = _taught(records, whose, outcome, rules, labels, on)
    return _measured(records, whose, outcome, answers, tuple(sorted(rules.clean)))


def _prepared(table: pa.Table, truth: str, source: str) -> tuple[pa.Table, np.ndarray]:
    """Return the table as the engine may see it, and whose record each row is."""
    for column in filter(None, (truth, source)):
        if column not in table.column_names:
            raise TrialError(
                f"There is no column {column}. There are: "
                f"{', '.join(table.column_names)}."
            )
    whose = _whose(table[truth])
    if whose.null_count:
        raise TrialError(
            f"{whose.null_count:,} rows say nothing in {truth}. Say whose each record is."
        )
    fields = recognise(table, but=[truth])
    hidden = [truth, *(f.column for f in fields if f.kind is Kind.RECORD)]
    records = table.drop_columns(sorted(set(hidden)))
    if source:
        others = [f.column for f in fields if f.kind is Kind.SOURCE]
        records = records.drop_columns([name for name in others if name != source])
        records = records.rename_columns(
            ["source" if name == source else name for name in records.column_names]
        )
    rows = pa.array(np.arange(table.num_rows))
    records = records.append_column("record", rows)
    return records, np.asarray(whose.indices.to_numpy(zero_copy_only=False))


def _whose(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """Return whose each record is: as it says, or the record it is a copy of.

    >>> _whose(pa.chunked_array([["rec-1-org", "rec-1-dup-0", "rec-2-org"]])).indices.to_pylist()
    [0, 0, 1]
    """
    said = pc.utf8_trim_whitespace(as_texts(column).cast(pa.string()))
    said = pc.if_else(pc.equal(said, ""), None, said)
    if pc.all(pc.match_substring_regex(said, _COPY)).as_py():
        said = pc.replace_substring_regex(said, _COPY, "")
    return said.dictionary_encode()


def _clean_sources(records: pa.Table, outcome: Outcome) -> set[str]:
    """Return the sources in which hardly anybody stands twice, though others share them."""
    if "source" not in records.column_names:
        return set()
    sources = records["source"].cast(pa.string()).combine_chunks().fill_null("")
    likely = outcome.pairs["probability"].to_numpy() >= 0.5
    one = sources.take(outcome.pairs["left"].filter(pa.array(likely)))
    other = sources.take(outcome.pairs["right"].filter(pa.array(likely)))
    within = pc.equal(one, other).to_numpy(zero_copy_only=False)
    across = int((~within).sum())
    inside = one.to_numpy(zero_copy_only=False)[within]
    found = {str(name) for name in sources.unique().to_pylist() if name}
    if len(found) < 2 or not across:
        return set()
    return {name for name in found if int((inside == name).sum()) <= _HARDLY * across}


def _taught(
    records: pa.Table,
    whose: np.ndarray,
    outcome: Outcome,
    rules: Rules,
    labels: int,
    on: Engine | None,
) -> tuple[Outcome, int]:
    """Return what comes out when that many questions were answered."""
    rng = np.random.default_rng(labels)
    asked = np.empty(0, dtype=np.int64)
    model, prior = outcome.model, outcome.model
    is_one = _is_one(outcome, whose)
    for part in range(_ROUNDS):
        likely = model.probability(model.bits(outcome.pairs))
        wanted = (labels * (part + 1)) // _ROUNDS - len(asked)
        asked = np.concatenate([asked, _next(likely, wanted, asked, rng)])
        try:
            model = learning.learn(
                outcome.pairs.take(pa.array(asked)), is_one[asked], prior
            )
        except learning.TooFewAnswers:
            continue
    said = _said(outcome, asked, is_one)
    return match(records, rules=rules, model=model, said=said, on=on), len(asked)


def _next(
    likely: np.ndarray, count: int, asked: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return the pairs to ask next: most by what an answer is worth, some at random."""
    nothing = np.zeros(len(likely))
    by_worth = int(count * (1 - _AT_RANDOM))
    worth = asking.worth(likely, nothing, nothing + 2)
    first = asking.in_order(worth, by_worth, answered=asked)
    open_still = np.setdiff1d(
        np.flatnonzero(likely >= _EDGES[1]), np.concatenate([asked, first])
    )
    drawn = rng.permutation(open_still)[: count - len(first)]
    return np.concatenate([first, drawn])


def _said(outcome: Outcome, asked: np.ndarray, is_one: np.ndarray) -> Said:
    left = outcome.pairs["left"].to_numpy()[asked].tolist()
    right = outcome.pairs["right"].to_numpy()[asked].tolist()
    answered = list(zip(left, right, is_one[asked].tolist(), strict=True))
    return Said(
        together=frozenset((one, other) for one, other, same in answered if same),
        apart=frozenset((one, other) for one, other, same in answered if not same),
    )


def _is_one(outcome: Outcome, whose: np.ndarray) -> np.ndarray:
    left = whose[outcome.pairs["left"].to_numpy()]
    return np.asarray(left == whose[outcome.pairs["right"].to_numpy()])


def _measured(
    records: pa.Table,
    whose: np.ndarray,
    outcome: Outcome,
    answers: int,
    clean: tuple[str, ...],
) -> Trial:
    is_one = _is_one(outcome, whose)
    likely = outcome.pairs["probability"].to_numpy()
    merged = measuring.of_groups(outcome.people["person"].to_numpy(), whose)
    likelier = measuring.of_groups(outcome.guess["person"].to_numpy(), whose)
    stages = [
        Stage(name, measuring.of_pairs(chosen, is_one, merged.pairs.truly))
        for name, chosen in _chosen(outcome, likely)
    ]
    stages.append(Stage("people: what merges by itself", merged.pairs))
    stages.append(Stage("people: the likelier answer", likelier.pairs))
    return Trial(
        records=records.num_rows,
        compared=outcome.pairs.num_rows,
        stages=tuple(stages),
        bands=measuring.bands(likely, is_one, _EDGES),
        merged=merged,
        likelier=likelier,
        calibration_error=measuring.calibration_error(likely, is_one),
        questions=outcome.questions.num_rows,
        answers=answers,
        clean=clean,
        quarantined=outcome.quarantine.num_rows,
        seconds=sum(outcome.seconds.values()),
        columns=tuple((field.column, str(field.kind)) for field in recognise(records)),
    )


def _chosen(outcome: Outcome, likely: np.ndarray) -> Iterable[tuple[str, np.ndarray]]:
    pairs = outcome.pairs
    yield "looked at", np.ones(pairs.num_rows, dtype=bool)
    exact = np.zeros(pairs.num_rows, dtype=bool)
    for feature in outcome.model.compared:
        if feature.name.startswith(_KEYS):
            equal = [
                level
                for level, called in enumerate(feature.levels)
                if called.startswith("equal") and "dots" not in called
            ]
            exact |= np.isin(pairs[feature.name].to_numpy(), equal)
    yield "an exact key", exact
    reason = pairs["reason"].combine_chunks().cast(pa.string())
    patterns = pa.array([deciding.BY_ID, deciding.BY_ALL, deciding.BY_MAIL])
    yield "a pattern", pc.is_in(reason, patterns).to_numpy(zero_copy_only=False)
    yield "scored", likely >= 0.5
    merge = pc.equal(pairs["decision"].cast(pa.string()), "merge")
    yield "merges", merge.to_numpy()
