"""Files as they come: kept once, made plain text, or refused in a sentence."""

import csv
import gzip
import io
import resource
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as arrow
import pytest
from pyarrow import parquet

from measurement.models import KeptFile
from measurement.sources import kept
from measurement.sources.reading import Place, PlainFile, Unsplit
from measurement.sources.unreadable import Unreadable
from tests.make import moment

AT = moment("2026-06-01")
ROOT = Path(__file__).resolve().parents[2]
SPECTRUM = ROOT.parent / "shared" / "data" / "csv" / "spectrum"
LONG = "id,n\n" + "".join(f"{number},a\n" for number in range(1_000))

pytestmark = pytest.mark.django_db


def packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def zipped(*files: tuple[str, str | bytes]) -> bytes:
    """Return a zip of the files that is the same whenever it is made."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


GZIP = packed(LONG.encode())


@pytest.fixture
def folder(tmp_path: Path, settings) -> Path:
    settings.RAW = tmp_path / "raw"
    return tmp_path


@pytest.fixture
def keep(folder: Path):
    """Return what keeps bytes as a file of that name."""

    def keep(name: str, content: bytes, encoding: str = "utf-8") -> KeptFile:
        (folder / name).write_bytes(content)
        return kept.keep(folder / name, encoding=encoding, at=AT)

    return keep


def table(file: KeptFile) -> list[list[str]]:
    """Return the columns and the rows of a file as it was kept."""
    source = PlainFile(Path(file.plain_path), file.name, file.layout)
    columns = source.columns()
    return [columns, *(texts for _line, _held, texts in source.rows(columns, Place()))]


def as_parquet(**columns: object) -> bytes:
    out = io.BytesIO()
    parquet.write_table(arrow.table(columns), out)
    return out.getvalue()


def left_in(folder: Path) -> list[str]:
    """Return the names of the files that were kept, or begun to be."""
    return sorted(path.name for path in folder.rglob("raw/*/*") if path.is_file())


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("id,n\n1,ö €\n".encode(), "utf-8"),
        ("\ufeffid,n\n1,ö €\n".encode(), "utf-8"),
        ("id,n\r1,ö €\r".encode(), "utf-8"),
        ("id,n\r1,ö €".encode("cp1252"), "cp1252"),
        ("id,n\r\n1,ö €\r\n".encode("utf-16"), "utf-8"),
        ("\ufeffid,n\n1,ö €\n".encode("utf-16-be"), "cp1252"),
        ("id,n\n1,ö €\n".encode("cp1252"), "cp1252"),
        ("id,n\n1,ö €\n".encode("iso8859-15"), "latin9"),
        (packed("id,n\n1,ö €\n".encode("cp1252")), "windows-1252"),
        (zipped(("a.csv", "id,n\n1,ö €\n".encode("utf-16"))), "utf-8"),
    ],
)
def test_a_text_of_any_encoding_and_packing_is_read(keep, content, encoding):
    file = keep("rows.csv", content, encoding)

    assert table(file) == [["id", "n"], ["1", "ö €"]]


OTHERWISE = 'the bytes are not {}. Say which encoding they are in, in the mapping of the stream, for instance encoding = "{}".'
AGAIN = "Fetch it again from its source."
DAMAGED_ZIP = zipped(("a.csv", LONG))


@pytest.mark.parametrize(
    ("content", "encoding", "sentence"),
    [
        (b"", "utf-8", " is empty. Nothing was loaded."),
        (b"id,n\n1,a\n2,M\xfcller\n", "utf-8", ", line 3: " + OTHERWISE.format("utf-8", "cp1252")),
        (b"id,n\n1,\x81\n", "cp1252", ", line 2: " + OTHERWISE.format("cp1252", "utf-8")),
        (b"id,n\n" + b"1,a\n" * 400_000 + b"\xff\n", "utf-8", ", line 400002: " + OTHERWISE.format("utf-8", "cp1252")),
        ("id,n\n1,ö\n".encode("utf-16")[:-1], "utf-8", ", line 2: " + OTHERWISE.format("utf-16", "cp1252")),
        (GZIP[:-100], "utf-8", f" is damaged: Compressed file ended before the end-of-stream marker was reached. {AGAIN}"),
        (GZIP[:-8] + bytes(4) + GZIP[-4:], "utf-8", f" is damaged: CRC check failed 0x0 != {hex(int.from_bytes(GZIP[-8:-4], 'little'))}. {AGAIN}"),
        (DAMAGED_ZIP[:-30], "utf-8", f" is damaged: File is not a zip file. {AGAIN}"),
        (DAMAGED_ZIP[:35] + b"\xff\xff\xff" + DAMAGED_ZIP[38:], "utf-8", f" is damaged: Error -3 while decompressing data: invalid block type. {AGAIN}"),
        (zipped(), "utf-8", " holds no file."),
        (packed(GZIP), "utf-8", " is packed twice. Unpack it once before it is loaded."),
        (zipped(("a.csv", "id,n\n1,a\n"), ("b.csv", "id,m\n2,b\n")), "utf-8", ": b.csv has other columns than a.csv. Load files of one kind together."),
        (zipped(("a.csv", "id\n1\n"), ("b.ndjson", '{"id": 1}')), "utf-8", ": b.ndjson is NDJSON, a.csv is CSV. Load files of one kind together."),
        (zipped(("a.csv", "id\n1\n"), ("b.csv", "")), "utf-8", ": b.csv is empty. Leave it out."),
    ],
    ids=range(14),
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence_and_leaves_nothing(
    keep, folder, content, encoding, sentence
):
    with pytest.raises(Unreadable) as refused:
        keep("rows", content, encoding)

    assert str(refused.value) == "rows" + sentence
    assert (KeptFile.objects.count(), left_in(folder)) == (0, [])


def test_an_encoding_nobody_knows_is_refused(keep):
    with pytest.raises(Unreadable, match=r"^There is no encoding 'klingon'\."):
        keep("rows.csv", b"id\n1\n", "klingon")


MISSING = "There is no file {}. Check the name, or where it was put."
A_FOLDER = "{} cannot be read: Is a directory. Name a file this user may read."


@pytest.mark.parametrize(("name", "said"), [("rows", MISSING), (".", A_FOLDER)])
def test_what_is_missing_or_a_folder_is_refused(folder, name, said):
    with pytest.raises(Unreadable) as refused:
        kept.keep(folder / name, encoding="utf-8", at=AT)

    assert str(refused.value) == said.format(folder / name)


def test_the_files_of_a_zip_are_one_table_and_each_row_knows_its_file(keep):
    file = keep(
        "rows.zip",
        zipped(
            ("b.csv", "id,n\n2,b\n3,c"),
            ("__MACOSX/a.csv", "x"),
            ("a.csv", "\ufeffid,n\r\n1,a\r\n"),
            (".DS_Store", "x"),
            ("c.csv", "id,n\n4,d\n"),
        ),
    )

    places = [kept.place_of(file, line) for line in (2, 3, 4, 5)]

    assert table(file) == [["id", "n"], ["1", "a"], ["2", "b"], ["3", "c"], ["4", "d"]]
    assert file.parts == [["a.csv", 0, 0], ["b.csv", 11, 2], ["c.csv", 19, 4]]
    assert places == ["a.csv line 2", "b.csv line 2", "b.csv line 3", "c.csv line 2"]


def test_the_objects_of_a_zip_are_one_table_without_a_header_to_leave_out(keep):
    file = keep("rows.zip", zipped(("a.json", '{"id": 1}'), ("b.json", '{"id": 2}\n')))

    assert table(file) == [["id"], ["1"], ["2"]]
    assert kept.place_of(file, 2) == "b.json line 1"


def test_the_same_content_is_kept_once_under_whatever_name_it_comes(keep, folder):
    first = keep("rows.csv", b"id\n1\n")
    second = keep("again.csv", b"id\n1\n")

    assert (second, second.name) == (first, "rows.csv")
    assert left_in(folder) == [first.sha256]


@pytest.mark.parametrize(
    "content", [b"id,n\r\n1,a", GZIP, "id\n1\n".encode("utf-16"), b"\xef\xbb\xbfid\r1"]
)
def test_a_file_is_kept_byte_for_byte_as_it_came(keep, content):
    file = keep("rows.csv", content)

    assert (Path(file.path).read_bytes(), file.size) == (content, len(content))


def test_a_plain_form_that_was_lost_is_made_again(keep):
    first = keep("rows.csv.gz", GZIP)
    before = Path(first.plain_path).read_bytes()
    Path(first.plain_path).unlink()

    again = keep("rows.csv.gz", GZIP)

    assert again == first
    assert Path(again.plain_path).read_bytes() == before == LONG.encode()


def test_a_file_read_in_another_encoding_gets_another_plain_form(keep):
    content = "id\nö\n".encode("cp1252")

    read = [table(keep("rows.csv", content, name)) for name in ("cp1252", "cp437")]

    assert read == [[["id"], ["ö"]], [["id"], ["÷"]]]


@pytest.mark.parametrize("pack", [bytes, packed])
def test_a_disk_that_is_full_midway_leaves_nothing(folder, pack):
    """A limit on the length of files stands for the disk: it ends writing the same way."""
    (folder / "rows").write_bytes(pack(b"id\n" * 600_000))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            kept.keep(folder / "rows", encoding="utf-8", at=AT)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert (KeptFile.objects.count(), left_in(folder)) == (0, [])


def test_parquet_is_read_with_every_value_exact(keep):
    content = as_parquet(
        id=[2**53 + 1, None],
        n=['x, "y"\nz', "ö"],
        total=arrow.array([Decimal("12.30"), None], arrow.decimal128(38, 2)),
        paid=[True, None],
        on=[date(2026, 1, 2), None],
        big=arrow.array([2**64 - 1, 0], arrow.uint64()),
        kind=arrow.array(["a", None]).dictionary_encode(),
    )

    assert table(keep("rows.parquet", content)) == [
        ["id", "n", "total", "paid", "on", "big", "kind"],
        ["9007199254740993", 'x, "y"\nz', "12.30", "true", "2026-01-02", str(2**64 - 1), "a"],
        ["", "ö", "", "", "", "0", ""],
    ]  # fmt: skip


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_whole_seconds_of_any_unit_are_written_without_a_fraction(keep, unit):
    at = [datetime(2026, 1, 2, 3, 4, 5), None]  # noqa: DTZ001
    content = as_parquet(
        at=arrow.array(at, arrow.timestamp(unit)),
        zoned=arrow.array(at, arrow.timestamp(unit, "Europe/Berlin")),
    )

    assert table(keep("rows.parquet", content)) == [
        ["at", "zoned"],
        ["2026-01-02 03:04:05", "2026-01-02 04:04:05+0100"],
        ["", ""],
    ]


@pytest.mark.parametrize(
    ("unit", "since_1970", "written"),
    [
        ("ms", 1767323045123, "2026-01-02 03:04:05.123"),
        ("us", 1767323045123456, "2026-01-02 03:04:05.123456"),
        ("ns", 1767323045123456789, "2026-01-02 03:04:05.123456789"),
    ],
)
def test_no_part_of_a_second_is_lost(keep, unit, since_1970, written):
    content = as_parquet(at=arrow.array([since_1970], arrow.timestamp(unit)))

    assert table(keep("rows.parquet", content)) == [["at"], [written]]


FLATTEN = (
    "rows has a column that is no plain value: Unsupported Type:{}. Flatten it first."
)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (as_parquet(id=[1], tags=[[1, 2]]), FLATTEN.format("list<element: int64>")),
        (as_parquet(id=[1], who=[{"a": 1}]), FLATTEN.format("struct<a: int64>")),
        (
            as_parquet(id=[1, 2])[:-20],
            "rows is no sound Parquet file: Parquet magic bytes not found in footer. Either the file is corrupted or this is not a parquet file..",
        ),
    ],
)  # fmt: skip
def test_a_parquet_file_that_is_damaged_or_nested_is_refused(keep, content, sentence):
    with pytest.raises(Unreadable) as refused:
        keep("rows", content)

    assert str(refused.value) == sentence


def test_objects_are_rows_with_dotted_names_and_exact_numbers(keep):
    file = keep(
        "rows.ndjson.gz",
        packed(b"""{"id": 9007199254740993, "total": 10.10, "who": {"name": {"first": "Ada"}}}
            {"id": "7", "total": 1e400, "paid": true, "tags": ["a", 1.50, null], "note": null}"""),
    )  # fmt: skip

    assert table(file) == [
        ["id", "total", "who.name.first", "paid", "tags", "note"],
        ["9007199254740993", "10.10", "Ada", "", "", ""],
        ["7", "1e400", "", "true", '["a", 1.50, null]', ""],
    ]


def test_a_wanted_name_is_found_however_late_it_comes(keep):
    file = keep("rows.json", b'{"id": 1}\n' * 1_500 + b'{"id": 2, "coupon": "X"}\n')
    source = PlainFile(Path(file.plain_path), file.name, file.layout)

    assert (source.columns(), source.columns(["coupon"])) == (["id"], ["id", "coupon"])


def test_a_line_that_is_no_object_is_given_up_and_the_others_are_read(keep):
    file = keep("rows", b'\xef\xbb\xbf{"id": 1}\r\n{"id": 1,}\n[2]\n\n"x"\n{"id": 3}')
    source = PlainFile(Path(file.plain_path), file.name, file.layout)

    one, broken, *others = source.rows(["id"], Place())

    assert one == (1, 1, ["1"])
    assert (broken.line, broken.reason[:22]) == (2, "The line is not JSON: ")
    assert others == [
        Unsplit(3, 1, "The line is JSON, but not an object."),
        Unsplit(5, 1, "The line is JSON, but not an object."),
        (6, 1, ["3"]),
    ]


@pytest.mark.skipif(not SPECTRUM.exists(), reason="csv/spectrum is not here")
def test_each_file_of_a_collection_of_odd_ones_is_read_right(folder):
    files = sorted(SPECTRUM.glob("*.csv"))

    found = [table(kept.keep(file, encoding="utf-8", at=AT)) for file in files]

    # Each is sound, so the standard library reads it right as a whole.
    whole = [
        list(csv.reader(file.open(newline="", encoding="utf-8"))) for file in files
    ]
    assert [[row for row in rows if row] for rows in whole] == found
