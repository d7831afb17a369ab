"""When a health review opens by itself, and that it does so once."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from governance import quarters, reviews, tasks
from governance.changes import Proposed
from governance.models import Domain, HealthReview, Letter
from tests import make
from tests.governance import requests

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo(settings.REPORTING_TIME_ZONE)
MOMENTS = st.integers(0, 4_000_000_000).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC)
)


@pytest.fixture
def domain():
    return make.domain("orders")


def next_quarter() -> datetime:
    return reviews.next_quarter(at=timezone.now())


def source(domain, key: str = "till", **said) -> Proposed:
    shop = make.storefront(f"shop-{make.number()}")
    requests.applied(
        Proposed("storefront", shop.key, domain.key, {"name": shop.name, "time_zone": "UTC", "currency": "USD"}),
        domain=domain,
    )  # fmt: skip
    body = {
        "name": "Till", "kind": "shop", "storefront": shop.key, "time_zone": "UTC",
        "currency": "USD", "cadence": "daily", **said,
    }  # fmt: skip
    return Proposed("source", key, domain.key, body)


def otherwise(asked: Proposed, state: str = "active", **said) -> Proposed:
    return Proposed(asked.kind, asked.key, asked.domain, {**asked.body, **said}, state)


def titles() -> list[str]:
    return sorted(HealthReview.objects.values_list("title", flat=True))


def test_a_review_looks_back_on_the_quarter_that_is_over(domain):
    requests.applied(requests.kpi(domain), domain=domain)
    at = next_quarter() + timedelta(hours=1)

    [opened] = reviews.open_due(at=at)

    assert opened.title == quarters.name_of(opened.since, zone=ZONE)
    assert opened.until == next_quarter()
    assert opened.since < timezone.now() < opened.until
    assert (opened.opened_at, opened.closes_by) == (at, at + timedelta(days=21))


def test_a_quarter_opens_one_review_however_often_it_is_asked(domain):
    requests.applied(requests.kpi(domain), domain=domain)
    at = next_quarter()

    opened = [reviews.open_due(at=at + timedelta(days=day)) for day in (0, 0, 1, 60)]

    assert [len(each) for each in opened] == [1, 0, 0, 0]


def test_each_quarter_has_a_review_of_its_own(domain):
    requests.applied(requests.kpi(domain), domain=domain)
    first = next_quarter()
    second = reviews.next_quarter(at=first)

    reviews.open_due(at=first)
    reviews.open_due(at=second)

    assert HealthReview.objects.count() == 2


def test_a_quarter_is_over_when_it_is_over_where_reports_are_read(domain):
    requests.applied(requests.kpi(domain), domain=domain)
    end = next_quarter()

    before = reviews.open_due(at=end - timedelta(microseconds=1))
    at_once = reviews.open_due(at=end)

    assert (before, len(at_once)) == ([], 1)
    assert end.astimezone(ZONE).time().isoformat() == "00:00:00"


def test_a_registry_that_had_not_begun_by_then_is_not_reviewed(domain):
    assert reviews.open_due(at=next_quarter()) == []

    requests.applied(requests.kpi(domain), domain=domain)

    assert reviews.open_due(at=timezone.now()) == []


def test_the_domains_that_define_something_are_asked_about(domain):
    make.domain("empty")
    gone = make.domain("gone")
    requests.applied(requests.kpi(domain), domain=domain)
    requests.applied(requests.field(gone), domain=gone)
    field = requests.field(gone)
    requests.applied(
        Proposed(field.kind, field.key, field.domain, field.body, "retired"),
        domain=gone,
    )

    [opened] = reviews.open_due(at=next_quarter())

    assert opened.domains == ["orders"]
    assert [known["name"] for known in opened.facts["domains"]] == ["Orders"]


def test_a_source_that_was_added_is_reviewed_at_once_by_who_answers_for_it(domain):
    other = make.domain("marketing")
    requests.applied(requests.kpi(other), domain=other)
    requests.applied(source(domain), domain=domain)
    at = timezone.now()

    [opened] = reviews.open_due(at=at)
    again = reviews.open_due(at=at + timedelta(days=2))

    assert (opened.occasion, opened.title) == (
        "source till version 1",
        "New source: Till",
    )
    assert (opened.domains, again) == (["orders"], [])


def test_who_answers_for_what_a_source_fills_is_asked_too(domain):
    other = make.domain("revenue")
    requests.applied(source(domain), domain=domain)
    stream = Proposed("stream", "till/orders", "revenue", {"position": 1, "grain": "order"})  # fmt: skip
    requests.applied(stream, domain=other)

    [opened] = reviews.open_due(at=timezone.now())

    assert opened.domains == ["orders", "revenue"]


def test_a_source_that_changed_its_platform_is_reviewed_again(domain):
    till = source(domain)
    requests.applied(till, domain=domain)
    reviews.open_due(at=timezone.now())
    requests.applied(otherwise(till, kind="crm"), domain=domain)

    [opened] = reviews.open_due(at=timezone.now())

    assert (opened.occasion, opened.title) == (
        "source till version 2",
        "New platform: Till",
    )
    assert opened.reason.startswith("Till was of the kind Shop and is now CRM")


def test_another_name_or_zone_is_no_other_platform(domain):
    till = source(domain)
    requests.applied(till, domain=domain)
    reviews.open_due(at=timezone.now())
    requests.applied(otherwise(till, name="The till", time_zone="Europe/Paris"), domain=domain)  # fmt: skip

    assert reviews.open_due(at=timezone.now()) == []


def test_two_moves_of_a_platform_are_two_occasions(domain):
    till = source(domain)
    requests.applied(till, domain=domain)
    requests.applied(otherwise(till, kind="crm"), domain=domain)
    requests.applied(otherwise(till, kind="web"), domain=domain)

    reviews.open_due(at=timezone.now())

    assert titles() == ["New platform: Till", "New platform: Till", "New source: Till"]


def test_a_source_that_was_given_up_opens_nothing_until_it_comes_back(domain):
    till = source(domain)
    requests.applied(till, domain=domain)
    reviews.open_due(at=timezone.now())
    requests.applied(otherwise(till, "retired"), domain=domain)

    given_up = reviews.open_due(at=timezone.now())
    requests.applied(till, domain=domain)
    [back] = reviews.open_due(at=timezone.now())

    assert (given_up, back.occasion) == ([], "source till version 3")


def test_a_source_that_is_no_longer_new_was_reviewed_with_its_quarter(domain):
    requests.applied(source(domain), domain=domain)

    late = reviews.occasions(at=timezone.now() + timedelta(days=32))

    assert [each.key for each in late if each.key.startswith("source")] == []


def test_the_owners_are_written_to_once(domain):
    requests.applied(requests.kpi(domain), domain=domain)
    for name, gone in (("ada", False), ("bo", True)):
        owner = make.owner(domain)
        owner.email, owner.is_active = f"{name}@example.com", not gone
        owner.save()
    Letter.objects.all().delete()

    for _ in range(2):
        reviews.open_due(at=next_quarter())

    letter = Letter.objects.get()
    assert letter.to == "ada@example.com"
    assert letter.subject.startswith("Health review: ")


def test_a_worker_opens_what_is_due_and_says_which(domain):
    requests.applied(source(domain), domain=domain)

    assert tasks.open_reviews() == {"opened": ["source till version 1"], "late": 0}


def test_opening_costs_the_same_for_one_definition_and_for_many(
    domain, django_assert_max_num_queries
):
    requests.applied(*(requests.field(domain, f"order.note_{n}") for n in range(30)), domain=domain)  # fmt: skip
    Domain.objects.filter(key="none").count()

    with django_assert_max_num_queries(70):
        reviews.open_due(at=next_quarter())


@given(at=MOMENTS)
def test_every_moment_lies_in_its_quarter(at):
    begin = quarters.begin_of(at, zone=ZONE)

    assert begin <= at < quarters.after(begin, zone=ZONE)
    assert begin.astimezone(ZONE).month in {1, 4, 7, 10}


@given(at=MOMENTS)
def test_quarters_follow_each_other(at):
    begin = quarters.begin_of(at, zone=ZONE)

    assert quarters.before(quarters.after(begin, zone=ZONE), zone=ZONE) == begin
