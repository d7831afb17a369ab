"""Plain files as rows: split as a spreadsheet splits them, from any place, in any pages."""

import csv
import io
from itertools import islice
from pathlib import Path

import pytest
from django.db import DataError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from measurement.sources.lines import LONGEST_FIELD, LONGEST_LINE
from measurement.sources.reading import Place, PlainFile, QuickPage, Unsplit
from measurement.sources.unreadable import Unreadable

DELIMITERS = [",", ";", "\t", "|"]


@pytest.fixture
def file(tmp_path: Path):
    """Return what writes a plain file of the test's own."""

    def write(content: str, *, delimiter=",", layout="csv") -> PlainFile:
        path = tmp_path / "rows"
        path.write_bytes(content.encode())
        return PlainFile(path, "rows.csv", layout, delimiter)

    return write


def read(source: PlainFile) -> list[tuple[object, ...]]:
    """Return every row: where it begins, over how many lines it goes, and its texts.

    Of a row that could not be split, the reason stands in the place of the texts.
    """
    return [plain(row) for row in source.rows(source.columns(), Place())]


def plain(row) -> tuple[object, ...]:
    if isinstance(row, Unsplit):
        return (row.line, row.lines, row.reason)
    return row


@pytest.mark.parametrize(
    "content",
    [
        "id,n\n1,a\n2,b\n", "id,n\r\n1,a\r\n2,b\r\n", "\ufeffid,n\n1,a\n2,b\n",
        "id,n\n1,a\n2,b", "id,n\r\n1,a\r\n2,b", "id,n\r\n1,a\n2,b\r\n",
        '"id","n"\n"1","a"\n"2","b"\n', '\ufeff"id",n\n1,"a"\n2,b\n',
        " id , n \n1,a\n2,b\n",
    ],
)  # fmt: skip
def test_marks_line_ends_and_needless_quotes_are_no_part_of_a_value(file, content):
    source = file(content)

    assert source.columns() == ["id", "n"]
    assert read(source) == [(2, 1, ["1", "a"]), (3, 1, ["2", "b"])]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('"a, b"', "a, b"), ('"say ""hi"""', 'say "hi"'), ('""', ""), ('""""', '"'),
        ('5" pipe', '5" pipe'), ('5"', '5"'), (' "a"', ' "a"'), ("  a ", "  a "),
        ("a\0b", "a\0b"), ("\\N", "\\N"), ("ʤ😀", "ʤ😀"),
        ("a\u2028b\x85c\x0bd", "a\u2028b\x85c\x0bd"),
    ],
)  # fmt: skip
def test_a_value_is_read_as_it_was_meant(file, written, value):
    source = file(f"id,n,m\n1,{written},c\n2,b,c\n")

    assert read(source) == [(2, 1, ["1", value, "c"]), (3, 1, ["2", "b", "c"])]


def test_a_value_in_quotes_may_go_over_lines_and_the_next_row_knows_its_line(file):
    source = file('id,n\n1,"one\ntwo\r\n\n""three"", four"\n2,b\n')

    assert read(source) == [
        (2, 4, ["1", 'one\ntwo\r\n\n"three", four']),
        (6, 1, ["2", "b"]),
    ]


def test_rows_of_another_width_are_given_up_with_their_line_and_a_reason(file):
    source = file("id,n\n1,a\n2\n3,b,c\n4,d\n")

    assert read(source) == [
        (2, 1, ["1", "a"]),
        (3, 1, "The row has 1 column, the header has 2."),
        (4, 1, "The row has 3 columns, the header has 2."),
        (5, 1, ["4", "d"]),
    ]


def test_blank_lines_are_no_rows_but_count_as_lines(file):
    source = file("id,n\n\n1,a\n\r\n\n2,b\n\n")

    assert read(source) == [(3, 1, ["1", "a"]), (6, 1, ["2", "b"])]


def test_a_quote_that_nothing_closes_costs_its_own_row_only(file):
    source = file('id,n\n1,a\n2,"b\n3,c\n4,d\n')

    assert read(source) == [
        (2, 1, ["1", "a"]),
        (3, 1, "A quote opens a field and nothing closes it."),
        (4, 1, ["3", "c"]),
        (5, 1, ["4", "d"]),
    ]


def test_a_quote_open_for_longer_than_any_field_costs_its_own_row_only(file):
    many = LONGEST_FIELD // 100 + 10
    source = file('id,n\n1,"a\n' + f"2,{'b' * 97}\n" * many)

    first, *others = read(source)

    assert first == (
        2, 1, "A quote opens a field that does not end within 1,048,576 characters.",
    )  # fmt: skip
    assert others == [(3 + place, 1, ["2", "b" * 97]) for place in range(many)]


