"""Who is who in a made-up population: how right, after how many answers, and how fast.

Splink is trained, predicts and clusters beside it in the same run, on a file cleaned for
it; so are the bare keys, read and hashed. Set BENCH_PEOPLE to 1600000 for the full size.
"""

import os
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import population
from benchmarks.figures import Figure
from benchmarks.identity import key_pass, ours, rival, stewards
from benchmarks.identity.alone import Run, alone
from benchmarks.identity.key_pass import KeyPass
from benchmarks.identity.ours import Found
from benchmarks.identity.stewards import Taught
from identity.matching import asking, measuring
from identity.matching.measuring import Grouped
from identity.matching.model import Model

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "160000"))
SEED = int(os.environ.get("BENCH_SEED", "7"))
TIMES = int(os.environ.get("BENCH_TIMES", "3"))
ANSWERS = 1_500
# Beside a hundredth of the records it is seen how the time grows.
_SMALLER = 16_000
# Where no band may merge by itself yet, only patterns do.
_NO_SCORE = 2.0


@dataclass(frozen=True)
class Truth:
    """Who is who in truth, and what each record has spent."""

    person: np.ndarray
    value: np.ndarray

    def of(self, pairs: pa.Table) -> tuple[np.ndarray, np.ndarray]:
        """Return of each pair whether it is one person, and the money at risk."""
        left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
        same = self.person[left] == self.person[right]
        return same, self.value[left] + self.value[right]


def measure() -> list[Figure]:
    """Make the people up, find out who is who, ask, learn, and do it again."""
    with tempfile.TemporaryDirectory() as folder:
        path, smaller = Path(folder) / "people.parquet", Path(folder) / "fewer.parquet"
        truth = _make_up(path, PEOPLE)
        _make_up(smaller, _SMALLER)
        cold = alone(ours.run, path)
        same, at_risk = truth.of(cold.pairs)
        taught = stewards.teach(
            cold.pairs,
            Model.from_json(cold.model),
            is_one=same,
            at_risk=at_risk,
            answers=ANSWERS,
            seed=SEED,
        )
        learned = alone(
            ours.run,
            path,
            model=taught.model.to_json(),
            merge_at=min(taught.merge_at, _NO_SCORE),
        )
        runs = [cold.run, *(alone(ours.run, path).run for _ in range(TIMES - 1))]
        rivals = [alone(rival.run, path) for _ in range(TIMES)]
        keys = path.with_name("keys.parquet")
        key_pass.write_keys(path, keys)
        exact = alone(key_pass.run, keys, TIMES)
        small = [alone(ours.run, smaller).run for _ in range(TIMES)]
    beside = _best(rivals[0], truth)
    return [
        *_cold(cold, truth, beside),
        *_learned(learned, taught, truth, beside),
        *_fast(runs, rivals, small),
        *_keys(exact, truth),
    ]


def _make_up(path: Path, count: int) -> Truth:
    table = population.generate(count=count, seed=SEED)
    pq.write_table(table, path)
    return Truth(table["person"].to_numpy(), table["value"].to_numpy())


def _best(run: Run, truth: Truth) -> dict[float, Grouped]:
    return {
        threshold: measuring.of_groups(groups, truth.person)
        for threshold, groups in run.groups.items()
    }


def _rate(
    name: str, value: float, goal: float, beside: str, *, at_least: bool = True
) -> Figure:
    return Figure(name, float(value), "", goal, at_least, beside, digits=4)


def _cold(found: Found, truth: Truth, beside: dict[float, Grouped]) -> Iterator[Figure]:
    guess = measuring.of_groups(found.guess, truth.person)
    merged = measuring.of_groups(found.merged, truth.person)
    threshold, best = max(beside.items(), key=lambda each: each[1].pairs.f1)
    ceiling = truth.of(found.pairs)[0].sum() / guess.pairs.truly
    yield _rate(
        "nobody asked: F1",
        guess.pairs.f1,
        0.90,
        f"Splink at its best threshold, {threshold:g}: {best.pairs.f1:.4f}; the pairs "
        f"looked at hold {ceiling:.3f} of the true ones",
    )
    splink = ", ".join(
        f"at {threshold:g} {each.pairs.precision:.3f} (recall {each.pairs.recall:.3f})"
        for threshold, each in beside.items()
        if threshold >= 0.95
    )
    yield _rate(
        "nobody asked: precision of what merged",
        merged.pairs.precision,
        0.995,
        f"recall {merged.pairs.recall:.3f}, largest {merged.largest}; Splink {splink}",
    )


