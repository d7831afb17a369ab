"""What comes of requests by the passing of time, and who is written to."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance import changes, tasks
from governance.models import ChangeRequest, GovernanceEvent, Letter, Version
from tests import make
from tests.governance import requests
from tests.governance.requests import AT, digest
from tests.measurement.test_queue import waiting

pytestmark = pytest.mark.django_db
# The database has its own clock, and lets nothing take effect before its day.
PAST = timezone.now() - timedelta(days=1)
LATE = timezone.now() + timedelta(days=1)


def with_address(somebody, name):
    somebody.email = f"{name}@shop.example"
    somebody.save()
    return somebody


def scheduled(*operations, domain, at=PAST, owners=()) -> ChangeRequest:
    """Return a request that waits for that day; its approvers had decided before it."""
    by = with_address(make.domain_steward(domain), f"asked{make.number()}")
    request = changes.propose(
        title="A change",
        reason="The quarterly review asked for it.",
        operations=operations,
        by=by,
        at=AT,
        effective_at=at,
    )
    changes.submit(request_id=request.pk, by=by, at=AT)
    requests.as_measured(request)
    for owner in owners or (make.owner(domain), make.owner(domain)):
        changes.approve(request_id=request.pk, digest=digest(request), by=owner, at=AT)
    request.refresh_from_db()
    assert request.state == "scheduled"
    forget_letters()
    return request


def forget_letters() -> None:
    """What was written on the way is no part of what is looked at here."""
    Letter.objects.all().delete()


def state(request):
    request.refresh_from_db()
    return request.state


def written() -> list[tuple[str, str]]:
    return list(Letter.objects.order_by("pk").values_list("to", "subject"))


def test_what_was_approved_for_a_day_takes_effect_when_it_has_come(domain):
    request = scheduled(requests.kpi(domain), domain=domain)

    due = changes.apply_due(at=timezone.now())

    assert due == changes.Due(applied=[request.pk])
    assert (state(request), Version.objects.current().count()) == ("applied", 1)


def test_what_waits_for_a_later_day_goes_on_waiting(domain):
    request = scheduled(requests.kpi(domain), domain=domain, at=LATE)

    assert changes.apply_due(at=timezone.now()) == changes.Due()
    assert state(request) == "scheduled"


def test_applying_what_is_due_twice_applies_it_once(domain):
    request = scheduled(requests.kpi(domain), domain=domain)

    first, second = (changes.apply_due(at=timezone.now()) for _ in range(2))

    assert (first.applied, second) == ([request.pk], changes.Due())


def test_the_log_names_whoever_said_the_last_yes(domain):
    first, last = make.owner(domain), make.owner(domain)
    scheduled(requests.kpi(domain), domain=domain, owners=(first, last))

    changes.apply_due(at=timezone.now())

    acted = GovernanceEvent.objects.filter(verb__in=["applied", "took effect"])
    assert {(event.actor_id, event.actor) for event in acted} == {
        (last.pk, last.username)
    }


def test_of_two_that_change_the_same_the_second_conflicts_and_others_go_on(domain):
    first, second, third = (
        scheduled(operation, domain=domain, at=PAST + timedelta(minutes=minute))
        for minute, operation in enumerate(
            [
                requests.kpi(domain),
                requests.kpi(domain, window_days=30),
                requests.kpi(domain, "ltv_180", window_days=180),
            ]
        )
    )

    due = changes.apply_due(at=timezone.now())

    assert due == changes.Due(applied=[first.pk, third.pk], conflicted=[second.pk])
    assert [state(each) for each in (first, second, third)] == [
        "applied", "conflicted", "applied",
    ]  # fmt: skip
    assert written() == [
        (second.requested_by.email, "Conflicted: A change"),
        (first.requested_by.email, "In effect: A change"),
        (third.requested_by.email, "In effect: A change"),
    ]


def test_one_that_lost_its_approver_fails_in_words_and_others_go_on(domain):
    gone = make.owner(domain)
    lost = scheduled(
        requests.kpi(domain), domain=domain, owners=(make.owner(domain), gone)
    )
    other = scheduled(
        requests.kpi(domain, "ltv_180"), domain=domain, at=PAST + timedelta(minutes=1)
    )
    gone.is_active = False
    gone.save()

    due = changes.apply_due(at=timezone.now())

    assert due == changes.Due(applied=[other.pk], failed=[lost.pk])
    assert (state(lost), lost.note.partition(":")[0]) == (
        "failed",
        f"Request {lost.pk} was approved, and it needs 2 approval(s) and has 1",
    )


def test_one_that_failed_is_not_tried_again_by_itself(domain):
    gone = make.owner(domain)
    scheduled(requests.kpi(domain), domain=domain, owners=(make.owner(domain), gone))
    gone.is_active = False
    gone.save()
    changes.apply_due(at=timezone.now())

    assert changes.apply_due(at=timezone.now()) == changes.Due()
    assert [subject for _to, subject in written()] == ["Did not take effect: A change"]


def test_what_took_effect_asks_for_a_seal(domain):
    requests.applied(requests.kpi(domain), domain=domain)

    assert ("governance.seal", {}) in waiting()


@pytest.mark.parametrize(("seconds", "expired"), [(-1, 0), (0, 1), (1, 1)])
def test_a_request_runs_out_at_its_moment_and_not_before(domain, seconds, expired):
    by = with_address(make.domain_steward(domain), "ada")
    request = requests.in_review(requests.kpi(domain), by=by)
    at = request.expires_at + timedelta(seconds=seconds)

    assert changes.give_up_expired(at=at) == expired
    assert state(request) == ("expired" if expired else "in_review")
    assert written() == [("ada@shop.example", "Ran out: A change")] * expired


@pytest.mark.parametrize("way", ["draft", "rejected", "applied", "scheduled"])
def test_what_nobody_waits_for_does_not_run_out(domain, way):
    if way == "draft":
        request = requests.draft(requests.kpi(domain), by=make.domain_steward(domain))
    elif way == "applied":
        request = requests.applied(requests.kpi(domain), domain=domain)
    elif way == "scheduled":
        request = scheduled(requests.kpi(domain), domain=domain, at=LATE)
    else:
        request = requests.in_review(
            requests.kpi(domain), by=make.domain_steward(domain)
        )
        changes.reject(
            request_id=request.pk, digest=digest(request), by=make.owner(domain),
            at=AT, comment="No.",
        )  # fmt: skip

    given_up = changes.give_up_expired(at=AT + timedelta(days=365))

    assert (given_up, state(request)) == (0, way)


def test_who_may_decide_and_who_asked_are_reminded_once(domain):
    by = with_address(make.domain_steward(domain), "asked")
    for name in ("one", "other"):
        with_address(make.owner(domain), name)
    with_address(make.owner(make.domain("elsewhere")), "elsewhere")
    with_address(make.user(role="auditor"), "auditor")
    request = requests.in_review(requests.kpi(domain), by=by)
    forget_letters()
    soon = request.expires_at - timedelta(days=2)

    reminded = [changes.remind(at=soon), changes.remind(at=soon + timedelta(hours=1))]

    by_when = f"{request.expires_at:%d %B}"
    assert reminded == [1, 1]
    assert written() == [
        ("one@shop.example", f"Decide by {by_when}: A change"),
        ("other@shop.example", f"Decide by {by_when}: A change"),
        ("asked@shop.example", "Runs out soon: A change"),
    ]


def test_who_has_decided_is_not_reminded(domain):
    decided, other = make.owner(domain), make.owner(domain)
    request = requests.in_review(requests.kpi(domain), by=make.domain_steward(domain))
    changes.approve(request_id=request.pk, digest=digest(request), by=decided, at=AT)

    assert list(changes.deciders(request)) == [other]


@pytest.mark.parametrize(
    ("before", "reminded"),
    [(timedelta(days=3, seconds=1), 0), (timedelta(days=3), 1), (timedelta(0), 0)],
)
def test_nobody_is_reminded_too_soon_or_too_late(domain, before, reminded):
    request = requests.in_review(requests.kpi(domain), by=make.domain_steward(domain))

    assert changes.remind(at=request.expires_at - before) == reminded


def test_put_to_review_again_it_is_reminded_of_again(domain):
    by = with_address(make.domain_steward(domain), "asked")
    request = requests.in_review(requests.kpi(domain), by=by)
    soon = request.expires_at - timedelta(days=1)
    changes.remind(at=soon)
    changes.recall(request_id=request.pk, by=by)
    changes.submit(request_id=request.pk, by=by, at=AT)
    requests.as_measured(request)
    ChangeRequest.objects.update(expires_at=soon + timedelta(days=1))

    changes.remind(at=soon)

    assert written() == [("asked@shop.example", "Runs out soon: A change")] * 2


def test_the_tasks_say_what_they_did(domain):
    request = scheduled(requests.kpi(domain), domain=domain)

    assert tasks.apply_due() == {
        "applied": [request.pk], "conflicted": [], "failed": [],
    }  # fmt: skip
    assert tasks.give_up_expired() == {"expired": 0, "reminded_of": 0}
    assert tasks.post() == {"sent": 1}
