"""Ways into a registry without an approved request, each of them refused."""

from datetime import UTC, datetime

import pytest

from governance import changes
from governance.models import Operation, Revision, Version
from tests import make
from tests.governance import requests
from tests.governance.attacks import (
    APPLICATION_WRITERS,
    VERSION_WRITERS,
    application_by_orm,
    commit,
    operation_of,
    refused,
    typed,
    version_by_orm,
    version_by_sql,
)
from tests.governance.requests import AT, digest

pytestmark = pytest.mark.django_db
AS_PROPOSED = (
    'insert or update on table "governance_version" violates foreign key constraint'
    ' "version_is_as_proposed"'
)
writers = pytest.mark.parametrize("write", VERSION_WRITERS)


@pytest.fixture
def approved(domain, steward):
    return requests.approved(
        requests.kpi(domain),
        by=steward,
        approvers=[make.owner(domain), make.owner(domain)],
    )


@writers
def test_without_a_request(domain, write):
    operation = Operation(
        pk=404, kind="kpi", key="ltv_90", domain_id=domain.key, body={}
    )

    with refused("No change request asks for kpi ltv_90."):
        write(operation)


@writers
def test_of_a_draft(domain, steward, write):
    request = requests.draft(requests.kpi(domain), by=steward)

    with refused(
        f"Request {request.pk} cannot be applied: it is draft, and not approved."
    ):
        write(operation_of(request))


@writers
def test_in_review_with_every_approval_but_the_last(domain, steward, write):
    request = requests.approved(
        requests.kpi(domain), by=steward, approvers=[make.owner(domain)]
    )

    with refused(
        f"Request {request.pk} cannot be applied: it is in_review, and not approved."
    ):
        write(operation_of(request))


@pytest.mark.parametrize("verdict", [changes.reject, changes.request_changes])
def test_of_what_was_turned_down(domain, steward, verdict):
    request = requests.in_review(requests.kpi(domain), by=steward)
    turned_down = verdict(
        request_id=request.pk, digest=digest(request), by=make.owner(domain), at=AT,
        comment="Not like this.",
    )  # fmt: skip

    with refused(
        f"Request {request.pk} cannot be applied: it is {turned_down.state}, and not approved."
    ):
        version_by_sql(operation_of(request))


@writers
def test_with_other_content_than_was_approved(approved, steward, write):
    operation = operation_of(approved)

    with refused(AS_PROPOSED):
        application_by_orm(approved, steward)
        write(operation, body={**operation.body, "window_days": 365})


@pytest.mark.parametrize(
    "other", [{"state": "retired"}, {"successor": "ltv_365"}, {"key": "ltv_365"}]
)
def test_with_another_state_successor_or_name(approved, steward, other):
    with refused(AS_PROPOSED):
        application_by_orm(approved, steward)
        version_by_sql(operation_of(approved), **other)


def test_with_a_digest_of_ones_own(approved, steward):
    operation = operation_of(approved)

    with refused(AS_PROPOSED):
        application_by_orm(approved, steward)
        version_by_orm(operation, body={"any": "thing"}, digest=operation.digest)


def test_with_the_operation_of_another_request(domain, steward, approved):
    other = requests.draft(requests.kpi(domain, "ltv_365"), by=steward)

    with refused(
        f"Request {other.pk} cannot be applied: it is draft, and not approved."
    ):
        application_by_orm(approved, steward)
        version_by_sql(operation_of(other))


def test_of_a_revision_that_is_asked_for_no_longer(domain, steward, approved):
    before = operation_of(approved)
    changes.revise(
        request_id=approved.pk, operations=[requests.kpi(domain, window_days=7)],
        by=steward, at=AT,
    )  # fmt: skip
    changes.submit(request_id=approved.pk, by=steward, at=AT)
    requests.as_measured(approved)
    approved.refresh_from_db()
    for _ in range(2):
        changes.approve(
            request_id=approved.pk,
            digest=digest(approved),
            by=make.owner(domain),
            at=AT,
        )

    with refused(f"Request {approved.pk} cannot be applied: nobody applies it."):
        application_by_orm(approved, steward)
        version_by_sql(before)


@writers
def test_approved_and_not_applied(approved, write):
    with refused(f"Request {approved.pk} cannot be applied: nobody applies it."):
        write(operation_of(approved))


def test_applied_and_the_request_left_as_it_was(approved, steward):
    with refused("kpi ltv_90 was written, and its request not applied."):
        application_by_orm(approved, steward)
        version_by_sql(operation_of(approved))
        typed("set constraints versions_come_with_their_request immediate")


@pytest.mark.parametrize("write", APPLICATION_WRITERS)
def test_an_application_of_a_draft(domain, steward, write):
    request = requests.draft(requests.kpi(domain), by=steward)

    with refused(
        f"Request {request.pk} cannot be applied: it is draft, and not approved."
    ):
        write(request, steward)


def test_an_application_that_writes_nothing(approved, steward):
    with refused(f"Request {approved.pk} was begun to be applied, and not applied."):
        application_by_orm(approved, steward)
        commit()


