"""The pages of the ledger: what was done to who is who, and one event in full."""

from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from governance.roles import ROLES
from identity import ledger
from identity.explaining import whole
from identity.models import IdentityEvent
from identity.views import events
from measurement.models import CustomerRecord
from tests import make
from tests.governance.pages import as_, seen
from tests.identity.settled import day, merge, records, settle, someone, undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def steward():
    return make.user(role="steward")


@pytest.fixture
def two():
    """Ada with two records and Bo with one, whose address is known."""
    ada, bo = someone(2), someone(1)
    CustomerRecord.objects.filter(pk__in=[*records(ada), *records(bo)]).update(
        first_name="Ada", last_name="Byron", email="ada@home.example"
    )
    return ada, bo


@pytest.fixture
def merged(two, steward) -> IdentityEvent:
    return merge(*two, by=steward, at=day(1)).event


def kinds(user, asked: str = "") -> list[str]:
    """Return what the list shows, in order."""
    page = as_(user).get(f"/review/events/?{asked}")
    return [str(each.kind) for each in page.context["rows"]]


def address(event: IdentityEvent) -> str:
    return f"/review/events/{event.public_id}/"


def test_where_nobody_is_known_the_list_says_so(db):
    assert "Nobody is known yet" in seen(make.user(), "/review/events/")


def test_the_list_says_what_was_done_by_whom_why_and_to_whom(merged, two, steward):
    ada, bo = two

    told = seen(make.user(), "/review/events/")

    assert f"Merged : event {merged.pk}" in told
    assert f"{steward} {merged.reason} – Person {ada.pk} and Person {bo.pk}" in told


def test_the_last_event_stands_first(merged, steward):
    undo(merged.merge, by=steward, at=day(2))

    assert kinds(steward)[:2] == ["unmerged", "merged"]


def test_the_list_is_narrowed_by_what_who_day_run_and_person(merged, two, steward):
    undone = undo(merged.merge, by=make.user(role="steward"), at=day(3))
    settle([[*records(someone()), *records(someone())]], at=day(5), run="night 7")
    zone = ZoneInfo(settings.REPORTING_TIME_ZONE)
    merged_on, undone_on = (
        each.at.astimezone(zone).date() for each in (merged, undone)
    )

    found = {
        asked: kinds(steward, asked)
        for asked in (
            "kind=unmerged", f"who={steward}", f"on={merged_on}&kind=merged",
            f"on={undone_on}&kind=merged", "run=night+7", f"person={two[1].public_id}&kind=merged",
            f"person={uuid4()}",
        )
    }  # fmt: skip

    assert list(found.values()) == [
        ["unmerged"], ["merged"], ["merged"], [], ["merged"], ["merged"], [],
    ]  # fmt: skip


def test_older_events_stand_on_the_next_page(monkeypatch, merged, steward):
    monkeypatch.setattr(events, "ROWS", 1)
    undone = undo(merged.merge, by=steward, at=day(2))

    first = as_(steward).get("/review/events/")

    assert f"before={undone.pk}" in first.text
    assert kinds(steward, f"before={undone.pk}") == ["merged"]


@pytest.mark.parametrize(
    "asked",
    ["kind=pigeon", "on=yesterday", "person=7", "before=0", "before=" + "9" * 5000, "on=1066-01-01"],
)  # fmt: skip
def test_what_is_not_understood_is_said_and_shows_nothing(merged, steward, asked):
    assert "That was not understood" in seen(steward, f"/review/events/?{asked}")
    assert kinds(steward, asked) == []


def test_an_event_shows_both_as_they_were_before_and_after(merged, two, steward):
    ada, bo = two

    page = as_(steward).get(address(merged))

    told = page.context["told"]
    assert [(side.public_id, side.records_in_all) for side in told.before] == [
        (str(ada.public_id), 2), (str(bo.public_id), 1),
    ]  # fmt: skip
    assert [(side.public_id, side.records_in_all) for side in told.after] == [
        (str(ada.public_id), 3), (str(bo.public_id), 0),
    ]  # fmt: skip
    assert [each.record.pk for each in told.moved] == records(ada)[2:]
    assert f"/review/people/{ada.public_id}/" in page.text
    assert f"/review/people/{bo.public_id}/" in page.text


