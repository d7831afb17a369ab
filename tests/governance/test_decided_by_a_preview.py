"""Nobody says yes to what moves numbers without knowing which; what they saw is kept."""

import pytest
from django.db import DatabaseError, transaction

from governance import changes, effects
from governance.models import ChangeRequest, Decision, Preview
from tests import make
from tests.governance import requests
from tests.governance.requests import AT, digest

pytestmark = pytest.mark.django_db


@pytest.fixture
def domain():
    return make.domain("revenue")


@pytest.fixture
def request_(domain) -> ChangeRequest:
    """Return a request in review that nobody has measured."""
    by = make.domain_steward(domain)
    request = requests.draft(requests.kpi(domain), by=by)
    return changes.submit(request_id=request.pk, by=by, at=AT)


def approve(request: ChangeRequest, by) -> ChangeRequest:
    return changes.approve(request_id=request.pk, digest=digest(request), by=by, at=AT)


def test_what_nobody_measured_nobody_approves(request_, domain):
    with pytest.raises(changes.NotMeasured) as refused:
        approve(request_, make.owner(domain))

    assert str(refused.value) == (
        "Nobody knows yet what this does to the numbers. Have it measured, then decide."
    )
    assert not Decision.objects.exists()


def test_what_is_still_being_measured_nobody_approves(request_, domain):
    Preview.objects.create(
        revision=request_.revisions.get(), asked_by=request_.requested_by, asked_at=AT
    )

    with pytest.raises(changes.NotMeasured):
        approve(request_, make.owner(domain))


def test_what_was_measured_on_other_data_has_to_be_measured_again(request_, domain):
    requests.as_measured(request_)
    requests.applied(requests.kpi(domain, "other"), domain=domain)

    with pytest.raises(changes.NotMeasured) as refused:
        approve(request_, make.owner(domain))

    assert str(refused.value) == (
        "The data, or what is in force, has moved since it was measured. Have it "
        "measured again, then decide."
    )


def test_a_no_needs_no_number(request_, domain):
    changes.reject(
        request_id=request_.pk, digest=digest(request_), by=make.owner(domain), at=AT,
        comment="The words alone are wrong.",
    )  # fmt: skip

    assert Decision.objects.get().preview is None


def test_what_moves_no_number_needs_none(domain):
    by = make.domain_steward(domain)
    request = requests.draft(requests.field(domain), by=by)
    changes.submit(request_id=request.pk, by=by, at=AT)

    approve(request, make.owner(domain))

    assert Decision.objects.get().preview is None


def test_what_could_not_be_measured_may_be_approved_by_who_read_so(request_, domain):
    operations = list(request_.revisions.get().operations.all())
    failed = Preview.objects.create(
        revision=request_.revisions.get(), asked_by=request_.requested_by, asked_at=AT,
        state="failed", message="The disk is full.",
        stands_on=effects.stands_on(operations),
    )  # fmt: skip

    approve(request_, make.owner(domain))

    assert Decision.objects.get().preview == failed


def test_a_decision_keeps_what_it_was_made_by(request_, domain):
    requests.as_measured(request_)
    seen = Preview.objects.get()

    approve(request_, make.owner(domain))
    requests.as_measured(request_)

    assert Decision.objects.get().preview == seen


def test_a_decision_cannot_name_the_preview_of_something_else(request_, domain):
    other = requests.in_review(
        requests.kpi(domain, "other"), by=make.domain_steward(domain)
    )
    owner = make.owner(domain)

    with pytest.raises(DatabaseError, match="decision_is_made_by_its_own_preview"):
        Decision.objects.create(
            request=request_, revision=request_.revisions.get(),
            digest=digest(request_), cycle=request_.cycle, by=owner, at=AT,
            requested_by=request_.requested_by, verdict="approve",
            preview=other.revisions.get().previews.get(),
        )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"answer": {}},
        {"stands_on": "0" * 64},
        {"predicted": [["revenue", "Till", "1"]]},
        {"state": "asked"},
        {"seconds": 0.1},
    ],
)
def test_what_was_measured_stays_as_measured(request_, change):
    requests.as_measured(request_)

    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        Preview.objects.update(**change)

    assert "What a proposal would do is kept as it was measured." in str(refused.value)


def test_what_was_measured_is_not_deleted(request_):
    requests.as_measured(request_)

    with pytest.raises(DatabaseError), transaction.atomic():
        Preview.objects.all().delete()


def test_what_became_of_it_is_written_once(request_):
    requests.as_measured(request_)
    Preview.objects.update(became={"compared": 1}, compared_at=AT)

    with pytest.raises(DatabaseError), transaction.atomic():
        Preview.objects.update(became={"compared": 2})
