"""The same rows again: in other bytes, older and newer, twice in a file, from two owners."""

from decimal import Decimal

import pytest

from measurement import mapping, saving
from measurement.models import CustomerRecord
from tests.measurement import loading

CUSTOMERS = '[customer]\nsource_id = "id"\nfirst_name = "name"\n'
DATED = CUSTOMERS + 'source_updated_at = "at"\n'
SAID_OTHERWISE = (
    "An earlier line of the file has the same key and says something else; the earlier "
    "one counts."
)
PAGES = pytest.mark.parametrize("page_rows", [1, 2, 3, None])


@pytest.fixture
def dated(load):
    """Return what loads dated lines, and then says the names and the counts."""
    stream = loading.stream(DATED, grain="customer")
    files = iter(range(100))

    def tell(*lines: str, page_rows: int | None = None):
        text = "\n".join(["id,name,at", *lines])
        run = load(stream, text, name=f"{next(files)}.csv", page_rows=page_rows)
        return loading.column("customer", "first_name"), loading.counts(run)

    return tell


@pytest.fixture
def undated(load):
    stream = loading.stream(CUSTOMERS, grain="customer")
    files = iter(range(100))

    def tell(*lines: str, page_rows: int | None = None):
        text = "\n".join(["id,name", *lines])
        run = load(stream, text, name=f"{next(files)}.csv", page_rows=page_rows)
        return (
            loading.column("customer", "first_name"),
            loading.counts(run),
            loading.rejects(run),
        )

    return tell


def test_the_same_rows_in_other_bytes_write_nothing(undated):
    undated("1,ada", "2,bo")
    before = list(CustomerRecord.objects.order_by("pk").values())

    names, counts, _ = undated("2,bo", '"1","ada"')

    assert (names, counts) == (["ada", "bo"], (2, 0, 2, 0))
    assert list(CustomerRecord.objects.order_by("pk").values()) == before


def test_what_changed_is_written_with_the_run_that_changed_it(load):
    stream = loading.stream(CUSTOMERS, grain="customer")
    first = load(stream, "id,name\n1,ada\n2,bo\n", name="first.csv")

    second = load(stream, "id,name\n1,ada\n2,eve\n", name="second.csv")

    assert loading.rows("customer", "first_name", "run") == [
        ("ada", first.pk),
        ("eve", second.pk),
    ]


@pytest.mark.parametrize(
    ("said", "name", "counts"),
    [
        (["1,old,2026-01-01", "1,new,2026-02-01"], "new", (1, 1, 0, 0)),
        (["1,new,2026-02-01", "1,old,2026-01-01"], "new", (1, 0, 1, 0)),
        (["1,new,2026-02-01", "1,undated,"], "new", (1, 0, 1, 0)),
        (["1,undated,", "1,new,2026-02-01"], "new", (1, 1, 0, 0)),
        (["1,one,2026-02-01", "1,other,2026-02-01"], "other", (1, 1, 0, 0)),
        (["1,one,", "1,other,"], "other", (1, 1, 0, 0)),
        (["1,one,2026-01-01", "1,one,2026-02-01"], "one", (1, 1, 0, 0)),
    ],
)
def test_of_two_files_the_older_never_overwrites_the_newer(dated, said, name, counts):
    first, second = said
    dated(first)

    assert dated(second) == ([name], counts)


@PAGES
@pytest.mark.parametrize(
    ("said", "name", "counts"),
    [
        (["1,old,2026-01-01", "1,new,2026-02-01"], "new", (2, 2, 0, 0)),
        (["1,new,2026-02-01", "1,old,2026-01-01"], "new", (2, 1, 1, 0)),
        (["1,new,2026-02-01", "1,undated,"], "new", (2, 1, 1, 0)),
        (["1,one,2026-02-01", "1,other,2026-02-01"], "one", (2, 1, 0, 1)),
        (["1,a,2026-01-01", "1,b,2026-01-01", "1,c,2026-01-02"], "c", (3, 2, 0, 1)),
        (["1,a,2026-01-02", "1,b,2026-01-01", "1,a,2026-01-02"], "a", (3, 1, 2, 0)),
    ],
)
def test_of_two_lines_of_a_file_the_newer_counts_wherever_a_page_ends(
    dated, said, name, counts, page_rows
):
    assert dated(*said, page_rows=page_rows) == ([name], counts)