def test_an_application_of_one_half(domain, steward):
    request = requests.approved(
        requests.kpi(domain), requests.kpi(domain, "ltv_365"),
        by=steward, approvers=[make.owner(domain), make.owner(domain)],
    )  # fmt: skip
    first = changes.current_revision(request).operations.first()

    with refused(f"Request {request.pk} was not applied."):
        application_by_orm(request, steward)
        version_by_sql(first)
        typed(
            "update governance_changerequest set state = 'applied' where id = %s",
            request.pk,
        )


def test_twice(domain):
    request = requests.applied(requests.kpi(domain), domain=domain)

    with refused(
        f"Request {request.pk} cannot be applied: it is applied, and not approved."
    ):
        version_by_sql(operation_of(request))


def test_against_an_older_base(domain, steward, approved):
    rival = requests.approved(
        requests.kpi(domain, min_n=30), by=steward,
        approvers=[make.owner(domain), make.owner(domain)],
    )  # fmt: skip
    changes.apply(request_id=rival.pk, digest=digest(rival), by=steward, at=AT)
    approved.refresh_from_db()
    assert approved.state == "conflicted"

    with refused("A request that is conflicted cannot become approved."):
        typed(
            "update governance_changerequest set state = 'approved' where id = %s",
            approved.pk,
        )


def test_before_its_day(domain, steward):
    request = changes.propose(
        title="Next year", reason="Not before.", operations=[requests.kpi(domain)],
        by=steward, at=AT, effective_at=datetime(2999, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    changes.submit(request_id=request.pk, by=steward, at=AT)
    requests.as_measured(request)
    for _ in range(2):
        changes.approve(
            request_id=request.pk, digest=digest(request), by=make.owner(domain), at=AT
        )
    request.refresh_from_db()
    assert request.state == "scheduled"

    with refused(
        f"Request {request.pk} cannot be applied: it takes effect at 2999-01-01 "
        f"00:00:00+00, and not before."
    ):
        application_by_orm(request, steward)


def test_a_version_does_not_begin_in_the_past(approved, steward):
    [(before,)] = typed("select clock_timestamp()")

    changes.apply(request_id=approved.pk, digest=digest(approved), by=steward, at=AT)

    assert Version.objects.get().valid_during.lower > before > AT


REWRITES = {
    "update governance_version set body = '{}'": "version",
    "update governance_version set valid_during = tstzrange('2020-01-01', null)": "version",
    "update governance_version set valid_during = tstzrange(lower(valid_during), now())": "version",
    "delete from governance_version": "version",
    "truncate governance_version cascade": "version",
    "update governance_operation set body = '{}'": "operation",
    "delete from governance_operation": "operation",
    "update governance_decision set by_id = by_id + 1": "decision",
    "delete from governance_decision": "decision",
    "update governance_application set at = now()": "application",
    "delete from governance_application": "application",
    "delete from governance_contributor": "contributor",
    "update governance_contributor set user_id = 1": "contributor",
    "delete from governance_revision": "revision",
    "delete from governance_changerequest": "changerequest",
    "delete from governance_comment": "comment",
    "update governance_comment set text = 'I never said so'": "comment",
    "delete from governance_user": "user",
}


@pytest.mark.parametrize("statement", REWRITES)
def test_what_was_written_is_not_rewritten_by_the_app(domain, statement):
    requests.applied(requests.kpi(domain), domain=domain)

    with refused(f"permission denied for table governance_{REWRITES[statement]}"):
        typed(statement)


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda: Version.objects.update(body={}),
        lambda: Version.objects.all().delete(),
        lambda: Version.objects.first().save(),
        lambda: Version.objects.bulk_update(Version.objects.all(), ["number"]),
    ],
)
def test_a_version_is_not_rewritten_through_the_orm(domain, rewrite):
    requests.applied(requests.kpi(domain), domain=domain)

    with refused("permission denied for table governance_version"):
        rewrite()


def test_a_version_is_not_closed_by_one_that_never_comes(domain, steward):
    """A gate that ends the version before it must not be passed by nothing."""
    requests.applied(requests.kpi(domain), domain=domain)
    held = Version.objects.get()
    request = requests.approved(
        requests.kpi(domain, window_days=60), by=steward,
        approvers=[make.owner(domain), make.owner(domain)],
    )  # fmt: skip

    with refused("kpi ltv_90 was ended, and nothing follows it."):
        application_by_orm(request, steward)
        typed(
            "insert into governance_version (id, kind, key, number, domain_id, state,"
            " successor, body, digest, valid_during, operation_id)"
            " select %s, kind, key, 0, domain_id, state, successor, body, '',"
            " tstzrange(now(), null), id from governance_operation where id = %s"
            " on conflict do nothing",
            held.pk,
            operation_of(request).pk,
        )
        typed("set constraints versions_are_followed immediate")


def test_a_revision_that_is_finished_takes_no_operation_more(domain, steward):
    request = requests.in_review(requests.kpi(domain), by=steward)
    revision = changes.current_revision(request)

    with refused("The revision is written down already: nothing can be added."):
        Operation.objects.create(
            revision=revision,
            position=9,
            kind="kpi",
            key="mine",
            domain=domain,
            body={},
        )


def test_a_revision_is_not_finished_twice(domain, steward):
    request = requests.draft(requests.kpi(domain), by=steward)

    with refused(f"Revision 1 of request {request.pk} is written down already."):
        Revision.objects.filter(request=request).update(digest="0" * 64)
