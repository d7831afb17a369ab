"""Who is written to of what came of a request, and by whose yes."""

from datetime import timedelta

import pytest

from governance import changes
from governance.models import ChangeRequest, Domain, Letter, User
from tests import make
from tests.governance import requests
from tests.governance.letters import named, text_to, written
from tests.governance.requests import AT, digest

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(domain) -> User:
    return named(make.domain_steward(domain), "Ada")


@pytest.fixture
def olga(domain) -> User:
    return named(make.owner(domain), "Olga")


@pytest.fixture
def henrik(domain) -> User:
    return named(make.owner(domain), "Henrik")


def says_yes(request: ChangeRequest, by: User) -> None:
    changes.approve(request_id=request.pk, digest=digest(request), by=by, at=AT)
    request.refresh_from_db()


def test_each_yes_is_receipted_to_who_said_it_and_to_the_owners(
    domain, ada, olga, henrik
):
    named(make.owner(make.domain("orders")), "Elsewhere")
    request = requests.in_review(requests.kpi(domain), by=ada)
    written()

    says_yes(request, olga)

    assert written() == [
        ("henrik", "Receipt: Olga approved A change"),
        ("olga", "Receipt: Olga approved A change"),
    ]


def test_a_receipt_says_whose_name_was_used_and_what_to_do_if_it_was_not_they(
    domain, ada, olga
):
    request = requests.in_review(requests.kpi(domain), by=ada)
    Letter.objects.all().delete()

    says_yes(request, olga)

    assert text_to("olga").partition("\n\n")[0] == (
        f"Olga ({olga.username}) said yes to request {request.pk}, A change, on "
        "02 March 2026, 09:00 UTC. Is that not so, tell an administrator at once: "
        "somebody acts in this name."
    )


def test_the_owners_of_what_is_moved_away_have_a_receipt_too(domain, ada, olga):
    orders = make.domain("orders")
    requests.applied(requests.field(orders), domain=orders)
    leaving = named(make.owner(orders), "Leaving")
    request = requests.in_review(requests.field(domain), by=ada)
    written()

    says_yes(request, olga)

    assert ("leaving", "Receipt: Olga approved A change") in written()
    assert leaving.is_active


def test_who_asked_is_told_when_everybody_needed_has_said_yes(
    domain, ada, olga, henrik
):
    request = requests.in_review(requests.kpi(domain), by=ada)
    says_yes(request, olga)
    written()

    says_yes(request, henrik)

    assert ("ada", "Approved: A change") in written()


def test_what_is_approved_for_a_day_says_which(domain, ada, olga, henrik):
    request = changes.propose(
        title="A change", reason="As agreed.", operations=[requests.kpi(domain)],
        by=ada, at=AT, effective_at=AT + timedelta(days=2),
    )  # fmt: skip
    changes.submit(request_id=request.pk, by=ada, at=AT)
    requests.as_measured(request)
    for by in (olga, henrik):
        says_yes(request, by)

    text = text_to("ada")

    assert "It takes effect on its day.\n" in text
    assert "It is for 04 March 2026, 09:00 UTC.\n" in text


@pytest.mark.parametrize(
    ("verb", "subject"),
    [
        (changes.request_changes, "Changes requested: A change"),
        (changes.reject, "Rejected: A change"),
    ],
)
def test_who_asked_and_who_wrote_a_part_read_what_was_decided_and_why(
    domain, ada, olga, verb, subject
):
    bo = named(make.domain_steward(domain), "Bo")
    request = requests.draft(requests.kpi(domain), by=ada)
    changes.revise(
        request_id=request.pk, operations=[requests.kpi(domain, window_days=30)],
        by=bo, at=AT,
    )  # fmt: skip
    changes.submit(request_id=request.pk, by=ada, at=AT)
    Letter.objects.all().delete()

    verb(
        request_id=request.pk, digest=digest(request), by=olga, at=AT,
        comment="The window is ninety days.",
    )  # fmt: skip

    assert text_to("ada").startswith(
        f"Request {request.pk}, A change: {subject.partition(':')[0].lower()} by Olga. "
        "The window is ninety days.\n"
    )
    assert written() == [("ada", subject), ("bo", subject)]


