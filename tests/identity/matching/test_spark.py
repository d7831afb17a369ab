"""The engine says beyond one machine what it says on DuckDB: the same pairs, the same levels.

What answers is Sail, which speaks Spark's protocol and needs no Java; where Spark itself
is installed it is asked, too. Both ways of likeness are brought along, so the tolerance is none:
not one level may differ.
"""

import re
from collections.abc import Iterator
from importlib.resources import files

import duckdb
import pyarrow as pa
import pytest
import sqlglot
from pyspark.util import is_remote_only
from sqlglot import exp

from benchmarks import population
from identity.matching import blocking, comparing, sharing
from identity.matching.engine import match
from identity.matching.engines import Engine, NobodyAnswers, engine, statement
from identity.matching.fields import recognise
from identity.matching.normalise import normalise
from identity.matching.rules import DEFAULT
from identity.matching.spark import Spark, at, written
from tests.identity.matching import drawn_people
from tests.sail import listening

LEVELS = sorted(
    path.name.removesuffix(".sql")
    for path in (files("identity.matching") / "sql").iterdir()
    if path.name.startswith("level_")
)
FILLED = {
    "x": "email",
    "swapped": "l_first = r_last and l_last = r_first",
    "short": "short_forms.one is not null",
    "guests": "l_guest or r_guest",
}
ODD = ["", "a", "ab", "ba", "łukasz", "lukasz", "josé", "jose", "jo\u0301se", "françois", "東京", "i̇", "ßtraße", "kaloer", "keloet", "248", "2", "100%", "a_b", "o'neil", r"back\slash"]  # fmt: skip


@pytest.fixture(scope="module")
def sail() -> Iterator[Spark]:
    with listening() as address, at(address) as opened:
        yield opened


@pytest.fixture(scope="module")
def spark() -> Iterator[Spark]:
    if is_remote_only():
        pytest.skip("Spark itself is not installed here: only what asks it elsewhere.")
    from pyspark.sql import SparkSession

    few = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "4"}
    session = SparkSession.builder.master("local[2]").config(map=few).getOrCreate()
    yield Spark(session)
    session.stop()


@pytest.fixture(params=["sail", pytest.param("spark", marks=pytest.mark.slow)])
def elsewhere(request: pytest.FixtureRequest) -> Spark:
    return request.getfixturevalue(request.param)


def compared(on: Engine, records: pa.Table) -> tuple[list[str], pa.Table, pa.Table]:
    """Return what the engine read, the pairs it found, and how these compare."""
    people, _ = sharing.set_aside(normalise(on, records, recognise(records)), DEFAULT)
    rows = comparing.lay_out(on, people)
    pairs = _in_order(blocking.pairs(on, people))
    levels = comparing.levels(on, comparing.comparisons(people), rows, pairs)
    texts = [
        text
        for column in people.columns.values()
        for text in column.texts().cast(pa.string()).to_pylist()
    ]
    return texts, pairs, _in_order(levels)


def _in_order(pairs: pa.Table) -> pa.Table:
    return pairs.sort_by([(name, "ascending") for name in pairs.column_names[:2]])


def with_truth_hidden(count: int) -> pa.Table:
    return population.generate(count=count, seed=7).drop_columns(["person", "value"])


@pytest.mark.slow
def test_people_are_read_found_and_compared_elsewhere_as_they_are_here(elsewhere):
    records = with_truth_hidden(1_500)

    read, pairs, levels = compared(elsewhere, records)

    with engine() as here:
        assert (read, pairs, levels) == compared(here, records)
    assert pairs.num_rows > 15_000


@pytest.mark.slow
def test_who_is_who_is_decided_elsewhere_as_it_is_here(elsewhere):
    records = with_truth_hidden(200)

    there = match(records, on=elsewhere)

    here = match(records)
    assert there.people == here.people
    assert _in_order(there.pairs) == _in_order(here.pairs)
    assert _in_order(there.questions) == _in_order(here.questions)


@pytest.mark.parametrize("function", ["jaro_winkler_similarity", "damerau_levenshtein"])
def test_two_texts_are_as_alike_elsewhere_as_here_to_the_last_bit(elsewhere, function):
    texts = pa.table({"place": range(len(ODD)), "said": ODD})
    asked = (
        f"select one.place * 100 + other.place as place, {function}(one.said, other.said) "
        "as alike from texts as one cross join texts as other order by place"
    )
    elsewhere.register("texts", texts)

    there = elsewhere.sql(asked).to_arrow_table()["alike"].to_pylist()

    with duckdb.connect() as here:
        here.register("texts", texts)
        assert there == here.sql(asked).to_arrow_table()["alike"].to_pylist()


def test_letters_lose_their_accents_elsewhere_as_here(elsewhere):
    texts = pa.table({"place": range(len(ODD)), "said": ODD})
    asked = "select strip_accents(said) as bare from texts order by place"
    elsewhere.register("texts", texts)

    there = elsewhere.sql(asked).to_arrow_table()["bare"].to_pylist()

    with duckdb.connect() as here:
        here.register("texts", texts)
        assert there == here.sql(asked).to_arrow_table()["bare"].to_pylist()


def test_a_likeness_a_hair_below_a_level_stays_below_it(sail):
    # 0.7999999999999999 as a double: compared with a decimal 0.8 it would be rounded up.
    records = drawn_people.table("""
        record | city
        -------+-------
        1      | kaloer
        2      | keloet
        3      | Lisbon
    """)

    _, _, levels = compared(sail, records)

    assert levels["city"].to_pylist() == [1, 1, 1]


@pytest.mark.parametrize("address", ["sc://localhost:1", "not an address"])
def test_an_address_at_which_nobody_answers_is_told_in_words(address):
    with (
        pytest.raises(NobodyAnswers, match=f"No Spark answers at {address}: "),
        at(address),
    ):
        pytest.fail("Somebody answered.")


@pytest.mark.parametrize("name", LEVELS)
def test_a_level_is_written_for_spark_without_a_gap(name):
    found = sqlglot.parse_one(
        written(f"select {statement(name, FILLED)} as level from pairs"), "spark"
    )

    assert not re.search(r"\{\w+\}", found.sql("spark"))
    assert found.find(exp.Case) is not None
