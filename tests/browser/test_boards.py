"""The dashboards in a real browser: with and without script, on paper, on a phone."""

import json
import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from reporting.tables import figures

BOARDS = {
    "/growth/": 4,
    "/quality/": 4,
    "/campaigns/": 2,
    "/segments/": 2,
    "/health/": 1,
}


@pytest.mark.parametrize(("board", "charts"), BOARDS.items())
def test_every_chart_is_drawn_and_nothing_is_refused(windows, board, charts):
    look = windows.open()
    look.sign_in("viewer")

    look.open(board)

    expect(look.page.locator("[data-chart] canvas")).to_have_count(charts)
    assert look.complaints == []


@pytest.mark.parametrize(("board", "charts"), BOARDS.items())
def test_without_script_every_number_of_a_chart_stands_in_its_table(
    windows, board, charts
):
    look = windows.open(with_script=False)
    look.sign_in("viewer")

    look.open(board)

    places = look.page.locator("[data-chart]")
    expect(places).to_have_count(charts)
    expect(places.locator("visible=true")).to_have_count(0)
    for data in places.evaluate_all("all => all.map(one => one.dataset.chart)"):
        drawn = json.loads(look.page.locator(f"#{data}").text_content() or "")
        rows = look.page.get_by_role(
            "region",
            name=re.compile(look.page.locator(f"#{data[:-5]}-title").inner_text()),
        ).get_by_role("row")
        read = rows.all_inner_texts()
        lost = [
            (name, value)
            for one in drawn["series"]
            for name, value in zip(drawn["names"], one["values"], strict=True)
            if not any(
                name in row and said(value, drawn["unit"]) in row for row in read
            )
        ]
        assert (lost, len(drawn["names"]) > 0) == ([], True)


def said(value: float | None, unit: str) -> str:
    """Return what a table says of a number that a chart draws."""
    if value is None:
        return figures.NOTHING
    exact = Decimal(str(value))
    if unit == "%":
        return figures.percent(exact)
    return figures.money(exact, unit) if unit else figures.whole(exact)


def test_a_reader_chooses_months_and_what_stands_beside_them_without_script(windows):
    look = windows.open(with_script=False)
    look.sign_in("viewer")
    look.open("/growth/")

    look.page.get_by_label("From").select_option("2017-07")
    look.page.get_by_label("Set beside").select_option("before")
    look.page.get_by_role("button", name="Show").click()

    assert re.search(r"from=2017-07.*against=before", look.page.url)
    expect(
        look.page.get_by_text("Beside it: Jan 2017 – Jun 2017").first
    ).to_be_visible()
    expect(look.page.locator(".figure-change").first).to_contain_text("from $")


def test_a_steward_writes_a_note_and_takes_it_back_without_script(windows):
    look = windows.open(with_script=False)
    look.sign_in("steward")
    look.open("/quality/")

    look.page.get_by_label("Day or month").fill("2017-03-09")
    look.page.get_by_label("What readers should know").fill("The till was down.")
    look.page.get_by_role("button", name="Add the note").click()

    expect(look.page.get_by_text("9 Mar 2017", exact=True)).to_be_visible()
    look.page.get_by_role(
        "button", name=re.compile("Take back.*The till was down")
    ).click()
    expect(look.page.get_by_text("The till was down.")).to_have_count(0)


def test_a_table_is_taken_away_as_a_file(windows):
    look = windows.open()
    look.sign_in("viewer")
    look.open("/growth/")

    with look.page.expect_download() as download:
        look.page.get_by_role("link", name="CSV of Revenue by month").click()

    assert download.value.suggested_filename.startswith("growth-months-journey-build-")


def test_a_chart_is_taken_away_as_a_picture(windows):
    look = windows.open()
    look.sign_in("viewer")
    look.open("/growth/")

    with look.page.expect_download() as download:
        look.page.get_by_role("button", name="PNG of Revenue by month").click()

    assert download.value.suggested_filename == "growth-months-journey.png"
    assert look.complaints == []


def test_a_channel_leads_to_its_people(windows):
    look = windows.open()
    look.sign_in("viewer")
    look.open("/growth/")

    look.page.get_by_role("link", name="Paid search").first.click()

    expect(look.page.get_by_role("heading", level=1)).to_have_text(
        "People by Paid search"
    )


def test_a_chart_tells_its_marks_and_numbers_to_the_pointer(windows):
    look = windows.open()
    look.sign_in("viewer")
    look.open("/growth/")

    for nth in range(4):
        look.page.locator("[data-chart] canvas").nth(nth).hover()
        look.page.wait_for_timeout(100)

    assert look.complaints == []


def test_on_paper_a_board_shows_all_rows_and_nothing_to_press(windows):
    look = windows.open()
    look.sign_in("viewer")
    look.open("/growth/")

    look.page.emulate_media(media="print")

    expect(look.page.get_by_role("button").locator("visible=true")).to_have_count(0)
    cut = look.page.locator(".board-scroll").evaluate_all(
        "all => all.filter(one => one.scrollHeight > one.clientHeight + 1).length"
    )
    assert cut == 0
