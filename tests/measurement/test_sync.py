"""One file through one stream's mapping is one run."""

import threading

import pytest
from django.db import connections, transaction

from governance.models import SourceStream
from measurement import saving, sync
from measurement.models import (
    CustomerRecord,
    KeptFile,
    RejectedRow,
    SeenKey,
    SyncRun,
)
from measurement.sources.unreadable import Unreadable
from tests.make import moment
from tests.measurement import loading
from tests.measurement.loading import AT

CUSTOMERS = '[customer]\nsource_id = "id"\nfirst_name = "name"\n'
NAMES = "id,name\n1,ada\n2,bo\n3,cy\n"
LATER = moment("2026-06-02")


@pytest.fixture
def customers(db) -> SourceStream:
    return loading.stream(CUSTOMERS, grain="customer")


@pytest.fixture
def export(tmp_path, settings):
    settings.RAW = tmp_path / "raw"
    path = tmp_path / "customers.csv"
    path.write_text(NAMES)
    return path


def begin(stream, path, *, at=AT) -> SyncRun:
    return sync.begin(stream=stream, path=path, at=at)


def test_a_run_says_what_it_will_load_and_through_what(customers, export):
    run = begin(customers, export)

    assert (run.state, run.columns, run.mapping, run.started_at) == (
        "running",
        ["id", "name"],
        {"customer": {"source_id": "id", "first_name": "name"}},
        AT,
    )
    assert CustomerRecord.objects.count() == 0


def test_a_run_ends_with_its_last_page(customers, export):
    run = loading.to_the_end(begin(customers, export), page_rows=2)

    assert (run.state, run.ended_at, run.pages, run.line) == ("done", AT, 2, 4)


def test_pages_say_what_became_of_their_rows(customers, export):
    run = begin(customers, export)

    pages = [sync.load_page(run_id=run.pk, at=AT, page_rows=2) for _ in range(3)]

    assert pages == [
        sync.Page(2, 2, 0, 0, more=True),
        sync.Page(1, 1, 0, 0, more=False),
        sync.Page(0, 0, 0, 0, more=False),
    ]


def test_a_deployment_says_how_many_rows_a_page_has(customers, export, settings):
    settings.SYNC_PAGE_ROWS = 1

    pages = [run.rows_in for run in sync.load(stream=customers, path=export, at=AT)]

    assert pages == [1, 2, 3, 3]


def test_the_identical_file_needs_no_second_run(customers, export, tmp_path):
    first = loading.to_the_end(begin(customers, export))
    renamed = export.rename(tmp_path / "renamed.csv")

    second = begin(customers, renamed, at=LATER)

    assert (second, second.ended_at) == (first, AT)


def test_a_run_that_was_left_is_gone_on_with(customers, export):
    left = begin(customers, export)
    sync.load_page(run_id=left.pk, at=AT, page_rows=2)

    again = begin(customers, export, at=LATER)
    loading.to_the_end(again)

    assert again == left
    assert CustomerRecord.objects.count() == 3


def test_a_changed_mapping_loads_the_identical_file_anew(customers, export):
    first = loading.to_the_end(begin(customers, export))
    loading.remap(customers, CUSTOMERS + 'last_name = "name"\n')

    second = loading.to_the_end(begin(customers, export, at=LATER))

    assert (second.pk > first.pk, loading.counts(second)) == (True, (3, 3, 0, 0))
    assert loading.column("customer", "last_name") == ["ada", "bo", "cy"]


def test_an_earlier_file_that_comes_back_is_loaded_again(customers, export):
    loading.to_the_end(begin(customers, export))
    export.write_text("id,name\n1,eve\n")
    loading.to_the_end(begin(customers, export))
    export.write_text(NAMES)

    again = loading.to_the_end(begin(customers, export))

    assert loading.counts(again) == (3, 1, 2, 0)


