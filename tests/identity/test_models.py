"""What the database refuses to hold of who is who, and who is asked about."""

import pytest
from django.apps import apps

from identity.models import (
    AttachedVisit,
    Key,
    Link,
    MatchCandidate,
    MatchModel,
    Merge,
    Person,
    QuarantinedValue,
)
from measurement.models import Event
from tests import make
from tests.identity import audit_rows, ledger_rows, queue_rows
from tests.make import moment
from tests.refused import broken

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY = moment("2026-03-02"), moment("2026-03-03")


def link(record=None, *, until=None):
    return Link.objects.create(
        record=record or make.record(),
        person=make.person(),
        started_at=MONDAY,
        ended_at=until,
        reason="email",
    )


def key(record):
    return Key.objects.create(
        record=record, kind="email", value="a@b.example", version=1
    )


def pair(left=None, right=None, **decision):
    if left is None:
        left, right = make.record(), make.record()
    return MatchCandidate.objects.create(
        left=left, right=right, evidence="", guard="", found_at=MONDAY, **decision
    )


def the_same_twice(create):
    record = make.record()
    create(record)
    create(record)


def pair_asked_twice():
    asked = pair()
    pair(asked.left, asked.right)


def merge_with_oneself():
    somebody = make.person()
    Merge.objects.create(kept=somebody, absorbed=somebody, at=MONDAY, reason="")


def pair_the_other_way_round():
    earlier, later = make.record(), make.record()
    pair(later, earlier)


def set_aside(of=None, *, why="crowded", **said):
    return QuarantinedValue.objects.create(
        storefront=of or make.storefront(), kind="phone", value="+12125550123",
        why=why, since=MONDAY, **said,
    )  # fmt: skip


def weights(**said):
    return MatchModel.objects.create(
        **{"body": {"bias": -7.5}, "origin": "cold_start", "made_at": MONDAY, **said}
    )


def the_same_set_aside_twice():
    storefront = make.storefront()
    set_aside(storefront)
    set_aside(storefront)


def the_same_weights_twice():
    weights()
    weights(origin="learned", answers=1500)


def attached(event, *, until=None):
    return AttachedVisit.objects.create(
        event=event, record=make.record(), known_by=event, started_at=MONDAY,
        ended_at=until,
    )  # fmt: skip


def visit():
    return Event.objects.create(
        system=make.system(kind="web"), message_id="1", kind="visit", at=MONDAY, run=1
    )


def attached_twice():
    event = visit()
    attached(event)
    attached(event)


REFUSED = {
    "one_person_per_record_now": lambda: the_same_twice(link),
    "link_ends_after_it_starts": lambda: link(until=MONDAY),
    "key_stands_once_per_record": lambda: the_same_twice(key),
    "pair_is_asked_once": pair_asked_twice,
    "pair_is_written_one_way": pair_the_other_way_round,
    "decided_pair_names_who_and_when": lambda: pair(status="same"),
    "nobody_merges_with_themselves": merge_with_oneself,
    "value_is_set_aside_once_now": the_same_set_aside_twice,
    "value_is_lifted_after_it_was_set_aside": lambda: set_aside(lifted_at=MONDAY),
    "who_sets_a_value_aside_says_why": lambda: set_aside(why="steward"),
    "same_weights_are_one_model": the_same_weights_twice,
    "what_learned_had_answers": lambda: weights(origin="learned"),
    "one_record_per_visit_now": attached_twice,
    "attachment_ends_after_it_starts": lambda: attached(visit(), until=MONDAY),
    **ledger_rows.REFUSED,
    **audit_rows.REFUSED,
    **queue_rows.REFUSED,
}


@pytest.mark.parametrize("constraint", REFUSED)
def test_the_database_refuses_what_its_constraint_says(constraint):
    with broken(constraint):
        REFUSED[constraint]()


def test_every_constraint_has_something_it_refuses():
    named = {
        constraint.name
        for model in apps.get_app_config("identity").get_models()
        for constraint in model._meta.constraints
    }

    assert named == set(REFUSED)


def test_a_record_may_belong_to_another_person_afterwards():
    ended = link(until=TUESDAY)

    assert link(ended.record).person != ended.person


def test_a_pair_is_not_two_times_the_same_record():
    record = make.record()

    with broken("pair_is_written_one_way"):
        pair(record, record)


@pytest.mark.parametrize("named", [set(), {"decided_by"}, {"decided_at"}])
@pytest.mark.parametrize("status", ["same", "different"])
def test_a_decision_names_who_and_when(status, named):
    given = {"decided_by": make.user(role="steward"), "decided_at": TUESDAY}

    with broken("decided_pair_names_who_and_when"):
        pair(status=status, **{name: given[name] for name in named})


@pytest.mark.parametrize("named", ["decided_by", "decided_at"])
def test_a_waiting_pair_names_nobody_and_no_moment(named):
    given = {"decided_by": make.user(role="steward"), "decided_at": TUESDAY}

    with broken("decided_pair_names_who_and_when"):
        pair(**{named: given[named]})


def test_a_status_nobody_knows_is_refused():
    with broken("decided_pair_names_who_and_when"):
        pair(
            status="perhaps",
            decided_by=make.user(role="steward"),
            decided_at=TUESDAY,
        )


@pytest.mark.parametrize("status", ["same", "different"])
def test_a_decision_that_names_who_and_when_is_taken(status):
    decided = pair(
        status=status,
        wants="",
        decided_by=make.user(role="steward"),
        decided_at=TUESDAY,
    )

    assert list(MatchCandidate.objects.pending()) == []
    assert decided.pk is not None


@pytest.mark.parametrize(
    ("as_of", "holds"),
    [
        ("2026-03-01T23:59", False),
        ("2026-03-02", True),
        ("2026-03-02T23:59", True),
        ("2026-03-03", False),
    ],
)
def test_a_link_holds_from_its_start_until_just_before_its_end(as_of, holds):
    link(until=TUESDAY)

    assert Link.objects.as_of(moment(as_of)).exists() is holds


def test_a_link_without_an_end_holds_at_any_later_moment():
    open_ended = link()

    assert list(Link.objects.as_of(moment("2099-01-01"))) == [open_ended]


def test_without_a_moment_the_links_that_hold_now_are_meant():
    ended = link(until=TUESDAY)
    now = link(ended.record)

    assert list(Link.objects.as_of(None)) == [now]


def test_at_any_moment_a_record_that_moved_belongs_to_one_person():
    ended = link(until=TUESDAY)
    following = Link.objects.create(
        record=ended.record, person=make.person(), started_at=TUESDAY, reason="steward"
    )

    found = [
        list(Link.objects.as_of(moment(at)))
        for at in ("2026-03-02T12:00", "2026-03-03", "2026-03-04")
    ]

    assert found == [[ended], [following], [following]]


def test_people_get_public_ids_that_differ():
    one, other = make.person(), make.person()

    ids = Person.objects.filter(pk__in=[one.pk, other.pk])
    assert len({person.public_id for person in ids}) == 2