def _learned(
    found: Found, taught: Taught, truth: Truth, beside: dict[float, Grouped]
) -> Iterator[Figure]:
    guess = measuring.of_groups(found.guess, truth.person).pairs
    merged = measuring.of_groups(found.merged, truth.person)
    best = max(each.pairs.f1 for each in beside.values())
    said = f"{taught.answers:,} pairs settled by {ANSWERS:,} answers"
    audits = ", ".join(
        f"{band.right} of {band.audited} right above {band.at_least:g}"
        for band in taught.bands
        if band.audited
    )
    same, _ = truth.of(found.pairs)
    error = measuring.calibration_error(found.pairs["probability"].to_numpy(), same)
    precision, recall = merged.pairs.precision, merged.pairs.recall
    yield _rate(
        "after answers: F1", guess.f1, 0.92, f"{said}; target 0.93; Splink {best:.4f}"
    )
    yield _rate(
        "after answers: precision of what merged",
        precision,
        0.998,
        f"from {taught.merge_at:g} on, as audits allow ({audits}); target 0.999",
    )
    yield _rate(
        "after answers: recall of what merged", recall, 0.7, f"largest {merged.largest}"
    )
    yield _rate("after answers: calibration error", error, 0.02, "", at_least=False)
    yield from _queue(found, truth)


def _queue(found: Found, truth: Truth) -> Iterator[Figure]:
    """Return how many questions stay open, and what the first of them are worth."""
    _, at_risk = truth.of(found.questions)
    probability = found.questions["probability"].to_numpy()
    worth = asking.worth(probability, at_risk, np.full(len(at_risk), 2))
    left, right = (found.questions[side].to_numpy() for side in ("left", "right"))
    asked = asking.one_per_people(found.merged[left], found.merged[right], worth)
    yield Figure(
        "after answers: open questions",
        100 * len(asked) / len(truth.person),
        "in 100",
        8,
        False,
        f"of two people each; {len(at_risk):,} pairs of {len(truth.person):,} records",
    )
    uncertain = at_risk[asked] * 4 * probability[asked] * (1 - probability[asked])
    first = uncertain[np.argsort(-worth[asked])][: len(asked) // 10]
    share = first.sum() / max(uncertain.sum(), 1e-9)
    yield _rate("the queue's first tenth", share, 0.5, "of all value at risk in it")


def _fast(runs: list[Run], rivals: list[Run], small: list[Run]) -> Iterator[Figure]:
    took, theirs, few = (
        statistics.median(run.whole for run in each) for each in (runs, rivals, small)
    )
    steps = ", ".join(f"{name} {each:.1f}" for name, each in runs[0].seconds.items())
    splink = ", ".join(f"{name} {each:.1f}" for name, each in rivals[0].seconds.items())
    beside = f"{took:.1f} s ({steps}); Splink {theirs:.1f} s ({splink}); target 0.75"
    yield Figure("whole run beside Splink's", took / theirs, "x", 1.0, False, beside)
    yield Figure("most memory", max(run.peak for run in runs), "MB", 2_500, False,
                 f"Splink {max(run.peak for run in rivals):,.0f} MB; target 1,500")  # fmt: skip
    growth = np.log(took / few) / np.log(PEOPLE / _SMALLER)
    yield Figure(f"growth from {_SMALLER:,} to {PEOPLE:,}", float(growth), "", 1.1,
                 False, f"exponent; {few:.2f} s for the fewer")  # fmt: skip


def _keys(exact: KeyPass, truth: Truth) -> Iterator[Figure]:
    found = measuring.of_groups(exact.people, truth.person).pairs
    beside = f"precision {found.precision:.4f}, recall {found.recall:.3f}"
    yield Figure("exact keys alone", exact.took, "s", 1.5, False, beside)
    floor = f"{exact.floor:.2f} s to read and hash the keys"
    yield Figure(
        "exact keys beside hashing them",
        exact.took / exact.floor,
        "x",
        5,
        False,
        floor,
    )
