"""A packed file with any of its bytes wrong is read, or refused in words: nothing else."""

import gzip
import io
import zipfile
from pathlib import Path

import pyarrow as arrow
import pyarrow.parquet as parquet
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from measurement.sources import texts, unpacking
from measurement.sources.unreadable import Unreadable

TEXT = b"id,name\n" + b"".join(b"%d,shopper %d\n" % (n, n * n) for n in range(200))


def gzipped() -> bytes:
    return gzip.compress(TEXT, mtime=0)


def zipped(how: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", how) as archive:
        for name in ("b.csv", "a.csv"):
            archive.writestr(zipfile.ZipInfo(name), TEXT, how)
    return packed.getvalue()


def in_columns() -> bytes:
    written = io.BytesIO()
    names = [f"shopper {n * n}" for n in range(200)]
    table = arrow.table({"id": range(200), "name": names})
    parquet.write_table(table, written, row_group_size=50)
    return written.getvalue()


PACKED = {
    "gzip": gzipped(),
    "deflated": zipped(zipfile.ZIP_DEFLATED),
    "stored": zipped(zipfile.ZIP_STORED),
    "bzip2": zipped(zipfile.ZIP_BZIP2),
    "lzma": zipped(zipfile.ZIP_LZMA),
    "parquet": in_columns(),
}
WRONG_BYTES = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)),
    min_size=1,
    max_size=4,
)
QUICK = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def unpack(content: bytes, folder: Path) -> bytes:
    """Return the plain text of what lies under a name that says nothing."""
    path, plain = folder / "packed", folder / "plain"
    path.write_bytes(content)
    if texts.is_plain(path, "utf-8"):
        return content
    unpacking.unpack(path, "export", "utf-8", plain)
    return plain.read_bytes()


@pytest.mark.parametrize("kind", PACKED)
def test_sound_files_are_unpacked(tmp_path, kind):
    plain = unpack(PACKED[kind], tmp_path).replace(b'"', b"")

    rows = TEXT.removeprefix(b"id,name\n")
    assert plain in {TEXT, TEXT + rows}


@pytest.mark.parametrize("kind", PACKED)
@given(wrong=WRONG_BYTES)
# The first byte of a zip's directory, and a column's name that is no text.
@example(wrong=[(0.998046875, 1)])
@example(wrong=[(0.71875, 128)])
@QUICK
def test_wrong_bytes_are_read_or_refused(tmp_path, kind, wrong):
    damaged = bytearray(PACKED[kind])
    for place, byte in wrong:
        damaged[int(place * len(damaged))] = byte

    try:
        unpack(bytes(damaged), tmp_path)
    except Unreadable as refused:
        said = str(refused)
    else:
        said = "export is read."

    assert said.startswith(("export", "a.csv", "b.csv", "Export"))


@pytest.mark.parametrize("kind", PACKED)
@given(kept=st.floats(0, 1, exclude_max=True))
@QUICK
def test_a_file_that_was_cut_off_is_refused_or_is_no_archive_any_more(
    tmp_path, kind, kept
):
    cut = PACKED[kind][: int(kept * len(PACKED[kind]))]

    try:
        left = unpack(cut, tmp_path)
    except Unreadable:
        return

    assert left == cut
