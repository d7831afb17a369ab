"""Ways to be granted what was not agreed on by those who must, each of them refused."""

import pytest
from django.contrib.auth.models import Group

from governance import changes
from governance.models import Domain, GovernanceEvent, User, Version
from tests import make
from tests.governance import requests
from tests.governance.attacks import (
    VERSION_WRITERS,
    application_by_orm,
    commit,
    decision_by_orm,
    decision_by_sql,
    operation_of,
    refused,
    state_by_sql,
    typed,
    version_by_sql,
)
from tests.governance.requests import AT, digest, permission

pytestmark = pytest.mark.django_db

ROLES = "Who has which role is agreed on: ask for a change of roles; two others decide."


def named(role: str) -> Group:
    return Group.objects.get(name=role)


class TestAGrant:
    """What is asked for somebody, and who may not be among those who say yes to it."""

    @pytest.fixture
    def admin(self) -> User:
        return make.user(role="admin")

    @pytest.fixture
    def bo(self, domain) -> User:
        """Somebody who owns a domain and is asked for as owner of another."""
        return make.owner(domain)

    @pytest.fixture
    def request_(self, domain, admin, bo):
        asked = permission(domain, bo, ["data_owner", "admin"], owns=["customer"])
        return requests.in_review(asked, by=admin)

    @pytest.mark.parametrize("write", [decision_by_orm, decision_by_sql])
    def test_is_not_approved_by_whom_it_is_for(self, request_, bo, write):
        with refused(
            "Whoever wrote part of a request, or is a superuser, or has left, cannot"
            " approve it."
        ):
            write(request_, bo)
        with pytest.raises(changes.NotYours) as said:
            changes.approve(
                request_id=request_.pk, digest=digest(request_), by=bo, at=AT
            )
        assert str(said.value) == (
            "This is about what you may do; somebody else decides on it."
        )

    def test_is_not_approved_by_whom_one_of_many_is_for(self, domain, admin, bo):
        both = requests.in_review(
            permission(domain, make.user(), ["auditor"]),
            permission(domain, bo, ["data_owner"], owns=["customer"]),
            by=admin,
        )

        assert changes.why_not(both, bo) == (
            "This is about what you may do; somebody else decides on it."
        )

    def test_is_not_approved_by_who_asked(self, request_, admin):
        with refused(
            "Whoever wrote part of a request, or is a superuser, or has left, cannot"
            " approve it."
        ):
            decision_by_sql(request_, admin, requested_by_id=request_.requested_by_id,
                verdict="reject")  # fmt: skip

    def test_is_not_forced_through_in_an_emergency(self, request_, bo, admin):
        sentence = (
            "Who may do what is no emergency: two others decide on it. An administrator "
            "shuts an account at once by unticking active."
        )

        for who in (bo, admin):
            with pytest.raises(changes.NotYours) as said:
                changes.override(
                    request_id=request_.pk, digest=digest(request_), by=who, at=AT,
                    reason="Now.",
                )  # fmt: skip
            assert str(said.value) == sentence
        with refused("Who may do what is no emergency: two others decide on it."):
            state_by_sql(request_, review_due_at=AT)
            decision_by_sql(request_, bo, verdict="override", comment="Now.")

    def test_is_not_vouched_for_by_whom_it_is_for(self, domain):
        """An administrator who asks for more for themselves needs another one's yes."""
        admin = make.user(role="admin")
        request = requests.in_review(
            permission(domain, admin, ["admin", "auditor"]), by=admin
        )
        for _ in range(2):
            decision_by_orm(request, make.owner(domain))

        assert changes.missing(request) == (
            "it is about what somebody may do, and no administrator has asked for it or "
            "approved it"
        )
        with refused(
            f"Request {request.pk} cannot be approved: it is about what somebody may do,"
            f" and no administrator has asked for it or approved it."
        ):
            state_by_sql(request, state="approved")

    def test_needs_an_owner_of_each_domain_it_gives(self, domain, admin):
        orders = make.domain("orders")
        request = requests.in_review(
            permission(domain, make.user(), ["data_owner"], owns=["orders"]), by=admin
        )
        for _ in range(2):
            decision_by_orm(request, make.owner(domain))

        assert (
            changes.missing(request) == "nobody who answers for Orders has approved it"
        )
        decision_by_orm(request, make.owner(orders))
        assert changes.missing(request) is None

    def test_needs_an_owner_of_each_domain_it_takes(self, domain, admin):
        make.domain("orders")
        bo = make.owner(domain, Domain.objects.get(key="orders"))
        request = requests.in_review(
            permission(domain, bo, ["data_owner"], owns=["customer"]), by=admin
        )
        for _ in range(2):
            decision_by_orm(request, make.owner(domain))

        assert (
            changes.missing(request) == "nobody who answers for Orders has approved it"
        )

    @pytest.mark.parametrize("write", VERSION_WRITERS)
    def test_is_not_written_before_it_is_approved(self, request_, bo, write):
        with refused(
            f"Request {request_.pk} cannot be applied: it is in_review, and not approved."
        ):
            write(operation_of(request_))

        assert named("admin") not in bo.groups.all()

    def test_of_a_domains_group_as_if_it_were_a_role_is_refused(self, domain, admin):
        """Its owners would not have been asked: only who owns the other domain was."""
        make.domain("orders")
        asked = permission(domain, make.user(), ["steward"])
        request = requests.draft(asked, by=admin)
        forged(request, '{"roles": ["orders owners"], "owns": [], "stewards": []}')
        changes.submit(request_id=request.pk, by=admin, at=AT)
        for _ in range(2):
            changes.approve(
                request_id=request.pk, digest=digest(request), by=make.owner(domain),
                at=AT,
            )  # fmt: skip

        with refused("There is no role orders owners."):
            application_by_orm(request, admin)
            version_by_sql(operation_of(request))

    def test_does_not_change_hands_by_renaming_accounts(self, domain, request_, bo):
        mallory = make.user()

        for sly in (
            "update governance_user set username = 'gone' where id = %s",
            "update governance_user set username = 'gone' where id in (%s, 0)",
        ):
            with refused(
                f"The account keeps its name: what {bo.username} may do was asked for by"
                f" it."
            ):
                typed(sly, bo.pk)
        renaming = "update governance_user set username = %s where id = %s"
        taken = "duplicate key value violates unique constraint"
        with refused(f'{taken} "governance_user_username_key"'):
            typed(renaming, bo.username, mallory.pk)

    def test_leaves_no_row_behind_that_it_does_not_say(self, domain, admin):
        bo = make.seated(make.user(), "steward", "auditor", domain.stewards)
        granted(permission(domain, bo, ["viewer"]), domain=domain, by=admin)

        assert [group.name for group in bo.groups.all()] == ["viewer"]

    def test_is_in_the_log_with_who_applied_it(self, domain, admin):
        bo = make.user()
        granted(permission(domain, bo, ["auditor"]), domain=domain, by=admin)
        commit()

        said = GovernanceEvent.objects.filter(object_key__startswith=f"{bo.username} ")
        assert list(said.order_by("-seq").values_list("actor", "verb", "object_key"))[
            :2
        ] == [
            (admin.username, "joined", f"{bo.username} auditor"),
            (admin.username, "left", f"{bo.username} viewer"),
        ]


