"""How far credit moved since the build before, as the page of attribution says it."""

from datetime import timedelta

import pytest

from governance.changes import Proposed
from reporting.models import Build, Movement
from tests import make, published
from tests.governance import requests

pytestmark = pytest.mark.django_db

# Before, and once each cause was let in: calculation, definitions, people, changed orders,
# refunds, late ones, new ones.
MOVED = {
    "email": ("60", ["60", "60", "50", "50", "50", "46", "900"]),
    "direct": ("40", ["40", "40", "50", "50", "50", "54", "100"]),
}


def moved(credit: dict[str, tuple[str, list[str]]]):  # type: ignore[no-untyped-def]
    """Return a shop whose credit moved since the build before as said."""
    before = published.build(
        state=Build.State.SUPERSEDED, at=published.AT - timedelta(days=1)
    )
    build, shop = published.build(), make.storefront()
    published.reading("attributed_revenue", 1000, of=shop, by=build)
    for channel, (was, steps) in credit.items():
        place = {"model": "position_based", "channel": channel}
        published.reading("attributed_revenue", steps[-1], of=shop, by=build, **place)
        Movement.objects.create(
            build=build, build_before=before, storefront=shop,
            metric="attributed_revenue", dimensions=place, before=was, steps=steps,
        )  # fmt: skip
    return shop


def test_a_swing_above_the_limit_asks_for_a_review_before_budgets(reader):
    moved(MOVED)

    page = reader.get("/attribution/")

    steady = page.context["steady"]
    assert (steady.swing, steady.limit, steady.is_unsteady) == ("14.00%", "5.0%", True)
    assert "Credit has moved by 14.00%; agreed on are at most 5.0%." in page.text
    assert "Review who is who and the look backs before budgets." in page.text


def test_a_swing_is_told_by_its_causes_new_sales_left_aside(reader):
    moved(MOVED)

    page = reader.get("/attribution/")

    assert page.context["steady"].causes == (
        ("Who is who", "10.00%"),
        ("Late orders and visits", "4.00%"),
    )


def test_a_swing_of_exactly_the_limit_asks_for_nothing(reader):
    steps = ["55"] * 6
    moved({"email": ("60", [*steps, "1"]), "direct": ("40", ["45"] * 7)})

    page = reader.get("/attribution/")

    assert page.context["steady"].is_unsteady is False
    assert "before budgets. <a" not in page.text


def test_the_limit_is_the_one_agreed_on(reader):
    domain = make.domain("marketing")
    body = {
        "name": "Credit is steady",
        "meaning": "So many points.",
        "dataset": "build",
        "metric": "credit_is_steady",
        "parameters": {"most_points": 20},
    }
    requests.applied(
        Proposed("quality", "credit_is_steady", domain.key, body), domain=domain
    )
    moved(MOVED)

    page = reader.get("/attribution/")

    steady = page.context["steady"]
    assert (steady.limit, steady.is_unsteady) == ("20.0%", False)


def test_a_channel_that_did_not_move_counts_with_what_it_has(reader):
    shop = moved({"email": ("60", ["40"] * 7), "direct": ("20", ["40"] * 7)})
    published.reading(
        "attributed_revenue", 120, of=shop, by=Build.objects.get(state="published"),
        model="position_based", channel="organic_search",
    )  # fmt: skip

    page = reader.get("/attribution/")

    assert page.context["steady"].swing == "10.00%"


def test_where_nobody_found_out_why_numbers_moved_nothing_is_said(reader):
    build, shop = published.build(), make.storefront()
    published.reading("attributed_revenue", 1000, of=shop, by=build)

    page = reader.get("/attribution/")

    assert page.context["steady"] is None
    assert "How steady it is" not in page.text


def test_of_no_credit_no_share_can_have_moved(reader):
    moved({"email": ("0", ["0"] * 7)})

    page = reader.get("/attribution/")

    assert page.context["steady"] is None
