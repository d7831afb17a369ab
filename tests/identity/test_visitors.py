"""Whose a visit was before anybody was known on its browser."""

from dataclasses import replace

import pytest

from identity import policy, visitors
from identity.models import AttachedVisit, Link
from measurement.models import ConsentEvent, Event
from tests import make

pytestmark = pytest.mark.django_db

AT = make.moment("2026-03-10")
FREE = replace(policy.beginning().of("visitor"), consent="", most_people=2)


@pytest.fixture
def web():
    return make.system("web", kind="web")


@pytest.fixture
def ann(web):
    record = make.record("Ann", of=web, source_id="ann")
    make.person(record)
    return record


@pytest.fixture
def bo(web):
    record = make.record("Bo", of=web, source_id="bo")
    make.person(record)
    return record


def visit(web, day, *, by=None, browser="b1", **said):
    return Event.objects.create(
        system=web, message_id=f"m{make.number()}", kind="visit", at=make.moment(day),
        customer=by, visitor_id=browser, run=1, **said,
    )  # fmt: skip


def attach(*, at=AT, **said):
    """Tie visits by a policy that says otherwise what is given."""
    begun = policy.beginning()
    agreed = replace(
        begun,
        identifiers={**begun.identifiers, "visitor": replace(FREE, **said)},
    )
    return visitors.attach(at=at, agreed=agreed)


def owners(*, as_of=None):
    """Return whose each attached visit is, by its day."""
    attached = AttachedVisit.objects.as_of(as_of).select_related("event", "record")
    return {f"{each.event.at:%m-%d}": each.record.source_id for each in attached}


def test_visits_belong_to_who_was_known_next_on_the_browser(web, ann, bo):
    visit(web, "2026-03-01")
    visit(web, "2026-03-02", by=ann)
    visit(web, "2026-03-03")
    visit(web, "2026-03-04", by=bo)
    visit(web, "2026-03-05")

    attached = attach()

    assert owners() == {"03-01": "ann", "03-03": "bo"}
    assert attached == visitors.Attached(anonymous=3, begun=2, ended=0)
    assert attached.message == (
        "2 visits were tied to who was known on the same browser later; 0 no longer are."
    )


def test_another_browser_is_another_visitor(web, ann):
    visit(web, "2026-03-01", browser="b2")
    visit(web, "2026-03-02", by=ann)

    attach()

    assert owners() == {}


def test_a_browser_is_one_within_a_storefront_and_no_further(web, ann):
    elsewhere = make.system("other", kind="web")
    visit(elsewhere, "2026-03-01")
    visit(web, "2026-03-02", by=ann)

    attach()

    assert owners() == {}


def test_a_purchase_says_whose_the_browser_is(web, ann):
    order = make.order(ann, make.moment("2026-03-02"))
    visit(web, "2026-03-01")
    visit(web, "2026-03-02", order=order)

    attach()

    assert owners() == {"03-01": "ann"}


def test_as_far_back_as_was_agreed_on_and_not_a_moment_further(web, ann):
    visit(web, "2026-03-01")
    visit(web, "2026-03-01T00:01")
    visit(web, "2026-03-31", by=ann)

    attach(window_days=30)

    assert [each.event.at for each in AttachedVisit.objects.all()] == [
        make.moment("2026-03-01T00:01")
    ]


def test_a_visit_of_the_moment_somebody_was_known_is_theirs(web, ann):
    visit(web, "2026-03-02", by=ann)
    visit(web, "2026-03-02")

    attach()

    assert owners() == {"03-02": "ann"}


def test_a_kiosk_ties_nothing_and_joins_nobody(web):
    shoppers = [make.record(of=web) for _ in range(3)]
    for shopper in shoppers:
        make.person(shopper)
        visit(web, "2026-03-02", by=shopper)
    visit(web, "2026-03-01")

    attach(most_people=2)

    assert owners() == {}
    assert Link.objects.as_of(None).values("person").distinct().count() == 3


