"""What changed under a published number is kept as the next build goes up."""

from datetime import timedelta

import pytest

from governance.changes import Proposed
from governance.models import ChangeRequest, Version
from reporting import annotations, publish
from reporting.models import Annotation, Build
from tests import make, published
from tests.governance import requests
from tests.reporting import builds, shops

pytestmark = pytest.mark.django_db

RULE = {"position": 0, "channel": "email", "source": "letter"}


@pytest.fixture
def domain():
    return make.domain("revenue")


def kpi(domain, key: str = "ltv_90", **said) -> Proposed:
    return requests.kpi(domain, key, **{"formula": key, "min_n": 1, **said})


def rule(domain, key: str = "letters", **said) -> Proposed:
    return Proposed("campaign_rule", key, domain.key, {**RULE, **said})


def build(*kpis: str, state: str = Build.State.PUBLISHED) -> Build:
    """Return a build of what is in force, with these KPIs in it."""
    made = published.build(state=state)
    made.versions = annotations.versions()
    made.definitions = dict.fromkeys(kpis, "1")
    made.save()
    return made


def after(before: Build, *kpis: str) -> list[tuple[str, str, int | None, int, str]]:
    """Return what is kept as the next build goes up: metric, what, from, to, in words."""
    Build.objects.filter(pk=before.pk).update(state=Build.State.SUPERSEDED)
    annotations.write(build=build(*kpis), before=before)
    return [
        (each.metric, f"{each.kind} {each.key}", each.before, each.after, each.text)
        for each in Annotation.objects.order_by("metric", "kind", "key", "after")
    ]


def test_a_new_version_of_a_kpi_is_told_of_with_what_it_says_otherwise(domain):
    requests.applied(kpi(domain), kpi(domain, "revenue"), domain=domain)
    before = build("ltv_90", "revenue")
    request = requests.applied(
        kpi(domain, window_days=60, comparison="reset"), domain=domain
    )

    kept = after(before, "ltv_90", "revenue")

    assert kept == [
        (
            "ltv_90",
            "kpi ltv_90",
            1,
            2,
            "Window in days: 90 → 60. Comparison: restated → reset.",
        )
    ]
    annotation = Annotation.objects.get()
    held = Version.objects.current().get(key="ltv_90")
    assert (annotation.comparison, annotation.request, annotation.since) == (
        "reset",
        request,
        held.valid_during.lower,
    )


def test_where_nothing_changed_nothing_is_told(domain):
    requests.applied(kpi(domain), rule(domain), domain=domain)
    before = build("ltv_90")

    assert after(before, "ltv_90") == []


def test_two_versions_between_two_builds_are_two_changes(domain):
    requests.applied(kpi(domain), domain=domain)
    before = build("ltv_90")
    for days in (60, 90):
        requests.applied(kpi(domain, window_days=days), domain=domain)

    kept = after(before, "ltv_90")

    assert [(old, new, text) for _metric, _what, old, new, text in kept] == [
        (1, 2, "Window in days: 90 → 60."),
        (2, 3, "Window in days: 60 → 90."),
    ]


def test_a_kpi_that_was_not_there_has_no_earlier_chart_to_mark(domain):
    requests.applied(kpi(domain), domain=domain)
    before = build("ltv_90")
    requests.applied(kpi(domain, "revenue"), domain=domain)

    assert after(before, "ltv_90", "revenue") == []


def test_a_kpi_that_is_not_computed_is_not_marked(domain):
    requests.applied(kpi(domain), domain=domain)
    before = build("ltv_90")
    requests.applied(kpi(domain, window_days=60), domain=domain)

    assert after(before, "revenue") == []


def test_the_first_build_is_compared_with_nothing(domain):
    requests.applied(kpi(domain), domain=domain)

    assert annotations.write(build=build("ltv_90"), before=None) == []


def test_a_build_that_kept_no_versions_is_compared_with_nothing(domain):
    requests.applied(kpi(domain), domain=domain)
    old = published.build()
    requests.applied(kpi(domain, window_days=60), domain=domain)

    assert after(old, "ltv_90") == []


def test_another_rule_marks_what_is_told_by_channel_as_its_kpi_says(domain):
    requests.applied(
        kpi(domain, comparison="bridged"),
        kpi(domain, "cohort_value"),
        rule(domain),
        domain=domain,
    )
    before = build("ltv_90", "cohort_value", "revenue")
    requests.applied(
        rule(domain, source="post"), rule(domain, "mails", position=1), domain=domain
    )

    kept = after(before, "ltv_90", "cohort_value", "revenue")

    said = [
        ("campaign_rule letters", 1, 2, "Source: letter → post."),
        ("campaign_rule mails", None, 1, "New."),
    ]
    assert kept == [
        (metric, *each) for metric in ("ltv_90", "revenue") for each in said
    ]
    assert set(Annotation.objects.values_list("metric", "comparison")) == {
        ("ltv_90", "bridged"),
        ("revenue", "restated"),
    }


