"""Pages of any size, split by PostgreSQL or here, leave the same rows and the same counts."""

import contextlib
from collections.abc import Iterator
from unittest import mock

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from measurement.entities import ENTITIES
from measurement.models import SeenKey
from measurement.sources.reading import PlainFile
from tests.measurement import loading

pytestmark = pytest.mark.django_db

LINES = loading.LINES + 'unit_price = "price"\n'
NUMBERED = """
[customer]
when_filled = "who"
source_id = "who"
[order]
source_id = "id"
customer = { column = "who", lookup = true }
placed_at = "at"
[order_line]
order = { column = "id", lookup = true }
source_id = { ordinal_within = "id" }
title = "name"
quantity = "quantity"
unit_price = "price"
amount = { multiply = ["quantity", "price"] }
repeats_earlier = { repeats_within = "id" }
"""
DATED = """
[customer]
source_id = "id"
first_name = "name"
source_updated_at = "at"
"""
HELD = """
[customer]
source_id = "id"
first_name = "name"
[identifier]
when_filled = "line"
customer = { column = "who", lookup = true }
kind = { constant = "card" }
value = "line"
"""
MAPPINGS = {
    "lines": (LINES, "order_line"),
    "numbered": (NUMBERED, "order_line"),
    "dated": (DATED, "customer"),
    "held": (HELD, "customer"),
}
COLUMNS = ("id", "who", "name", "at", "line", "quantity", "price", "amount")
# Few values, so that keys meet; sound ones, odd ones, and some that cannot be.
CELLS = (
    st.sampled_from(["1", "2", " 1", "", "1.0"]),
    st.sampled_from(["1", "2", "3", ""]),
    st.sampled_from(["ada", "eve", "", '"a, b"', '"say ""so"""', '"two\nlines"', '5"']),
    st.sampled_from(["2026-01-01", "2026-02-01T10:00Z", "2026-01-01", "", "soon"]),
    st.sampled_from(["a", "b", "a", '"a"', ""]),
    st.sampled_from(["1", "2", "-1", "0", "01", "1.0", '"1"', "x", "nan", "1e20"]),
    st.sampled_from(["1", "1.50", "1.5", "", " 2 ", "inf", "0.1234567", "1e-9"]),
    st.sampled_from(
        ["1", "2.50", "2.5", "+2.5", "-0", "NaN", "1e30", "", "1_0", "abc"]
    ),
)
SOUND = st.tuples(*CELLS).map(",".join)
BROKEN = st.sampled_from(
    ["1,1", "", '1,1,"open,2026-01-01,a,1,1,1', '1,1,"a"b,2026-01-01,a,1,1,1', "1,1,\0" + ",a" * 5,
     "1,1,ada,2026-01-01,a,1,1,1,more", "1,1,a\rb,2026-01-01,a,1,1,1"]
)  # fmt: skip
ROWS = st.lists(st.one_of(SOUND, SOUND, SOUND, SOUND, BROKEN), min_size=1, max_size=9)
ENDS = st.sampled_from(["\n", "\r\n"])


@contextlib.contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextlib.contextmanager
def row_by_row() -> Iterator[None]:
    """Leave no page to PostgreSQL to split."""
    with mock.patch.object(PlainFile, "quick_page", lambda *_: None):
        yield


def table(name: str) -> list[tuple[object, ...]]:
    """Return the rows of an entity without the numbers that say when they came."""
    entity = ENTITIES[name]
    fields = [
        f"{field.name}__source_id" if field.name in entity.references() else field.name
        for field in entity.model._meta.concrete_fields
        if field.name not in {"id", "run", "system"}
    ]
    return sorted(loading.rows(name, *fields), key=repr)


def left_behind(load, mapping: str, lines: list[str], end: str, **options: object):
    """Return what a file leaves behind one that was there before, then forget it all."""
    written, grain = MAPPINGS[mapping]
    header = ",".join(COLUMNS) + end
    with rolled_back():
        stream = loading.stream(written, grain=grain)
        load(stream, f"{header}1,1,ada,2026-01-01,a,1,1,2.5{end}", name="before.csv")
        run = load(stream, header + end.join(lines), name="rows.csv", **options)
        return {
            "counts": loading.counts(run),
            "written": run.per_entity,
            "place": (run.offset, run.line),
            "rejects": list(run.rejects.values_list("line", "field", "reason", "text")),
            "seen": SeenKey.objects.count(),
            **{name: table(name) for name in ENTITIES if f"[{name}]" in written},
        }


