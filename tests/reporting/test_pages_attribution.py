"""Attribution, as a reader gets it."""

import pytest

from governance.changes import Proposed
from governance.models import Kind
from reporting.models import Build, Reading
from tests import make, published
from tests.governance import requests

pytestmark = pytest.mark.django_db

CREDITS = {
    ("position_based", "email"): 600,
    ("position_based", "direct"): 100,
    ("position_based", "unattributed"): 300,
    ("last_touch", "email"): 200,
    ("last_touch", "direct"): 500,
    ("last_touch", "unattributed"): 300,
}


def credited(build: Build, **options):  # type: ignore[no-untyped-def]
    """Return a shop that sold for 1,000, as two of the models see it."""
    shop = make.storefront(**options)
    published.reading("attributed_revenue", 1000, of=shop, by=build, n=40)
    published.reading("attributed_orders", 40, of=shop, by=build)
    for (model, channel), value in CREDITS.items():
        place = {"model": model, "channel": channel}
        published.reading("attributed_revenue", value, of=shop, by=build, **place)
        published.reading("attributed_orders", value // 25, of=shop, by=build, **place)
    return shop


def rows(page) -> list[list[str]]:  # type: ignore[no-untyped-def]
    """Return each row's name, credit, share, purchases, spend, return and cost."""
    table = page.context["table"]
    return [
        [
            row.name, row.credit.text, row.share, row.orders.text,
            *(figure.text for figure in row.spending),
        ]
        for row in (table.total, *table.rows)
    ]  # fmt: skip


def test_nobody_reads_it_without_signing_in(client):
    page = client.get("/attribution/")

    assert (page.status_code, page.url) == (302, "/sign-in/?next=/attribution/")


def test_the_primary_models_credit_comes_first_and_what_is_nobodys_last(reader):
    credited(published.build())

    page = reader.get("/attribution/")

    assert rows(page) == [
        ["All channels", "$1,000", "100.0%", "40", "–", "–", "–"],
        ["E-mail", "$600.00", "60.0%", "24", "–", "–", "–"],
        ["Direct", "$100.00", "10.0%", "4", "–", "–", "–"],
        ["Unattributed", "$300.00", "30.0%", "12", "–", "–", "–"],
    ]
    assert "30.0% of what was sold is unattributed" in page.text


def test_what_is_credited_to_channels_leaves_out_what_is_nobodys(reader):
    credited(published.build())

    page = reader.get("/attribution/")

    name, figure = page.context["headline"][0]
    assert (name, figure.text) == ("Revenue credited", "$700.00")


def test_spend_its_return_and_what_a_buyer_cost_stand_beside_the_credit(reader):
    build = published.build()
    shop = credited(build)
    for channel, amount in (("", 250), ("email", 200), ("unplaced", 50)):
        place = {"channel": channel} if channel else {}
        published.reading("spend", amount, of=shop, by=build, n=3, **place)
    published.reading("roas", "3", of=shop, by=build, n=24, channel="email")
    published.reading("cac", "12.5", of=shop, by=build, n=16, channel="email")

    page = reader.get("/attribution/")

    assert [row[:1] + row[4:] for row in rows(page)] == [
        ["All channels", "$250.00", "–", "–"],
        ["E-mail", "$200.00", "3.00×", "$12.50"],
        ["Direct", "–", "–", "–"],
        ["Unattributed", "–", "–", "–"],
        ["Spend of no known channel", "$50.00", "–", "–"],
    ]


def test_spend_that_is_not_known_is_said_not_to_be(reader):
    credited(published.build())

    page = reader.get("/attribution/")

    assert page.text.count("not known") == 3  # spend, its return, and cost


def test_the_other_models_stand_beside_it_for_context(reader):
    credited(published.build())

    page = reader.get("/attribution/")

    models = [model.key for model in page.context["models"]]
    last = models.index("last_touch")
    assert [
        (row.name, row.cells[0][0].text, row.cells[last][0].text, row.cells[last][1])
        for row in page.context["table"].beside
    ] == [
        ("E-mail", "$600.00", "$200.00", "20.0%"),
        ("Direct", "$100.00", "$500.00", "50.0%"),
        ("Unattributed", "$300.00", "$300.00", "30.0%"),
    ]
    assert page.text.count(">for context<") == len(models) - 1


def test_the_models_are_those_the_build_was_made_with(reader):
    domain = make.domain("marketing")
    for lookback in (7, 90):
        body = {
            "name": "Evenly",
            "meaning": "Every touch has its part.",
            "formula": "linear",
            "lookback_days": lookback,
            "parameters": {"primary": True},
        }
        requests.applied(
            Proposed("attribution", "evenly", domain.key, body), domain=domain
        )
    build = published.build()
    build.versions = {Kind.ATTRIBUTION: {"evenly": 1}}
    build.save()
    credited(build)

    page = reader.get("/attribution/")

    [model] = page.context["models"]
    assert (model.title, model.version, model.lookback_days) == ("Evenly", "1", 7)
    assert "version 1, looks back 7 days. Every touch has its part." in page.text


def test_months_are_told_the_latest_first(reader):
    build = published.build()
    shop = credited(build)
    for month, value in (("2026-01", 100), ("2026-02", 500)):
        published.reading(
            "attributed_by_order_day", value, of=shop, by=build, n=4,
            channel="email", month=month,
        )  # fmt: skip

    page = reader.get("/attribution/")

    assert [
        (month.name, [figure.text for figure in month.credits])
        for month in page.context["table"].months
    ] == [
        ("Feb 2026", ["$500.00", "–", "–"]),
        ("Jan 2026", ["$100.00", "–", "–"]),
    ]


def test_a_return_on_too_few_purchases_is_not_shown(reader):
    build = published.build()
    shop = credited(build)
    published.reading("spend", 5, of=shop, by=build, n=1, channel="email")
    published.reading(
        "roas", None, of=shop, by=build, n=4, state=Reading.State.SMALL, channel="email"
    )

    page = reader.get("/attribution/")

    figure = page.context["table"].rows[0].spending[1]
    assert (figure.text, figure.n, figure.state) == ("–", "4", "small")


def test_before_a_build_says_who_gets_the_credit_nothing_is_shown(reader):
    published.build()
    make.storefront()

    page = reader.get("/attribution/")

    assert (page.status_code, page.context["table"]) == (200, None)


def test_it_costs_the_same_however_many_channels_and_models(
    reader, django_assert_num_queries
):
    credited(published.build())
    reader.get("/attribution/")

    with django_assert_num_queries(10):
        reader.get("/attribution/?again")