def test_contacts_are_shown_in_full_to_whoever_needs_them_and_to_nobody_else(
    merged, steward
):
    of_steward, of_viewer = (
        as_(user).get(address(merged)).text for user in (steward, make.user())
    )

    assert "ada@home.example" in of_steward
    assert "ada@home.example" not in of_viewer
    assert "a•••@h•••.example" in of_viewer


def test_of_many_records_some_are_shown_and_all_are_counted(monkeypatch, steward):

    monkeypatch.setattr(whole, "SHOWN", 2)
    event = merge(someone(3), someone(1), by=steward, at=day(1)).event

    told = as_(steward).get(address(event)).context["told"]

    assert [(len(each.records), each.records_in_all) for each in told.before] == [
        (2, 3), (1, 1),
    ]  # fmt: skip


def test_a_steward_undoes_a_merge_and_undoes_the_undoing(merged, two, steward):
    before = ledger.replay()

    as_(steward).post(f"{address(merged)}undo/", {"reason": "They are two."})
    apart = ledger.replay()
    undone = IdentityEvent.objects.get(undoes=merged)
    as_(steward).post(f"{address(undone)}undo/", {"reason": "They are one."})

    assert (undone.reason, undone.by) == ("They are two.", steward)
    assert apart != before
    assert ledger.replay() == before
    assert "See what undid it" in as_(steward).get(address(merged)).text


def test_what_is_undone_or_no_merge_offers_no_button(merged, steward):
    undone = undo(merged.merge, by=steward, at=day(2))
    ledger.lock(
        person_id=undone.person_id, by=steward, reason="Known to us.", at=day(3)
    )
    locked = IdentityEvent.objects.get(kind="locked")

    offered = ["undo-reason" in as_(steward).get(address(each)).text for each in (merged, undone, locked)]  # fmt: skip

    assert offered == [False, True, False]


def test_whoever_may_not_undo_is_shown_no_button_and_refused_in_words(merged):
    viewer = as_(make.user())

    page = viewer.get(address(merged)).text
    answer = viewer.post(
        f"{address(merged)}undo/", {"reason": "They are two."}, follow=True
    )

    assert "undo-reason" not in page
    assert "is not a steward" in answer.text
    assert not IdentityEvent.objects.filter(undoes=merged).exists()


def test_an_event_that_cannot_be_undone_says_why(merged, steward):
    undo(merged.merge, by=steward, at=day(2))

    answer = as_(steward).post(
        f"{address(merged)}undo/", {"reason": "They are two."}, follow=True
    )

    assert "has undone it at" in answer.text


def test_what_came_is_told_with_its_records(steward):
    record = make.record(first_name="Bo", last_name="Reed")
    settle([[record.pk]], at=day(1), run="night 3")
    came = IdentityEvent.objects.latest("pk")

    told = seen(steward, address(came))

    assert "1 record moved" in told
    assert "Bo Reed" in told and "night 3" in told


def test_the_pages_cost_the_same_for_little_and_for_much(
    steward, django_assert_max_num_queries
):
    reader = as_(steward)
    small = merge(someone(1), someone(1), by=steward, at=day(1)).event
    reader.get(address(small))
    with django_assert_max_num_queries(20) as one:
        reader.get(address(small))
        reader.get("/review/events/")
    large = merge(someone(9), someone(7), by=steward, at=day(2)).event

    with django_assert_max_num_queries(len(one)):
        reader.get(address(large))
        reader.get("/review/events/")


@pytest.mark.parametrize("role", [role.key for role in ROLES])
def test_every_role_reads_both_pages(merged, role):
    reader = as_(make.user(role=role))

    answered = [reader.get(at).status_code for at in ("/review/events/", address(merged))]  # fmt: skip

    assert answered == [200, 200]


def test_whoever_has_no_role_reads_none(client, merged):
    nobody = as_(make.seated(make.user()))

    for at in ("/review/events/", address(merged)):
        assert client.get(at).status_code == 302
        assert nobody.get(at).status_code == 403
    assert nobody.post(f"{address(merged)}undo/").status_code == 403


def test_an_event_nobody_knows_is_not_found(steward):
    assert as_(steward).get(f"/review/events/{uuid4()}/").status_code == 404


def test_what_a_source_sent_is_text(merged, two, steward):
    CustomerRecord.objects.filter(pk__in=records(two[0])).update(
        first_name="<script>alert(1)</script>"
    )

    page = as_(steward).get(address(merged))

    assert "<script>alert" not in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