def check_pages(load, mapping, lines, end, sizes) -> None:
    whole = left_behind(load, mapping, lines, end)

    paged = [left_behind(load, mapping, lines, end, page_rows=size) for size in sizes]

    assert paged == [whole] * len(sizes)
    rows_in, *became = whole["counts"]
    assert (rows_in, min(became) >= 0) == (sum(became), True)


def check_lanes(load, mapping, lines, end) -> None:
    by_lines = left_behind(load, mapping, lines, end)

    with row_by_row():
        by_rows = left_behind(load, mapping, lines, end)

    assert by_rows == by_lines


A_FEW = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
MANY = settings(A_FEW, max_examples=40)
FILES = {"mapping": st.sampled_from(sorted(MAPPINGS)), "lines": ROWS, "end": ENDS}
SIZES = st.lists(st.integers(1, 7), min_size=2, max_size=2, unique=True)
# What once went wrong: rejects that overfill a page, a repeat in another page, a number
# written in two ways, a row both written and rejected, a parent told by a later line, or
# by a row that is rejected itself.
REJECTS_IN_A_ROW = [
    "1,1,ada,2026-01-01,a,1,1,1", "1,1", "1,1", "2,1,eve,2026-01-01,a,1,1,1",
]  # fmt: skip
REPEATS = ["1,1,ada,2026-01-01,a,1,1.5,1"] * 3 + ["1,1,ada,2026-01-01,a,01,1.50,1"] * 2
LATER_PARENT = ["4,5,eve,2026-01-01,b,1,1,1", "5,5,flo,2026-01-01,c,1,1,1"]
ORPHANS_CHILD = ["2,3,eve,2026-01-01,b,1,1,1", "1,2,ada,2026-01-01,a,1,1,1"]
OPEN_QUOTE = [
    '1,1,"open,2026-01-01,a,1,1,1',
    "2,1,eve,2026-01-01,a,1,1,1",
    '3,1,"b",,,,,',
]


@example("lines", REJECTS_IN_A_ROW, "\n", [2, 1])
@example("numbered", REPEATS, "\n", [1, 2])
@example("held", LATER_PARENT, "\n", [1, 2])
@example("held", ORPHANS_CHILD, "\n", [1, 2])
@example("lines", OPEN_QUOTE, "\r\n", [1, 2])
@given(**FILES, sizes=SIZES)
@A_FEW
def test_pages_of_any_size_leave_the_same_behind(load, mapping, lines, end, sizes):
    check_pages(load, mapping, lines, end, sizes)


@pytest.mark.slow
@given(**FILES, sizes=SIZES)
@MANY
def test_pages_of_any_size_leave_the_same_behind_many_files(
    load, mapping, lines, end, sizes
):
    check_pages(load, mapping, lines, end, sizes)


@example("numbered", REPEATS, "\n")
@example("lines", OPEN_QUOTE, "\n")
@given(**FILES)
@A_FEW
def test_splitting_lines_or_rows_leaves_the_same_behind(load, mapping, lines, end):
    check_lanes(load, mapping, lines, end)


# Nothing PostgreSQL would not take: only so does it split every page itself.
CLEAN = {**FILES, "lines": st.lists(SOUND, min_size=1, max_size=9)}


@pytest.mark.slow
@given(**CLEAN)
@MANY
def test_splitting_lines_or_rows_leaves_the_same_behind_many_files(
    load, mapping, lines, end
):
    check_lanes(load, mapping, lines, end)


def test_a_clean_page_is_split_by_postgresql(load):
    lines = ["2,1,ada,2026-01-01,a,1,1,1", '3,1,"eve",2026-01-01,b,1,1,"2"']

    with mock.patch.object(PlainFile, "rows", None):
        left = left_behind(load, "lines", lines, "\n")

    assert left["counts"] == (2, 2, 0, 0)


def test_a_page_ends_where_the_next_one_begins(load):
    lines = [f"{number},1,ada,2026-01-01,a,1,1,1" for number in range(10, 16)]

    left = left_behind(load, "lines", lines, "\n", page_rows=2)

    header = len(",".join(COLUMNS)) + 1
    assert left["place"] == (header + 6 * len(lines[0]) + 5, 7)
    assert (left["counts"], left["seen"]) == ((6, 6, 0, 0), 0)
