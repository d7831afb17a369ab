"""Deciding on what somebody else asked for, breaking the glass, and owing a review."""

from datetime import UTC, datetime, timedelta

import pytest

from governance import changes
from governance.models import ChangeRequest, Comment, Decision, Version
from tests import make
from tests.governance import requests
from tests.governance.requests import AT, digest

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_(domain, steward):
    return requests.in_review(requests.kpi(domain), by=steward)


def said(refusal, call, **kwargs):
    with pytest.raises(refusal) as raised:
        call(**kwargs)
    return str(raised.value)


def deciding(request, by, **words):
    return {
        "request_id": request.pk,
        "digest": digest(request),
        "by": by,
        "at": AT,
    } | words


def approving(request, by, **words):
    return changes.approve(**deciding(request, by, **words))


def test_the_last_yes_needed_approves(request_, domain):
    first = approving(request_, make.owner(domain)).state
    second = approving(request_, make.owner(domain)).state

    assert (first, second) == ("in_review", "approved")


def test_what_is_for_a_later_day_is_scheduled(domain, steward):
    day = AT + timedelta(days=1)
    request = changes.propose(
        title="Tomorrow", reason="Because.", operations=[requests.kpi(domain)],
        by=steward, at=AT, effective_at=day,
    )  # fmt: skip
    changes.submit(request_id=request.pk, by=steward, at=AT)
    requests.as_measured(request)
    approving(request, make.owner(domain))

    approved = approving(request, make.owner(domain))

    assert (approved.state, approved.effective_at) == ("scheduled", day)


def test_the_privacy_office_and_two_owners_decide_on_consent(domain, steward):
    purpose = changes.Proposed(
        "consent", "mail", domain.key, {"name": "Mail", "meaning": "We may write."}
    )
    request = requests.in_review(purpose, by=steward)
    approving(request, make.owner(domain))

    approved = approving(request, make.user(role="privacy"))

    assert approved.state == "approved"


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("asker", "You asked for this; somebody else decides on it."),
        ("helper", "You wrote part of this; somebody else decides on it."),
        ("root", "A superuser's account decides on nothing. Use your own."),
        (
            "stranger",
            "None of what this touches is yours to decide on: you neither own nor"
            " steward any of its domains.",
        ),
        ("decided", "You have decided on this already."),
    ],
)
@pytest.mark.parametrize(
    "verb", [changes.approve, changes.reject, changes.request_changes]
)
def test_who_may_not_decide_is_told_why(domain, who, sentence, verb):
    people = {
        name: make.owner(domain) for name in ("asker", "helper", "root", "decided")
    }
    people["stranger"] = make.owner(make.domain("orders"))
    make.superuser(people["root"])
    request = requests.draft(requests.kpi(domain), by=people["asker"])
    changes.revise(
        request_id=request.pk, operations=[requests.kpi(domain, min_n=9)],
        by=people["helper"], at=AT,
    )  # fmt: skip
    changes.submit(request_id=request.pk, by=people["asker"], at=AT)
    requests.as_measured(request)
    approving(request, people["decided"])

    refusal = said(
        changes.NotYours, verb, **deciding(request, people[who], comment="Hm.")
    )

    assert refusal == sentence


@pytest.mark.parametrize(
    "verb", [changes.approve, changes.reject, changes.request_changes]
)
def test_what_was_read_before_an_edit_is_not_decided_on(
    request_, domain, steward, verb
):
    read = deciding(request_, make.owner(domain), comment="Hm.")
    changes.revise(
        request_id=request_.pk, operations=[requests.kpi(domain, min_n=9)],
        by=steward, at=AT,
    )  # fmt: skip

    assert said(changes.Stale, verb, **read) == (
        f"Request {request_.pk} was changed since you read it. Read it again."
    )


@pytest.mark.parametrize(
    "verb", [changes.approve, changes.reject, changes.request_changes]
)
def test_a_draft_is_not_decided_on(domain, steward, verb):
    request = requests.draft(requests.kpi(domain), by=steward)

    refusal = said(
        changes.NotNow, verb, **deciding(request, make.owner(domain), comment="Hm.")
    )

    assert refusal == f"Request {request.pk} is draft."


@pytest.mark.parametrize("verb", [changes.reject, changes.request_changes])
@pytest.mark.parametrize("comment", ["", " \n"])
def test_a_no_says_why(request_, domain, verb, comment):
    refusal = said(
        changes.ChangeError, verb,
        **deciding(request_, make.owner(domain), comment=comment),
    )  # fmt: skip

    assert refusal == "Say why: whoever asked has to know what to do."


@pytest.mark.parametrize(
    ("verb", "state"),
    [(changes.reject, "rejected"), (changes.request_changes, "changes_requested")],
)
def test_a_no_is_noted_and_leaves_what_holds(domain, steward, verb, state):
    requests.applied(requests.kpi(domain), domain=domain)
    request = requests.in_review(requests.kpi(domain, min_n=9), by=steward)

    decided = verb(**deciding(request, make.owner(domain), comment="Too few."))

    assert (decided.state, decided.note) == (state, "Too few.")
    assert Version.objects.get().body["min_n"] == 0


def test_a_yes_before_changes_were_asked_for_counts_no_longer(
    request_, domain, steward
):
    approving(request_, make.owner(domain))
    changes.request_changes(**deciding(request_, make.owner(domain), comment="Hm."))

    changes.submit(request_id=request_.pk, by=steward, at=AT)
    requests.as_measured(request_)

    request_.refresh_from_db()
    assert changes.missing(request_) == "it needs 2 approval(s) and has 0"


