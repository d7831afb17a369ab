"""Who gets the credit for what was sold, what it cost, and what came back."""

from datetime import date
from decimal import Decimal

import pytest

from governance.changes import Proposed
from governance.taxonomy import UNATTRIBUTED
from measurement.models import AdSpend
from reporting import agreed, checks, effects, shadow
from reporting.models import Reading
from tests import make
from tests.governance import requests
from tests.reporting import adverts, builds, shops

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("however_few")]

ORDERS = """
    buyer  | on         | lines | refunds
    -------+------------+-------+--------
    ada    | 2026-01-20 | 100   |
    ada    | 2026-02-20 | 60    | 20
    bo     | 2026-02-10 | 50    |
    nobody | 2026-02-11 | 7     |
"""
TOUCHES = """
    visitor | at               | via
    --------+------------------+------------
    ada     | 2026-01-02T12:00 | paid_search
    ada     | 2026-01-19T12:00 | email
    ada     | 2026-02-20T11:00 | email
    bo      | 2026-02-10T11:00 | direct
    bo      | 2026-02-10T13:00 | email
"""


@pytest.fixture
def shop():
    return shops.write(shops.drawn(ORDERS, TOUCHES))


def told(metric: str, shop) -> dict[object, float | None]:  # type: ignore[no-untyped-def]
    """Return what the build says of each cell, under its parts in order."""
    return {
        tuple(str(part) for _, part in sorted(dimensions.items())): value
        if value is None
        else float(value)
        for dimensions, value, _, _ in builds.told(builds.computed(), metric, shop)
    }


def of_model(metric: str, model: str, shop) -> dict[str, float | None]:  # type: ignore[no-untyped-def]
    return {
        place[0]: value
        for place, value in told(metric, shop).items()
        if place[1:] == (model,)
    }


@pytest.mark.parametrize(
    ("model", "credit"),
    [
        ("first_touch", {"paid_search": 100, "email": 40, "direct": 50}),
        ("last_touch", {"paid_search": 0, "email": 140, "direct": 50}),
        ("linear", {"paid_search": 50, "email": 90, "direct": 50}),
        ("position_based", {"paid_search": 50, "email": 90, "direct": 50}),
        ("shapley", {"paid_search": 50, "email": 90, "direct": 50}),
    ],
)
def test_each_model_shares_out_what_was_sold(shop, model, credit):
    assert of_model("attributed_revenue", model, shop) == {**credit, UNATTRIBUTED: 7}


def test_parts_of_purchases_add_up_to_purchases(shop):
    orders = of_model("attributed_orders", "linear", shop)

    assert orders == {"paid_search": 0.5, "email": 1.5, "direct": 1, UNATTRIBUTED: 1}


def test_journeys_are_judged_by_what_would_be_lost_without_a_channel(shop):
    # Three journeys sold: paid search to e-mail, e-mail, direct. Without e-mail two are
    # lost, and one without either of the others.
    assert of_model("attributed_revenue", "markov", shop) == {
        "direct": 47.5,
        "email": 95,
        "paid_search": 47.5,
        UNATTRIBUTED: 7,
    }


def test_the_primary_model_is_told_by_the_month_of_the_sale(shop):
    assert told("attributed_by_order_day", shop) == {
        ("paid_search", "2026-01"): 50,
        ("email", "2026-01"): 50,
        ("email", "2026-02"): 40,
        ("direct", "2026-02"): 50,
        (UNATTRIBUTED, "2026-02"): 7,
    }


def test_spend_belongs_to_the_channel_and_its_return_to_the_months_of_spend(shop):
    adverts.charged(shop, (date(2026, 2, 1), "newsletter", "8"))
    _came_by("newsletter", of=shop, at="2026-02-10T13:00")

    assert told("spend", shop) == {(): 8, ("email",): 8}
    assert told("roas", shop) == {(): 5, ("email",): 5}


def test_a_new_buyer_cost_what_was_spent_on_the_channel_they_came_by_first(shop):
    adverts.charged(
        shop, (date(2026, 1, 5), "brand", "30"), (date(2026, 2, 5), "brand", "10")
    )
    _came_by("brand", of=shop, at="2026-01-02T12:00")

    assert told("cac", shop) == {(): 20, ("paid_search",): 40}


def test_spend_that_cannot_be_converted_is_not_known_and_neither_is_its_sum(shop):
    adverts.charged(shop, (date(2026, 2, 1), "brand", "8"))
    adverts.charged(shop, (date(2026, 2, 2), "else", "900"), currency="SEK")
    _came_by("brand", of=shop, at="2026-01-02T12:00")

    assert told("spend", shop) == {("paid_search",): 8}
    # Nothing was credited to it in the month of the spend: too few to say.
    assert told("roas", shop) == {("paid_search",): None}


def test_without_a_bill_nothing_is_said_of_spend(shop):
    assert [told(metric, shop) for metric in ("spend", "cac", "roas")] == [{}, {}, {}]


def test_a_bill_is_another_input_of_a_build(shop):
    before = builds.computed()

    adverts.charged(shop, (date(2026, 2, 1), "brand", "8"))

    assert builds.computed().digest != before.digest
    assert AdSpend.objects.count() == 1


def test_credit_that_is_not_what_was_sold_holds_a_build_back(shop):
    build = builds.computed()
    place = {"model": "linear", "channel": "email"}
    credit = Reading.objects.filter(
        build=build, metric="attributed_revenue", dimensions=place
    )

    credit.update(value=Decimal("90.000001"))

    assert checks.broken(build) == [
        f"Attribution model linear credits 197.000001 at {shop.key}, the storefront sold "
        "197."
    ]


def test_another_look_back_shows_in_a_preview_what_it_would_move(shop):
    domain = make.domain("marketing")
    asked = requests.draft(_evenly(domain, 14), by=make.domain_steward(domain))
    operations = list(asked.revisions.get().operations.all())

    before, after = shadow.numbers(
        [agreed.now(), agreed.proposed([*operations])], moment=builds.NOW
    )

    def of_linear(numbers: dict) -> dict[str, str | None]:  # type: ignore[type-arg]
        return {
            dict(place)["channel"]: value
            for (_, metric, place), (value, _) in numbers.items()
            if metric == "attributed_revenue" and dict(place).get("model") == "linear"
        }

    assert of_linear(before)["paid_search"] == "50.00000000"
    assert of_linear(after) == {
        "email": "140.00000000",
        "direct": "50.00000000",
        UNATTRIBUTED: "7.00000000",
    }
    assert "attribution" in effects.Numbers().kinds


def _evenly(domain, lookback: int) -> Proposed:  # type: ignore[no-untyped-def]
    body = {
        "name": "Evenly",
        "meaning": "Every touch has its part.",
        "formula": "linear",
        "lookback_days": lookback,
        "parameters": {"primary": True},
    }
    return Proposed("attribution", "linear", domain.key, body)


def _came_by(campaign: str, *, of, at: str) -> None:  # type: ignore[no-untyped-def]
    """Let the visit of that moment carry the campaign's tag."""
    from measurement.models import Event

    found = Event.objects.filter(system__storefront=of, at=make.moment(at))
    assert found.update(utm_campaign=campaign) == 1
