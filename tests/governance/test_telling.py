"""Who is written to about a request: what is asked of them, and what came of it."""

from datetime import timedelta

import pytest

from governance import changes
from governance.models import ChangeRequest, Domain, Letter, Preview, User
from tests import make
from tests.governance import requests
from tests.governance.requests import AT, digest

pytestmark = pytest.mark.django_db


@pytest.fixture
def domain() -> Domain:
    return make.domain("customer")


@pytest.fixture(autouse=True)
def site(settings) -> None:
    settings.SITE_ADDRESS = "https://plumb.example"


def named(somebody: User, name: str) -> User:
    somebody.first_name, somebody.email = name, f"{name.lower()}@shop.example"
    somebody.save()
    return somebody


@pytest.fixture
def ada(domain) -> User:
    return named(make.domain_steward(domain), "Ada")


@pytest.fixture
def olga(domain) -> User:
    return named(make.owner(domain), "Olga")


@pytest.fixture
def henrik(domain) -> User:
    return named(make.owner(domain), "Henrik")


def written() -> list[tuple[str, str]]:
    """Return to whom which letters were written since this was last asked."""
    found = [
        (letter.to.partition("@")[0], letter.subject)
        for letter in Letter.objects.order_by("pk")
    ]
    Letter.objects.all().delete()
    return sorted(found)


def text_to(name: str) -> str:
    return Letter.objects.get(to=f"{name}@shop.example").text


def says_yes(request: ChangeRequest, by: User) -> None:
    changes.approve(request_id=request.pk, digest=digest(request), by=by, at=AT)
    request.refresh_from_db()


def test_whoever_may_decide_is_asked_and_nobody_else(domain, ada, olga, henrik):
    named(make.domain_steward(domain), "Other")
    named(make.owner(make.domain("orders")), "Elsewhere")
    named(make.user(role="admin"), "Admin")

    requests.in_review(requests.kpi(domain), by=ada)

    assert written() == [
        ("henrik", "For you to decide: A change"),
        ("olga", "For you to decide: A change"),
    ]


def test_a_draft_asks_nobody(domain, ada, olga):
    requests.draft(requests.kpi(domain), by=ada)

    assert written() == []


def test_the_letter_that_asks_says_what_why_by_when_and_where(domain, ada, olga):
    requests.applied(requests.field(domain), domain=domain)
    Letter.objects.all().delete()

    request = requests.in_review(
        requests.kpi(domain), requests.field(domain, meaning="Mail."), by=ada
    )

    assert text_to("olga") == (
        "Ada asks for a change you may decide on: A change.\n\n"
        "Why: The quarterly review asked for it.\n\n"
        "What changes:\n"
        "- Lifetime value, 90 days (KPI ltv_90): new\n"
        "- E-mail (Field customer.email): said otherwise\n\n"
        "It runs out on 01 April 2026, 09:00 UTC.\n\n"
        f"https://plumb.example/changes/{request.pk}/"
    )


def test_what_is_given_up_is_called_so(domain, ada, olga):
    requests.applied(requests.kpi(domain), domain=domain)
    Letter.objects.all().delete()

    requests.in_review(
        changes.Proposed("kpi", "ltv_90", domain.key, requests.KPI, state="deprecated"),
        by=ada,
    )

    assert "(KPI ltv_90): deprecated from now on\n" in text_to("olga")


def test_of_many_definitions_some_are_named_and_the_rest_counted(domain, ada, olga):
    requests.in_review(
        *(requests.kpi(domain, f"ltv_{each}") for each in range(9)), by=ada
    )

    lines = text_to("olga").splitlines()
    assert [line for line in lines if line.startswith("- ")][-2:] == [
        "- Lifetime value, 90 days (KPI ltv_5): new",
        "- and 3 more",
    ]


def measured(
    request: ChangeRequest, *, state: str = "measured", **answer: object
) -> None:
    Preview.objects.create(
        revision=changes.current_revision(request), state=state, answer=answer,
        asked_by=request.requested_by, asked_at=AT, measured_at=AT,
    )  # fmt: skip


def moved(what: str, before: str | None, after: str | None, share: str | None):
    return {
        "what": what, "where": "everywhere", "before": before, "after": after,
        "share": share,
    }  # fmt: skip


def test_the_letter_says_what_it_does_to_the_numbers_if_that_was_measured(
    domain, ada, olga
):
    request = requests.draft(requests.kpi(domain), by=ada)
    measured(
        request, looked_at=40, moved_in_all=3,
        moved=[
            moved("revenue", "1234567.5", "1300000.00", "0.053001"),
            moved("buyers", "10", "9", "-0.100000"),
            moved("ltv_90", None, "3.1", None),
        ],
    )  # fmt: skip

    changes.submit(request_id=request.pk, by=ada, at=AT)

    assert (
        "What it does to the numbers: 3 of 40 move.\n"
        "- revenue, everywhere: 1,234,567.50 → 1,300,000 (+5.3%)\n"
        "- buyers, everywhere: 10 → 9 (-10.0%)\n"
        "- ltv_90, everywhere: none → 3.10\n\n"
    ) in text_to("olga")


def test_that_no_number_moves_is_said_too(domain, ada, olga):
    request = requests.draft(requests.kpi(domain), by=ada)
    measured(request, looked_at=40, moved_in_all=0, moved=[])

    changes.submit(request_id=request.pk, by=ada, at=AT)

    assert "No number moves: 40 were looked at.\n" in text_to("olga")


@pytest.mark.parametrize("state", ["asked", "failed"])
def test_what_was_not_measured_is_not_told(domain, ada, olga, state):
    request = requests.draft(requests.kpi(domain), by=ada)
    measured(request, state=state, looked_at=40, moved=[])

    changes.submit(request_id=request.pk, by=ada, at=AT)

    assert "number" not in text_to("olga")


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


def test_asked_once_more_they_are_written_to_once_more_and_never_twice(
    domain, ada, olga
):
    request = requests.in_review(requests.kpi(domain), by=ada)
    changes.recall(request_id=request.pk, by=ada)
    changes.submit(request_id=request.pk, by=ada, at=AT)

    assert written() == [("olga", "For you to decide: A change")] * 2


def test_what_is_refused_writes_to_nobody(domain, ada, olga):
    request = requests.in_review(requests.kpi(domain), by=ada)
    written()

    for by in (ada, make.user()):
        with pytest.raises(changes.NotYours):
            says_yes(request, by)

    assert written() == []


def test_a_title_with_odd_signs_reaches_them_as_it_is(domain, ada, olga):
    title = "„Größe“ <b>& 🙂\nBcc: x"
    request = changes.propose(
        title=title, reason="As agreed.", operations=[requests.kpi(domain)], by=ada,
        at=AT,
    )  # fmt: skip
    changes.submit(request_id=request.pk, by=ada, at=AT)

    assert f"you may decide on: {title}.\n" in text_to("olga")