def test_records_of_one_person_are_one_on_a_browser(web):
    records = [make.record(of=web, source_id=f"{number}") for number in range(3)]
    make.person(*records)
    visit(web, "2026-03-01")
    for record in records:
        visit(web, "2026-03-02", by=record)

    attach(most_people=2)

    assert len(owners()) == 1


def test_a_limit_of_none_is_no_limit(web, ann, bo):
    visit(web, "2026-03-01")
    visit(web, "2026-03-02", by=ann)
    visit(web, "2026-03-03", by=bo)

    attach(most_people=0)

    assert owners() == {"03-01": "ann"}


@pytest.mark.parametrize(
    ("said", "is_tied"),
    [
        ([], False),
        ([("2026-01-01", "granted")], True),
        ([("2026-01-01", "granted"), ("2026-02-01", "withdrawn")], False),
        ([("2026-01-01", "withdrawn"), ("2026-02-01", "granted")], True),
    ],
)
def test_without_a_persons_yes_nothing_is_tied_to_them(web, ann, said, is_tied):
    visit(web, "2026-03-01")
    visit(web, "2026-03-02", by=ann)
    for day, state in said:
        ConsentEvent.objects.create(
            customer=ann, purpose="analytics", state=state, at=make.moment(day), run=1
        )

    attach(consent="analytics")

    assert bool(owners()) is is_tied


def test_of_a_persons_records_the_stricter_answer_counts(web):
    yes, no = (make.record(of=web, source_id=f"{number}") for number in range(2))
    make.person(yes, no)
    for record, state in ((yes, "granted"), (no, "withdrawn")):
        ConsentEvent.objects.create(
            customer=record, purpose="analytics", state=state, at=AT, run=1
        )
    visit(web, "2026-03-01")
    visit(web, "2026-03-02", by=yes)

    attach(consent="analytics")

    assert owners() == {}


def test_an_identifier_that_may_not_attach_attaches_nothing(web, ann):
    visit(web, "2026-03-01")
    visit(web, "2026-03-02", by=ann)

    attach(trust="nothing")

    assert owners() == {}


def test_doing_it_again_changes_nothing(web, ann):
    visit(web, "2026-03-01")
    visit(web, "2026-03-02", by=ann)
    attach()
    before = list(AttachedVisit.objects.values())

    again = attach(at=make.moment("2026-03-11"))

    assert (again.begun, again.ended, again.message) == (0, 0, "")
    assert list(AttachedVisit.objects.values()) == before


def test_what_comes_late_gives_the_same_as_if_it_had_come_in_order(web, ann, bo):
    visit(web, "2026-03-01")
    visit(web, "2026-03-04", by=bo)
    attach()
    visit(web, "2026-03-02", by=ann)

    attach(at=make.moment("2026-03-11"))

    assert owners() == {"03-01": "ann"}
    assert owners(as_of=AT) == {"03-01": "bo"}


def test_a_visit_is_never_two_peoples_at_one_moment(web, ann, bo):
    """A step that is done again bears the moment it bore before."""
    visit(web, "2026-03-01")
    visit(web, "2026-03-04", by=bo)
    attach()
    visit(web, "2026-03-02", by=ann)

    attach()

    spans = AttachedVisit.objects.order_by("started_at").values_list(
        "record__source_id", "started_at", "ended_at"
    )
    (first, _, ended), (second, begun, _) = spans
    assert (first, second, ended) == ("bo", "ann", begun)


def test_a_visit_that_turned_out_to_be_somebodys_is_tied_no_longer(web, ann, bo):
    anonymous = visit(web, "2026-03-01")
    visit(web, "2026-03-02", by=ann)
    attach()
    anonymous.customer = bo
    anonymous.save()

    attached = attach(at=make.moment("2026-03-11"))

    assert (owners(), attached.ended) == ({}, 1)