def test_who_had_decided_decides_again_in_the_next_review(request_, domain, steward):
    owner = make.owner(domain)
    approving(request_, owner)
    changes.recall(request_id=request_.pk, by=steward)
    changes.submit(request_id=request_.pk, by=steward, at=AT)
    requests.as_measured(request_)

    approving(request_, owner)

    cycles = Decision.objects.order_by("cycle").values_list("cycle", flat=True)
    assert list(cycles) == [1, 2]


def test_a_comment_is_kept_without_the_space_around_it(request_, domain):
    made = changes.comment(
        request_id=request_.pk, text="  Why 90 days? \n", by=make.user(), at=AT
    )

    assert list(Comment.objects.all()) == [made]
    assert made.text == "Why 90 days?"


def test_nothing_is_no_comment(request_, steward):
    refusal = said(
        changes.ChangeError, changes.comment,
        request_id=request_.pk, text=" \t", by=steward, at=AT,
    )  # fmt: skip

    assert refusal == "Write something first."


def test_there_is_no_comment_on_what_is_not_there(steward):
    with pytest.raises(ChangeRequest.DoesNotExist):
        changes.comment(request_id=404, text="Hm.", by=steward, at=AT)


def overriding(request, by, at=AT, reason="The shop stands still."):
    return changes.override(**deciding(request, by, at=at, reason=reason))


def test_the_glass_is_broken_by_a_data_owner_who_then_owes_a_review(request_, domain):
    overriding(request_, make.owner(domain))

    request_.refresh_from_db()
    assert (request_.state, request_.review_due_at) == (
        "applied",
        AT + timedelta(days=2),
    )
    assert Version.objects.get().key == "ltv_90"


@pytest.mark.parametrize(
    ("on", "due"),
    [
        ("2026-03-02", "2026-03-04"),  # Monday to Wednesday
        ("2026-03-05", "2026-03-09"),  # Thursday to Monday
        ("2026-03-06", "2026-03-10"),  # Friday to Tuesday
        ("2026-03-07", "2026-03-10"),  # Saturday to Tuesday
        ("2026-03-08", "2026-03-10"),  # Sunday to Tuesday
        ("2024-02-28", "2024-03-01"),  # over a leap day
    ],
)
def test_the_review_is_due_in_two_working_days(request_, on, due):
    at = datetime.fromisoformat(f"{on}T18:00").replace(tzinfo=UTC)

    overriding(request_, make.user(role="admin"), at=at)

    request_.refresh_from_db()
    assert request_.review_due_at == datetime.fromisoformat(f"{due}T18:00").replace(
        tzinfo=UTC
    )


@pytest.mark.parametrize("role", ["viewer", "steward", "privacy", "auditor"])
def test_others_do_not_break_the_glass(request_, role):
    refusal = said(
        changes.NotYours, overriding, request=request_, by=make.user(role=role)
    )

    assert refusal == "Only a data owner or an administrator may break the glass."


def test_the_glass_is_not_broken_without_a_reason(request_, domain):
    refusal = said(
        changes.ChangeError, overriding, request=request_, by=make.owner(domain),
        reason="  ",
    )  # fmt: skip

    assert refusal == "Say what the emergency is; everybody will read it."


def test_the_glass_is_not_broken_for_a_draft(domain, steward):
    request = requests.draft(requests.kpi(domain), by=steward)

    refusal = said(changes.NotNow, overriding, request=request, by=make.owner(domain))

    assert refusal == (
        f"Request {request.pk} is draft; this is done while it is in review."
    )


def test_the_glass_is_not_broken_for_a_later_day(domain, steward):
    day = AT + timedelta(days=9)
    request = changes.propose(
        title="Later", reason="Because.", operations=[requests.kpi(domain)],
        by=steward, at=AT, effective_at=day,
    )  # fmt: skip
    changes.submit(request_id=request.pk, by=steward, at=AT)
    requests.as_measured(request)

    refusal = said(changes.NotNow, overriding, request=request, by=make.owner(domain))

    assert refusal == f"Request {request.pk} takes effect at {day}."


def test_an_emergency_needs_as_many_to_review_it_as_would_have_approved(
    request_, domain
):
    overriding(request_, make.owner(domain))

    approving(request_, make.owner(domain))
    request_.refresh_from_db()
    after_one = request_.review_due_at
    approving(request_, make.owner(domain))
    request_.refresh_from_db()

    assert (after_one, request_.review_due_at) == (AT + timedelta(days=2), None)
    assert (request_.state, request_.note) == (
        "applied", "Reviewed after it was applied in an emergency.",
    )  # fmt: skip


def test_who_broke_the_glass_does_not_review_it(request_, domain):
    owner = make.owner(domain)
    overriding(request_, owner)

    assert said(changes.NotYours, approving, request=request_, by=owner) == (
        "You have decided on this already."
    )


def test_what_has_taken_effect_is_not_turned_down_but_reverted(request_, domain):
    overriding(request_, make.owner(domain))

    refusal = said(
        changes.NotNow, changes.reject,
        **deciding(request_, make.owner(domain), comment="No."),
    )  # fmt: skip

    assert refusal == (
        f"Request {request_.pk} has taken effect. If it must not stand, ask for what"
        f" held before: revert it."
    )
