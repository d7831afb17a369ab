"""Letting what was approved take effect, once and whole; and taking it back."""

from datetime import timedelta

import pytest

from governance import changes
from governance.models import Application, Version
from tests import make
from tests.governance import requests
from tests.governance.requests import AT, digest

pytestmark = pytest.mark.django_db


def approved(domain, *operations):
    return requests.approved(
        *operations, by=make.domain_steward(domain),
        approvers=[make.owner(domain), make.owner(domain)],
    )  # fmt: skip


def applying(request, by, **words):
    return changes.apply(
        **{"request_id": request.pk, "digest": digest(request), "by": by, "at": AT}
        | words
    )


def said(refusal, call, *args, **kwargs):
    with pytest.raises(refusal) as raised:
        call(*args, **kwargs)
    return str(raised.value)


def test_all_of_it_takes_effect_at_one_moment_each(domain, steward):
    keys = ["aov", "ltv_90", "repeat_rate"]
    request = approved(domain, *(requests.kpi(domain, key) for key in keys))

    made = applying(request, steward)

    held = Version.objects.current().order_by("key")
    assert [(each.key, each.number) for each in held] == [(key, 1) for key in keys]
    assert (made.request, made.digest, made.by, made.at) == (
        request, digest(request), steward, AT,
    )  # fmt: skip


def test_applying_twice_returns_the_application_there_is(domain, steward):
    request = approved(domain, requests.kpi(domain))
    first = applying(request, steward)

    again = applying(request, make.owner(domain), at=AT + timedelta(days=1))

    assert (again, again.by) == (first, steward)
    assert (Application.objects.count(), Version.objects.count()) == (1, 1)


def test_what_was_read_before_an_edit_is_not_applied(domain, steward):
    request = approved(domain, requests.kpi(domain))

    refusal = said(changes.Stale, applying, request, steward, digest="0" * 64)

    assert refusal == (
        f"Request {request.pk} was changed since you read it. Read it again."
    )


@pytest.mark.parametrize(
    ("request_in", "state"),
    [(requests.draft, "draft"), (requests.in_review, "in review")],
)
def test_what_is_not_approved_is_not_applied(domain, steward, request_in, state):
    request = request_in(requests.kpi(domain), by=steward)

    assert said(changes.NotNow, applying, request, steward) == (
        f"Request {request.pk} is {state}."
    )


def test_a_request_that_waits_for_its_day_is_not_applied_before(domain, steward):
    day = AT + timedelta(hours=1)
    request = changes.propose(
        title="Soon", reason="Because.", operations=[requests.kpi(domain)],
        by=steward, at=AT, effective_at=day,
    )  # fmt: skip
    changes.submit(request_id=request.pk, by=steward, at=AT)
    requests.as_measured(request)
    for _ in range(2):
        changes.approve(
            request_id=request.pk, digest=digest(request), by=make.owner(domain), at=AT
        )

    before = said(
        changes.NotNow, applying, request, steward, at=day - timedelta(microseconds=1)
    )
    made = applying(request, steward, at=day)

    assert before == f"Request {request.pk} takes effect at {day}."
    assert made.at == day


@pytest.mark.parametrize("state", ["in_review", "approved"])
def test_what_is_overtaken_is_told_by_whom(domain, steward, state):
    waiting = requests.in_review(requests.kpi(domain, min_n=5), by=steward)
    if state == "approved":
        for _ in range(2):
            changes.approve(
                request_id=waiting.pk, digest=digest(waiting), by=make.owner(domain),
                at=AT,
            )  # fmt: skip
    rival = requests.applied(requests.kpi(domain), domain=domain)

    waiting.refresh_from_db()
    assert (waiting.state, waiting.note) == (
        "conflicted",
        f"KPI ltv_90 was changed by request {rival.pk}. Revise this one against what"
        f" holds now.",
    )


def test_who_asks_for_something_else_is_left_alone(domain, steward):
    other_key = requests.in_review(requests.kpi(domain, "aov"), by=steward)
    other_kind = requests.in_review(requests.field(domain, "ltv_90"), by=steward)
    dropped = requests.draft(requests.kpi(domain), by=steward)
    changes.revise(
        request_id=dropped.pk, operations=[requests.kpi(domain, "aov")],
        by=steward, at=AT,
    )  # fmt: skip
    changes.submit(request_id=dropped.pk, by=steward, at=AT)
    requests.as_measured(dropped)

    requests.applied(requests.kpi(domain), domain=domain)

    for each in (other_key, other_kind, dropped):
        each.refresh_from_db()
    assert {each.state for each in (other_key, other_kind, dropped)} == {"in_review"}


def test_a_draft_is_not_disturbed_by_what_overtakes_it(domain, steward):
    request = requests.draft(requests.kpi(domain, min_n=5), by=steward)

    requests.applied(requests.kpi(domain), domain=domain)

    request.refresh_from_db()
    assert (request.state, request.note) == ("draft", "")


