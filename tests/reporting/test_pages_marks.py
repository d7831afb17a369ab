"""A chart whose number means something else than it did says so, and from when."""

import re
from datetime import timedelta

import pytest

from governance.models import Domain
from reporting import annotations
from reporting.models import Annotation, Build
from reporting.tables import cohorts, marks
from tests import make, published
from tests.governance import requests
from tests.governance.pages import words

pytestmark = pytest.mark.django_db

CHANGED_AT = published.AT - timedelta(
    days=20
)  # In February, in New York and in London.


@pytest.fixture
def build() -> Build:
    return published.build()


@pytest.fixture
def request_(build):
    domain = make.domain("revenue")
    return requests.applied(
        *(requests.kpi(domain, key) for key in ("ltv_90", "cohort_value")),
        domain=domain,
    )


def annotation(build, request_, metric: str = "ltv_90", **said) -> Annotation:
    given = {
        "kind": "kpi",
        "key": metric,
        "before": 1,
        "after": 2,
        "since": CHANGED_AT,
        "comparison": "restated",
        "text": "Window in days: 90 → 60.",
    }
    return Annotation.objects.create(
        build=build, metric=metric, request=request_, **{**given, **said}
    )


def shop(build: Build):
    made = make.storefront()
    for metric in ("customers", "revenue", "ltv_90", "ltv_365", "repeat_rate_90"):
        published.reading(metric, 50, of=made, by=build)
    for cohort in ("2026-01", "2026-02", "2026-03"):
        place = {"cohort": cohort, "segment": ""}
        published.reading("cohort_customers", 40, of=made, by=build, **place)
        for metric in ("cohort_retention", "cohort_value"):
            published.reading(metric, 1, of=made, by=build, month=0, **place)
    return made


def told(build, *metrics: str) -> list[tuple[int, list[tuple[str, str]]]]:
    return [
        (one.request_id, [(mark.metric, mark.words) for mark in one.marks])
        for one in marks.told(build, metrics)
    ]


def test_a_request_is_told_of_once_with_every_number_it_changed(build, request_):
    for metric in ("revenue", "customers"):
        for key in ("letters", "mails"):
            annotation(
                build, request_, metric, kind="campaign_rule", key=key, text="New."
            )
    annotation(build, request_)

    found = marks.told(build, ["customers", "revenue", "ltv_90", "orders"])

    assert told(build, "customers", "revenue", "ltv_90") == [
        (
            request_.pk,
            [
                ("customers", "new channel rules, restated"),
                ("revenue", "new channel rules, restated"),
                ("ltv_90", "version 2, restated"),
            ],
        )
    ]
    assert [(each.kind, each.key) for each in found[0].changed] == [
        ("campaign_rule", "letters"),
        ("campaign_rule", "mails"),
        ("kpi", "ltv_90"),
    ]


def test_the_newest_mark_is_the_one_on_the_number(build, request_):
    annotation(build, request_)
    later = published.build(state=Build.State.SUPERSEDED)
    annotation(later, request_, before=2, after=3, since=CHANGED_AT + timedelta(days=1))

    found = marks.newest(marks.told(build, ["ltv_90"]))

    assert {key: mark.words for key, mark in found.items()} == {
        "ltv_90": "version 3, restated"
    }
    assert len(marks.told(build, ["ltv_90"])) == 2


def test_what_another_storefronts_system_sends_marks_nothing(build, request_):
    ours, theirs = make.system("till"), make.system("kiosk")
    for kind, key in (
        ("source", "till"), ("stream", "till/sales"), ("mapping", "till/sales:order.id"),
        ("campaign_rule", "letters"),
    ):  # fmt: skip
        annotation(build, request_, "revenue", kind=kind, key=key)

    def marked(at):
        [one] = marks.told(build, ["revenue"], at=at)
        return [each.key for each in one.changed]

    assert marked(ours.storefront) == [
        "till", "till/sales", "till/sales:order.id", "letters",
    ]  # fmt: skip
    assert marked(theirs.storefront) == ["letters"]


def test_what_changed_more_than_a_year_and_a_month_ago_is_marked_no_more(
    build, request_
):
    annotation(build, request_, since=build.made_at - marks.MARKED_FOR)

    assert told(build, "ltv_90") == []


def test_without_a_build_nothing_is_marked():
    assert marks.told(None, ["ltv_90"]) == []


def test_numbers_with_one_fate_are_told_of_in_one_sentence(build, request_):
    for metric, comparison in (
        ("ltv_30", "reset"),
        ("ltv_60", "restated"),
        ("ltv_90", "reset"),
    ):
        annotation(build, request_, metric, comparison=comparison)

    found = marks.told(build, ["ltv_30", "ltv_60", "ltv_90"])[0].comparisons

    assert [(one, [mark.metric for mark in alike]) for one, alike in found] == [
        ("restated", ["ltv_60"]),
        ("reset", ["ltv_30", "ltv_90"]),
    ]


def test_the_tile_the_chart_and_the_column_are_marked(reader, build, request_):
    shop(build)
    annotation(build, request_)
    annotation(build, request_, "revenue", key="revenue")

    page = reader.get("/acquisition/")

    leads = re.findall(r'class="pill pill-changed" href="([^"]*)"', page.text)
    ltv, revenue = (
        f"/dictionary/kpi/{key}/?from=1&amp;to=2#compared"
        for key in ("ltv_90", "revenue")
    )
    # The tile and the chart of revenue, the chart of lifetime value, then the columns.
    assert leads == [revenue, revenue, ltv, revenue, ltv]
    assert page.context["table"].lifetime_chart["marks"] == [
        {"day": 90, "words": "version 2, restated"}
    ]


