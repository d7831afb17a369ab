"""``manage.py load``: what it says of a file it loads, and of one it cannot."""

import re
import zipfile
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from measurement.models import ExchangeRate, KeptFile, Order, SyncRun
from tests import make

pytestmark = pytest.mark.django_db

MAPPING = """
[storefront]
key = "harbour"
name = "Harbour"
time_zone = "UTC"
currency = "USD"

[system]
key = "till"
name = "The till"
kind = "shop"

[streams.orders]
grain = "order"

[streams.orders.entities.order]
source_id = "id"
placed_at = "at"
"""
WARES = """
[streams.wares]
grain = "product"

[streams.wares.entities.product]
source_id = "sku"
"""
FIRST, SECOND, BROKEN = "1,2026-01-01T00:00Z", "2,2026-01-02T00:00Z", "3,someday"


@pytest.fixture
def laid(tmp_path, settings):
    """Return what lays a file beside the mapping, in a folder of the test's own."""
    settings.RAW = tmp_path / "raw"
    # Of one currency, so that no rate is needed.
    settings.CURRENCIES, settings.REPORTING_CURRENCY = ["USD"], "USD"

    def lay(name, content):
        path = tmp_path / name
        path.write_text(content)
        return path

    return lay


@pytest.fixture
def mapping(laid):
    return laid("till.toml", MAPPING)


def rows(*lines, header="id,at"):
    return "".join(f"{line}\n" for line in (header, *lines))


def load(path, *options, **named):
    """Load and return what was said, the numbers of runs left out."""
    out = StringIO()
    call_command("load", str(path), *options, stdout=out, **named)
    return re.sub(r"\(run \d+\)", "(run)", out.getvalue()).splitlines()


def refusal(path, *options, **named):
    with pytest.raises(CommandError) as refused:
        load(path, *options, **named)
    return str(refused.value)


def zipped(path, **texts):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in texts.items():
            archive.writestr(f"{name}.csv", text)
    return path


def test_every_row_is_counted_as_one_thing(laid, mapping):
    path = laid("rows.csv", rows(FIRST, SECOND, SECOND, BROKEN))

    said = load(path, mapping=mapping)

    read, written, unchanged, rejected = map(int, re.findall(r"(\d+) \w+", said[0]))
    assert (read, written + unchanged + rejected) == (4, 4)


def test_the_counts_are_said_in_one_sentence(laid, mapping):
    path = laid("rows.csv", rows(FIRST, SECOND))

    assert load(path, mapping=mapping) == [
        "rows.csv: 2 rows read = 2 written + 0 unchanged + 0 rejected (run)"
    ]


def test_rows_another_file_brought_already_are_unchanged(laid, mapping):
    load(laid("monday.csv", rows(FIRST, SECOND)), mapping=mapping)

    said = load(
        laid("tuesday.csv", rows(SECOND, "3,2026-01-03T00:00Z")), mapping=mapping
    )

    assert said == [
        "tuesday.csv: 2 rows read = 1 written + 1 unchanged + 0 rejected (run)"
    ]


def test_a_file_that_was_loaded_already_is_said_to_be(laid, mapping):
    path = laid("rows.csv", rows(FIRST))
    load(path, mapping=mapping)

    assert load(path, mapping=mapping) == [
        "rows.csv was loaded already: 1 rows read = 1 written + 0 unchanged + 0 "
        "rejected (run)"
    ]


def test_a_long_file_says_how_far_it_is(laid, mapping, settings):
    settings.SYNC_PAGE_ROWS = 1
    path = laid("rows.csv", rows(FIRST, SECOND))

    assert load(path, mapping=mapping) == [
        "  1 rows so far",
        "  2 rows so far",
        "rows.csv: 2 rows read = 2 written + 0 unchanged + 0 rejected (run)",
    ]


