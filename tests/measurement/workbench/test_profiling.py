"""What the last runs saw of each column."""

from pathlib import Path

import pytest

from measurement.models import ColumnProfile
from measurement.workbench import profiling
from tests.measurement import loading
from tests.measurement.workbench import agreed

ORDERS = loading.ORDERS + 'status = "state"\n'
STATES = "id,at,state,,\n" + "".join(
    f"{n},2026-03-0{n % 9 + 1},{'paid' if n % 2 else 'shipped'},,\n" for n in range(20)
)


@pytest.fixture
def orders(db):
    return loading.stream(ORDERS, grain="order")


def profile(stream, name: str) -> ColumnProfile:
    return ColumnProfile.objects.get(stream=stream, name=name)


def test_every_column_of_the_last_file_is_profiled(orders, load):
    run = load(orders, "id,note,at,state\n1,Ada 7,2026-03-01,paid\n2,,2026-03-02,\n")

    assert profiling.catch_up() == [orders]

    assert list(
        ColumnProfile.objects.values_list(
            "name", "position", "kind", "rows", "filled", "samples", "last_run"
        )
    ) == [
        ("id", 0, "whole_number", 2, 2, ["9"], run.pk),
        ("note", 1, "text", 2, 1, ["Xxx 9"], run.pk),
        ("at", 2, "day", 2, 2, ["9999-99-99"], run.pk),
        ("state", 3, "text", 2, 1, ["xxxx"], run.pk),
    ]


def test_what_was_looked_at_is_not_looked_at_again(orders, load):
    load(orders, STATES)
    profiling.catch_up()

    assert profiling.catch_up() == []


def test_a_column_that_comes_later_remembers_when_it_first_came(orders, load):
    first = load(orders, "id,at,state\n1,2026-03-01,paid\n")
    second = load(orders, "id,at,state,gift\n2,2026-03-01,paid,yes\n")
    profiling.catch_up()
    third = load(orders, "id,at,state,gift\n3,2026-03-01,paid,no\n")
    profiling.catch_up()

    runs = {
        each.name: (each.first_run_id, each.last_run_id)
        for each in ColumnProfile.objects.all()
    }
    assert runs["id"] == (first.pk, third.pk)
    assert runs["gift"] == (second.pk, third.pk)


def test_a_column_that_is_gone_stays_as_it_was_last_seen(orders, load):
    first = load(orders, "id,at,state,gift\n1,2026-03-01,paid,yes\n")
    profiling.catch_up()
    load(orders, "id,at,state\n2,2026-03-01,paid\n")
    profiling.catch_up()

    assert profile(orders, "gift").last_run == first
    assert profile(orders, "gift").kind == "yes_or_no"


def test_a_file_without_rows_says_only_that_its_columns_are_there(orders, load):
    load(orders, "id,at,state\n1,2026-03-01,paid\n")
    profiling.catch_up()
    empty = load(orders, "id,at,state\n")
    profiling.catch_up()

    id_ = profile(orders, "id")
    assert (id_.kind, id_.rows, id_.last_run) == ("whole_number", 1, empty)


def test_columns_of_a_first_file_without_rows_say_nothing_yet(orders, load):
    load(orders, "id,at,state\n")
    profiling.catch_up()

    assert (profile(orders, "id").kind, profile(orders, "id").share_filled) == (
        "empty",
        0,
    )


def test_columns_without_a_name_are_left_out(orders, load):
    load(orders, STATES)
    profiling.catch_up()

    assert list(ColumnProfile.objects.values_list("name", flat=True)) == [
        "id",
        "at",
        "state",
    ]


def test_a_file_that_is_gone_is_left(orders, load):
    run = load(orders, STATES)
    Path(run.file.plain_path).unlink()

    assert profiling.catch_up() == []


def test_words_are_kept_of_a_column_that_says_nothing_of_a_person(orders, load):
    agreed.dictionary(order__status="none")
    load(orders, STATES)
    profiling.catch_up()

    assert profile(orders, "state").words == ["paid", "shipped"]


@pytest.mark.parametrize("sensitivity", ["personal", "sensitive"])
def test_no_words_are_kept_of_a_column_that_says_something_of_a_person(
    orders, load, sensitivity
):
    agreed.dictionary(order__status=sensitivity)
    load(orders, STATES)
    profiling.catch_up()

    assert profile(orders, "state").words == []


def test_no_words_are_kept_of_a_column_that_also_fills_a_personal_field(load):
    agreed.dictionary(order__status="none", customer__segment="personal")
    stream = loading.stream(
        '[customer]\nsource_id = "id"\nsegment = "state"\n' + ORDERS, grain="order"
    )
    load(stream, STATES)
    profiling.catch_up()

    assert profile(stream, "state").words == []


def test_no_words_are_kept_of_a_field_nobody_has_described(orders, load):
    load(orders, STATES)
    profiling.catch_up()

    assert profile(orders, "state").words == []


def test_looking_costs_as_many_questions_for_wide_files_as_for_narrow_ones(
    orders, load, django_assert_num_queries
):
    load(orders, "id,at,state\n1,2026-03-01,paid\n")
    with django_assert_num_queries(9) as narrow:
        profiling.catch_up()
    wide = ",".join(f"more{n}" for n in range(60))
    load(orders, f"id,at,state,{wide}\n1,2026-03-01,paid{',' * 60}\n")

    with django_assert_num_queries(len(narrow)):
        profiling.catch_up()
