"""Nights and what became of their rows, as a reader gets them."""

from datetime import timedelta

import pytest
from django.test import Client

from measurement.models import Night, NightStep, RejectedRow
from tests import make, published

pytestmark = pytest.mark.django_db


def test_before_the_first_night_the_page_teaches(reader):
    page = reader.get("/runs/")

    assert "No night has run yet" in page.text
    assert "manage.py night" in page.text


def test_a_night_counts_the_rows_that_came_in_from_the_sources(reader):
    night = published.night()
    published.step("orders.csv", of=night, written=10, unchanged=5, rejected=2)
    published.step("lines.csv", of=night, written=100)
    published.step("Who is who", of=night, task="identity.stitch", written=40)

    page = reader.get("/runs/")

    (row,) = page.context["rows"]
    assert (row.rows_in, row.written, row.unchanged, row.rejected) == (117, 110, 5, 2)


def test_the_last_night_comes_first_with_its_steps(reader):
    published.step("Old step", of=published.night(at=make.moment("2026-03-01")))
    published.step("New step", of=published.night())

    page = reader.get("/runs/")

    assert "New step" in page.text
    assert "Old step" not in page.text


def test_a_running_night_says_how_far_it_is_and_asks_again(reader):
    night = published.night(state=Night.State.RUNNING)
    published.step("New files", of=night)
    published.step("orders.csv", of=night, state=NightStep.State.RUNNING, written=5)
    published.step("Publish", of=night, state=NightStep.State.WAITING)

    page = reader.get("/runs/")

    assert '<meta http-equiv="refresh" content="3">' in page.text
    assert "1 of 3 steps done, now at <b>orders.csv</b>" in page.text


def test_a_page_of_nights_that_are_over_stays_as_it_is(reader):
    published.step("New files", of=published.night())

    page = reader.get("/runs/")

    assert "http-equiv" not in page.text


def test_a_failed_night_names_the_step_and_its_sentence(reader):
    night = published.night(state=Night.State.FAILED)
    published.step("New files", of=night)
    published.step(
        "Publish",
        of=night,
        state=NightStep.State.FAILED,
        message="Revenue fell by half.",
    )

    page = reader.get("/runs/")

    assert "It stopped at <b>Publish</b>" in page.text
    assert "Revenue fell by half." in page.text


def test_a_night_tells_time_and_memory_of_every_step(reader):
    night = published.night()
    published.step("Views", of=night, seconds=75.2, peak_mb=712.4)

    page = reader.get(f"/runs/{night.pk}/")

    assert '<td class="number">1 min 15 s</td>' in page.text
    assert '<td class="number">712 MB</td>' in page.text


def test_a_night_shows_the_files_it_loaded_and_what_is_new_about_them(reader):
    stream = make.stream("orders")
    night = published.night()
    note = "The column coupon is new; no mapping reads it."
    published.load(stream, at=night.started_at, written=7, notes=(note,))
    published.load(stream, at=night.ended_at + timedelta(seconds=1), name="later.csv")

    page = reader.get(f"/runs/{night.pk}/")

    assert [load.file.name for load in page.context["loads"]] == ["orders.csv"]
    assert note in page.text


def test_a_night_that_loaded_nothing_says_so(reader):
    night = published.night()

    page = reader.get(f"/runs/{night.pk}/")

    assert "No file was loaded." in page.text
    assert "No row was turned away." in page.text


def turned_away(rows: int) -> Night:
    night = published.night()
    run = published.load(make.stream(), at=night.started_at, rejected=rows)
    RejectedRow.objects.bulk_create(
        RejectedRow(
            run=run,
            line=line,
            field="amount",
            reason="Not a number.",
            text=f"ada,{line}",
        )
        for line in range(1, rows + 1)
    )
    return night


def test_a_row_turned_away_is_shown_with_its_place_and_reason(reader):
    night = turned_away(1)

    page = reader.get(f"/runs/{night.pk}/")

    (reject,) = page.context["page"]
    assert (reject.line, reject.field, reject.reason) == (1, "amount", "Not a number.")
    assert "Not a number." in page.text


def test_what_the_row_says_is_shown_to_who_may_see_contacts(reader):
    night = turned_away(1)
    steward = Client()
    steward.force_login(make.user(role="steward"))

    unseen = reader.get(f"/runs/{night.pk}/")
    seen = steward.get(f"/runs/{night.pk}/")

    assert ("ada,1" in unseen.text, "ada,1" in seen.text) == (False, True)


def test_many_rows_turned_away_are_leafed_through(reader):
    night = turned_away(51)

    page = reader.get(f"/runs/{night.pk}/?page=2")

    assert [reject.line for reject in page.context["page"]] == [51]


@pytest.mark.parametrize("nights", [1, 4])
def test_the_list_costs_the_same_for_one_night_and_for_four(
    reader, django_assert_num_queries, nights
):
    for _ in range(nights):
        night = published.night()
        published.step("New files", of=night)
        published.step("Publish", of=night)

    # session, user, count, nights, steps, whether a night is held
    with django_assert_num_queries(7):
        page = reader.get("/runs/")

    assert len(page.context["rows"]) == nights


@pytest.mark.parametrize("rows", [1, 5])
def test_a_night_costs_the_same_with_one_row_turned_away_and_with_five(
    reader, django_assert_num_queries, rows
):
    night = turned_away(rows)

    # session, user, night, steps, loads, count, rows, contacts
    with django_assert_num_queries(12):
        reader.get(f"/runs/{night.pk}/")