def test_columns_that_came_and_went_are_noted(laid, mapping):
    load(laid("monday.csv", rows(f"{FIRST},5", header="id,at,total")), mapping=mapping)

    said = load(
        laid("tuesday.csv", rows(f"{SECOND},4", header="id,at,net")), mapping=mapping
    )

    assert said[1:] == ["  Column 'net' is new.", "  Column 'total' is gone."]


def test_a_rejected_row_is_shown_with_its_place_and_field(laid, mapping):
    said = load(laid("rows.csv", rows(FIRST, BROKEN)), mapping=mapping)

    assert said == [
        "rows.csv: 2 rows read = 1 written + 0 unchanged + 1 rejected (run)",
        '  line 3, placed_at: "someday" is not a moment; expected is 2026-03-31 '
        "14:05:00, with or without an offset.",
    ]


def test_the_first_five_rejected_rows_are_shown(laid, mapping):
    broken = [f"{number},someday" for number in range(7)]

    said = load(laid("rows.csv", rows(*broken)), mapping=mapping)

    assert [line.partition(",")[0] for line in said[1:]] == [
        f"  line {line}" for line in range(2, 7)
    ]


def test_a_rejected_row_of_an_archive_is_shown_where_it_stands_in_its_file(
    laid, mapping, tmp_path
):
    path = zipped(tmp_path / "both.zip", a=rows(FIRST), b=rows(SECOND, BROKEN))

    said = load(path, mapping=mapping)

    assert [line.partition(",")[0] for line in said] == [
        "both.zip: 3 rows read = 2 written + 0 unchanged + 1 rejected (run)",
        "  b.csv line 3",
    ]


def test_an_archive_is_one_run(laid, mapping, tmp_path):
    path = zipped(tmp_path / "both.zip", b=rows(SECOND), a=rows(FIRST))

    said = load(path, mapping=mapping)

    assert said == [
        "both.zip: 2 rows read = 2 written + 0 unchanged + 0 rejected (run)"
    ]
    assert SyncRun.objects.count() == 1


def test_one_by_one_each_file_of_an_archive_is_a_run_in_the_order_of_names(
    laid, mapping, tmp_path
):
    path = zipped(tmp_path / "both.zip", b=rows(SECOND), a=rows(FIRST))

    said = load(path, "--one-by-one", mapping=mapping)

    assert said == [
        "a.csv: 1 rows read = 1 written + 0 unchanged + 0 rejected (run)",
        "b.csv: 1 rows read = 1 written + 0 unchanged + 0 rejected (run)",
    ]
    assert SyncRun.objects.count() == 2


def test_one_of_several_streams_is_named(laid, tmp_path):
    mapping = laid("till.toml", MAPPING + WARES)

    said = load(laid("rows.csv", "sku\n7\n"), mapping=mapping, stream="wares")

    assert said == [
        "rows.csv: 1 rows read = 1 written + 0 unchanged + 0 rejected (run)"
    ]


def test_a_system_that_is_registered_needs_no_mapping_file(laid, mapping):
    load(laid("monday.csv", rows(FIRST)), mapping=mapping)

    load(laid("tuesday.csv", rows(SECOND)), system="till", stream="orders")

    assert Order.objects.count() == 2


def test_the_exchange_rates_are_there_before_the_first_row(laid, mapping, settings):
    settings.CURRENCIES = ["USD", "EUR"]

    load(laid("rows.csv", rows(FIRST)), mapping=mapping)

    assert ExchangeRate.objects.filter(base="EUR", quote="USD").exists()


@pytest.mark.parametrize("options", [[], ["--one-by-one"]])
def test_a_missing_file_is_refused(laid, mapping, tmp_path, options):
    path = tmp_path / "rows.csv"

    assert refusal(path, *options, mapping=mapping) == (
        f"There is no file {path}. Check the name, or where it was put."
    )


def test_a_file_that_is_no_archive_cannot_be_loaded_one_by_one(laid, mapping):
    path = laid("rows.csv", rows(FIRST))

    assert refusal(path, "--one-by-one", mapping=mapping) == (
        "rows.csv is no zip, so there is nothing in it to load one by one."
    )


