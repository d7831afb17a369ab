"""What a review begins with: facts of the quarter, measured once."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from governance import changes, usage
from governance.changes import Proposed
from governance.models import ChangeRequest, Verification
from governance.reviews import measured
from tests import make
from tests.governance import requests
from tests.governance.requests import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def domain():
    return make.domain("orders")


def facts(*domains, since=None, until=None) -> dict:
    now = timezone.now()
    return measured.facts(
        domains=[each.key for each in domains],
        since=since or now - timedelta(days=92),
        until=until or now + timedelta(days=1),
        at=now,
    )


def fact(title: str, what: str, **period) -> dict:
    [found] = [
        each
        for section in facts(**period)["sections"]
        if section["title"] == title
        for each in section["facts"]
        if each["what"] == what
    ]
    return found


def asked(what: str) -> dict:
    """Return a fact of the requests in the days when the builders ask."""
    since, until = AT - timedelta(days=1), AT + timedelta(days=10)
    return fact("Requests", what, since=since, until=until)


def said(found: dict) -> tuple[str, bool]:
    return found["value"], found["is_well"]


def decided(request: ChangeRequest, *after: timedelta, domain) -> None:
    """Have as many owners say yes as there are times, each so long after it was asked."""
    for each in after:
        changes.approve(
            request_id=request.pk, digest=requests.digest(request),
            by=make.owner(domain), at=AT + each,
        )  # fmt: skip


def test_a_domain_that_nobody_owns_is_seen(domain):
    requests.applied(requests.field(domain, example="ada@example.com"), domain=domain)
    without = said(fact("Definitions", "Without an owner"))
    for each in domain.owners.user_set.all():
        each.is_active = False
        each.save()

    assert (without, said(fact("Definitions", "Without an owner"))) == (
        ("0", True), ("1", False),
    )  # fmt: skip


def test_fields_and_kpis_without_a_decision_or_an_example_are_counted(domain):
    requests.applied(
        requests.field(domain, "order.one"),
        requests.field(domain, "order.two", decision="Whom to write to.", example="x"),
        requests.kpi(domain),
        Proposed("channel", "email", domain.key, {"name": "E-mail", "position": 1}),
        domain=domain,
    )

    assert said(fact("Definitions", "Without a decision they serve")) == ("2", False)
    assert said(fact("Definitions", "Fields without an example")) == ("1", False)
    [known] = facts(domain)["domains"]
    assert known == {
        "key": "orders", "name": "Orders", "definitions": 4, "undecided": 2,
        "unshown": 1, "changed": 0, "unread": 0,
    }  # fmt: skip


def test_what_changed_more_than_once_is_named_and_what_began_is_no_change(domain):
    for days in (30, 60, 90):
        requests.applied(requests.kpi(domain, window_days=days), domain=domain)

    found = fact("Definitions", "Changed")

    assert said(found) == ("1", False)
    assert found["rows"] == (("KPI ltv_90", "2 times"),)
    assert facts(domain)["domains"][0]["changed"] == 2


def test_a_change_before_the_period_is_not_of_it(domain):
    for days in (30, 60):
        requests.applied(requests.kpi(domain, window_days=days), domain=domain)
    tomorrow = timezone.now() + timedelta(days=1)

    found = fact(
        "Definitions", "Changed", since=tomorrow, until=tomorrow + timedelta(days=90)
    )

    assert found["value"] == "0"


def test_fields_over_their_budget_and_unread_ones_are_named(domain):
    body = {
        "name": "Fields", "meaning": "How many.", "dataset": "order",
        "metric": "fields_of_an_entity", "parameters": {"most": 1},
    }  # fmt: skip
    requests.applied(
        *(requests.field(domain, f"order.{x}") for x in "ab"), domain=domain
    )
    requests.applied(
        Proposed("quality", "fields_of_order", domain.key, body), domain=domain
    )
    usage.note("kpi", "any", on=timezone.now().date())
    later = timezone.now() + timedelta(days=100)

    kept = measured.facts(domains=["orders"], since=AT, until=later, at=later)

    found = {each["what"]: each for each in kept["sections"][0]["facts"]}
    assert found["Entities over their budget of fields"]["rows"] == (
        ("order", "2 of 1"),
    )
    assert found["Fields nobody reads"]["rows"] == (
        ("order.a", "orders"), ("order.b", "orders"),
    )  # fmt: skip
    assert kept["domains"][0]["unread"] == 2


def test_the_median_is_of_the_last_word_on_each_request(domain):
    for n, hours in enumerate((1, 5, 30)):
        request = requests.in_review(
            requests.kpi(domain, f"kpi_{n}"), by=make.domain_steward(domain)
        )
        decided(request, timedelta(minutes=1), timedelta(hours=hours), domain=domain)

    found = asked("Time to a decision")

    assert (found["value"], found["words"]) == (
        "5 hours", "median of 3, from being put to review to the last word",
    )  # fmt: skip


def test_where_nothing_was_decided_nothing_is_made_up(domain):
    requests.in_review(requests.kpi(domain), by=make.domain_steward(domain))

    assert asked("Time to a decision")["value"] == "nothing decided"
    assert said(asked("Rubber stamps")) == ("none decided", True)


@pytest.mark.parametrize(
    ("seconds", "share"), [(9.9, ("100%", False)), (10, ("0%", True))], ids=str
)
def test_a_yes_at_high_risk_in_less_than_ten_seconds_is_a_rubber_stamp(
    domain, seconds, share
):
    request = requests.in_review(requests.kpi(domain), by=make.domain_steward(domain))
    decided(request, timedelta(seconds=seconds), domain=domain)

    assert said(asked("Rubber stamps")) == share


def test_who_stamps_one_after_the_other_is_counted_from_the_one_before(domain):
    owner = make.owner(domain)
    for n in range(3):
        request = requests.in_review(
            requests.kpi(domain, f"kpi_{n}"), by=make.domain_steward(domain)
        )
        changes.approve(
            request_id=request.pk, digest=requests.digest(request), by=owner,
            at=AT + timedelta(hours=1, seconds=4 * n),
        )  # fmt: skip

    found = asked("Rubber stamps")

    assert found["value"] == "67%"
    assert found["words"].startswith("2 of 3 approvals at high risk")


def test_words_and_refusals_are_no_rubber_stamps(domain):
    requests.applied(requests.field(domain), domain=domain)
    low = requests.in_review(
        requests.field(domain, meaning="Where mail is read."), by=make.owner(domain)
    )
    decided(low, timedelta(seconds=1), domain=domain)
    high = requests.in_review(requests.kpi(domain), by=make.domain_steward(domain))
    changes.reject(
        request_id=high.pk, digest=requests.digest(high), by=make.owner(domain),
        at=AT + timedelta(seconds=1), comment="No.",
    )  # fmt: skip

    assert asked("Rubber stamps")["value"] == "none decided"


def test_an_emergency_is_named_until_it_is_reviewed(domain):
    request = requests.in_review(requests.kpi(domain), by=make.domain_steward(domain))
    changes.override(
        request_id=request.pk, digest=requests.digest(request), by=make.owner(domain),
        at=AT, reason="The night is held.",
    )  # fmt: skip

    found = asked("Applied in an emergency")

    assert said(found) == ("1", False)
    assert found["words"] == "1 still to be reviewed, 1 of them late"
    assert found["rows"] == ((f"Request {request.pk}", "A change"),)
    decided(request, timedelta(hours=1), timedelta(hours=2), domain=domain)
    assert said(asked("Applied in an emergency")) == ("1", True)


def test_what_ran_out_is_named(domain):
    request = requests.in_review(requests.kpi(domain), by=make.domain_steward(domain))
    changes.give_up_expired(at=AT + timedelta(days=31))

    found = fact(
        "Requests", "Ran out undecided", since=AT, until=AT + timedelta(days=60)
    )

    assert (said(found), found["rows"]) == (
        ("1", False), ((f"Request {request.pk}", "A change"),),
    )  # fmt: skip


def test_the_log_is_as_it_was_last_looked_at():
    never = said(fact("Log", "Whole"))
    for finding in ("", "Event 7 is not what was sealed."):
        Verification.objects.create(
            at=AT, events=9, seals=1, unsealed=2, finding=finding
        )

    found = fact("Log", "Whole")

    assert (never, said(found)) == (("never looked at", False), ("no", False))
    assert found["words"] == "Event 7 is not what was sealed."


def test_the_apps_above_are_asked_too():
    titles = [section["title"] for section in facts()["sections"]]

    assert titles[:3] == ["Definitions", "Requests", "Log"]
    assert sorted(titles[3:]) == ["Loading", "Numbers", "Who is who"]


def test_facts_can_be_kept_as_they_are(domain):
    requests.applied(requests.kpi(domain), domain=domain)

    kept = facts(domain)

    assert json.loads(json.dumps(kept))["domains"] == kept["domains"]
