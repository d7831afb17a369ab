"""Odd files through the whole of a load: every row is counted, every refusal is said."""

import io
import zipfile

import pyarrow as arrow
import pytest
from pyarrow import parquet

from measurement import sync
from measurement.models import KeptFile, Product, SyncRun
from measurement.sources.unreadable import Unreadable
from tests.measurement.loading import AT, ORDERS, column, counts, rejects, stream

pytestmark = pytest.mark.django_db

WARES = """
[product]
source_id = "sku"
"""


def in_columns(**columns: object) -> bytes:
    out = io.BytesIO()
    parquet.write_table(arrow.table(columns), out)
    return out.getvalue()


def test_a_product_without_a_number_is_rejected_and_not_lost(load):
    wares = stream(WARES, grain="product")

    run = load(wares, in_columns(sku=["a", None, "b"]), name="wares.parquet")

    assert counts(run) == (3, 2, 0, 1)
    assert [(line, field) for line, field, _ in rejects(run)] == [(3, "source_id")]
    assert column("product", "source_id") == ["a", "b"]


@pytest.mark.parametrize("page_rows", [1, 2, 100])
def test_rows_without_a_value_are_counted_however_long_a_page_is(load, page_rows):
    wares = stream(WARES, grain="product")

    run = load(
        wares,
        in_columns(sku=[None, "a", None, None, "b", None]),
        name="wares.parquet",
        page_rows=page_rows,
    )

    assert counts(run) == (6, 2, 0, 4)


def test_an_object_too_deep_is_rejected_and_its_neighbours_are_written(load):
    wares = stream(WARES, grain="product")
    deep = '{"sku": "deep", "tags": ' + "[" * 3_000 + "]" * 3_000 + "}"

    run = load(wares, f'{{"sku": "a"}}\n{deep}\n{{"sku": "b"}}\n', name="wares.ndjson")

    assert counts(run) == (3, 2, 0, 1)
    assert rejects(run) == [
        (2, "", "The line has objects in objects too deep to read.")
    ]


def test_a_name_no_text_may_hold_keeps_no_row_out(load):
    wares = stream(WARES, grain="product")

    run = load(wares, r'{"sku": "a", "x\u0000y": 1, "\ud800": 2}', name="wares.ndjson")

    assert (counts(run), run.columns) == ((1, 1, 0, 0), ["sku"])


@pytest.mark.parametrize("content", ["sku\0\na\n", "sku\na\n".encode("utf-16-le")])
def test_a_header_with_zero_bytes_opens_no_run(load, content):
    wares = stream(WARES, grain="product")

    with pytest.raises(Unreadable, match=r"^The header of rows\.csv has zero bytes"):
        load(wares, content)

    assert (SyncRun.objects.count(), KeptFile.objects.count()) == (0, 0)


def test_the_encoding_the_refusal_speaks_of_helps(load):
    wares = stream(WARES, grain="product", encoding="utf-16-le")

    load(wares, "sku\nä\n".encode("utf-16-le"))

    assert column("product", "source_id") == ["ä"]


def test_a_file_of_the_widest_letters_is_loaded(load):
    wares = stream(WARES, grain="product")

    load(wares, "sku\nä€😀\n".encode("utf-32"))

    assert Product.objects.get().source_id == "ä€😀"


def test_two_files_of_one_name_are_loaded_both(load):
    packed = io.BytesIO()
    with (
        pytest.warns(UserWarning, match="Duplicate name"),
        zipfile.ZipFile(packed, "w") as archive,
    ):
        for day in (1, 2):
            archive.writestr("rows.csv", f"id,at\n{day},2026-01-0{day}T00:00Z\n")

    run = load(stream(ORDERS, grain="order"), packed.getvalue(), name="rows.zip")

    assert (counts(run), column("order", "source_id")) == ((2, 2, 0, 0), ["1", "2"])


def test_an_encoding_that_is_none_is_refused_when_the_file_comes(load, tmp_path):
    wares = stream(WARES, grain="product", encoding="klingon")
    path = tmp_path / "rows.csv"
    path.write_text("sku\na\n")

    with pytest.raises(Unreadable, match=r"^There is no encoding 'klingon'\."):
        sync.begin(stream=wares, path=path, at=AT)
