"""Ways to change a request after it was read, each of them refused."""

from datetime import timedelta

import pytest

from governance import changes
from governance.models import (
    ChangeRequest,
    Contributor,
    GovernanceEvent,
    Operation,
    Revision,
    User,
)
from tests import make
from tests.governance import requests
from tests.governance.attacks import (
    STATE_WRITERS,
    decision_by_orm,
    decision_by_sql,
    refused,
    state_by_sql,
    typed,
)
from tests.governance.requests import AT, digest

pytestmark = pytest.mark.django_db
writers = pytest.mark.parametrize("write", STATE_WRITERS)


@pytest.fixture
def asker(domain):
    return make.domain_steward(domain)


@pytest.fixture
def request_(domain, asker):
    return requests.in_review(requests.kpi(domain), by=asker)


STATES = list(ChangeRequest.State.values)
WAY = {
    ("draft", "in_review"), ("draft", "withdrawn"),
    ("in_review", "draft"), ("in_review", "withdrawn"), ("in_review", "expired"),
    ("in_review", "conflicted"), ("in_review", "approved"), ("in_review", "scheduled"),
    ("in_review", "changes_requested"), ("in_review", "rejected"),
    ("in_review", "applied"),
}  # fmt: skip


JUMPS = [
    (start, state)
    for start in ("draft", "in_review")
    for state in STATES
    if state != start and (start, state) not in WAY
]


@pytest.mark.parametrize(("start", "state"), JUMPS)
def test_no_state_is_skipped(domain, asker, start, state):
    request = requests.draft(requests.kpi(domain), by=asker)
    if start == "in_review":
        request = changes.submit(request_id=request.pk, by=asker, at=AT)
        requests.as_measured(request)

    with refused(f"A request that is {start} cannot become {state}."):
        state_by_sql(request, state=state)


@pytest.mark.parametrize("state", sorted({*STATES} - {"draft", "withdrawn"}))
def test_what_was_withdrawn_stays_so(request_, asker, state):
    changes.withdraw(request_id=request_.pk, by=asker)

    with refused(f"A request that is withdrawn cannot become {state}."):
        state_by_sql(request_, state=state)


@pytest.mark.parametrize("state", ["in_review", "approved", "applied"])
def test_a_request_does_not_begin_half_way(asker, state):
    with refused("A request begins as a draft."):
        ChangeRequest.objects.create(
            title="t", reason="r", state=state, requested_by=asker, made_at=AT,
            expires_at=AT,
        )  # fmt: skip


@writers
def test_who_asked_stays_who_asked(request_, domain, write):
    with refused("Who asked, when and for what is kept as it was written."):
        write(request_, requested_by_id=make.owner(domain).pk)


@writers
@pytest.mark.parametrize(
    "said", [{"title": "Another"}, {"reason": "Another."}, {"effective_at": AT}]
)
def test_what_was_read_stays(request_, said, write):
    with refused("What is asked for, why and for when is written in a draft."):
        write(request_, **said)


def test_a_day_that_was_approved_is_not_brought_forward(domain, asker):
    request = changes.propose(
        title="Later", reason="Because.", operations=[requests.kpi(domain)], by=asker,
        at=AT, effective_at=AT + timedelta(days=365_000),
    )  # fmt: skip
    changes.submit(request_id=request.pk, by=asker, at=AT)
    requests.as_measured(request)
    for _ in range(2):
        changes.approve(
            request_id=request.pk, digest=digest(request), by=make.owner(domain), at=AT
        )

    with refused("What is asked for, why and for when is written in a draft."):
        state_by_sql(request, effective_at=None)


@writers
def test_time_is_not_bought(request_, write):
    with refused("A request is given its time when it is put to review."):
        write(request_, expires_at=AT + timedelta(days=3650))


@writers
def test_the_risk_is_not_lowered_in_review(request_, write):
    with refused("The risk of a request is not lowered from high to low on its way."):
        write(request_, risk="low")


def test_the_risk_is_not_put_lower_than_it_is_to_begin_with(domain, asker):
    request = requests.draft(requests.kpi(domain), by=asker)

    with refused("What it touches is of higher risk than low."):
        state_by_sql(request, state="in_review", cycle=1, risk="low")


def test_a_risk_that_the_preview_raised_stays_raised(domain):
    requests.applied(requests.field(domain), domain=domain)
    request = requests.in_review(
        requests.field(domain, meaning="Anew."), by=make.domain_steward(domain)
    )
    state_by_sql(request, risk="high")
    decision_by_orm(request, make.owner(domain))

    assert changes.missing(request) == "it needs 2 approval(s) and has 1"
    with refused("The risk of a request is not lowered from high to low on its way."):
        state_by_sql(request, risk="low")


def test_an_edit_does_not_keep_the_request_in_review(request_, domain, asker):
    revision = Revision.objects.create(
        request=request_, number=2, made_by=asker, made_at=AT
    )
    Operation.objects.create(
        revision=revision, position=0, kind="kpi", key="mine", domain=domain, body={}
    )
    revision.save()

    with refused("An edit puts a request back to draft."):
        state_by_sql(request_, revision=2)


