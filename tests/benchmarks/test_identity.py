"""The benchmark of who is who: what stewards cost, and what its figures count."""

import os

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks import identity, population
from benchmarks.identity import Truth, key_pass, stewards
from benchmarks.identity.alone import Run, alone
from benchmarks.identity.key_pass import KeyPass
from benchmarks.identity.ours import Found
from benchmarks.identity.stewards import Stewards
from identity.matching import measuring
from identity.matching.bands import NEVER, Band
from tests.identity.matching.answered import PRIOR, answered

EVEN = np.full(4_000, 0.5)


def asked(readings: int, *, seed: int = 1) -> Stewards:
    is_one = np.arange(4_000) % 2 == 0
    return Stewards(is_one, np.random.default_rng(seed), readings)


def test_every_reading_is_paid_for_and_none_more():
    them = asked(1_000)

    settled = them.ask(range(4_000), EVEN)

    # One in twenty is read again, and who cannot tell leaves it to others.
    assert them.left == 0
    assert 880 < len(settled) < 950


def test_of_what_was_settled_two_in_a_hundred_are_wrong():
    them = asked(4_000)

    settled = them.ask(range(4_000), EVEN)

    wrong = sum(them.said[pair] != them.is_one[pair] for pair in settled)
    assert 0.01 < wrong / len(settled) < 0.03


def test_an_answer_nobody_expected_is_hardly_ever_wrong_for_it_is_read_again():
    them = asked(8_000)
    is_sure = np.full(4_000, 0.999)
    them.is_one[:] = True

    settled = them.ask(range(4_000), is_sure)

    wrong = sum(not them.said[pair] for pair in settled)
    assert wrong <= 6


def test_the_same_seed_asks_the_same():
    one, again, other = asked(200), asked(200), asked(200, seed=2)
    for them in (one, again, other):
        them.ask(range(4_000), EVEN)

    assert one.said == again.said
    assert one.said != other.said


def test_what_is_taught_costs_no_more_answers_than_there_are():
    pairs = answered(1_500)

    taught = stewards.teach(
        pairs.levels,
        PRIOR,
        is_one=pairs.truth,
        at_risk=np.ones(1_500),
        answers=300,
        seed=3,
    )

    assert taught.model.learned_from < taught.answers <= 300
    assert sum(band.audited for band in taught.bands) > 50
    # So few audits allow no band to merge by its score.
    assert taught.merge_at == NEVER


@pytest.mark.slow
def test_work_that_is_measured_has_a_process_of_its_own():
    assert alone(os.getpid) != os.getpid()


@pytest.fixture
def found():
    """Two pairs in the queue between the same two people, one within one, one elsewhere."""
    questions = pa.table(
        {
            "left": [0, 1, 0, 4],
            "right": [2, 3, 1, 5],
            "probability": [0.5, 0.5, 0.9, 0.9],
        }
    )
    people = np.array([0, 0, 2, 2, 4, 5])
    return Found(Run({}, 0.0, {}), people, people, questions, questions, "")


def test_of_two_people_one_question_is_open(found):
    truth = Truth(np.arange(6), np.array([90.0, 10, 0, 0, 5, 5]))

    open_questions, _ = identity._queue(found, truth)

    assert (open_questions.value, open_questions.is_met) == (
        pytest.approx(200 / 6),
        False,
    )
    assert open_questions.beside == "of two people each; 4 pairs of 6 records"


def test_what_audits_allowed_is_said_beside_the_precision(found):
    truth = Truth(np.array([0, 0, 2, 2, 4, 5]), np.zeros(6))
    band = Band(0.999, 1.0, 3, 400, 399)
    taught = stewards.Taught(PRIOR, [band], 0.999, 390)

    _, precision, recall, *_ = identity._learned(
        found, taught, truth, {0.5: _all_right()}
    )

    assert (precision.value, recall.value) == (1, 1)
    assert precision.beside == (
        "from 0.999 on, as audits allow (399 of 400 right above 0.999); target 0.999"
    )


def _all_right():
    return measuring.of_groups(np.arange(3), np.arange(3))


def test_the_median_of_the_runs_stands_beside_the_rivals(monkeypatch):
    monkeypatch.setattr(identity, "PEOPLE", 160_000)
    ours = [Run({"compare": each}, 100.0, {}) for each in (4.0, 90.0, 5.0)]
    theirs = [Run({"train": each}, 200.0, {}) for each in (10.0, 9.0, 80.0)]
    small = [Run({"compare": 0.5}, 50.0, {})]

    ratio, memory, growth = identity._fast(ours, theirs, small)

    assert (ratio.value, memory.value, growth.value) == (0.5, 100, pytest.approx(1.0))


def test_exact_keys_stand_beside_what_it_takes_to_hash_them():
    truth = Truth(np.array([0, 0, 2, 2]), np.zeros(4))
    exact = KeyPass(took=0.6, floor=0.2, people=np.array([0, 0, 2, 3]))

    took, ratio = identity._keys(exact, truth)

    assert (took.value, took.beside) == (0.6, "precision 1.0000, recall 0.500")
    assert (ratio.value, ratio.beside) == (
        pytest.approx(3),
        "0.20 s to read and hash the keys",
    )


def test_the_keys_are_cleaned_before_anything_is_timed(tmp_path):
    table = population.generate(count=4_000, seed=2)
    pq.write_table(table, tmp_path / "people.parquet")

    key_pass.write_keys(tmp_path / "people.parquet", tmp_path / "keys.parquet")
    found = key_pass.run(tmp_path / "keys.parquet", 1)

    right = measuring.of_groups(found.people, table["person"].to_numpy())
    assert right.pairs.precision > 0.97
    assert right.pairs.recall > 0.5
    assert min(found.took, found.floor) > 0