def mapped(domain, **columns: str) -> list[Proposed]:
    return [
        Proposed("mapping", f"till/sales:order.{name}", domain.key, {"rule": column})
        for name, column in columns.items()
    ]


@pytest.fixture
def till(domain):
    """A till that is mapped, and one KPI about its money."""
    shore = {"name": "Shore", "time_zone": "UTC", "currency": "USD"}
    till = {**shore, "name": "Till", "kind": "shop", "storefront": "shore"}
    requests.applied(
        kpi(domain),
        Proposed("storefront", "shore", domain.key, shore),
        Proposed("source", "till", domain.key, till),
        Proposed("stream", "till/sales", domain.key, {"position": 1, "grain": "order"}),
        *mapped(domain, source_id="id", placed_at="at", currency="cur", status="state"),
        Proposed("ownership", "order.status", domain.key, {"owner": "till"}),
        domain=domain,
    )
    return till


def test_a_mapping_or_an_owner_of_a_field_that_is_read_marks_what_reads_it(
    domain, till
):
    before = build("ltv_90", "product_titles")
    requests.applied(
        *mapped(domain, status="new_state", source_updated_at="changed"),
        Proposed(
            "ownership",
            "order.status",
            domain.key,
            {"owner": "till", "fallbacks": ["crm"]},
        ),
        domain=domain,
    )

    kept = after(before, "ltv_90", "product_titles")

    assert kept == [
        (
            "ltv_90",
            "mapping till/sales:order.status",
            1,
            2,
            "Made from: state → new_state.",
        ),
        ("ltv_90", "ownership order.status", 1, 2, "Fallbacks: not said → crm."),
    ]


def test_another_zone_of_a_source_marks_what_reads_its_days_and_another_name_nothing(
    domain, till
):
    before = build("ltv_90")
    requests.applied(
        Proposed("source", "till", domain.key, {**till, "name": "The till"}),
        domain=domain,
    )
    requests.applied(
        Proposed(
            "source",
            "till",
            domain.key,
            {**till, "name": "The till", "time_zone": "Asia/Tokyo"},
        ),
        domain=domain,
    )

    assert after(before, "ltv_90") == [
        ("ltv_90", "source till", 2, 3, "Time zone: UTC → Asia/Tokyo.")
    ]


CHECKED = ("customers", "orders", "revenue")
DRAWN = """
    buyer | on         | via            | lines
    ------+------------+----------------+------
    ada   | 2026-01-05 | organic_search | 10
    ada   | 2026-02-10 | organic_search | 32.10
    bo    | 2026-01-06 | email          | 7.25
"""


def up(nights: int = 0) -> Build:
    at = builds.NOW + timedelta(days=nights)
    return publish.publish(build=publish.compute(at=at, night=None), at=at)


def test_the_build_that_goes_up_carries_what_changed_and_the_next_one_nothing(domain):
    shops.write(shops.drawn(DRAWN))
    every = [kpi(domain, key) for key in ("ltv_90", *CHECKED)]
    requests.applied(*every, domain=domain)
    up()
    requests.applied(kpi(domain, window_days=30), domain=domain)

    second = up(1)
    publish.publish(build=second, at=builds.NOW + timedelta(days=2))
    make.order(None, make.moment("2026-03-01"))
    third = up(3)

    assert second.versions["kpi"] == {**dict.fromkeys(CHECKED, 1), "ltv_90": 2}
    assert third.pk != second.pk
    assert [(each.build, each.after) for each in Annotation.objects.all()] == [
        (second, 2)
    ]


def test_what_was_held_back_is_told_of_by_the_build_that_goes_up(domain, monkeypatch):
    shops.write(shops.drawn(DRAWN))
    every = [kpi(domain, key) for key in ("ltv_90", *CHECKED)]
    requests.applied(*every, domain=domain)
    up()
    requests.applied(kpi(domain, window_days=30), domain=domain)
    with monkeypatch.context() as wrong:
        wrong.setattr(publish.checks, "CHECKS", [lambda _build: iter(["It is wrong."])])
        held = up(1)
    kept_by_held = list(Annotation.objects.all())
    requests.applied(kpi(domain, window_days=45), domain=domain)

    there = up(2)

    assert (held.state, kept_by_held) == (Build.State.HELD, [])
    assert [(each.build, each.after) for each in Annotation.objects.all()] == [
        (there, 3),
        (there, 2),
    ]


def test_what_came_with_the_installation_is_no_change(domain):
    requests.applied(kpi(domain), domain=domain)
    before = build("ltv_90")
    requests.applied(rule(domain), domain=domain)
    with_it = ChangeRequest(is_bootstrap=True)
    version = Version.objects.get(kind="campaign_rule")
    version.operation.revision.request = with_it

    assert annotations._counts(version, None) is False
    assert after(before, "ltv_90") != []
