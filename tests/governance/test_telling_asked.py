"""Who is asked to decide, when that is, and what the letter says."""

from collections.abc import Sequence

import pytest

from governance import changes, effects, preview
from governance.effects import Answer, Moved
from governance.models import ChangeRequest, Letter, Preview, User
from tests import make
from tests.governance import requests
from tests.governance.letters import named, text_to, written
from tests.governance.requests import AT

pytestmark = pytest.mark.django_db


class Known:
    """Says of every KPI what it was told to say."""

    kinds = frozenset({"kpi"})

    def __init__(self) -> None:
        self.answer: Answer | effects.PreviewError = Answer(looked_at=40)

    def stands_on(self) -> str:
        return "the same data"

    def measure(self, operations: object, *, at: object) -> Answer:
        if isinstance(self.answer, effects.PreviewError):
            raise self.answer
        return self.answer

    def became(self, *, since: object) -> None:
        return None


@pytest.fixture(autouse=True)
def known(monkeypatch, settings) -> Known:
    settings.SITE_ADDRESS = "https://plumb.example"
    alone = Known()
    monkeypatch.setattr(effects, "_effects", [alone])
    return alone


@pytest.fixture
def ada(domain) -> User:
    return named(make.domain_steward(domain), "Ada")


@pytest.fixture
def olga(domain) -> User:
    return named(make.owner(domain), "Olga")


def submitted(*operations: changes.Proposed, by: User) -> ChangeRequest:
    request = requests.draft(*operations, by=by)
    return changes.submit(request_id=request.pk, by=by, at=AT)


def measure(request: ChangeRequest) -> Preview:
    """Have a worker measure what the request asks for now."""
    assert request.requested_by is not None
    asked = preview.ask(request_id=request.pk, by=request.requested_by, at=AT)
    return preview.measure(preview_id=asked.pk, at=AT)


def lines(text: str) -> Sequence[str]:
    return [line for line in text.splitlines() if line.startswith("- ")]


def test_whoever_may_decide_is_asked_once_it_is_known_what_it_does(domain, ada, olga):
    named(make.owner(domain), "Henrik")
    named(make.domain_steward(domain), "Other")
    named(make.owner(make.domain("orders")), "Elsewhere")
    named(make.user(role="admin"), "Admin")
    request = submitted(requests.kpi(domain), by=ada)
    too_early = written()

    measure(request)

    assert (too_early, written()) == (
        [],
        [
            ("henrik", "For you to decide: A change"),
            ("olga", "For you to decide: A change"),
        ],
    )


def test_what_no_number_depends_on_is_asked_at_once(domain, ada, olga):
    submitted(requests.field(domain), by=ada)

    assert written() == [("olga", "For you to decide: A change")]


def test_what_was_measured_as_a_draft_is_asked_at_once(domain, ada, olga):
    request = requests.draft(requests.kpi(domain), by=ada)
    measure(request)
    before = written()

    changes.submit(request_id=request.pk, by=ada, at=AT)

    assert (before, written()) == ([], [("olga", "For you to decide: A change")])


def test_measured_again_it_is_asked_once(domain, ada, olga):
    request = submitted(requests.kpi(domain), by=ada)

    for _ in range(2):
        measure(request)

    assert written() == [("olga", "For you to decide: A change")]


def test_what_was_measured_of_an_earlier_revision_asks_nobody(domain, ada, olga):
    request = submitted(requests.kpi(domain), by=ada)
    asked = preview.ask(request_id=request.pk, by=ada, at=AT)
    changes.revise(
        request_id=request.pk, operations=[requests.kpi(domain, window_days=30)],
        by=ada, at=AT,
    )  # fmt: skip
    changes.submit(request_id=request.pk, by=ada, at=AT)

    preview.measure(preview_id=asked.pk, at=AT)

    assert written() == []


def test_who_asked_is_told_that_it_could_not_be_measured_and_nobody_is_asked(
    domain, ada, olga, known
):
    known.answer = effects.PreviewError("The files of March are gone.")
    request = submitted(requests.kpi(domain), by=ada)

    measure(request)

    assert text_to("ada").startswith(
        f"Request {request.pk}, A change, waits: nobody decides on it before it is known "
        "what it does to the numbers. The files of March are gone.\n"
    )
    assert written() == [("ada", "Could not be measured: A change")]


def test_the_letter_says_what_why_by_when_and_where(domain, ada, olga):
    requests.applied(requests.field(domain), domain=domain)
    Letter.objects.all().delete()

    request = submitted(
        requests.kpi(domain), requests.field(domain, meaning="Mail."), by=ada
    )
    measure(request)

    assert text_to("olga") == (
        "Ada asks for a change you may decide on: A change.\n\n"
        "Why: The quarterly review asked for it.\n\n"
        "What changes:\n"
        "- Lifetime value, 90 days (KPI ltv_90): new\n"
        "- E-mail (Field customer.email): said otherwise\n\n"
        "No number moves: 40 were looked at.\n\n"
        "It runs out on 01 April 2026, 09:00 UTC.\n\n"
        f"https://plumb.example/changes/{request.pk}/"
    )


def test_the_letter_says_what_it_does_to_the_numbers(domain, ada, olga, known):
    known.answer = Answer(
        looked_at=40,
        moved=[
            Moved("revenue", "all", "1234567.5", "1300000.00", is_total=True),
            Moved("buyers", "all", "10", "9"),
            Moved("ltv_90", "all", None, "3.1"),
        ],
    )

    measure(submitted(requests.kpi(domain), by=ada))

    assert (
        "What it does to the numbers: 3 of 40 move.\n"
        "- revenue, all: 1,234,567.50 → 1,300,000 (+5.3%)\n"
        "- buyers, all: 10 → 9 (-10.0%)\n"
        "- ltv_90, all: none → 3.10\n\n"
    ) in text_to("olga")


def test_what_is_given_up_is_called_so(domain, ada, olga):
    requests.applied(requests.field(domain), domain=domain)
    Letter.objects.all().delete()

    submitted(
        changes.Proposed(
            "field", "customer.email", domain.key, requests.FIELD, state="deprecated"
        ),
        by=ada,
    )

    assert lines(text_to("olga")) == [
        "- E-mail (Field customer.email): deprecated from now on"
    ]


def test_of_many_definitions_some_are_named_and_the_rest_counted(domain, ada, olga):
    submitted(
        *(requests.field(domain, f"customer.email_{each}") for each in range(9)), by=ada
    )

    assert lines(text_to("olga"))[-2:] == [
        "- E-mail (Field customer.email_5): new",
        "- and 3 more",
    ]


def test_a_draft_asks_nobody(domain, ada, olga):
    requests.draft(requests.field(domain), by=ada)

    assert written() == []


def test_asked_once_more_they_are_written_to_once_more_and_never_twice(
    domain, ada, olga
):
    request = submitted(requests.field(domain), by=ada)
    changes.recall(request_id=request.pk, by=ada)
    changes.submit(request_id=request.pk, by=ada, at=AT)

    assert written() == [("olga", "For you to decide: A change")] * 2


def test_a_title_with_odd_signs_reaches_them_as_it_is(domain, ada, olga):
    title = "„Größe“ <b>& 🙂\nBcc: x"
    request = changes.propose(
        title=title, reason="As agreed.", operations=[requests.field(domain)], by=ada,
        at=AT,
    )  # fmt: skip
    changes.submit(request_id=request.pk, by=ada, at=AT)

    assert f"you may decide on: {title}.\n" in text_to("olga")