BEHIND = "A field goes on behind the quote that closes it."
IN_THE_MIDDLE = "A carriage return stands in the middle of the row."


@pytest.mark.parametrize(
    ("row", "reason"), [('1,"a"b', BEHIND), ("1,a\rb", IN_THE_MIDDLE)]
)
def test_a_row_that_cannot_be_split_says_why(file, row, reason):
    source = file(f"id,n\n{row}\n2,b\n")

    assert read(source) == [(2, 1, reason), (3, 1, ["2", "b"])]


def test_a_line_that_does_not_end_is_refused_by_its_number(file):
    source = file("id,n\n1,a\n2," + "b" * (LONGEST_LINE + (2 << 20)))

    with pytest.raises(Unreadable) as refused:
        read(source)

    assert str(refused.value) == (
        "rows.csv, line 3 is longer than 16 MB. Expected is one row per line."
    )


def test_a_header_alone_has_columns_and_no_rows(file):
    assert (file("id,n").columns(), read(file("id,n"))) == (["id", "n"], [])


NO_HEADER = "rows.csv has no header. Its first line must name columns."
SEEMS = "rows.csv has one column, named 'id{0}n'. It seems separated by a {1}: say delimiter = {0!r} in the mapping of the stream."


@pytest.mark.parametrize(
    ("content", "delimiter", "sentence"),
    [
        ("", ",", NO_HEADER),
        ("\n1,a\n", ",", NO_HEADER),
        (" , \n1,a\n", ",", NO_HEADER),
        ("id;n\n1;a\n", ",", SEEMS.format(";", "semicolon")),
        ("id\tn\n1\ta\n", ",", SEEMS.format("\t", "tab")),
        ("id|n\n1|a\n", ",", SEEMS.format("|", "bar")),
        ("id,n\n1,a\n", ";", SEEMS.format(",", "comma")),
        (
            "id,n, id,m,n\n", ",",
            "rows.csv has the column id, n more than once; which one is meant cannot be known. Rename one in the source.",
        ),
        (
            'id,"n\n1,a\n', ",",
            "The header of rows.csv cannot be split into columns. A quote opens a field and nothing closes it.",
        ),
    ],
)  # fmt: skip
def test_a_header_that_names_no_columns_is_refused(file, content, delimiter, sentence):
    source = file(content, delimiter=delimiter)

    with pytest.raises(Unreadable) as refused:
        source.columns()

    assert str(refused.value) == sentence


def test_what_stood_at_a_line_is_shown_as_it_came(file):
    source = file('id,n\n1,"a\nb"\n2,c,d\r\n3,"e\n')

    found = list(source.texts(Place(), {2: 2, 4: 1, 5: 1}))

    assert found == [(2, '1,"a\nb"'), (4, "2,c,d"), (5, '3,"e')]


@st.composite
def tables(draw, cells, narrowest=1):
    """Draw rows of one width, the text they are written as, and the delimiter of it."""
    width = draw(st.integers(narrowest, 4))
    rows = draw(st.lists(st.lists(cells, min_size=width, max_size=width), max_size=12))
    delimiter = draw(st.sampled_from(DELIMITERS))
    out = io.StringIO()
    writer = csv.writer(
        out,
        delimiter=delimiter,
        quoting=draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])),
        lineterminator=draw(st.sampled_from(["\n", "\r\n"])),
    )
    writer.writerows([[f"c{place}" for place in range(width)], *rows])
    written = out.getvalue()
    return rows, draw(st.sampled_from([written, written.rstrip("\r\n")])), delimiter


on_one_folder = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
NASTY = st.text(st.sampled_from('",;\n\r\0\\. a5ö'), max_size=6) | st.text(max_size=4)


@on_one_folder
@given(tables(NASTY), st.lists(st.integers(1, 5), min_size=1), st.booleans())
def test_pages_of_any_size_from_remembered_places_give_exactly_the_rows(
    file, table, sizes, has_mark
):
    rows, written, delimiter = table
    source = file("\ufeff" * has_mark + written, delimiter=delimiter)
    columns, place, found = source.columns(), Place(), []

    for number in range(len(rows) + 1):
        page = source.rows(columns, place)
        found += islice(page, sizes[number % len(sizes)])
        page.close()
        place = Place(place.offset, place.line)

    begins = [line for line, _held, _texts in found]
    ends = [line + held for line, held, _texts in found]
    assert [texts for _line, _held, texts in found] == rows
    assert begins[1:] == ends[:-1]
    assert (place.offset, place.line) == (
        source.path.stat().st_size, written.count("\n") + (not written.endswith("\n")),
    )  # fmt: skip


