"""The dashboards, as a reader gets them."""

import csv
import io
import re
from datetime import timedelta

import pytest

from reporting.models import Build, Note
from tests import make, published
from tests.reporting import year

pytestmark = pytest.mark.django_db


def tiles(page) -> dict[str, tuple[str, str, str]]:
    """Return of each tile what it says, of which months, and how sure it is."""
    return {
        tile.metric: (tile.shown.figure.text, tile.months, tile.shown.figure.state)
        for tile in page.context["read"].drawn.tiles
    }


def table(page, key: str) -> list[list[str]]:
    found = {one.panel.key: one for one in page.context["read"].drawn.tables}[key]
    return [
        [row.name, *(shown.figure.text for shown in row.cells)]
        for row in [*([found.total] if found.total else []), *found.rows]
    ]


@pytest.mark.parametrize("address", ["/growth/", "/quality/", "/health/"])
def test_nobody_reads_a_board_without_signing_in(client, address):
    page = client.get(address)

    assert (page.status_code, page.url) == (302, f"/sign-in/?next={address}")


def test_growth_shows_the_months_as_they_add_up(reader):
    year.shop(published.build())

    page = reader.get("/growth/")

    assert table(page, "months") == [
        ["All months shown", "$10,000", "400", "$25.00"],
        ["Jan 2017", "$1,000", "40", "$25.00"],
        ["Feb 2017", "$2,000", "80", "$25.00"],
        ["Mar 2017", "$3,000", "120", "$25.00"],
        ["Apr 2017", "$4,000", "160", "$25.00"],
    ]
    assert tiles(page) == {
        "revenue": ("$10,000", "Jan 2017 – Apr 2017", "sure"),
        "orders": ("400", "Jan 2017 – Apr 2017", "sure"),
        "new_customers": ("120", "Jan 2017 – Apr 2017", "immature"),
        "average_order_value": ("$25.00", "Jan 2017 – Apr 2017", "immature"),
        "repeat_rate_90": ("25.0%", "", "sure"),
        "ltv_365": ("$120.00", "", "sure"),
    }


def test_an_address_chooses_the_months(reader):
    year.shop(published.build())

    page = reader.get("/growth/?from=2017-02&to=2017-03")

    assert [row[0] for row in table(page, "months")] == [
        "All months shown", "Feb 2017", "Mar 2017",
    ]  # fmt: skip
    assert tiles(page)["revenue"] == ("$5,000", "Feb 2017 – Mar 2017", "sure")
    assert '<option value="2017-02" selected>Feb 2017</option>' in page.text


def test_a_period_stands_beside_the_one_before_it(reader):
    year.shop(published.build())

    page = reader.get("/growth/?from=2017-03&to=2017-04&against=before")

    found = {tile.metric: tile.shown for tile in page.context["read"].drawn.tiles}
    assert (found["revenue"].was, found["revenue"].change) == ("$3,000", "+133.3%")
    assert (found["repeat_rate_90"].was, found["repeat_rate_90"].change) == ("", "")
    assert "beside Jan 2017" in page.text


def test_a_build_stands_beside_an_earlier_one_and_says_whose_definition_it_was(reader):
    before = published.build(
        state=Build.State.SUPERSEDED, at=published.AT - timedelta(days=1)
    )
    shop = year.shop(before)
    before.definitions = {**before.definitions, "revenue": "1"}
    before.save()
    year.shop(published.build(), times=2, of=shop)

    page = reader.get(f"/growth/?against={before.pk}")

    tile = page.context["read"].drawn.tiles[0]
    assert (tile.shown.figure.text, tile.shown.was, tile.shown.change) == (
        "$20,000", "$10,000", "+100.0%",
    )  # fmt: skip
    assert tile.version_beside == "1"
    assert "from $10,000, by version 1 then" in page.text


@pytest.mark.parametrize("state", [Build.State.HELD, Build.State.COMPUTED])
def test_a_build_that_never_went_up_is_set_beside_nothing(reader, state):
    year.shop(published.build())
    hidden = published.build(state=state, at=published.AT - timedelta(days=1))
    Build.objects.filter(pk=hidden.pk).update(published_at=None)

    page = reader.get(f"/growth/?against={hidden.pk}")

    assert page.context["read"].beside == ""


def test_a_channel_leads_to_its_people_and_few_of_them_say_nothing(reader):
    shop = year.shop(published.build())

    page = reader.get("/growth/")

    assert table(page, "repeat") == [
        ["All channels", "120", "25.0%"],
        ["E-mail", "90", "25.0%"],
        ["Display", "9", "–"],
    ]
    assert f"/people/?storefront={shop.key}&amp;channel=email" in page.text


def test_of_one_channel_alone_the_others_are_left_away(reader):
    year.shop(published.build())

    page = reader.get("/growth/?channel=email")

    assert table(page, "repeat") == [["E-mail", "90", "25.0%"]]
    missing = {one.key for one in page.context["read"].drawn.missing}
    assert missing & {"months", "people", "repeat", "worth"} == {"months", "people"}


