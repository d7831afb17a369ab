"""Asking for a change: written down, edited, put to review, taken back."""

from datetime import timedelta

import pytest

from governance import changes
from governance.models import ChangeRequest, Domain, Operation, Revision, Version
from tests import make
from tests.governance import requests
from tests.governance.requests import AT, digest

pytestmark = pytest.mark.django_db


def said(refusal, call, *args, **kwargs):
    with pytest.raises(refusal) as raised:
        call(*args, **kwargs)
    return str(raised.value)


def proposing(by, *operations, **words):
    return changes.propose(
        **{"title": "A change", "reason": "Because.", **words},
        operations=operations, by=by, at=AT,
    )  # fmt: skip


def test_a_request_begins_as_a_draft_open_for_thirty_days(domain, steward):
    request = proposing(
        steward, requests.kpi(domain), title="  Lifetime value ", reason=" Asked for. "
    )

    assert (request.title, request.reason, request.state, request.cycle) == (
        "Lifetime value", "Asked for.", "draft", 0,
    )  # fmt: skip
    assert request.expires_at == AT + timedelta(days=30)


def test_nothing_is_asked_for_by_no_operation(steward):
    assert said(changes.NothingAsked, proposing, steward) == (
        "The request changes nothing. Say which definition shall be."
    )


def test_what_holds_already_is_not_asked_for(domain, steward):
    requests.applied(requests.kpi(domain), domain=domain)

    refusal = said(changes.NothingAsked, proposing, steward, requests.kpi(domain))

    assert refusal == "kpi ltv_90 says that already, in version 1."


def test_what_holds_by_default_holds_already_too(domain, steward):
    requests.applied(requests.kpi(domain), domain=domain)

    same = requests.kpi(domain, min_n=0, parameters={}, refund_calendar="order")

    assert said(changes.NothingAsked, proposing, steward, same) == (
        "kpi ltv_90 says that already, in version 1."
    )


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_request_says_why(domain, steward, reason):
    refusal = said(
        changes.Unsound, proposing, steward, requests.kpi(domain), reason=reason
    )

    assert refusal == "Say why: who decides has nothing else to go by."


@pytest.mark.parametrize("title", ["", "   ", "x" * 201])
def test_a_request_has_a_title_that_fits(domain, steward, title):
    refusal = said(
        changes.Unsound, proposing, steward, requests.kpi(domain), title=title
    )

    assert refusal == "Give it a title, of at most 200 characters."


def test_a_title_of_two_hundred_characters_fits(domain, steward):
    request = proposing(steward, requests.kpi(domain), title="ü" * 200)

    assert request.title == "ü" * 200


def test_a_definition_is_asked_for_once(domain, steward):
    twice = [requests.kpi(domain), requests.kpi(domain, min_n=9)]

    assert said(changes.Unsound, proposing, steward, *twice) == (
        "kpi ltv_90 is asked for twice. Say it once."
    )


def test_a_definition_is_in_a_domain_there_is(steward):
    nowhere = requests.kpi(Domain(key="nowhere"))

    assert said(changes.Unsound, proposing, steward, nowhere) == (
        "KPI ltv_90: there is no domain 'nowhere'."
    )


def test_everything_that_is_wrong_is_said_at_once(domain, steward):
    wrong = requests.kpi(domain, min_n=-1, colour="red")

    assert said(changes.Unsound, proposing, steward, wrong) == (
        "kpi ltv_90: it has no 'colour'; it has name, meaning, formula, parameters,"
        " grain, unit, window_days, refund_calendar, min_n, comparison, decision."
        " kpi ltv_90: min_n is -1; nothing is counted below zero."
    )


@pytest.mark.parametrize("key", ["nul\0", "half\ud800"])
def test_a_key_that_cannot_be_kept_is_refused_in_words(domain, steward, key):
    assert said(changes.Unsound, proposing, steward, requests.kpi(domain, key)) == (
        f"kpi {key}: it holds a character or a number that cannot be written down."
    )


def test_a_refused_proposal_leaves_nothing(domain, steward):
    said(changes.Unsound, proposing, steward, requests.kpi(domain, min_n=-1))

    assert (ChangeRequest.objects.count(), Revision.objects.count()) == (0, 0)


@pytest.mark.parametrize(("base", "holds"), [(0, 1), (2, 1)])
def test_a_proposal_against_another_version_conflicts(domain, steward, base, holds):
    requests.applied(requests.kpi(domain), domain=domain)
    asked = changes.Proposed(
        "kpi", "ltv_90", domain.key, {**requests.KPI, "min_n": 9}, base=base
    )

    assert said(changes.Conflicted, proposing, steward, asked) == (
        f"kpi ltv_90 was written against version {base}, and version {holds} holds now."
        f" Look at what changed and propose again."
    )


def test_a_proposal_against_the_version_that_holds_is_taken(domain, steward):
    requests.applied(requests.kpi(domain), domain=domain)
    asked = changes.Proposed(
        "kpi", "ltv_90", domain.key, {**requests.KPI, "min_n": 9}, base=1
    )

    request = proposing(steward, asked)

    assert Operation.objects.get(revision__request=request).base.number == 1


def test_operations_keep_their_order_and_one_digest(domain, steward):
    keys = ["c", "a", "b"]
    request = proposing(steward, *(requests.kpi(domain, key) for key in keys))
    other = proposing(steward, *(requests.kpi(domain, key) for key in sorted(keys)))

    revision = changes.current_revision(request)
    assert [each.key for each in revision.operations.all()] == keys
    assert revision.digest != digest(other)


