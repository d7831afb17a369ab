"""A request on its way, from draft to applied, and back."""

import pytest

from governance import changes
from governance.models import ChangeRequest, GovernanceEvent, Version
from tests import make
from tests.governance import requests
from tests.governance.requests import AT, digest

pytestmark = pytest.mark.django_db


def test_what_two_owners_approved_takes_effect(domain):
    request = requests.applied(requests.kpi(domain), domain=domain)

    [version] = Version.objects.current()
    assert (version.kind, version.key, version.number, version.body["window_days"]) == (
        "kpi", "ltv_90", 1, 90,
    )  # fmt: skip
    assert request.state == "applied"


def test_words_about_a_field_need_one_steward(domain):
    requests.applied(requests.field(domain), domain=domain)
    said = requests.field(domain, meaning="Where a customer reads what we write.")

    request = requests.approved(
        said, by=make.domain_steward(domain), approvers=[make.domain_steward(domain)]
    )

    assert (request.risk, request.state) == ("low", "approved")


def test_a_new_version_ends_the_one_before_it(domain):
    requests.applied(requests.kpi(domain), domain=domain)
    requests.applied(requests.kpi(domain, window_days=60), domain=domain)

    second, first = Version.objects.of("kpi", "ltv_90")
    assert first.valid_during.upper == second.valid_during.lower
    assert [first.body["window_days"], second.body["window_days"]] == [90, 60]


def test_an_edit_voids_every_decision(domain):
    by, owner = make.domain_steward(domain), make.owner(domain)
    request = requests.in_review(requests.kpi(domain), by=by)
    changes.approve(request_id=request.pk, digest=digest(request), by=owner, at=AT)

    changes.revise(
        request_id=request.pk,
        operations=[requests.kpi(domain, window_days=30)],
        by=by,
        at=AT,
    )
    changes.submit(request_id=request.pk, by=by, at=AT)
    requests.as_measured(request)

    request.refresh_from_db()
    assert changes.missing(request) == "it needs 2 approval(s) and has 0"


def test_a_revert_is_a_request_of_its_own(domain):
    requests.applied(requests.kpi(domain), domain=domain)
    second = requests.applied(requests.kpi(domain, window_days=60), domain=domain)
    by = make.domain_steward(domain)

    back = changes.revert(request_id=second.pk, reason="It was wrong.", by=by, at=AT)
    changes.submit(request_id=back.pk, by=by, at=AT)
    requests.as_measured(back)
    for owner in (make.owner(domain), make.owner(domain)):
        changes.approve(request_id=back.pk, digest=digest(back), by=owner, at=AT)
    changes.apply(request_id=back.pk, digest=digest(back), by=by, at=AT)

    second.refresh_from_db()
    assert Version.objects.current().get().body["window_days"] == 90
    assert second.state == ChangeRequest.State.REVERTED


def test_every_step_is_in_the_log_under_who_took_it(domain):
    request = requests.applied(requests.kpi(domain), domain=domain)

    said = GovernanceEvent.objects.filter(request=request.pk).order_by("seq")
    assert list(said.values_list("verb", flat=True)) == [
        "opened", "wrote", "in_review", "approve", "approve", "approved",
        "applied", "took effect", "applied",
    ]  # fmt: skip