def test_a_reader_who_was_put_out_does_not_let_themselves_in_again(domain):
    admin, bo = make.user(role="admin"), make.user()
    asked = permission(domain, bo, ["viewer"])
    granted(asked, domain=domain, by=admin)
    granted(changes.Proposed("permission", bo.username, domain.key, asked.body,
        state="retired"), domain=domain, by=admin)  # fmt: skip

    assert not bo.groups.exists()
    with refused(ROLES):
        bo.groups.add(named("viewer"))


def granted(asked: changes.Proposed, *, domain: Domain, by: User) -> Version:
    request = requests.approved(
        asked, by=by, approvers=[make.owner(domain), make.owner(domain)]
    )
    changes.apply(request_id=request.pk, digest=digest(request), by=by, at=AT)
    return Version.objects.current().get(kind="permission", key=asked.key)


def forged(request, body: str) -> None:
    """Write down something else as the next revision, past what reads it in Python."""
    typed(
        "insert into governance_revision (request_id, number, made_by_id, made_at, digest)"
        " values (%s, 2, %s, now(), '')", request.pk, request.requested_by_id,
    )  # fmt: skip
    typed(
        "insert into governance_operation (revision_id, position, kind, key, domain_id,"
        " state, successor, body, digest) select n.id, 0, o.kind, o.key, o.domain_id,"
        " o.state, '', %s::jsonb, '' from governance_operation o"
        " join governance_revision r on r.id = o.revision_id and r.number = 1"
        " join governance_revision n on n.request_id = r.request_id and n.number = 2"
        " where r.request_id = %s", body, request.pk,
    )  # fmt: skip
    typed(
        "update governance_revision set digest = '' where request_id = %s and number = 2",
        request.pk,
    )
    state_by_sql(request, revision=2)
