"""The heat map of cohorts, as a reader gets it."""

from datetime import date

import pytest

from governance.models import Storefront
from reporting.models import Build, Reading
from tests import make, published

pytestmark = pytest.mark.django_db


def cohort(
    shop: Storefront,
    build: Build,
    name: str,
    *shares: str | None,
    segment: str = "",
    state: str = Reading.State.SURE,
) -> None:
    """Add a cohort of 100 people, and which share of them bought month by month."""
    published.reading(
        "cohort_customers", 100, of=shop, by=build, cohort=name, segment=segment
    )
    for month, share in enumerate(shares):
        published.reading(
            "cohort_retention", share, of=shop, by=build, n=100, state=state,
            cohort=name, month=month, segment=segment,
        )  # fmt: skip


def rows(page) -> list[list[object]]:
    return [
        [row.name, row.customers, *(cell and cell.text for cell in row.cells)]
        for row in page.context["table"].rows
    ]


def test_cohorts_stand_in_order_each_with_the_months_it_has_had(reader):
    build, shop = published.build(), make.storefront()
    cohort(shop, build, "2017-02", "1", "0.25")
    cohort(shop, build, "2017-01", "1", "0.4", "0.3")

    page = reader.get("/cohorts/")

    assert rows(page) == [
        ["Jan 2017", "100", "100%", "40%", "30%"],
        ["Feb 2017", "100", "100%", "25%", None],
    ]


def test_the_scale_leaves_out_the_month_in_which_everybody_bought(reader):
    build, shop = published.build(), make.storefront()
    cohort(shop, build, "2017-01", "1", "0.4", "0.2")

    page = reader.get("/cohorts/")

    cells = page.context["table"].rows[0].cells
    assert [(cell.step, cell.is_given) for cell in cells] == [
        (8, True),
        (8, False),
        (4, False),
    ]
    assert page.context["table"].highest == "40%"


def test_the_first_month_of_a_panel_are_customers_already(reader):
    build, shop = published.build(), make.storefront()
    shop.panel_starts_on = date(2017, 1, 1)
    shop.save()
    cohort(shop, build, "2017-01", "1")
    cohort(shop, build, "2017-02", "1")

    page = reader.get("/cohorts/")

    assert [row.were_customers_already for row in page.context["table"].rows] == [
        True,
        False,
    ]
    assert page.text.count("already customers") == 1


def test_a_cell_of_too_few_people_is_hatched_and_says_so(reader):
    build, shop = published.build(), make.storefront()
    cohort(shop, build, "2017-01", None, None, state=Reading.State.SMALL)

    page = reader.get("/cohorts/")

    assert page.text.count('<td class="cell-small">') == 2
    assert page.text.count('<span class="unseen">too few to say</span>') == 2


def test_a_month_that_is_not_over_is_marked_and_shown(reader):
    build, shop = published.build(), make.storefront()
    cohort(shop, build, "2017-01", "1", "0.5")
    cohort(shop, build, "2017-02", "1", "0.25", state=Reading.State.IMMATURE)

    page = reader.get("/cohorts/")

    assert page.text.count('class="step-4 cell-immature">25%') == 1


def test_value_is_shown_in_the_currency_of_the_shop(reader):
    build, shop = published.build(), make.storefront(currency="EUR")
    cohort(shop, build, "2017-01")
    published.reading(
        "cohort_value", "61.7", of=shop, by=build, cohort="2017-01", month=0, segment=""
    )

    page = reader.get("/cohorts/?measure=value")

    assert rows(page) == [["Jan 2017", "100", "€62"]]


def test_an_unknown_measure_shows_retention(reader):
    build, shop = published.build(), make.storefront()
    cohort(shop, build, "2017-01", "1")

    page = reader.get("/cohorts/?measure=love")

    assert page.context["measure"].key == "retention"


def test_a_segment_is_looked_at_alone(reader):
    build, shop = published.build(), make.storefront()
    cohort(shop, build, "2017-01", "1", "0.4")
    cohort(shop, build, "2017-01", "1", "0.7", segment="Loyal")

    page = reader.get("/cohorts/?segment=Loyal")

    assert page.context["segments"] == ["Loyal"]
    assert rows(page) == [["Jan 2017", "100", "100%", "70%"]]


def test_a_segment_nobody_is_in_shows_everybody(reader):
    build, shop = published.build(), make.storefront()
    cohort(shop, build, "2017-01", "1", "0.4")

    page = reader.get("/cohorts/?segment=Nobody")

    assert (page.context["segment"], rows(page)[0][3]) == ("", "40%")


def test_switching_the_measure_keeps_shop_and_segment(reader):
    build, shop = published.build(), make.storefront("shore")
    cohort(shop, build, "2017-01", "1", segment="Loyal")
    cohort(shop, build, "2017-01", "1")

    page = reader.get("/cohorts/?storefront=shore&segment=Loyal")

    assert "?storefront=shore&amp;segment=Loyal&amp;measure=value" in page.text


def test_before_the_first_build_the_page_teaches(reader):
    page = reader.get("/cohorts/")

    assert "No build is published yet" in page.text


@pytest.mark.parametrize("cohorts", [1, 4])
def test_the_page_costs_the_same_for_one_cohort_and_for_four(
    reader, django_assert_num_queries, cohorts
):
    build, shop = published.build(), make.storefront()
    for number in range(cohorts):
        cohort(shop, build, f"2017-0{number + 1}", "1", "0.5")

    # session, user, storefronts, build, groups, segments, readings
    with django_assert_num_queries(9):
        page = reader.get("/cohorts/")

    assert len(page.context["table"].rows) == cohorts


def test_the_cohorts_are_a_file_of_every_measure(reader):
    build = published.build()
    shop = make.storefront()
    for segment, people in (("", 90), ("loyal", 40)):
        place = {"cohort": "2026-01", "segment": segment}
        published.reading("cohort_customers", people, of=shop, by=build, **place)
        published.reading(
            "cohort_retention", "0.5", of=shop, by=build, month=1, **place
        )

    answer = reader.get("/cohorts/?format=csv&segment=loyal")

    assert answer.text.splitlines()[5:] == [
        "metric,version,cohort,segment,month,value,n,low,high,state",
        "cohort_customers,,2026-01,loyal,,40.00000000,1000,,,sure",
        "cohort_retention,,2026-01,loyal,1,0.50000000,1000,,,sure",
    ]


def test_a_number_withheld_beside_a_small_one_says_so(reader):
    build, shop = published.build(), make.storefront()
    place = {"cohort": "2026-01", "segment": ""}
    published.reading("cohort_customers", 90, of=shop, by=build, **place)
    published.reading(
        "cohort_retention", None, of=shop, by=build, month=0,
        state=Reading.State.WITHHELD, **place,
    )  # fmt: skip

    page = reader.get("/cohorts/")

    assert '<span class="unseen">withheld</span>' in page.text
