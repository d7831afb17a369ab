"""Files as odd as they come: every row is read, or it is said which is not and why."""

import io
import struct
import zipfile
from pathlib import Path

import pyarrow as arrow
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from measurement.sources import texts, unpacking
from measurement.sources.reading import Place, PlainFile, Unsplit
from measurement.sources.unreadable import Unreadable


@pytest.fixture
def plain(tmp_path):
    """Return what makes a plain file of bytes that came under that name."""

    def make(content: bytes, *, name: str = "rows", encoding: str = "utf-8"):
        came, made = tmp_path / "came", tmp_path / "made"
        came.write_bytes(content)
        if texts.is_plain(came, encoding):
            return PlainFile(came, name, texts.layout_of(name, content))
        described = unpacking.unpack(came, name, encoding, made)
        return PlainFile(made, name, described.layout)

    return make


def table(source: PlainFile) -> list[list[str]]:
    """Return the columns and every row; of a row that is given up, the reason."""
    columns = source.columns()
    rows = source.rows(columns, Place())
    return [
        columns,
        *([row.reason] if isinstance(row, Unsplit) else row[2] for row in rows),
    ]


def in_columns(**columns: object) -> bytes:
    out = io.BytesIO()
    parquet.write_table(arrow.table(columns), out)
    return out.getvalue()