def test_a_number_counted_over_other_days_than_its_name_says_is_told_of(
    reader, build, request_
):
    domain = make.domain()
    requests.applied(
        requests.kpi(domain, "repeat_rate_90", window_days=80),
        requests.kpi(domain, "ltv_365", window_days=45),
        domain=domain,
    )
    build.versions = annotations.versions()
    build.save()
    shop(build)
    annotation(build, request_, "ltv_365")

    page = reader.get("/acquisition/")

    chart = page.context["table"].lifetime_chart
    assert page.context["windows"] == {"repeat_rate_90": 80, "ltv_365": 45}
    assert (chart["days"], chart["marks"]) == (
        [45, 90],
        [{"day": 45, "words": "version 2, restated"}],
    )
    assert words(page).count("over 80 days") == 2  # on the tile, and over the column
    assert words(page).count("over 45 days") == 1


def test_a_window_that_holds_by_now_is_not_what_the_build_was_counted_over(
    reader, build, request_
):
    build.versions = annotations.versions()
    build.save()
    shop(build)
    domain = Domain.objects.get(key="revenue")
    requests.applied(requests.kpi(domain, window_days=60), domain=domain)

    page = reader.get("/acquisition/")

    assert page.context["windows"] == {}
    assert page.context["table"].lifetime_chart["days"] == [90, 365]


def test_what_a_mark_says_stands_under_the_table(reader, build, request_):
    shop(build)
    annotation(build, request_)
    annotation(build, request_, "revenue", key="revenue", comparison="reset")

    page = words(reader.get("/acquisition/"))

    assert "From 9 Feb 2026, 22:00 by request A change" in page
    assert "KPI ltv_90 , version 1 → 2. Window in days: 90 → 60." in page
    assert (
        "LTV 90: Restated: every figure here, of earlier months too, is computed by what "
        "holds now." in page
    )
    assert (
        "Revenue: Reset: no comparison across. What was published before cannot be set "
        "beside what stands here." in page
    )


def test_a_bridge_leads_to_what_the_request_moved(reader, build, request_):
    shop(build)
    annotation(build, request_, comparison="bridged")

    page = reader.get("/acquisition/")

    assert f'<a href="/changes/{request_.pk}/#numbers">by how much' in page.text


def test_a_mark_by_another_definition_leads_to_the_request(reader, build, request_):
    make.system("till", of=shop(build))
    annotation(
        build, request_, kind="mapping", key="till/sales:order.status", before=None
    )

    page = reader.get("/acquisition/")

    assert f'class="pill pill-changed" href="/changes/{request_.pk}/"' in page.text
    assert "new field mapping, restated" in page.text
    assert 'href="/dictionary/mapping/till/sales:order.status/"' in page.text


def test_where_nothing_changed_no_page_is_marked(reader, build):
    shop(build)

    for path in ("/acquisition/", "/cohorts/", "/definitions/"):
        page = reader.get(path).text
        assert "pill-changed" not in page
        assert "What changed in these definitions" not in page


@pytest.mark.parametrize(
    ("since", "place"),
    [("2025-12-31T12:00", 0), ("2026-02-09T12:00", 1), ("2026-03-01T03:00", 1),
     ("2026-03-01T06:00", 2), ("2026-04-01T12:00", 3)],
)  # fmt: skip
def test_the_heat_map_is_marked_at_the_month_in_which_it_changed(
    reader, build, request_, since, place
):
    shop(build)
    annotation(build, request_, "cohort_value", since=make.moment(since))

    table = reader.get("/cohorts/?measure=value").context["table"]

    marked = [len(row.marks) for row in table.rows] + [len(table.marks)]
    assert marked == [int(nth == place) for nth in range(4)]


def test_the_place_in_the_heat_map_says_what_and_from_when(reader, build, request_):
    shop(build)
    annotation(build, request_, "cohort_value", comparison="reset")

    page = words(reader.get("/cohorts/?measure=value"))

    assert (
        "Jan 2026 40 $1 Value per customer: version 2, reset from 9 Feb 2026, 22:00 : no "
        "comparison with what was published before the request Feb 2026" in page
    )


def test_a_measure_is_not_marked_by_what_changed_under_another(reader, build, request_):
    shop(build)
    annotation(build, request_, "cohort_value")

    page = reader.get("/cohorts/?measure=retention")

    assert "pill-changed" not in page.text


def test_two_changes_in_one_month_stand_in_their_order(build):
    early, late = "first", "second"
    sizes = [
        published.reading(
            "cohort_customers", 40, of=make.storefront(), by=build, cohort="2026-02"
        )
    ]

    table = cohorts.table(
        readings=sizes,
        measure=cohorts.MEASURES[0],
        currency="USD",
        panel_starts_on=None,
        marks=[("2026-02", early), ("2026-02", late)],  # type: ignore[list-item]
    )

    assert table is not None and table.rows[0].marks == (early, late)


def test_the_definitions_tell_every_change_of_a_number(reader, build, request_):
    annotation(build, request_)
    later = published.build(state=Build.State.SUPERSEDED)
    annotation(later, request_, before=2, after=3, since=published.AT)

    page = reader.get("/definitions/")

    told = {
        entry.key: [mark.own.after for mark in of]
        for entry, of in page.context["entries"]
        if of
    }
    assert told == {"ltv_90": [3, 2]}
    assert f"request {request_.pk}" in words(page)
