"""Ways to an approval that nobody gave who may, each of them refused."""

import pytest

from governance import changes
from governance.models import Decision, User
from tests import make
from tests.governance import requests
from tests.governance.attacks import (
    DECISION_WRITERS,
    STATE_WRITERS,
    application_by_orm,
    decision_by_orm,
    decision_by_sql,
    refused,
    revision_of,
    state_by_sql,
    typed,
)
from tests.governance.requests import AT, digest

pytestmark = pytest.mark.django_db
writers = pytest.mark.parametrize("write", DECISION_WRITERS)
NOT_THEIRS = "Only who answers for what a request touches decides on it."
WROTE_OR_LEFT = "Whoever wrote part of a request, or is a superuser, or has left, cannot approve it."


def left(somebody: User) -> None:
    User.objects.filter(pk=somebody.pk).update(is_active=False)


@pytest.fixture
def asker(domain):
    """Somebody who owns the domain, and asks."""
    return make.owner(domain)


@pytest.fixture
def request_(domain, asker):
    return requests.in_review(requests.kpi(domain), by=asker)


@writers
def test_ones_own(request_, asker, write):
    with refused(WROTE_OR_LEFT):
        write(request_, asker)


@writers
def test_ones_own_under_the_name_of_another_who_asked(request_, asker, domain, write):
    other = make.owner(domain)

    with refused(WROTE_OR_LEFT):
        write(request_, asker, requested_by_id=other.pk)


def test_another_is_not_made_the_one_who_asked(request_, domain):
    with refused(
        'insert or update on table "governance_decision" violates foreign key constraint'
        ' "decision_names_who_asked"'
    ):
        decision_by_sql(
            request_, make.owner(domain), requested_by_id=make.owner(domain).pk
        )


@writers
def test_of_somebody_who_wrote_an_earlier_revision(domain, asker, request_, write):
    helper = make.owner(domain)
    changes.revise(
        request_id=request_.pk, operations=[requests.kpi(domain, min_n=5)],
        by=helper, at=AT,
    )  # fmt: skip
    changes.revise(
        request_id=request_.pk, operations=[requests.kpi(domain, min_n=9)],
        by=asker, at=AT,
    )  # fmt: skip
    request = changes.submit(request_id=request_.pk, by=asker, at=AT)
    requests.as_measured(request_)

    with refused(WROTE_OR_LEFT):
        write(request, helper)


@writers
@pytest.mark.parametrize("become", [make.superuser, left])
def test_of_a_superuser_or_of_somebody_who_has_left(request_, domain, become, write):
    owner = make.owner(domain)
    become(owner)

    with refused(WROTE_OR_LEFT):
        write(request_, owner)


@writers
@pytest.mark.parametrize("verdict", ["approve", "reject", "request_changes"])
def test_of_somebody_who_answers_for_another_domain(request_, write, verdict):
    with refused(NOT_THEIRS):
        write(request_, make.owner(make.domain("orders")), verdict=verdict)


@writers
def test_of_a_steward_where_an_owner_is_needed(request_, domain, write):
    with refused(NOT_THEIRS):
        write(request_, make.domain_steward(domain))


def test_of_a_steward_once_the_risk_was_found_to_be_higher(domain):
    requests.applied(requests.field(domain), domain=domain)
    request = requests.in_review(
        requests.field(domain, meaning="Anew."), by=make.domain_steward(domain)
    )
    state_by_sql(request, risk="high")

    with refused(NOT_THEIRS):
        decision_by_sql(request, make.domain_steward(domain))


@writers
def test_of_a_program(request_, domain, write):
    with refused(
        'new row for relation "governance_decision" violates check constraint'
        ' "decision_is_made_by_a_person"'
    ):
        write(request_, make.owner(domain), via="api")


@writers
def test_a_second_of_the_same_person(request_, domain, write):
    owner = make.owner(domain)
    decision_by_orm(request_, owner)

    with refused(
        'duplicate key value violates unique constraint "one_decision_each_per_cycle"'
    ):
        write(request_, owner)


@writers
def test_of_other_content(request_, domain, write):
    with refused(
        'insert or update on table "governance_decision" violates foreign key constraint'
        ' "decision_is_on_that_content"'
    ):
        write(request_, make.owner(domain), digest="0" * 64)


@writers
def test_of_a_draft(domain, asker, write):
    request = requests.draft(requests.kpi(domain), by=asker)

    with refused(f"Request {request.pk} is draft, and not in review."):
        write(request, make.owner(domain))


@writers
def test_in_a_cycle_that_is_over(request_, domain, asker, write):
    changes.recall(request_id=request_.pk, by=asker)
    changes.submit(request_id=request_.pk, by=asker, at=AT)
    requests.as_measured(request_)

    with refused("The request was changed since: decide on what it asks for now."):
        write(request_, make.owner(domain), cycle=1)


