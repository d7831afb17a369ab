"""What a proposal would do is what applying it then does, to the cent."""

from datetime import timedelta

import pytest

from governance import changes, effects, preview
from governance.changes import Proposed
from governance.models import CampaignRule, ChangeRequest, Channel, Preview
from measurement.models import Order, OrderLine
from reporting import publish
from reporting.models import Build, Reading
from tests import make
from tests.governance import requests
from tests.governance.requests import AT, digest
from tests.measurement.test_queue import waiting
from tests.reporting import builds, shops

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("however_few")]

DRAWN = """
    buyer | on         | via            | lines
    ------+------------+----------------+------
    ada   | 2026-01-05 | organic_search | 10
    ada   | 2026-02-10 | organic_search | 32.10
    bo    | 2026-01-06 | email          | 7.25
    bo    | 2026-01-16 | email          | 5
    cy    | 2026-01-09 | organic_search | 3
"""


@pytest.fixture
def domain():
    return make.domain("revenue")


@pytest.fixture
def shop():
    shops.write(shops.drawn(DRAWN))


def governed(domain) -> None:
    """Agree on the rules and on some KPIs as they are."""
    rules = [
        Proposed(
            "campaign_rule",
            f"rule-{rule.position}",
            domain.key,
            {
                "position": rule.position,
                "channel": rule.channel.key,
                **{
                    tag: getattr(rule, tag)
                    for tag in ("source", "medium", "campaign", "referrer")
                },
            },
        )
        for rule in CampaignRule.objects.select_related("channel")
    ]
    kpis = [
        kpi(domain, key, days)
        for key, days in (
            ("ltv_30", 30),
            ("ltv_90", 90),
            ("revenue", 0),
            ("orders", 0),
            ("customers", 0),
        )
    ]
    requests.applied(*rules, *kpis, domain=domain)


def kpi(domain, key: str, days: int, *, min_n: int = 1) -> Proposed:
    body = {**requests.KPI, "formula": key, "window_days": days, "min_n": min_n}
    return Proposed("kpi", key, domain.key, body)


def measured(*operations: Proposed, domain) -> tuple[ChangeRequest, Preview]:
    request = requests.draft(*operations, by=make.domain_steward(domain))
    asked = preview.ask(request_id=request.pk, by=request.requested_by, at=AT)
    return request, preview.measure(preview_id=asked.pk, at=builds.NOW)


def take_effect(request: ChangeRequest, domain) -> None:
    changes.submit(request_id=request.pk, by=request.requested_by, at=AT)
    for owner in (make.owner(domain), make.owner(domain)):
        request.refresh_from_db()
        if request.state == ChangeRequest.State.IN_REVIEW:
            changes.approve(
                request_id=request.pk, digest=digest(request), by=owner, at=AT
            )
    changes.apply(
        request_id=request.pk, digest=digest(request), by=request.requested_by, at=AT
    )


def readings() -> dict[tuple[str, str], str | None]:
    """Return every published number by metric and place, as a preview writes it."""
    build = publish.publish(
        build=publish.compute(at=builds.NOW, night=None), at=builds.NOW
    )
    assert build.state == Build.State.PUBLISHED, build.message
    return {
        (each.metric, "".join(sorted(map(str, each.dimensions.values())))): (
            None if each.value is None else f"{each.value:f}"
        )
        for each in Reading.objects.filter(build=build)
    }


def predicted(made: Preview, before: dict, *, moved_only: bool = False) -> dict:
    """Return the published numbers with those that move as they would be."""
    after = dict(before)
    for each in made.answer["moved"]:
        _shop, _, where = each["where"].partition(": ")
        values = [part.split(" ", 1)[1] for part in where.split(", ") if part]
        after[each["what"], "".join(sorted(values))] = each["after"]
    return after


def test_another_window_moves_what_was_said(shop, domain):
    governed(domain)
    before = readings()
    request, made = measured(kpi(domain, "ltv_90", 30), domain=domain)

    take_effect(request, domain)

    after = readings()
    assert after != before
    assert predicted(made, before) == after


