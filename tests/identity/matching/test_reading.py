"""A file of people as a table, and sentences where it is none."""

import pyarrow as pa
import pyarrow.parquet
import pytest

from identity.matching.reading import FileError, read


@pytest.mark.parametrize("between", [",", ";", "\t", "|"])
def test_what_stands_between_the_columns_is_found(tmp_path, between):
    path = tmp_path / "people.csv"
    path.write_text(f"first{between}plz\nAda{between}01067\n", "utf-8-sig")

    assert read(path).to_pylist() == [{"first": "Ada", "plz": "01067"}]


def test_a_word_for_nothing_is_null(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("first,last\nAda,NA\n,Byron\n")

    assert read(path).to_pylist() == [
        {"first": "Ada", "last": None},
        {"first": None, "last": "Byron"},
    ]


def test_a_parquet_file_is_read(tmp_path):
    path = tmp_path / "people.parquet"
    pyarrow.parquet.write_table(pa.table({"first": ["Ada"]}), path)

    assert read(path).to_pylist() == [{"first": "Ada"}]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"first\nJos\xe9\n", "is not text in UTF-8: byte 10 is none"),
        (b"", "is empty"),
        (b"first,first\na,b\n", "has two columns named first"),
        (b"first,last\na,b,c\n", "is no table"),
    ],
)
def test_what_is_no_table_is_told_in_words(tmp_path, content, said):
    path = tmp_path / "people.csv"
    path.write_bytes(content)

    with pytest.raises(FileError, match=said):
        read(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileError, match=r"There is no file .*people\.csv"):
        read(tmp_path / "people.csv")