@PAGES
def test_a_line_that_contradicts_an_earlier_one_is_rejected(undated, page_rows):
    assert undated("1,ada", "2,bo", "1,eve", "1,eve", "1,ada", page_rows=page_rows) == (
        ["ada", "bo"],
        (5, 2, 1, 2),
        [(4, "source_id", SAID_OTHERWISE), (5, "source_id", SAID_OTHERWISE)],
    )


@PAGES
def test_a_line_that_says_the_same_again_is_unchanged(undated, page_rows):
    assert undated("1,ada", "1,ada", "2,bo", "1,ada", page_rows=page_rows) == (
        ["ada", "bo"],
        (4, 2, 2, 0),
        [],
    )


@PAGES
def test_a_file_that_first_repeats_what_we_know_and_then_changes_it_is_written(
    undated, page_rows
):
    undated("1,ada")

    assert undated("1,ada", "1,eve", "1,flo", page_rows=page_rows) == (
        ["eve"],
        (3, 1, 1, 1),
        [(4, "source_id", SAID_OTHERWISE)],
    )


def test_a_key_that_names_no_row_is_refused_and_leaves_nothing(load):
    stream = loading.stream(
        CUSTOMERS.replace('"id"', "{ constant = 'shop' }"), grain="customer"
    )
    rows = [("id", "name"), *((number, f"n{number}") for number in range(1_001))]

    with pytest.raises(saving.NoKey) as refused:
        load(stream, loading.csv_of(*rows))

    assert str(refused.value) == (
        "1,001 rows up to line 1002 have the same key and say different things. The "
        "mapping of customer names rows by a column that names none; map another one."
    )
    assert CustomerRecord.objects.count() == 0


def test_a_column_that_is_not_mapped_is_never_touched(load):
    shop = loading.system()
    owner = loading.stream(CUSTOMERS, grain="customer", of=shop, key="accounts")
    other = loading.stream(
        '[customer]\nsource_id = "id"\nsegment = "segment"\n',
        grain="customer",
        of=shop,
        key="segments",
    )
    load(owner, "id,name\n1,ada\n", name="accounts.csv")

    load(other, "id,name,segment\n1,eve,loyal\n2,bo,new\n", name="segments.csv")
    load(owner, "id,name,segment\n1,ada,lost\n2,bo,lost\n", name="accounts2.csv")

    assert loading.rows("customer", "source_id", "first_name", "segment") == [
        ("1", "ada", "loyal"),
        ("2", "bo", "new"),
    ]


@pytest.mark.django_db
def test_the_statement_that_writes_has_no_column_the_mapping_lacks():
    stream = loading.stream(
        '[customer]\nsource_id = "id"\nsegment = "segment"\n', grain="customer"
    )

    [writer] = mapping.compile_mapping(mapping.of_stream(stream), run_id=7).writers

    updated = writer.merge.as_string().partition("then update set ")[2]
    assert updated.partition(" when not matched")[0] == (
        '"segment" = s."segment", run = 7'
    )


def test_what_a_source_does_not_say_of_a_new_row_is_its_default(load):
    stream = loading.stream(loading.ORDERS, grain="order")

    load(stream, "id,at\n1,2026-01-01\n")

    assert loading.rows("order", "status", "shipping", "tax_reporting", "customer") == [
        ("paid", Decimal(0), Decimal(0), None)
    ]


def test_an_emptied_field_is_emptied(undated):
    undated("1,ada")

    names, counts, _ = undated("1,")

    assert (names, counts) == ([""], (1, 1, 0, 0))
