"""What nobody reads is suggested for retirement by itself, and by nobody in particular."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from governance import changes, desk, housekeeping, tasks, usage
from governance.models import ChangeRequest, GovernanceEvent, Letter, User
from tests import make
from tests.governance import requests
from tests.governance.pages import seen

pytestmark = pytest.mark.django_db

States = ChangeRequest.State


def in_the_quarter_after(at: datetime) -> datetime:
    return at + timedelta(days=92)


@pytest.fixture
def domain():
    return make.domain("orders")


@pytest.fixture
def later():
    """A moment by which what is defined now could have been read, and was not."""
    today = timezone.now()
    usage.note("kpi", "anything", on=today.date())
    return today + timedelta(days=100)


def agreed(domain, *keys: str, **said) -> None:
    requests.applied(
        *(requests.field(domain, key, **said) for key in keys), domain=domain
    )


def asked(request: ChangeRequest) -> list[tuple[str, str, str]]:
    operations = changes.current_revision(request).operations.order_by("key")
    return [(each.kind, each.key, each.state) for each in operations]


def test_what_nobody_reads_is_one_draft_for_all_of_it(domain, later):
    agreed(domain, "order.gift_note", "order.tax_note")

    made = housekeeping.propose_retirements(at=later)

    assert (made.state, made.title) == (States.DRAFT, "Retire 2 fields nobody reads")
    assert asked(made) == [
        ("field", "order.gift_note", "retired"),
        ("field", "order.tax_note", "retired"),
    ]
    assert "order.gift_note, order.tax_note" in made.reason


def test_nothing_is_suggested_where_everything_is_read(domain, later):
    agreed(domain, "order.gift_note")
    usage.note("field", "order.gift_note", on=later.date())

    assert housekeeping.propose_retirements(at=later) is None
    assert ChangeRequest.objects.filter(state=States.DRAFT).count() == 0


def test_it_says_it_once_a_quarter_however_often_it_is_asked(domain, later):
    agreed(domain, "order.gift_note")

    made = [housekeeping.propose_retirements(at=later) for _ in range(3)]

    assert [each is None for each in made] == [False, True, True]


def test_a_required_field_is_never_suggested(domain, later):
    agreed(domain, "order.source_id", required=True)

    assert housekeeping.propose_retirements(at=later) is None


def test_nobody_in_particular_asked_for_it(domain, later):
    agreed(domain, "order.gift_note")

    made = housekeeping.propose_retirements(at=later)

    by = made.requested_by
    assert (by.username, by.is_active, by.has_usable_password()) == ("housekeeping", False, False)  # fmt: skip
    assert list(by.groups.all()) == []
    event = GovernanceEvent.objects.get(object_type="request", verb="opened", request=made.pk)  # fmt: skip
    assert (event.actor_id, event.actor) == (by.pk, "housekeeping")


def test_nobody_signs_in_under_that_name(domain, later, client):
    agreed(domain, "order.gift_note")
    housekeeping.propose_retirements(at=later)

    assert not client.login(username="housekeeping", password="!")


def test_an_account_of_somebody_is_not_taken_for_nobody(domain, later):
    agreed(domain, "order.gift_note")
    User.objects.create_user("housekeeping", password="a long enough one")

    with pytest.raises(housekeeping.NameTaken, match="can sign in"):
        housekeeping.propose_retirements(at=later)


def test_it_lies_on_the_desk_of_whoever_answers_for_the_field(domain, later):
    agreed(domain, "order.gift_note")
    made = housekeeping.propose_retirements(at=later)

    owner, other = make.owner(domain), make.owner(make.domain("revenue"))

    assert list(desk.suggested(owner)) == [made]
    assert list(desk.suggested(other)) == []
    assert "Retire 1 field nobody reads" in seen(owner, "/changes/")


def test_who_answers_for_it_puts_it_to_review_and_it_goes_the_usual_way(domain, later):
    agreed(domain, "order.gift_note")
    made = housekeeping.propose_retirements(at=later)
    owner = make.owner(domain)

    changes.submit(request_id=made.pk, by=owner, at=later)
    digest = requests.digest(made)
    changes.approve(request_id=made.pk, digest=digest, by=owner, at=later)
    changes.apply(request_id=made.pk, digest=digest, by=owner, at=later)

    made.refresh_from_db()
    assert (made.risk, made.state) == ("medium", States.APPLIED)
    assert usage.unread(at=later) == []


def test_a_field_somebody_asks_about_already_is_left_to_them(domain, later):
    agreed(domain, "order.gift_note", "order.tax_note")
    requests.draft(
        requests.field(domain, "order.gift_note", meaning="What to write."),
        by=make.owner(domain),
    )

    made = housekeeping.propose_retirements(at=later)

    assert [key for _kind, key, _state in asked(made)] == ["order.tax_note"]


def test_a_suggestion_nobody_took_up_makes_room_for_the_next(domain, later):
    agreed(domain, "order.gift_note")
    before = housekeeping.propose_retirements(at=later)
    agreed(domain, "order.tax_note")

    made = housekeeping.propose_retirements(at=in_the_quarter_after(later))

    before.refresh_from_db()
    assert before.state == States.WITHDRAWN
    assert [key for _kind, key, _state in asked(made)] == ["order.gift_note", "order.tax_note"]  # fmt: skip


def test_a_suggestion_in_review_is_not_taken_away(domain, later):
    agreed(domain, "order.gift_note")
    before = housekeeping.propose_retirements(at=later)
    changes.submit(request_id=before.pk, by=make.owner(domain), at=later)

    made = housekeeping.propose_retirements(at=in_the_quarter_after(later))

    before.refresh_from_db()
    assert (made, before.state) == (None, States.IN_REVIEW)


def test_who_said_no_is_not_asked_again_for_a_year(domain, later):
    agreed(domain, "order.gift_note")
    before = housekeeping.propose_retirements(at=later)
    owner = make.owner(domain)
    changes.submit(request_id=before.pk, by=owner, at=later)
    changes.reject(
        request_id=before.pk, digest=requests.digest(before), by=owner, at=later,
        comment="The warehouse prints it.",
    )  # fmt: skip

    in_a_quarter = housekeeping.propose_retirements(at=in_the_quarter_after(later))
    in_a_year = housekeeping.propose_retirements(at=later + timedelta(days=366))

    assert (in_a_quarter, in_a_year is None) == (None, False)


def test_it_writes_no_letter_to_nobody(domain, later):
    agreed(domain, "order.gift_note")

    housekeeping.propose_retirements(at=later)

    assert Letter.objects.filter(to="").count() == 0


def test_a_worker_does_it_and_says_what_it_made(domain):
    assert tasks.propose_retirements() == {"request": None}