def test_the_same_content_has_the_same_digest(domain, steward):
    one = proposing(steward, requests.kpi(domain))
    other = proposing(make.owner(domain), requests.kpi(domain), title="Another")

    assert digest(one) == digest(other)


@pytest.mark.parametrize(
    ("operation", "risk"),
    [
        (lambda domain: requests.kpi(domain), "high"),
        (lambda domain: requests.field(domain, "customer.new"), "medium"),
        (lambda domain: requests.field(domain, meaning="Anew."), "low"),
        (lambda domain: requests.field(domain, sensitivity="sensitive"), "medium"),
        (lambda domain: requests.field(make.domain("orders"), meaning="x"), "medium"),
    ],
)
def test_the_risk_is_computed_as_it_is_put_to_review(domain, steward, operation, risk):
    requests.applied(requests.field(domain), domain=domain)

    request = requests.in_review(operation(domain), by=steward)

    assert request.risk == risk


def test_the_riskiest_operation_decides(domain, steward):
    request = requests.in_review(
        requests.field(domain), requests.kpi(domain), by=steward
    )

    assert request.risk == "high"


def test_a_reader_puts_nothing_to_review(domain, steward):
    request = requests.draft(requests.kpi(domain), by=steward)

    refusal = said(
        changes.NotYours, changes.submit, request_id=request.pk, by=make.user(), at=AT
    )

    assert refusal == (
        "You may suggest this. A steward or a data owner reads it and puts it to review."
    )


def test_only_a_draft_is_put_to_review(domain, steward):
    request = requests.in_review(requests.kpi(domain), by=steward)

    refusal = said(
        changes.NotNow, changes.submit, request_id=request.pk, by=steward, at=AT
    )

    assert refusal == (
        f"Request {request.pk} is in review; this is done while it is draft or changes"
        f" requested."
    )


def test_a_draft_that_was_overtaken_is_not_put_to_review(domain, steward):
    request = requests.draft(requests.kpi(domain), by=steward)
    requests.applied(requests.kpi(domain, min_n=9), domain=domain)

    refusal = said(
        changes.Conflicted, changes.submit, request_id=request.pk, by=steward, at=AT
    )

    assert refusal == (
        "KPI ltv_90 changed since this was written. Revise the request against what"
        " holds now."
    )


def test_being_put_to_review_begins_its_time_anew(domain, steward):
    request = requests.draft(requests.kpi(domain), by=steward)
    later = AT + timedelta(days=20)

    request = changes.submit(request_id=request.pk, by=steward, at=later)

    assert (request.cycle, request.expires_at) == (1, later + timedelta(days=30))


@pytest.mark.parametrize(
    ("verb", "expected"),
    [
        (changes.recall, "in review"),
        (
            changes.withdraw,
            "draft or in review or changes requested or approved or scheduled or"
            " conflicted or failed",
        ),
    ],
)
def test_what_is_over_is_not_taken_back(domain, verb, expected):
    request = requests.applied(requests.kpi(domain), domain=domain)

    refusal = said(changes.NotNow, verb, request_id=request.pk, by=request.requested_by)

    assert refusal == (
        f"Request {request.pk} is applied; this is done while it is {expected}."
    )


@pytest.mark.parametrize("verb", [changes.recall, changes.withdraw])
def test_only_who_asked_takes_it_back(domain, steward, verb):
    request = requests.in_review(requests.kpi(domain), by=steward)

    refusal = said(changes.NotYours, verb, request_id=request.pk, by=make.owner(domain))

    assert refusal == f"{steward} asked for this, and alone takes it back."


def test_what_was_taken_back_says_so(domain, steward):
    request = requests.in_review(requests.kpi(domain), by=steward)
    recalled = changes.recall(request_id=request.pk, by=steward)
    assert (recalled.state, recalled.note) == ("draft", f"Taken back by {steward}.")

    withdrawn = changes.withdraw(request_id=request.pk, by=steward)

    assert (withdrawn.state, withdrawn.note) == (
        "withdrawn", f"Withdrawn by {steward}.",
    )  # fmt: skip


def test_what_is_closed_is_not_edited(domain, steward):
    request = requests.draft(requests.kpi(domain), by=steward)
    changes.withdraw(request_id=request.pk, by=steward)

    refusal = said(
        changes.NotNow, changes.revise, request_id=request.pk,
        operations=[requests.kpi(domain, min_n=9)], by=steward, at=AT,
    )  # fmt: skip

    assert refusal == (
        f"Request {request.pk} is withdrawn and cannot be edited. Open a new one."
    )


def test_an_edit_that_is_refused_leaves_the_request_as_it_was(domain, steward):
    request = requests.in_review(requests.kpi(domain), by=steward)

    said(
        changes.Unsound, changes.revise, request_id=request.pk,
        operations=[requests.kpi(domain, min_n=-1)], by=steward, at=AT,
    )  # fmt: skip

    request.refresh_from_db()
    assert (request.state, request.revision) == ("in_review", 1)


def test_a_conflicted_request_is_revised_against_what_holds(domain, steward):
    request = requests.in_review(requests.kpi(domain), by=steward)
    requests.applied(requests.kpi(domain, min_n=9), domain=domain)

    revision = changes.revise(
        request_id=request.pk, operations=[requests.kpi(domain, min_n=5)],
        by=steward, at=AT,
    )  # fmt: skip

    request.refresh_from_db()
    assert (revision.number, request.state, request.note) == (
        2, "draft", f"Revised by {steward}.",
    )  # fmt: skip
    assert revision.operations.get().base == Version.objects.get()