def zipped(*files: tuple[str, str | bytes]) -> bytes:
    """Return a zip of the files, in that order, whatever their names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@pytest.mark.parametrize(
    ("values", "rows"),
    [
        (["a", None, "b", ""], [["a"], [""], ["b"], [""]]),
        ([1, None, 2**53 + 1], [["1"], [""], ["9007199254740993"]]),
        ([None, True, False], [[""], ["true"], ["false"]]),
        (arrow.nulls(2), [[""], [""]]),
        (arrow.array([0.1, None, 1e-7]), [["0.1"], [""], ["1e-7"]]),
        (arrow.array(["a", None]).dictionary_encode(), [["a"], [""]]),
        (
            arrow.array([None, 1767323045], arrow.timestamp("s", "Europe/Berlin")),
            [[""], ["2026-01-02 04:04:05+0100"]],
        ),
    ],
    ids=["text", "number", "flag", "nothing", "fraction", "dictionary", "moment"],
)
def test_a_row_of_the_only_column_that_has_no_value_is_a_row(plain, values, rows):
    source = plain(in_columns(id=values))

    assert table(source) == [["id"], *rows]


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.integers(1, 3).flatmap(
        lambda width: st.lists(
            st.tuples(*[st.none() | st.text(max_size=4)] * width), max_size=8
        )
    )
)
def test_a_table_of_texts_comes_back_with_as_many_rows_as_it_had(plain, rows):
    width = len(rows[0]) if rows else 1
    columns = {
        f"c{place}": arrow.array([row[place] for row in rows], arrow.string())
        for place in range(width)
    }

    read = table(plain(in_columns(**columns)))

    assert read == [[*columns], *([text or "" for text in row] for row in rows)]


def test_a_table_without_rows_has_its_columns(plain):
    source = plain(in_columns(id=arrow.array([], arrow.int64()), n=arrow.nulls(0)))

    assert table(source) == [["id", "n"]]


def test_the_only_column_is_as_exact_as_any_other(plain):
    values = [None, "0.00000000", "-1200.50000000"]
    exact = arrow.array(values).cast(arrow.decimal128(38, 8))

    alone = table(plain(in_columns(total=exact)))
    beside = table(plain(in_columns(total=exact, id=[1, 2, 3])))

    assert alone == [row[:1] for row in beside]


def test_names_that_stand_twice_in_a_table_are_refused(plain):
    twice = arrow.Table.from_arrays([arrow.array([1])] * 2, names=["id", "id"])
    out = io.BytesIO()
    parquet.write_table(twice, out)

    with pytest.raises(Unreadable, match=r"^rows has the column id more than once"):
        plain(out.getvalue()).columns()


def test_two_files_of_one_name_in_a_zip_are_both_read(plain):
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = zipped(("a.csv", "id\n1\n"), ("a.csv", "id\n2\n"))

    assert table(plain(content)) == [["id"], ["1"], ["2"]]


def test_files_of_a_zip_are_read_by_name_however_they_were_packed(plain):
    content = zipped(
        ("2/a.csv", "id\n3\n"), ("10.csv", "id\n1\n"), ("2.csv", "id\n2\n")
    )

    assert table(plain(content)) == [["id"], ["1"], ["2"], ["3"]]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r", ""])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_last_row_of_a_part_ends_with_it(plain, ends, mark):
    parts = [(f"{name}.csv", f"{mark}id\n{name}{ends}") for name in "abc"]

    assert table(plain(zipped(*parts))) == [["id"], ["a"], ["b"], ["c"]]


def test_a_part_with_a_header_only_brings_no_row(plain):
    content = zipped(("a.csv", "id,n"), ("b.csv", "id,n\r\n1,a"), ("c.csv", "id,n\n"))

    assert table(plain(content)) == [["id", "n"], ["1", "a"]]


def test_a_name_in_quotes_over_two_lines_is_one_header_in_every_part(plain):
    content = zipped(
        ("a.csv", '"unit\nprice",n\n1,2\n'), ("b.csv", '"unit\nprice",n\n3,4\n')
    )

    assert table(plain(content)) == [["unit\nprice", "n"], ["1", "2"], ["3", "4"]]


def test_a_quote_left_open_at_the_end_of_a_part_costs_its_own_row_only(plain):
    content = zipped(("a.csv", 'id,n\n1,"a'), ("b.csv", "id,n\n2,b\n3,c\n"))

    assert table(plain(content)) == [
        ["id", "n"],
        ["A quote opens a field and nothing closes it."],
        ["2", "b"],
        ["3", "c"],
    ]


LOCKED = "rows: a.csv is locked with a password. Pack it without."
ODDLY_PACKED = "rows cannot be unpacked: That compression method is not supported. Pack it as plain zip or gzip."


@pytest.mark.parametrize(
    ("behind_signature", "value", "sentence"),
    [(2, 0x1, LOCKED), (4, 9, ODDLY_PACKED)],
    ids=["locked", "packed in a way of its own"],
)
def test_a_zip_that_nobody_here_can_open_says_how_to_pack_it(
    plain, behind_signature, value, sentence
):
    content = bytearray(zipped(("a.csv", "id\n1\n")))
    in_file, in_directory = 4 + behind_signature, 6 + behind_signature
    content[in_file : in_file + 2] = struct.pack("<H", value)
    begins = content.index(b"PK\x01\x02") + in_directory
    content[begins : begins + 2] = struct.pack("<H", value)

    with pytest.raises(Unreadable) as refused:
        plain(bytes(content))

    assert str(refused.value) == sentence


def test_each_file_of_a_zip_is_given_and_gone_when_the_next_is(tmp_path):
    path = tmp_path / "both.zip"
    path.write_bytes(
        zipped(("b/x.csv", "2"), ("a/x.csv", "1"), ("a/.hidden", "x"), ("c/", ""))
    )
    found: list[Path] = []

    for file in unpacking.extracted(path):
        assert [each.exists() for each in found] == [False] * len(found)
        assert file.read_text() == str(len(found) + 1)
        found.append(file)

    assert [file.name for file in found] == ["x.csv", "x.csv"]
    assert [file.parent.parent.exists() for file in found] == [False, False]


def test_a_file_that_says_it_lies_elsewhere_is_unpacked_among_the_others(tmp_path):
    path = tmp_path / "sly.zip"
    path.write_bytes(zipped(("../../sly.csv", "id\n1\n")))
    before = sorted(tmp_path.parent.iterdir())

    [found] = [file.name for file in unpacking.extracted(path)]

    assert (found, sorted(tmp_path.parent.iterdir())) == ("sly.csv", before)


def test_a_zip_of_nothing_has_nothing_to_load_one_by_one(tmp_path):
    path = tmp_path / "none.zip"
    path.write_bytes(zipped(("empty/", ""), (".DS_Store", "x")))

    with pytest.raises(Unreadable) as refused:
        list(unpacking.extracted(path))

    assert str(refused.value) == "none.zip holds no file."


@pytest.mark.parametrize("coding", ["utf-32", "utf-32-le", "utf-32-be", "utf-16-be"])
def test_a_mark_at_the_beginning_says_how_wide_the_letters_are(plain, coding):
    mark = "" if coding == "utf-32" else "\ufeff"

    source = plain(f"{mark}id,n\n1,ö €\n".encode(coding), encoding="cp1252")

    assert table(source) == [["id", "n"], ["1", "ö €"]]


@pytest.mark.parametrize(
    "content", ["id,n\n1,a\n".encode("utf-16-le"), b"id,n\0\n1,\n"]
)
def test_a_header_with_zero_bytes_is_refused_for_its_encoding(plain, content):
    with pytest.raises(Unreadable) as refused:
        plain(content).columns()

    assert str(refused.value) == (
        "The header of rows has zero bytes, so it is another encoding than was said. Say "
        'which one in the mapping of the stream, for instance encoding = "utf-16-le".'
    )


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (rb'{"id": 1, "a\u0000b": 2}', ["id"]),
        (rb'{"id": 1, "\ud800": 2}', ["id"]),
        (rb'{"\ud83d\ude00": 1}', ["\U0001f600"]),
        (rb'{"a": {"\u0000": 1, "c": 2}}', ["a.c"]),
    ],
)
def test_a_name_no_text_may_hold_is_no_column(plain, line, names):
    assert plain(line, name="rows.json").columns() == names


@pytest.mark.parametrize("depth", [150, 1_500, 4_000, 200_000])
@pytest.mark.parametrize(
    ("opens", "closes"), [('{"a":', "}"), ("[", "]")], ids=["objects", "lists"]
)
def test_an_object_however_deep_costs_no_other_row(plain, depth, opens, closes):
    deep = f'{{"deep": {opens * depth}1{closes * depth}, "id": 2}}'
    source = plain(f'{{"id": 1}}\n{deep}\n{{"id": 3}}\n'.encode(), name="rows.json")

    one, two, three = source.rows(["id"], Place())

    assert (one, three) == ((1, 1, ["1"]), (3, 1, ["3"]))
    assert two in (
        (2, 1, ["2"]),
        Unsplit(2, 1, "The line has objects in objects too deep to read."),
    )
    assert source.columns()[0] == "id"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("-0", "-0"),
        ("1E+2", "1E+2"),
        ("123456789012345678901234567890.10", "123456789012345678901234567890.10"),
        ('"\\u00e9"', "é"),
        ('"a\\nb"', "a\nb"),
        ("[]", "[]"),
        ('[{"a": [1.0, "ö"]}]', '[{"a": [1.0, "ö"]}]'),
        ("true", "true"),
        ("null", ""),
    ],
)
def test_a_value_is_the_text_it_was_written_as(plain, written, value):
    source = plain(f'{{"v": {written}}}'.encode(), name="rows.json")

    assert table(source) == [["v"], [value]]


def test_of_a_name_told_twice_the_last_counts(plain):
    source = plain(b'{"a": 1, "a": 2, "b.c": 3, "b": {"c": 4}}', name="rows.json")

    assert table(source) == [["a", "b.c"], ["2", "4"]]


@pytest.mark.parametrize(
    ("name", "beginning", "layout"),
    [
        ("ORDERS.NDJSON", b"id", "ndjson"),
        ("orders.jsonl.gz", b"", "ndjson"),
        ("orders.csv.gz", b"{", "csv"),
        ("orders.tsv", b"{", "csv"),
        ("orders", b'\xef\xbb\xbf\r\n {"id"', "ndjson"),
        ("orders.gz", b"id,{", "csv"),
        ("orders.json.bak", b"id", "csv"),
    ],
)
def test_a_layout_is_known_by_its_name_else_by_its_first_letter(
    name, beginning, layout
):
    assert texts.layout_of(name, beginning) == layout


@pytest.mark.parametrize("name", ["a\0b", "rot13", "hex", "", "undefined"])
def test_what_is_no_encoding_of_texts_is_refused(name):
    with pytest.raises(Unreadable, match=r"^There is no encoding '.*'\. Known are"):
        texts.codec(name)
