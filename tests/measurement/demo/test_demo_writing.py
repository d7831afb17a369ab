"""Files that appear whole or not at all, and are the same bytes each time."""

import gzip
import threading
import zipfile

import pytest

from measurement.demo.writing import (
    csv_file,
    money,
    write_csv,
    write_ndjson,
    write_text,
)


def test_a_table_has_its_columns_and_rows(tmp_path):
    write_csv(
        tmp_path / "a.csv", ["id", "name"], [["1", "Ada"], ["2", "Bo, the second"]]
    )

    assert (tmp_path / "a.csv").read_text() == 'id,name\n1,Ada\n2,"Bo, the second"\n'


def test_a_gzipped_table_says_nothing_of_when_and_where_it_was_written(tmp_path):
    write_csv(tmp_path / "one" / "a.csv.gz", ["id"], [["1"]])
    write_csv(tmp_path / "two" / "b.csv.gz", ["id"], [["1"]])

    one = (tmp_path / "one" / "a.csv.gz").read_bytes()
    assert one == (tmp_path / "two" / "b.csv.gz").read_bytes()
    assert gzip.decompress(one) == b"id\n1\n"


def test_a_zip_holds_one_file_of_a_fixed_date(tmp_path):
    write_csv(tmp_path / "contacts.csv.zip", ["id"], [["1"]])

    with zipfile.ZipFile(tmp_path / "contacts.csv.zip") as archive:
        (member,) = archive.infolist()
        assert (member.filename, member.date_time) == (
            "contacts.csv",
            (1980, 1, 1, 0, 0, 0),
        )
        assert archive.read(member) == b"id\n1\n"


def test_one_object_stands_on_each_line(tmp_path):
    write_ndjson(
        tmp_path / "a.ndjson", [{"id": 1, "name": "Zoë"}, {"id": 2, "name": None}]
    )

    assert (
        tmp_path / "a.ndjson"
    ).read_text() == '{"id":1,"name":"Zoë"}\n{"id":2,"name":null}\n'


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.csv.zip"])
def test_a_write_cut_short_leaves_nothing(tmp_path, name):
    def rows():
        yield ["1"]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_csv(tmp_path / name, ["id"], rows())

    assert list(tmp_path.iterdir()) == []


def test_a_write_cut_short_keeps_the_file_of_before(tmp_path):
    write_text(tmp_path / "a.txt", "before")

    with (
        pytest.raises(KeyboardInterrupt),
        csv_file(tmp_path / "a.txt", ["id"]) as write,
    ):
        write([["1"]])
        raise KeyboardInterrupt

    assert (tmp_path / "a.txt").read_text() == "before"


def test_a_reader_never_meets_half_a_file(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "x" * 1_000_000)
    lengths: set[int] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            lengths.add(len(path.read_text()))

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(20):
        write_text(path, "x" * 1_000_000)
    done.set()
    reader.join()

    assert lengths == {1_000_000}


@pytest.mark.parametrize(
    ("minor", "amount"),
    [(0, "0.00"), (5, "0.05"), (100, "1.00"), (123_456, "1234.56"), (-1, "-0.01")],
)
def test_minor_units_are_written_as_an_amount(minor, amount):
    assert money(minor) == amount
