"""Rows from all over a file, and never more of them than are looked at."""

import json

import pytest

from measurement.sources import sampling
from measurement.sources.reading import PlainFile


@pytest.fixture
def file(tmp_path):
    def write(content: str, *, layout: str = "csv", delimiter: str = ",") -> PlainFile:
        path = tmp_path / f"rows.{layout}"
        path.write_text(content, newline="")
        return PlainFile(path, path.name, layout, delimiter)

    return write


def test_a_small_file_is_looked_at_whole(file):
    plain = file('id;note\r\n1;"a;b"\r\n2;"two\nlines"\r\n3;end', delimiter=";")

    assert sampling.spread(plain, ["id", "note"]) == [
        ["1", "a;b"], ["2", "two\nlines"], ["3", "end"],
    ]  # fmt: skip


def test_of_a_long_file_rows_are_taken_from_its_whole_length(file):
    plain = file("id,note\n" + "".join(f"{n},{'x' * 60}\n" for n in range(100_000)))

    ids = [int(number) for number, _note in sampling.spread(plain, ["id", "note"])]

    assert len(ids) == len(set(ids)) == sampling.ROWS
    assert ids == sorted(ids)
    assert {number * 20 // 100_000 for number in ids} == set(range(20))


def test_of_a_file_of_some_pages_no_row_comes_twice(file):
    plain = file("id,note\n" + "".join(f"{n},{'x' * 40}\n" for n in range(4_000)))

    ids = [number for number, _note in sampling.spread(plain, ["id", "note"])]

    assert len(ids) == len(set(ids)) > 900


def test_a_row_of_another_width_is_left_out(file):
    plain = file("id,note\n1,a\n2\n3,b,c\n4,d\n")

    assert sampling.spread(plain, ["id", "note"]) == [["1", "a"], ["4", "d"]]


def test_lines_too_long_to_be_looked_at_are_left_out(file):
    plain = file("id,note\n" + f"1,{'x' * 3_000_000}\n" * 2)

    assert sampling.spread(plain, ["id", "note"]) == []


def test_objects_are_looked_at_by_their_dotted_names(file):
    rows = [{"id": 7, "billing": {"email": "a"}, "tags": ["x"]}, "no object", {"id": 8}]
    plain = file("".join(f"{json.dumps(row)}\n" for row in rows), layout="ndjson")

    assert sampling.spread(plain, ["id", "billing.email", "tags"]) == [
        ["7", "a", '["x"]'], ["8", "", ""],
    ]  # fmt: skip


@pytest.mark.parametrize("content", ["", "id,note", "id,note\n"])
def test_a_file_without_rows_gives_none(file, content):
    assert sampling.spread(file(content), ["id", "note"]) == []
