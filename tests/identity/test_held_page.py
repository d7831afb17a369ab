"""The page of what nights were stopped at, and who lets it pass."""

import pytest

from governance import unwell
from governance.roles import ROLES
from identity.ledger import Breaker
from identity.models import HeldRun
from measurement.models import CustomerRecord
from tests import make
from tests.governance.pages import as_, seen
from tests.governance.requests import applied
from tests.identity.settled import day, records, settle, someone
from tests.identity.test_policy import identifier

pytestmark = pytest.mark.django_db

STRICT = Breaker(share=0.0, floor=2, largest=6)


@pytest.fixture
def owner(domain):
    return make.owner(domain)


def held(number: float = 1) -> HeldRun:
    """Return what a night was stopped at that would have joined four to two."""
    one, other, third, fourth = (records(someone()) for _ in range(4))
    settled = settle(
        [[*one, *other], [*third, *fourth]],
        at=day(number), breaker=STRICT, run=f"night {number}",
    )  # fmt: skip
    return settled.held


def let_pass(user, run: HeldRun, reason: str = "A file of merged shops.") -> str:
    answer = as_(user).post(
        f"/review/held/{run.public_id}/pass/", {"reason": reason}, follow=True
    )
    run.refresh_from_db()
    return answer.text


def test_where_nothing_is_held_the_page_says_so(db):
    assert "Nothing is held" in seen(make.user(), "/review/held/")


def test_what_is_held_is_told_with_how_many_which_and_why(owner):
    run = held()

    told = seen(make.user(), "/review/held/")

    assert run.sentence in told
    assert "People there were 4 Would change 4 Largest person 2" in told
    for number in run.sample[0]["people"]:
        assert f"Person {number}" in told


def test_an_owner_lets_it_pass_with_a_reason(owner):
    run = held()

    let_pass(owner, run)

    assert (run.passed_by, run.passed_reason) == (owner, "A file of merged shops.")
    assert "A file of merged shops." in seen(owner, "/review/held/")


def test_without_a_reason_nothing_passes(owner):
    run = held()

    answer = let_pass(owner, run, " ")

    assert run.passed_at is None
    assert "Say why in a few words" in answer


def test_others_are_shown_no_button_and_refused_in_words(owner):
    run, steward = held(), make.user(role="steward")

    page = seen(steward, "/review/held/")

    assert "Let it pass" not in page
    assert "A data owner of customers lets it pass" in page
    assert "Only a data owner of customer lets a night pass" in let_pass(steward, run)
    assert run.passed_at is None


def test_what_was_let_pass_before_is_said(owner):
    run = held()
    let_pass(owner, run)

    assert f"{owner} let it pass at" in let_pass(owner, run)


def test_a_held_night_is_marked_where_stewards_and_runs_are_read(owner):
    steward = make.user(role="steward")
    before = [seen(steward, page) for page in ("/review/", "/runs/")]

    run = held()
    during = [seen(steward, page) for page in ("/review/", "/runs/")]
    let_pass(owner, run)
    after = [seen(steward, page) for page in ("/review/", "/runs/")]

    assert [" held:" in page for page in before + during + after] == [
        False, False, True, True, False, False,
    ]  # fmt: skip


def test_whoever_answers_for_identifiers_is_told_at_their_desk(domain, owner):
    applied(identifier(domain, "email"), domain=domain)
    run = held()

    told = unwell.of(owner, at=day(2))

    assert [(each.words, each.address) for each in told if "held" in each.what] == [
        (run.sentence, "/review/held/")
    ]


def test_the_page_costs_the_same_for_one_night_and_for_three(
    owner, django_assert_max_num_queries
):
    reader = as_(make.user())
    held()
    reader.get("/review/held/")
    with django_assert_max_num_queries(16) as one:
        reader.get("/review/held/")
    held(2)
    held(3)

    with django_assert_max_num_queries(len(one)):
        reader.get("/review/held/")


@pytest.mark.parametrize("role", [role.key for role in ROLES])
def test_every_role_reads_the_page(owner, role):
    run = held()

    assert run.sentence in seen(make.user(role=role), "/review/held/")


def test_whoever_has_no_role_reads_nothing_and_lets_nothing_pass(client, owner):
    run = held()
    nobody = as_(make.seated(make.user()))

    assert client.get("/review/held/").status_code == 302
    assert nobody.get("/review/held/").status_code == 403
    assert nobody.post(f"/review/held/{run.public_id}/pass/").status_code == 403


def test_what_a_source_sent_is_text(owner):
    run = held()
    CustomerRecord.objects.filter(pk__in=run.sample[0]["records"]).update(
        first_name="<script>alert(1)</script>"
    )

    page = as_(owner).get("/review/held/")

    assert "<script>alert" not in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