def test_given_before_it_was_taken_back_counts_no_longer(request_, domain, asker):
    for owner in (make.owner(domain), make.owner(domain)):
        decision_by_orm(request_, owner)
    changes.recall(request_id=request_.pk, by=asker)
    request = changes.submit(request_id=request_.pk, by=asker, at=AT)
    requests.as_measured(request_)

    with refused(
        f"Request {request.pk} cannot be approved: it needs 2 approval(s) and has 0."
    ):
        state_by_sql(request, state="approved")


@pytest.mark.parametrize("write", STATE_WRITERS)
@pytest.mark.parametrize("state", ["approved", "scheduled"])
def test_the_state_set_by_hand(request_, domain, write, state):
    decision_by_orm(request_, make.owner(domain))

    with refused(
        f"Request {request_.pk} cannot be {state}: it needs 2 approval(s) and has 1."
    ):
        write(request_, state=state)


@pytest.mark.parametrize("write", STATE_WRITERS)
def test_applied_by_hand(request_, write):
    with refused(
        f"Request {request_.pk} cannot be applied: it needs 2 approval(s) and has 0."
    ):
        write(request_, state="applied")


@pytest.mark.parametrize("state", ["rejected", "changes_requested"])
def test_turned_down_by_nobody(request_, state):
    with refused(f"Nobody has decided that request {request_.pk} is {state}."):
        state_by_sql(request_, state=state)


def test_for_two_domains_by_the_owners_of_one(domain, asker):
    orders = make.domain("orders")
    request = requests.in_review(
        requests.kpi(domain), requests.kpi(orders, "aov"), by=asker
    )
    for _ in range(2):
        decision_by_orm(request, make.owner(domain))

    assert changes.missing(request) == "nobody who answers for Orders has approved it"
    with refused(
        f"Request {request.pk} cannot be approved: nobody who answers for Orders has"
        f" approved it."
    ):
        state_by_sql(request, state="approved")


def test_a_definition_does_not_leave_its_domain_unseen(domain, asker):
    requests.applied(requests.kpi(domain), domain=domain)
    orders = make.domain("orders")
    request = requests.in_review(requests.kpi(orders), by=asker)
    for _ in range(2):
        decision_by_orm(request, make.owner(orders))

    assert changes.missing(request) == "nobody who answers for Customer has approved it"


def test_consent_without_the_privacy_office(domain, asker):
    request = requests.in_review(
        changes.Proposed(
            "consent", "mail", domain.key, {"name": "Mail", "meaning": "We may write."}
        ),
        by=asker,
    )
    for _ in range(2):
        decision_by_orm(request, make.owner(domain))

    assert changes.missing(request) == (
        "it is about consent, and the privacy office has not approved it"
    )


@pytest.fixture
def approved(request_, domain):
    owners = [make.owner(domain), make.owner(domain)]
    for owner in owners:
        changes.approve(
            request_id=request_.pk, digest=digest(request_), by=owner, at=AT
        )
    request_.refresh_from_db()
    return request_, owners


@pytest.mark.parametrize(
    "leave",
    [
        left,
        make.superuser,
        lambda owner: make.seated(owner, "data_owner"),
    ],
)
def test_of_an_owner_who_leaves_before_it_is_applied(approved, asker, leave):
    request, [owner, _other] = approved
    leave(owner)

    with refused(
        f"Request {request.pk} cannot be applied: it needs 2 approval(s) and has 1."
    ):
        application_by_orm(request, asker)
    with pytest.raises(changes.NotNow) as said:
        changes.apply(request_id=request.pk, digest=digest(request), by=asker, at=AT)
    assert str(said.value) == (
        f"Request {request.pk} was approved, and it needs 2 approval(s) and has 1: "
        f"somebody who approved it no longer answers for it. Revise it, so that it is "
        f"reviewed again."
    )


def test_of_somebody_who_becomes_an_owner_after_deciding(request_, domain):
    newcomer = make.user()
    with refused(NOT_THEIRS):
        decision_by_orm(request_, newcomer)

    make.seated(newcomer, domain.owners)

    assert changes.missing(request_) == "it needs 2 approval(s) and has 0"


def test_what_the_database_cannot_know_is_who_sits_at_the_screen(request_, domain):
    """The limit of it: a taken-over app may say yes in an owner's name, and is logged so."""
    owner = make.owner(domain)
    typed(
        "select set_config('plumbline.actor', %s, true)", str(request_.requested_by_id)
    )

    decision_by_sql(request_, owner)

    [said] = typed(
        "select actor, verb from governance_governanceevent order by seq desc limit 1"
    )
    assert said == (owner.username, "approve")
    assert Decision.objects.get().revision == revision_of(request_)