def test_a_column_the_mapping_reads_and_the_file_lacks_is_named(customers, export):
    export.write_text("id,full name\n1,ada\n")

    with pytest.raises(sync.MissingColumn) as refused:
        begin(customers, export)

    assert str(refused.value) == (
        "customers.csv has no column 'name', which the mapping of "
        f"{customers} reads. The file has id, full name. Mend the mapping or the export."
    )


def test_columns_that_came_and_went_since_the_last_run_are_noted(customers, export):
    loading.to_the_end(begin(customers, export))
    export.write_text("name,phone,id\nada,7,1\n")
    loading.to_the_end(begin(customers, export))
    export.write_text("name,id\nada,1\n")

    run = begin(customers, export)

    assert [run.notes for run in customers.runs.order_by("pk")] == [
        [],
        ["Column 'phone' is new."],
        ["Column 'phone' is gone."],
    ]
    assert run.columns == ["name", "id"]


def test_objects_may_leave_a_wanted_name_out_for_long(customers, tmp_path, settings):
    settings.RAW = tmp_path / "raw"
    path = tmp_path / "customers.ndjson"
    short = '{"id": 1}\n' * 1_500
    path.write_text(short + '{"id": 2, "name": "bo"}\n')

    loading.to_the_end(begin(customers, path))

    assert loading.column("customer", "first_name") == ["", "bo"]


def test_another_file_waits_for_a_run_that_has_loaded_pages(customers, export):
    left = begin(customers, export)
    sync.load_page(run_id=left.pk, at=AT, page_rows=2)
    export.write_text("id,name\n9,eve\n")

    with pytest.raises(sync.AlreadyRunning) as refused:
        begin(customers, export)

    assert str(refused.value) == (
        f"{customers} is still loading customers.csv (run {left.pk}, 2 rows so far). Let "
        f"it end, or go on with it: manage.py load {left.file.path} --system "
        f"{customers.system.key} --stream rows"
    )


def test_a_run_without_a_page_gives_way_to_another_file(customers, export):
    abandoned = begin(customers, export)
    export.write_text("id,name\n9,eve\n")

    loading.to_the_end(begin(customers, export, at=LATER))

    abandoned.refresh_from_db()
    assert (abandoned.state, abandoned.ended_at, abandoned.notes) == (
        "failed",
        LATER,
        ["Given up before its end; another run took over."],
    )
    assert loading.column("customer", "first_name") == ["eve"]


def test_a_run_gives_way_to_the_same_file_mapped_anew(customers, export):
    left = begin(customers, export)
    sync.load_page(run_id=left.pk, at=AT, page_rows=2)
    loading.remap(customers, '[customer]\nsource_id = "id"\nlast_name = "name"\n')

    run = loading.to_the_end(begin(customers, export))

    left.refresh_from_db()
    assert (left.state, loading.counts(run)) == ("failed", (3, 3, 0, 0))
    assert sync.load_page(run_id=left.pk, at=AT) == sync.Page(0, 0, 0, 0, more=False)


@pytest.mark.django_db
def test_a_run_given_up_counts_keys_no_more(export):
    stream = loading.stream(loading.LINES, grain="order_line")
    line = "c,ada,1,2026-01-01,{},1,2\n"
    export.write_text(
        f"who,name,id,at,line,quantity,amount\n{line.format('a')}{line.format('b')}"
    )
    sync.load_page(run_id=begin(stream, export).pk, at=AT, page_rows=1)
    counted = SeenKey.objects.count()
    loading.remap(stream, loading.LINES + 'title = "line"\n')

    begin(stream, export)

    assert (counted, SeenKey.objects.count()) == (2, 0)


