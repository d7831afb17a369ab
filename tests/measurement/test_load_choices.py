"""``manage.py load``: which stream is meant, and what is kept when a later file fails."""

import os

import pytest

from governance.models import SourceSystem
from measurement.models import KeptFile, Order, SyncRun
from tests import make
from tests.measurement.test_load_command import (
    FIRST,
    MAPPING,
    SECOND,
    WARES,
    laid,
    load,
    mapping,
    refusal,
    rows,
    zipped,
)

# The fixtures of the other page of this command are those of this one.
__all__ = ["laid", "mapping"]

pytestmark = pytest.mark.django_db


def test_a_system_without_streams_is_told_how_to_get_one(laid):
    make.system("till")

    assert refusal(laid("rows.csv", rows(FIRST)), system="till") == (
        "Till has no stream yet. Register one: --mapping MAPPING.toml."
    )


def test_a_system_without_streams_has_none_of_that_name_either(laid):
    make.system("till")

    said = refusal(laid("rows.csv", rows(FIRST)), system="till", stream="orders")

    assert said == "Till has no stream yet. Register one: --mapping MAPPING.toml."


def test_the_only_stream_of_a_system_is_named_where_another_was_asked_for(
    laid, mapping
):
    path = laid("rows.csv", rows(FIRST))

    assert refusal(path, mapping=mapping, stream="visits") == (
        "The till has the streams orders; say which one the file is: --stream NAME."
    )


def test_the_only_stream_of_a_registered_system_needs_no_name(laid, mapping):
    load(laid("monday.csv", rows(FIRST)), mapping=mapping)

    load(laid("tuesday.csv", rows(SECOND)), system="till")

    assert Order.objects.count() == 2


def test_streams_are_told_in_the_order_of_their_mapping(laid):
    earlier = WARES.replace("wares", "archive")
    text = MAPPING.replace("[streams.orders]", f"{earlier}\n[streams.orders]", 1)

    said = refusal(laid("rows.csv", "sku\n"), mapping=laid("till.toml", text))

    assert said.startswith("The till has the streams archive, orders;")


def test_a_mapping_of_one_system_and_the_name_of_another_are_not_mixed(laid, mapping):
    make.system("crm")

    assert refusal(laid("rows.csv", rows(FIRST)), mapping=mapping, system="crm") == (
        "--mapping names the system already: leave --system out, or --mapping where the "
        "system is registered."
    )
    assert not SourceSystem.objects.filter(key="till").exists()


def test_the_files_before_a_damaged_one_stay_loaded(laid, mapping, tmp_path):
    path = zipped(tmp_path / "three.zip", a=rows(FIRST), b="id,day\n", c=rows(SECOND))

    said = refusal(path, "--one-by-one", mapping=mapping)

    assert said.startswith("b.csv has no column 'at'")
    assert list(SyncRun.objects.values_list("file__name", "state")) == [
        ("a.csv", "done")
    ]


def test_going_on_after_a_mended_file_loads_only_what_is_missing(
    laid, mapping, tmp_path
):
    first = zipped(tmp_path / "1.zip", a=rows(FIRST), b="id,day\n")
    refusal(first, "--one-by-one", mapping=mapping)

    said = load(
        zipped(tmp_path / "2.zip", a=rows(FIRST), b=rows(SECOND)),
        "--one-by-one",
        mapping=mapping,
    )

    assert [line.partition(":")[0] for line in said] == [
        "a.csv was loaded already",
        "b.csv",
    ]


def test_a_zip_of_nothing_is_refused_one_by_one_too(laid, mapping, tmp_path):
    path = zipped(tmp_path / "none.zip")

    assert [
        refusal(path, *options, mapping=mapping) for options in ([], ["--one-by-one"])
    ] == ["none.zip holds no file."] * 2


def test_a_refused_file_changes_neither_rows_nor_files_but_the_mapping_stays(
    laid, mapping
):
    refusal(laid("rows.csv", "id,day\n1,2026-01-01\n"), mapping=mapping)

    assert (SyncRun.objects.count(), KeptFile.objects.count()) == (0, 0)
    assert SourceSystem.objects.filter(key="till").exists()


def test_a_file_whose_name_is_no_text_is_refused(laid, mapping, tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.csv")
    path.write_text(rows(FIRST))

    assert refusal(path, mapping=mapping) == (
        "The name of caf\ufffd.csv is no text: some of its bytes are not UTF-8. Give it "
        "another name."
    )
