"""A table as a file."""

import csv
import io
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.boards.exported import written


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_file_says_what_it_is_and_then_its_rows_with_every_digit():
    text = written(
        [("build", "7")],
        [("month", "revenue"), ("2017-01", Decimal("-12.50000000")), ("2017-02", None)],
    )

    assert text == (
        "# build,7\r\nmonth,revenue\r\n2017-01,-12.50000000\r\n2017-02,\r\n"
    )


def test_no_text_is_a_formula_in_any_line_of_it():
    evil = '=HYPERLINK("http://x")'

    rows = read(written([("storefront", evil)], [(evil, "+1", "-1", "@x", "\t=1", 5)]))

    assert rows == [
        ["# storefront", f"'{evil}"],
        [f"'{evil}", "'+1", "'-1", "'@x", "'\t=1", "5"],
    ]


@given(said=st.text(st.characters(exclude_characters="\0\r\n"), max_size=20))
@settings(max_examples=200)
def test_whatever_a_name_is_no_cell_begins_as_a_formula_does(said):
    text = written([], [("month", said)])

    [[_, cell]] = read(text)

    assert cell[:1] not in {"=", "+", "-", "@", "\t"}
