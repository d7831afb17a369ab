"""In a frozen time what was approved waits; an emergency does not."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from governance import changes
from governance.models import ChangeRequest, FreezeWindow, GovernanceEvent, Version
from tests import make
from tests.governance import requests
from tests.governance.pages import as_
from tests.governance.requests import digest

pytestmark = pytest.mark.django_db

REASON = "The month is being closed."


@pytest.fixture
def approved(domain) -> ChangeRequest:
    return requests.approved(
        requests.field(domain),
        by=make.domain_steward(domain),
        approvers=[make.owner(domain)],
    )


def frozen(domain, *, hours: int = 24, begins: int = -1) -> FreezeWindow:
    now = timezone.now()
    return changes.freeze(
        begins_at=now + timedelta(hours=begins), ends_at=now + timedelta(hours=hours),
        reason=REASON, by=make.owner(domain), at=now,
    )  # fmt: skip


def apply(request: ChangeRequest) -> None:
    changes.apply(
        request_id=request.pk, digest=digest(request), by=request.requested_by,
        at=timezone.now(),
    )  # fmt: skip


def test_what_was_approved_waits(approved, domain):
    window = frozen(domain)

    with pytest.raises(changes.Frozen) as refused:
        apply(approved)

    approved.refresh_from_db()
    assert (approved.state, Version.objects.count()) == ("approved", 0)
    assert str(refused.value) == (
        f"Nothing takes effect until {window.ends_at:%d %B %Y, %H:%M} UTC: The month is "
        f"being closed. What is approved waits; in an emergency, break the glass."
    )


def test_what_is_due_goes_on_waiting_and_has_not_failed(domain):
    by = make.domain_steward(domain)
    request = changes.propose(
        title="Later", reason="As agreed.", operations=[requests.field(domain)], by=by,
        at=timezone.now(), effective_at=timezone.now() + timedelta(minutes=1),
    )  # fmt: skip
    changes.submit(request_id=request.pk, by=by, at=timezone.now())
    changes.approve(
        request_id=request.pk, digest=digest(request), by=make.owner(domain),
        at=timezone.now(),
    )  # fmt: skip
    frozen(domain)

    due = changes.apply_due(at=timezone.now() + timedelta(minutes=2))

    request.refresh_from_db()
    assert (due, request.state) == (changes.Due(), "scheduled")


def test_before_it_begins_and_once_it_is_lifted_it_takes_effect(approved, domain):
    frozen(domain, begins=1)
    window = frozen(domain)
    changes.lift(window_id=window.pk, by=make.owner(domain), at=timezone.now())

    apply(approved)

    assert Version.objects.get().key == "customer.email"


def test_an_emergency_takes_effect(domain):
    request = requests.in_review(requests.field(domain), by=make.domain_steward(domain))
    frozen(domain)

    changes.override(
        request_id=request.pk, digest=digest(request), by=make.owner(domain),
        at=timezone.now(), reason="The mail goes to strangers.",
    )  # fmt: skip

    assert Version.objects.count() == 1


def test_the_database_refuses_what_goes_past_the_verbs(approved, domain, monkeypatch):
    frozen(domain)
    monkeypatch.setattr("governance.changes.applying.refuse_frozen", lambda at: None)

    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        apply(approved)

    assert f"Nothing takes effect at this time: {REASON}" in str(refused.value)


def test_who_neither_owns_nor_administers_sets_none(domain):
    now = timezone.now()

    with pytest.raises(changes.NotYours):
        changes.freeze(
            begins_at=now, ends_at=now + timedelta(days=1), reason=REASON,
            by=make.domain_steward(domain), at=now,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("hours", "begins", "reason"), [(-1, 0, REASON), (0, -3, REASON), (1, 0, " ")]
)
def test_a_time_that_is_none_or_says_no_reason_is_refused(
    domain, hours, begins, reason
):
    now = timezone.now()

    with pytest.raises(changes.ChangeError):
        changes.freeze(
            begins_at=now + timedelta(hours=begins),
            ends_at=now + timedelta(hours=hours),
            reason=reason, by=make.owner(domain), at=now,
        )  # fmt: skip


@pytest.mark.parametrize("change", [{"reason": "None."}, {"ends_at": timezone.now()}])
def test_it_is_kept_as_it_was_set(domain, change):
    frozen(domain)

    with pytest.raises(DatabaseError), transaction.atomic():
        FreezeWindow.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        FreezeWindow.objects.all().delete()


def test_it_is_lifted_once_and_the_log_tells_of_both(domain):
    window = frozen(domain)
    owner = make.owner(domain)
    changes.lift(window_id=window.pk, by=owner, at=timezone.now())

    with pytest.raises(changes.NotNow):
        changes.lift(window_id=window.pk, by=owner, at=timezone.now())

    told = GovernanceEvent.objects.filter(object_type="freeze").order_by("seq")
    assert list(told.values_list("verb", "reason")) == [
        ("set", REASON), ("lifted", REASON),
    ]  # fmt: skip


def test_everybody_reads_on_the_pages_of_changes_why_nothing_takes_effect(
    approved, domain
):
    frozen(domain)
    client = as_(make.user(role="viewer"))

    pages = [
        client.get(path).content.decode()
        for path in ("/changes/", f"/changes/{approved.pk}/")
    ]

    assert [REASON in page for page in pages] == [True, True]


def test_an_owner_sets_and_lifts_one_in_the_admin(domain):
    client = as_(make.owner(domain))
    now = timezone.now()

    set_by = client.post(
        "/admin/governance/freezewindow/add/",
        {
            "begins_at_0": f"{now:%Y-%m-%d}", "begins_at_1": "00:00",
            "ends_at_0": f"{now + timedelta(days=2):%Y-%m-%d}", "ends_at_1": "00:00",
            "reason": REASON,
        },
    )  # fmt: skip
    window = FreezeWindow.objects.get()
    client.post(
        "/admin/governance/freezewindow/",
        {"action": "lift", "_selected_action": [window.pk]},
    )

    window.refresh_from_db()
    assert (set_by.status_code, window.lifted_at is not None) == (302, True)


@pytest.mark.parametrize("role", ["viewer", "steward", "auditor"])
def test_nobody_else_sets_one_in_the_admin(role):
    answer = as_(make.user(role=role)).get("/admin/governance/freezewindow/add/")

    assert answer.status_code in {302, 403}
