"""How right the joining is, against a file of the truth."""

from io import StringIO
from itertools import combinations
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from identity import stitching
from identity.matching.measuring import Right
from identity.scoring import score
from tests import make
from tests.identity import drawn

AT = make.moment("2026-03-02")


def test_joining_everybody_finds_all_and_is_mostly_wrong():
    counted = score(dict.fromkeys("abcd", 1), {"a": "A", "b": "A", "c": "B", "d": "B"})

    assert (counted.pairs, counted.largest) == (Right(found=6, rightly=2, truly=2), 4)
    assert (counted.pairs.precision, counted.pairs.recall) == (2 / 6, 1.0)


def test_joining_nobody_is_never_wrong_and_finds_nothing():
    counted = score({"a": 1, "b": 2}, {"a": "A", "b": "A"}).pairs

    assert (counted.precision, counted.recall) == (1.0, 0.0)


def test_records_nobody_knows_the_truth_of_do_not_count():
    counted = score({"a": 1, "b": 1, "c": 1}, {"a": "A", "b": "A"})

    assert (counted.pairs, counted.largest) == (Right(1, 1, 1), 2)


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


def test_a_pair_nobody_knows_the_truth_of_is_not_called_one_person(shop, tmp_path):
    truth = tmp_path / "truth.csv"
    truth.write_text("system,record_id,person\n")

    assert scored(truth)[-1] == "queue: 1 pairs wait, 0 of them are one person"


def test_a_waiting_pair_that_is_one_person_is_counted(shop, tmp_path):
    system = shop.systems["crm"].key
    truth = tmp_path / "truth.csv"
    truth.write_text(
        f"system,record_id,person\n{system},1,ann\n{system},2,ann\n{system},3,ann\n"
    )

    assert scored(truth) == [
        f"{shop.storefront.name}: 1 pairs joined, precision 1.00000, recall 0.3333, "
        "largest person 2 records",
        "queue: 1 pairs wait, 1 of them are one person",
    ]


def test_a_file_a_spreadsheet_wrote_is_read(shop, tmp_path):
    truth = tmp_path / "truth.csv"
    truth.write_bytes(b"\xef\xbb\xbfsystem,record_id,person\r\n")

    assert len(scored(truth)) == 2


@pytest.mark.parametrize("content", [b"", b"\n", b"system,record_id,person,\xff\n"])
def test_a_file_that_is_no_truth_is_refused_in_words(db, tmp_path, content):
    truth = tmp_path / "truth.csv"
    truth.write_bytes(content)

    with pytest.raises(CommandError, match=r"has no column|is not text in UTF-8"):
        scored(truth)


def test_a_folder_is_no_file_of_the_truth(db, tmp_path):
    with pytest.raises(CommandError, match="cannot be read: Is a directory"):
        scored(tmp_path)


def test_a_row_that_ends_early_is_named(db, tmp_path):
    truth = tmp_path / "truth.csv"
    truth.write_text("system,record_id,person\ncrm,1,ann\ncrm,2\n")

    with pytest.raises(CommandError, match=r"In line 3 .* names no person"):
        scored(truth)


def test_nobody_is_scored_where_there_is_no_storefront(db, tmp_path):
    truth = tmp_path / "truth.csv"
    truth.write_text("system,record_id,person\n")

    assert scored(truth) == ["queue: 0 pairs wait, 0 of them are one person"]


maps = st.dictionaries(st.integers(0, 7), st.integers(0, 2), max_size=8)


@given(maps, maps)
def test_a_score_counts_the_pairs_one_would_count_by_hand(found, truth):
    pairs = [*combinations(sorted(found.keys() & truth.keys()), 2)]
    joined = [(one, other) for one, other in pairs if found[one] == found[other]]
    true = [(one, other) for one, other in pairs if truth[one] == truth[other]]

    counted = score(found, truth).pairs

    assert counted == Right(len(joined), len({*joined} & {*true}), len(true))
    assert 0 <= counted.precision <= 1
    assert 0 <= counted.recall <= 1


def test_of_nobody_nothing_is_wrong_and_nothing_is_missing():
    counted = score({}, {})

    assert (counted.pairs, counted.largest) == (Right(0, 0, 0), 0)
    assert (counted.pairs.precision, counted.pairs.recall) == (1.0, 1.0)