def test_an_overtaken_request_goes_its_way_once_it_is_revised(domain, steward):
    waiting = requests.in_review(requests.kpi(domain, min_n=5), by=steward)
    requests.applied(requests.kpi(domain), domain=domain)

    changes.revise(
        request_id=waiting.pk, operations=[requests.kpi(domain, min_n=5)],
        by=steward, at=AT,
    )  # fmt: skip
    changes.submit(request_id=waiting.pk, by=steward, at=AT)
    requests.as_measured(waiting)
    for _ in range(2):
        changes.approve(
            request_id=waiting.pk, digest=digest(waiting), by=make.owner(domain), at=AT
        )
    applying(waiting, steward)

    assert [each.body["min_n"] for each in Version.objects.of("kpi", "ltv_90")] == [
        5,
        0,
    ]


def go(request, domain, by):
    """Take a draft all the way."""
    changes.submit(request_id=request.pk, by=by, at=AT)
    requests.as_measured(request)
    for _ in range(2):
        changes.approve(
            request_id=request.pk, digest=digest(request), by=make.owner(domain), at=AT
        )
    return applying(request, by)


def test_the_revert_of_a_creation_retires_it_and_keeps_its_name(domain, steward):
    request = requests.applied(requests.kpi(domain), domain=domain)

    back = changes.revert(
        request_id=request.pk, reason="Not needed.", by=steward, at=AT
    )
    go(back, domain, steward)

    second, first = Version.objects.of("kpi", "ltv_90")
    assert (first.state, second.state, second.body == first.body) == (
        "active", "retired", True,
    )  # fmt: skip
    assert not Version.objects.current().in_use().exists()
    request.refresh_from_db()
    assert (request.state, request.note) == (
        "reverted",
        f"Reverted by request {back.pk}.",
    )


def test_a_revert_is_itself_reverted(domain, steward):
    request = requests.applied(requests.kpi(domain), domain=domain)
    back = changes.revert(request_id=request.pk, reason="Hm.", by=steward, at=AT)
    go(back, domain, steward)

    forth = changes.revert(request_id=back.pk, reason="After all.", by=steward, at=AT)
    go(forth, domain, steward)

    assert [each.state for each in Version.objects.of("kpi", "ltv_90")] == [
        "active", "retired", "active",
    ]  # fmt: skip


def test_a_revert_brings_every_definition_back(domain, steward):
    requests.applied(requests.kpi(domain), requests.kpi(domain, "aov"), domain=domain)
    second = requests.applied(
        requests.kpi(domain, min_n=5), requests.kpi(domain, "aov", min_n=5),
        domain=domain,
    )  # fmt: skip

    back = changes.revert(request_id=second.pk, reason="Hm.", by=steward, at=AT)
    go(back, domain, steward)

    held = Version.objects.current().order_by("key")
    assert [(each.key, each.number, each.body["min_n"]) for each in held] == [
        ("aov", 3, 0), ("ltv_90", 3, 0),
    ]  # fmt: skip


def test_a_revert_is_named_for_what_it_takes_back_and_needs_its_own_approvals(
    domain, steward
):
    request = requests.applied(requests.kpi(domain), domain=domain)

    back = changes.revert(request_id=request.pk, reason=" Hm. ", by=steward, at=AT)

    assert (back.title, back.reason, back.reverts, back.state) == (
        "Revert: A change", "Hm.", request, "draft",
    )  # fmt: skip
    request.refresh_from_db()
    assert request.state == "applied"


def test_a_long_title_still_fits_once_it_is_reverted(domain, steward):
    request = changes.propose(
        title="x" * 200, reason="Because.", operations=[requests.kpi(domain)],
        by=steward, at=AT,
    )  # fmt: skip
    go(request, domain, steward)

    back = changes.revert(request_id=request.pk, reason="Hm.", by=steward, at=AT)

    assert back.title == "Revert: " + "x" * 192


def test_a_revert_says_why(domain, steward):
    request = requests.applied(requests.kpi(domain), domain=domain)

    refusal = said(
        changes.Unsound, changes.revert,
        request_id=request.pk, reason=" ", by=steward, at=AT,
    )  # fmt: skip

    assert refusal == "Say why: who decides has nothing else to go by."


def test_only_what_was_applied_is_reverted(domain, steward):
    request = requests.in_review(requests.kpi(domain), by=steward)

    refusal = said(
        changes.NotNow, changes.revert,
        request_id=request.pk, reason="Hm.", by=steward, at=AT,
    )  # fmt: skip

    assert refusal == (
        f"Request {request.pk} is in review; this is done while it is applied."
    )


def test_what_has_changed_again_is_not_reverted_over_it(domain, steward):
    first = requests.applied(requests.kpi(domain), domain=domain)
    requests.applied(requests.kpi(domain, min_n=5), domain=domain)

    refusal = said(
        changes.Conflicted, changes.revert,
        request_id=first.pk, reason="Hm.", by=steward, at=AT,
    )  # fmt: skip

    assert refusal == (
        "kpi ltv_90 was written against version 1, and version 2 holds now. Look at what"
        " changed and propose again."
    )