def approved(domain: Domain, by: User) -> ChangeRequest:
    request = requests.approved(
        requests.kpi(domain), by=by, approvers=[make.owner(domain), make.owner(domain)]
    )
    Letter.objects.all().delete()
    return request


def test_who_asked_is_told_that_it_took_effect_by_somebody_elses_hand(domain, ada):
    request = approved(domain, ada)
    bo = named(make.domain_steward(domain), "Bo")

    changes.apply(request_id=request.pk, digest=digest(request), by=bo, at=AT)

    assert written() == [("ada", "In effect: A change")]


def test_whoever_let_it_take_effect_is_not_told_what_they_did(domain, ada):
    request = approved(domain, ada)

    changes.apply(request_id=request.pk, digest=digest(request), by=ada, at=AT)

    assert written() == []


def test_applying_it_again_writes_nothing_again(domain, ada):
    request = approved(domain, ada)
    by = make.domain_steward(domain)
    for _ in range(2):
        changes.apply(request_id=request.pk, digest=digest(request), by=by, at=AT)

    assert written() == [("ada", "In effect: A change")]


def test_whoever_was_overtaken_is_told_by_what(domain, ada):
    bo = named(make.domain_steward(domain), "Bo")
    request = approved(domain, ada)
    other = requests.in_review(requests.kpi(domain, window_days=30), by=bo)
    Letter.objects.all().delete()

    changes.apply(request_id=request.pk, digest=digest(request), by=ada, at=AT)

    assert text_to("bo").startswith(
        f"Request {other.pk}, A change: conflicted. KPI ltv_90 was changed by request "
        f"{request.pk}. Revise this one against what holds now.\n"
    )


def test_whoever_asked_for_what_was_reverted_is_told(domain, ada, olga, henrik):
    request = approved(domain, ada)
    changes.apply(request_id=request.pk, digest=digest(request), by=ada, at=AT)
    back = changes.revert(request_id=request.pk, reason="Too soon.", by=ada, at=AT)
    bo = named(make.domain_steward(domain), "Bo")
    changes.submit(request_id=back.pk, by=ada, at=AT)
    requests.as_measured(back)
    for by in (olga, henrik):
        says_yes(back, by)
    written()

    changes.apply(request_id=back.pk, digest=digest(back), by=bo, at=AT)

    assert written() == [
        ("ada", "In effect: Revert: A change"), ("ada", "Reverted: A change"),
    ]  # fmt: skip


def test_a_broken_glass_is_told_to_everybody_concerned(domain, ada, olga, henrik):
    request = requests.in_review(requests.kpi(domain), by=ada)
    written()

    changes.override(
        request_id=request.pk, digest=digest(request), by=olga, at=AT,
        reason="The board meets today.",
    )  # fmt: skip

    text = text_to("ada")
    assert (
        "Its review is due 04 March 2026, 09:00 UTC.\n\nThe emergency: The board"
        in text
    )
    assert written() == [
        (name, "Changed without approval: A change")
        for name in ("ada", "henrik", "olga")
    ]


def test_the_review_of_an_emergency_is_receipted(domain, ada, olga, henrik):
    request = requests.in_review(requests.kpi(domain), by=ada)
    changes.override(
        request_id=request.pk, digest=digest(request), by=make.owner(domain), at=AT,
        reason="The board meets today.",
    )  # fmt: skip
    written()

    says_yes(request, olga)

    assert ("olga", "Receipt: Olga approved A change") in written()


def test_what_is_refused_writes_to_nobody(domain, ada, olga):
    request = requests.in_review(requests.kpi(domain), by=ada)
    written()

    for by in (ada, make.user()):
        with pytest.raises(changes.NotYours):
            says_yes(request, by)

    assert written() == []