def test_a_run_at_a_page_does_not_give_way(own_database, export):
    stream = loading.stream(CUSTOMERS, grain="customer")
    run = begin(stream, export)
    held, done = threading.Event(), threading.Event()

    def be_at_a_page() -> None:
        with transaction.atomic():
            SyncRun.objects.select_for_update().get(pk=run.pk)
            held.set()
            done.wait(10)
        connections.close_all()

    thread = threading.Thread(target=be_at_a_page)
    thread.start()
    held.wait(10)
    export.write_text("id,name\n9,eve\n")

    with pytest.raises(sync.AlreadyRunning):
        begin(stream, export)

    done.set()
    thread.join()


def test_two_who_begin_at_once_get_one_run(own_database, export):
    stream = loading.stream(CUSTOMERS, grain="customer")
    together = threading.Barrier(2)
    runs: list[int] = []

    def begin_it() -> None:
        together.wait()
        runs.append(begin(stream, export).pk)
        connections.close_all()

    threads = [threading.Thread(target=begin_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(runs), len(set(runs)), SyncRun.objects.count()) == (2, 1, 1)


def test_a_refused_file_leaves_nothing_behind(customers, export, settings):
    export.write_bytes(b"id,name\n1,\xff\n")

    with pytest.raises(Unreadable):
        begin(customers, export)

    assert (SyncRun.objects.count(), KeptFile.objects.count()) == (0, 0)
    assert [path for path in settings.RAW.rglob("*") if path.is_file()] == []


def test_a_page_that_cannot_be_saved_leaves_nothing(load):
    stream = loading.stream(
        CUSTOMERS.replace('"id"', "{ constant = 'shop' }"), grain="customer"
    )
    rows = [(number, f"n{number}") for number in range(1_001)]
    bad = [("id", "name"), ("short",), *rows]

    with pytest.raises(saving.NoKey):
        load(stream, loading.csv_of(*bad))

    run = SyncRun.objects.get()
    assert (run.state, run.pages, run.offset) == ("running", 0, 0)
    assert (CustomerRecord.objects.count(), RejectedRow.objects.count()) == (0, 0)


def test_a_page_whose_process_dies_leaves_nothing(own_database, export):
    stream = loading.stream(CUSTOMERS, grain="customer")
    run = begin(stream, export)

    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        sync.load_page(run_id=run.pk, at=AT, page_rows=2)
        raise KeyboardInterrupt

    run.refresh_from_db()
    assert (run.rows_in, CustomerRecord.objects.count()) == (0, 0)


def test_pages_may_share_a_transaction(customers, export):
    with transaction.atomic():
        run = loading.to_the_end(begin(customers, export), page_rows=1)

    assert (run.pages, CustomerRecord.objects.count()) == (4, 3)


def test_a_rejected_row_keeps_its_text_whole(load):
    stream = loading.stream(CUSTOMERS + 'birth_on = "born"\n', grain="customer")

    run = load(
        stream,
        'id,name,born\r\n1,"ada\r\nof ""x""",soon\r\n2\r\n3,b\0o,\r\n'
        '4,"cy,2000-01-01\r\n5,di,2000-01-01\r\n',
        page_rows=2,
    )

    assert list(run.rejects.values_list("line", "field", "text")) == [
        (2, "birth_on", '1,"ada\r\nof ""x""",soon'),
        (4, "", "2"),
        (5, "", "3,b␀o,"),
        (6, "", '4,"cy,2000-01-01'),
    ]
    assert loading.column("customer", "source_id") == ["5"]


def test_a_file_is_known_to_be_loaded_through_todays_mapping(customers, export):
    run = loading.to_the_end(begin(customers, export))
    sha256 = run.file.sha256
    before = sync.is_loaded(stream=customers, sha256=sha256)
    loading.remap(customers, CUSTOMERS + 'email = "name"\n')

    after = sync.is_loaded(stream=customers, sha256=sha256)

    assert (before, after) == (True, False)


def test_a_run_that_has_not_ended_has_not_loaded_its_file(customers, export):
    run = begin(customers, export)

    assert not sync.is_loaded(stream=customers, sha256=run.file.sha256)