def test_every_tile_says_as_of_when_it_is_and_by_which_version(reader):
    year.shop(published.build())

    page = reader.get("/growth/")

    first = re.search(r'<div class="figure">.*?</div>', page.text, re.S)[0]
    words = " ".join(re.sub(r"<[^>]+>", " ", first).split())
    assert "data to 20 Apr 2017 · version 2 · sure" in words


def test_a_newer_build_that_is_held_is_said_on_every_sure_tile(reader):
    build = published.build()
    year.shop(build)
    published.build(state=Build.State.HELD, at=published.AT + timedelta(days=1))

    page = reader.get("/quality/")

    assert page.text.count("held build</span>\n") + page.text.count(
        "held build</span></p>"
    ) >= len(
        [
            one
            for one in page.context["read"].drawn.tiles
            if one.shown.figure.state == "sure"
        ]
    )
    assert page.context["held"] == Build.objects.get(state=Build.State.HELD).pk


def test_quality_shows_both_calendars(reader):
    year.shop(published.build())

    page = reader.get("/quality/")

    assert table(page, "refunds")[:3] == [
        ["All months shown", "$500.00", "$240.00"],
        ["Jan 2017", "$50.00", "$60.00"],
        ["Feb 2017", "$100.00", "$60.00"],
    ]


def test_a_note_stands_under_its_numbers_and_on_the_chart(reader):
    shop = year.shop(published.build())
    Note.objects.create(
        storefront=shop, on="2017-02-14", text="Free delivery.", by=make.user(),
        at=published.AT,
    )  # fmt: skip

    page = reader.get("/growth/")

    charts = {one.panel.key: chart for one, chart in page.context["tables"]}
    assert charts["months"]["marks"] == [{"at": 1, "words": "Free delivery."}]
    assert "Free delivery." in page.text
    assert 'class="note-form' not in page.text


def test_a_new_note_is_a_new_page(reader):
    year.shop(published.build())
    first = reader.get("/growth/")

    Note.objects.create(
        on="2017-02-14", text="Free delivery.", by=make.user(), at=published.AT
    )
    again = reader.get("/growth/", headers={"If-None-Match": first["ETag"]})
    same = reader.get("/growth/", headers={"If-None-Match": again["ETag"]})

    assert (again.status_code, same.status_code) == (200, 304)


def test_a_table_is_a_file_with_every_digit_and_where_it_is_from(reader):
    build = published.build()
    shop = year.shop(build)

    page = reader.get("/growth/?from=2017-02&to=2017-02&format=csv&table=months")

    rows = list(csv.reader(io.StringIO(page.text, newline="")))
    assert page["Content-Type"] == "text/csv; charset=utf-8"
    assert page["Content-Disposition"] == (
        f'attachment; filename="growth-months-{shop.key}-build-{build.pk}.csv"'
    )
    assert rows[:6] == [
        ["# table", "Growth: Revenue by month"],
        ["# storefront", shop.name, "USD"],
        ["# build", str(build.pk)],
        ["# data to", "2026-03-02T03:00:00+00:00"],
        ["# identities as of", "2026-03-02T03:00:00+00:00"],
        ["# months", "2017-02", "2017-02"],
    ]
    assert ["# definition", "revenue", "version 2"] in rows
    assert [row[:6] for row in rows[-2:]] == [
        ["2017-02", "2000.00000000", "80", "", "", "sure"],
        ["All months shown", "2000.00000000", "80", "", "", "sure"],
    ]


def test_a_table_there_is_not_is_said_in_words(reader):
    year.shop(published.build())

    page = reader.get("/growth/?format=csv&table=pigeons")

    assert (page.status_code, page.text) == (
        404,
        "There is no such table here. There are: months, repeat, people, worth.\n",
    )


@pytest.mark.parametrize("board", ["growth", "quality"])
@pytest.mark.parametrize("shops", [1, 3])
def test_a_board_costs_the_same_however_much_it_shows(
    reader, django_assert_num_queries, board, shops
):
    build = published.build()
    chosen = year.shop(build)
    for place in range(1, shops):
        published.reading("revenue", 9, of=chosen, by=build, month=f"2016-{place:02}")
        make.storefront()

    # session, user, channels, storefronts, build, held, desk 3, groups, notes, readings,
    # annotations, first build, merges, notes, builds
    with django_assert_num_queries(17):
        reader.get(f"/{board}/?storefront={chosen.key}")


def test_a_segment_leads_to_those_who_are_in_it(reader):
    build, shop = published.build(), make.storefront()
    system = make.system(of=shop)
    for name, segment in (("Ada Dorn", "loyal"), ("Bo Lund", "")):
        somebody = published.person(published.record(name, of=system))
        published.buyer(somebody, of=shop, by=build, segment=segment)

    page = reader.get("/people/?segment=loyal")

    assert [row.name for row in page.context["rows"]] == ["Ada Dorn"]
    assert "<h1>People in loyal</h1>" in page.text