@writers
@pytest.mark.parametrize("cycle", [0, 2, 7])
def test_the_cycles_are_not_counted_by_hand(request_, cycle, write):
    with refused("Each time it is put to review counts once."):
        write(request_, cycle=cycle)


def test_nothing_is_put_to_review_before_it_is_written_down(domain, asker):
    request = ChangeRequest.objects.create(
        title="t", reason="r", requested_by=asker, made_at=AT, expires_at=AT
    )
    revision = Revision.objects.create(
        request=request, number=1, made_by=asker, made_at=AT
    )
    Operation.objects.create(
        revision=revision, position=0, kind="kpi", key="k", domain=domain, body={}
    )

    with refused(f"Request {request.pk} is not written down yet."):
        state_by_sql(request, state="in_review", cycle=1, risk="high")


def test_whoever_writes_a_revision_is_a_contributor(domain, asker):
    helper = make.owner(domain)
    request = requests.draft(requests.kpi(domain), by=asker)
    Revision.objects.create(request=request, number=2, made_by=helper, made_at=AT)

    wrote = Contributor.objects.filter(request=request).order_by("user")
    assert [each.user for each in wrote] == [asker, helper]


def test_nothing_is_reverted_by_saying_so(domain):
    request = requests.applied(requests.kpi(domain), domain=domain)

    with refused(f"Nothing has reverted request {request.pk}."):
        state_by_sql(request, state="reverted")


@pytest.mark.parametrize("by_hand", [True, False])
def test_the_registry_is_not_begun_by_the_app(domain, by_hand):
    if by_hand:
        # Whoever owns a table of that name looks like the owner, unless one looks closely.
        typed("create temp table governance_version (id bigint)")

    with refused("The registry begins once, and only its owner begins it."):
        ChangeRequest.objects.create(
            title="t", reason="r", made_at=AT, expires_at=AT, is_bootstrap=True
        )


def test_a_request_does_not_become_the_one_the_registry_began_with(request_):
    with refused("Who asked, when and for what is kept as it was written."):
        state_by_sql(request_, is_bootstrap=True)


def overridden(request, by):
    return changes.override(
        request_id=request.pk, digest=digest(request), by=by, at=AT,
        reason="The shop stands still.",
    )  # fmt: skip


def test_the_glass_is_not_broken_by_a_viewer(request_):
    viewer = make.user()

    with refused("Only a data owner or an administrator may break the glass."):
        state_by_sql(request_, review_due_at=AT)
        decision_by_sql(request_, viewer, verdict="override", comment="Now.")
    with pytest.raises(changes.NotYours) as said:
        overridden(request_, viewer)
    assert str(said.value) == (
        "Only a data owner or an administrator may break the glass."
    )


@pytest.mark.parametrize("is_here", [True, False])
def test_the_glass_is_not_broken_by_a_superuser_or_who_has_left(
    request_, domain, is_here
):
    owner = make.owner(domain)
    if is_here:
        make.superuser(owner)
    else:
        User.objects.filter(pk=owner.pk).update(is_active=False)

    with pytest.raises(changes.NotYours):
        overridden(request_, owner)


@pytest.mark.parametrize(
    ("due", "comment"),
    [(None, "Now."), (AT + timedelta(days=30), "Now."), (AT + timedelta(days=2), "")],
)
def test_the_glass_is_not_broken_in_silence(request_, domain, due, comment):
    with refused(
        "An emergency says what it is, and owes a review in two working days."
    ):
        state_by_sql(request_, review_due_at=due)
        decision_by_sql(
            request_, make.owner(domain), verdict="override", comment=comment
        )


def test_the_review_that_is_owed_is_not_wiped_away(request_, domain):
    overridden(request_, make.owner(domain))

    with refused(
        f"The review that is owed for request {request_.pk} ends with its approvals."
    ):
        state_by_sql(request_, review_due_at=None)
    with refused(
        f"The review that is owed for request {request_.pk} ends with its approvals."
    ):
        state_by_sql(request_, review_due_at=AT + timedelta(days=900))


def test_an_emergency_is_in_the_log(request_, domain):
    owner = make.owner(domain)

    overridden(request_, owner)

    said = GovernanceEvent.objects.filter(request=request_.pk, verb="override")
    assert [(each.actor, each.reason) for each in said] == [
        (owner.username, "The shop stands still.")
    ]


def test_two_accounts_do_not_change_places(domain):
    one, other = make.owner(domain), make.user()

    # What is refused once all rows have changed meets two accounts of one number first.
    taken = "duplicate key value violates unique constraint"
    with refused(f'{taken} "governance_user_pkey"'):
        typed(
            "update governance_user set id = case id when %s then %s else %s end"
            " where id in (%s, %s)",
            one.pk, other.pk, one.pk, one.pk, other.pk,
        )  # fmt: skip