def test_an_empty_file_is_refused_and_not_kept(laid, mapping):
    said = refusal(laid("rows.csv", ""), mapping=mapping)

    assert (said, KeptFile.objects.count()) == (
        "rows.csv is empty. Nothing was loaded.",
        0,
    )


def test_a_file_without_a_column_the_mapping_reads_is_refused(laid, mapping):
    path = laid("rows.csv", "id,date\n1,2026-01-01\n")

    assert refusal(path, mapping=mapping) == (
        "rows.csv has no column 'at', which the mapping of till/orders reads. The file "
        "has id, date. Mend the mapping or the export."
    )


def test_a_missing_mapping_file_is_refused(laid, tmp_path):
    assert refusal(laid("rows.csv", rows(FIRST)), mapping=tmp_path / "no.toml") == (
        f"There is no mapping file {tmp_path / 'no.toml'}."
    )


def test_a_mapping_that_cannot_be_is_refused(laid):
    mapping = laid(
        "till.toml", MAPPING.replace('"at"', '{ column = "at", zone = "Mars" }')
    )

    assert refusal(laid("rows.csv", rows(FIRST)), mapping=mapping) == (
        "till/orders: order.placed_at is in the zone 'Mars', which is none; write "
        "Europe/Berlin or UTC."
    )


def test_a_registered_stream_without_a_mapping_is_refused(laid):
    make.stream("orders", of=make.system("till"))

    assert refusal(laid("rows.csv", rows(FIRST)), system="till") == (
        "till/orders has no mapping yet. Register one: manage.py load FILE --mapping "
        "MAPPING.toml."
    )


def test_another_file_of_a_stream_that_is_loading_is_told_how_to_go_on(laid, mapping):
    load(laid("monday.csv", rows(FIRST)), mapping=mapping)
    begun = SyncRun.objects.get()
    SyncRun.objects.update(state=SyncRun.State.RUNNING, ended_at=None)

    assert refusal(laid("tuesday.csv", rows(SECOND)), mapping=mapping) == (
        f"till/orders is still loading monday.csv (run {begun.pk}, 1 rows so far). Let "
        f"it end, or go on with it: manage.py load {begun.file.path} --system till "
        f"--stream orders"
    )


def test_without_mapping_and_system_it_is_asked_for_one(laid):
    assert refusal(laid("rows.csv", rows(FIRST))) == (
        "Say what the file means: --mapping MAPPING.toml, or --system and --stream of a "
        "system that is registered."
    )


def test_a_system_nobody_registered_is_refused_where_there_is_none(laid):
    assert refusal(laid("rows.csv", rows(FIRST)), system="crm") == (
        "There is no system crm. Registered are: none yet. Register one: --mapping "
        "MAPPING.toml."
    )


def test_a_system_nobody_registered_is_refused_with_those_that_are(laid, mapping):
    load(laid("monday.csv", rows(FIRST)), mapping=mapping)

    assert refusal(laid("rows.csv", rows(FIRST)), system="crm") == (
        "There is no system crm. Registered are: till. Register one: --mapping "
        "MAPPING.toml."
    )


@pytest.mark.parametrize("stream", [None, "visits"])
def test_one_of_several_streams_has_to_be_said(laid, stream):
    mapping = laid("till.toml", MAPPING + WARES)

    assert refusal(laid("rows.csv", rows(FIRST)), mapping=mapping, stream=stream) == (
        "The till has the streams orders, wares; say which one the file is: --stream NAME."
    )


def test_a_bank_without_one_of_our_currencies_is_refused(laid, mapping, settings):
    settings.CURRENCIES = ["EUR", "XAU"]

    assert refusal(laid("rows.csv", rows(FIRST)), mapping=mapping) == (
        "The file of exchange rates has none of XAU. Take it out of CURRENCIES, or name "
        "a file that has it in EXCHANGE_RATES_FILE."
    )
