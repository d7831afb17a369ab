"""What becomes of two who do the same thing at the same moment, each really committing."""

from datetime import timedelta
from functools import partial

import psycopg
from django.db import transaction

from governance import changes
from governance.changes.way import alone
from governance.models import (
    Application,
    ChangeRequest,
    GovernanceEvent,
    User,
    Version,
)
from tests import databases, make
from tests.governance import requests
from tests.governance.attacks import (
    application_by_orm,
    at_once,
    refused,
    typed,
)
from tests.governance.requests import AT, digest


def approved(domain, *operations):
    return requests.approved(
        *operations, by=make.domain_steward(domain),
        approvers=[make.owner(domain), make.owner(domain)],
    )  # fmt: skip


def applying(request, by):
    return partial(
        changes.apply, request_id=request.pk, digest=digest(request), by=by, at=AT
    )


def approving(request, by):
    return partial(
        changes.approve, request_id=request.pk, digest=digest(request), by=by, at=AT
    )


def states(*asked):
    return [ChangeRequest.objects.get(pk=each.pk).state for each in asked]


def test_two_who_apply_get_one_application(own_database):
    domain = make.domain("customer")
    request = approved(domain, requests.kpi(domain))
    one, other = make.owner(domain), make.owner(domain)

    said = at_once(applying(request, one), applying(request, other))

    assert said == [str(Application.objects.get())] * 2
    assert Version.objects.count() == 1


def test_two_requests_for_the_same_definition_do_not_wait_for_ever(own_database):
    """One takes effect, and the other is told what has changed."""
    domain = make.domain("customer")
    by = make.owner(domain)
    one = approved(domain, requests.kpi(domain), requests.kpi(domain, "aov"))
    other = approved(
        domain, requests.kpi(domain, "aov", min_n=9), requests.kpi(domain, min_n=9)
    )

    said = at_once(applying(one, by), applying(other, by))

    assert sorted(states(one, other)) == ["applied", "conflicted"]
    assert sorted(each.partition(":")[0] for each in said)[-1] == "NotNow"
    assert Version.objects.current().count() == Version.objects.count() == 2


def test_applying_does_not_wait_for_ever_on_who_approves_what_it_overtakes(
    own_database,
):
    domain = make.domain("customer")
    by = make.owner(domain)
    rivals = [
        requests.in_review(
            requests.kpi(domain, min_n=n), by=make.domain_steward(domain)
        )
        for n in range(1, 4)
    ]
    request = approved(domain, requests.kpi(domain))

    said = at_once(
        applying(request, by),
        *(approving(each, make.owner(domain)) for each in rivals),
    )

    assert not any("deadlock" in each for each in said)
    assert states(request, *rivals) == ["applied", *["conflicted"] * 3]


def test_nothing_runs_out_while_a_request_is_applied(own_database):
    """Both hold several requests, in orders of their own: one waits for the other."""
    domain = make.domain("customer")
    requests.in_review(requests.kpi(domain), by=make.domain_steward(domain))

    @transaction.atomic
    def give_up():
        typed("set local lock_timeout = '200ms'")
        return changes.give_up_expired(at=AT + timedelta(days=31))

    with transaction.atomic():
        alone()
        while_applying = at_once(give_up)
    afterwards = at_once(give_up)

    assert while_applying == [
        "OperationalError: canceling statement due to lock timeout"
    ]
    assert afterwards == ["1"]


def test_two_who_approve_both_count(own_database):
    domain = make.domain("customer")
    request = requests.in_review(requests.kpi(domain), by=make.domain_steward(domain))

    at_once(
        approving(request, make.owner(domain)), approving(request, make.owner(domain))
    )

    assert states(request) == ["approved"]
    assert request.decisions.count() == 2


def test_one_who_approves_twice_counts_once(own_database):
    domain = make.domain("customer")
    owner = make.owner(domain)
    request = requests.in_review(requests.kpi(domain), by=make.domain_steward(domain))

    said = at_once(approving(request, owner), approving(request, owner))

    assert sorted(said) == [
        "A change (in review)",
        "NotYours: You have decided on this already.",
    ]
    assert states(request) == ["in_review"]


def test_who_edits_while_another_approves_leaves_nothing_approved(own_database):
    domain = make.domain("customer")
    asker = make.domain_steward(domain)
    request = requests.approved(
        requests.kpi(domain), by=asker, approvers=[make.owner(domain)]
    )
    revising = partial(
        changes.revise, request_id=request.pk,
        operations=[requests.kpi(domain, min_n=30)], by=asker, at=AT,
    )  # fmt: skip

    at_once(approving(request, make.owner(domain)), revising)

    request.refresh_from_db()
    assert (request.state, request.revision) == ("draft", 2)
    assert changes.missing(request) == "it needs 2 approval(s) and has 0"


def test_the_log_of_many_at_once_is_one_chain(own_database):
    domain = make.domain("customer")
    asker = make.domain_steward(domain)
    asking = [
        partial(requests.draft, requests.kpi(domain, f"kpi_{n}"), by=asker)
        for n in range(4)
    ]
    before = GovernanceEvent.objects.count()

    at_once(*asking)

    seqs = GovernanceEvent.objects.order_by("seq").values_list("seq", flat=True)
    assert list(seqs) == list(range(1, before + 9))


def test_a_chain_is_not_forked_by_who_does_not_see_its_end(own_database):
    domain = make.domain("customer")
    request = approved(domain, requests.kpi(domain))

    for level in ("repeatable read", "serializable"):
        with refused(f"The log is written under READ COMMITTED, and this is {level}."):
            typed(f"set transaction isolation level {level}")
            application_by_orm(request, request.requested_by)


def test_who_edits_an_account_keeps_nobody_from_naming_it(own_database):
    """Two tasks that each save an account and name the other's would end each other."""
    ada = make.user()

    with transaction.atomic():
        User.objects.get(pk=ada.pk).save()
        with psycopg.connect(databases.url()) as other:
            named = other.execute(
                "select id from governance_user where id = %s for key share nowait",
                [ada.pk],
            ).fetchall()

    assert named == [(ada.pk,)]
