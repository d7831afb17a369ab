"""How right the joining is, against a file of the truth."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from identity import stitching
from identity.scoring import Score, score
from tests import make
from tests.identity import drawn

AT = make.moment("2026-03-02")


def test_joining_everybody_finds_all_and_is_mostly_wrong():
    counted = score(dict.fromkeys("abcd", 1), {"a": "A", "b": "A", "c": "B", "d": "B"})

    assert counted == Score(joined=6, rightly_joined=2, truly_one=2, largest=4)
    assert (counted.precision, counted.recall) == (2 / 6, 1.0)


def test_joining_nobody_is_never_wrong_and_finds_nothing():
    counted = score({"a": 1, "b": 2}, {"a": "A", "b": "A"})

    assert (counted.precision, counted.recall) == (1.0, 0.0)


def test_records_nobody_knows_the_truth_of_do_not_count():
    assert score({"a": 1, "b": 1, "c": 1}, {"a": "A", "b": "A"}) == Score(1, 1, 1, 2)


@pytest.fixture
def shop(db) -> drawn.Shop:
    shop = drawn.shop()
    shop.write("""
        record | name     | email
        crm 1  | Ann Bell | home@bell.example
        crm 2  | Ann Bell | home@bell.example
        crm 3  | Tom Bell | home@bell.example
    """)
    stitching.stitch(at=AT)
    return shop


def scored(path: Path) -> list[str]:
    out = StringIO()
    call_command("score_stitching", "--truth", path, stdout=out)
    return out.getvalue().splitlines()


def test_the_command_scores_each_storefront_and_the_queue(shop, tmp_path):
    system = shop.systems["crm"].key
    truth = tmp_path / "truth.csv"
    truth.write_text(
        f"system,record_id,person\n{system},1,ann\n{system},2,ann\n{system},3,tom\n"
    )

    assert scored(truth) == [
        f"{shop.storefront.name}: 1 pairs joined, precision 1.00000, recall 1.0000, "
        "largest person 2 records",
        "queue: 1 pairs wait, 0 of them are one person",
    ]


def test_a_file_that_is_not_there_is_named(db, tmp_path):
    with pytest.raises(CommandError, match="There is no file"):
        scored(tmp_path / "truth.csv")


def test_a_file_without_a_column_says_which(db, tmp_path):
    truth = tmp_path / "truth.csv"
    truth.write_text("system,record_id\n")

    with pytest.raises(CommandError, match="has no column person"):
        scored(truth)