def by_copy(page: QuickPage, width: int, delimiter: str) -> list[tuple[object, ...]]:
    """Return the rows PostgreSQL makes of the page, each with its line.

    Raises:
        DataError: to PostgreSQL they are no rows of that width.
    """
    names = sql.SQL(", ").join(sql.Identifier(f"c{place}") for place in range(width))
    copy = sql.SQL("copy split ({}) from stdin (format csv, delimiter {})")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "create temp table if not exists split (c0 text, c1 text, c2 text, c3 text)"
        )
        cursor.execute("delete from split")
        copying = cursor.copy(copy.format(names, sql.Literal(delimiter)))
        with connection.wrap_database_errors, copying as lines:
            for block in page.blocks:
                lines.write(block)
        cursor.execute(sql.SQL("select {} from split order by ctid").format(names))
        found = cursor.fetchall()
    return [
        (line, 1, [text or "" for text in texts])
        for line, texts in enumerate(found, page.first_line)
    ]


def one_by_one(
    source: PlainFile, columns: list[str], start: Place, rows: int
) -> tuple[list[tuple[object, ...]], Place]:
    """Return the next rows as they are split here, and the place behind them."""
    end = Place(start.offset, start.line)
    page = source.rows(columns, end)
    found = [plain(row) for row in islice(page, rows)]
    page.close()
    return found, end


SINGLE_LINES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"))


@on_one_folder
@given(tables(SINGLE_LINES, narrowest=2), st.integers(1, 15))
def test_every_table_of_single_lines_is_offered_to_copy_and_split_the_same(
    file, db, table, size
):
    rows, written, delimiter = table
    source = file(written, delimiter=delimiter)
    columns = source.columns()
    place, found = Place(), []

    while len(found) < len(rows):
        page = source.quick_page(place, size)
        assert page is not None
        expected, end = one_by_one(source, columns, place, page.lines)
        assert by_copy(page, len(columns), delimiter) == expected
        assert page.end == end
        found += expected
        place = page.end

    assert [texts for _line, _held, texts in found] == rows


SOUND = ["a", "", " ", "ö", '"x"', '"x,y"', '"x ""y"""', "\\.", "\\N", "NULL", '""']
ODD = ['"x\ny"', '"x\r\ny"', '5"', '"', '"""', '" "x', "\r", "\\", "\0", '"\n']
SOUND_LINES = st.tuples(
    st.lists(st.sampled_from(SOUND), min_size=2, max_size=2), st.just("\n")
)
ODD_LINES = st.tuples(
    st.lists(st.sampled_from(SOUND + ODD), max_size=3),
    st.sampled_from(["\n", "\r\n", ""]),
)
LINES = SOUND_LINES | SOUND_LINES | ODD_LINES


@on_one_folder
@given(
    st.lists(LINES, min_size=2, max_size=6),
    st.lists(st.integers(1, 4), min_size=1, max_size=3),
)
def test_whatever_copy_makes_of_the_lines_it_is_offered_is_what_they_are(
    file, db, lines, sizes
):
    source = file("a,b\n" + "".join(",".join(cells) + end for cells, end in lines))
    place = Place()

    for size in sizes:
        page = source.quick_page(place, size)
        try:
            copied = by_copy(page, 2, ",") if page else []
        except DataError:
            copied = []
        # Another number of rows than of lines: the loader splits these lines itself.
        if page and copied and len(copied) == page.lines:
            assert (copied, page.end) == one_by_one(
                source, ["a", "b"], place, len(copied)
            )
        _rows, place = one_by_one(source, ["a", "b"], place, size)


DOUBTFUL = ['a,b\n1,5" x 3"\n', 'a,b\n1,"x\n', "a,b\n1,x\ry\n", '"a\nb",c\n1,2\n',
            'a,b\n1,"x" \n', f"a,b\n1,{'x' * LONGEST_FIELD}\n"]  # fmt: skip


@pytest.mark.parametrize("content", DOUBTFUL, ids=range(6))
def test_lines_that_leave_a_doubt_are_not_offered(file, content):
    assert file(content).quick_page(Place(), 10) is None