def test_another_rule_moves_revenue_from_one_channel_to_another(shop, domain):
    governed(domain)
    before = readings()
    search = CampaignRule.objects.filter(channel__key="organic_search").first()
    first = CampaignRule.objects.order_by("position").first()
    assert search is not None and first is not None
    request, made = measured(
        Proposed("channel", "radio", domain.key, {"name": "Radio", "position": 80}),
        Proposed(
            "campaign_rule",
            "everything",
            domain.key,
            {"position": 0, "channel": "radio"},
        ),
        domain=domain,
    )

    take_effect(request, domain)

    after = {key: value for key, value in readings().items() if value is not None}
    would_be = {
        key: value
        for key, value in predicted(made, before).items()
        if value is not None
    }
    assert Channel.objects.filter(key="radio").exists()
    assert after != before
    assert would_be == after


def test_what_changes_no_number_moves_none(shop, domain):
    governed(domain)
    readings()

    said = {**kpi(domain, "ltv_90", 90).body, "meaning": "The same, in other words."}
    _request, made = measured(
        Proposed("kpi", "ltv_90", domain.key, said), domain=domain
    )

    assert (made.state, made.answer["moved"], made.answer["moved_in_all"]) == (
        "measured", [], 0,
    )  # fmt: skip
    assert made.answer["looked_at"] > 0


def test_a_preview_is_stale_once_the_data_or_a_definition_moved(shop, domain):
    governed(domain)
    readings()
    _request, made = measured(kpi(domain, "ltv_90", 30), domain=domain)
    fresh = effects.is_stale(made)

    requests.applied(kpi(domain, "revenue", 0, min_n=2), domain=domain)

    assert (fresh, effects.is_stale(made)) == (False, True)


def test_measuring_again_measures_once(shop, domain):
    governed(domain)
    readings()
    _request, made = measured(kpi(domain, "ltv_90", 30), domain=domain)

    again = preview.measure(preview_id=made.pk, at=builds.NOW + timedelta(days=1))

    assert again.measured_at == made.measured_at


def test_a_total_that_moves_by_more_than_a_hundredth_asks_for_two(shop, domain):
    governed(domain)
    readings()
    everything = {"position": 0, "channel": "direct"}
    channel = Proposed("campaign_rule", "all", domain.key, everything)
    request, made = measured(channel, domain=domain)
    request.refresh_from_db()
    # No total moves with a channel: what one loses another gains.
    assert (made.answer["largest"], request.risk) == ("0.000000", "low")

    request, made = measured(kpi(domain, "ltv_30", 5), domain=domain)
    request.refresh_from_db()
    assert float(made.answer["largest"]) > 0.01
    assert request.risk == "high"


def test_words_about_a_field_are_no_matter_of_numbers(domain):
    request = requests.draft(requests.field(domain), by=make.domain_steward(domain))

    with pytest.raises(effects.PreviewError) as refused:
        preview.ask(request_id=request.pk, by=request.requested_by, at=AT)

    assert str(refused.value) == "No number depends on what this changes."


def test_a_preview_that_is_asked_for_goes_to_a_worker(shop, domain):
    request = requests.draft(kpi(domain, "ltv_90", 30), by=make.domain_steward(domain))

    asked = preview.ask(request_id=request.pk, by=request.requested_by, at=AT)

    assert waiting()[-1] == ("governance.measure_preview", {"preview_id": asked.pk})


def test_what_cannot_be_computed_is_said_in_words(shop, domain):
    governed(domain)
    Order.objects.update(shipping=0)
    OrderLine.objects.update(amount=10**13, amount_shop=10**13)

    _request, made = measured(kpi(domain, "ltv_90", 30), domain=domain)

    assert made.state == "failed"
    assert made.message.startswith("A line took or a refund gave back more than")


def test_the_page_of_a_request_shows_what_moves(shop, domain, client):
    governed(domain)
    request, made = measured(kpi(domain, "ltv_30", 5), domain=domain)
    client.force_login(make.user(role="steward"))

    page = client.get(f"/changes/{request.pk}/").content.decode()

    total = next(each for each in made.answer["moved"] if each["is_total"])
    assert f"of {made.answer['looked_at']} numbers move" in page
    assert f"{float(total['after']):.4f}".rstrip("0") in page


def test_what_is_put_to_review_on_the_page_is_measured(shop, domain, client):
    governed(domain)
    by = make.domain_steward(domain)
    request = requests.draft(kpi(domain, "ltv_30", 5), by=by)
    client.force_login(by)

    page = client.post(f"/changes/{request.pk}/submit/", follow=True).content.decode()

    assert "Being measured." in page
    assert [task for task, _arguments in waiting()][-1] == "governance.measure_preview"
