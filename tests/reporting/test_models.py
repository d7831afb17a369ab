"""What the database refuses to hold of builds and their readings."""

from datetime import date

import pytest
from django.apps import apps

from governance.models import Channel
from reporting.models import (
    Annotation,
    Build,
    Buyer,
    Movement,
    Note,
    Reading,
    Restatement,
    Restating,
)
from tests import make
from tests.governance import requests
from tests.identity import ledger_rows
from tests.make import moment
from tests.refused import broken

pytestmark = pytest.mark.django_db

AT = moment("2026-03-01")


def build(state=Build.State.COMPUTED):
    return Build.objects.create(
        made_at=AT, data_moment=AT, identity_moment=AT, digest="", state=state
    )


def reading(**fields):
    fields = {"build": build(), "storefront": make.storefront(), **fields}
    return Reading.objects.create(metric="repeat_rate", n=10, **fields)


def buyer(of, storefront, person):
    return Buyer.objects.create(
        build=of,
        storefront=storefront,
        person=person,
        channel=Channel.objects.first(),
        first_order_on=date(2026, 3, 1),
        last_order_on=date(2026, 3, 1),
        orders=1,
        revenue=5,
    )


def movement(**fields):
    first, second = build(Build.State.SUPERSEDED), build()
    fields = {"build": second, "build_before": first, **fields}
    return Movement.objects.create(
        **{"storefront": make.storefront(), "metric": "revenue", **fields}
    )


def one_number_moving_twice():
    moved = movement()
    movement(
        build=moved.build, build_before=moved.build_before, storefront=moved.storefront
    )


def a_number_moving_back_in_time():
    later, earlier = build(), build()
    movement(build=later, build_before=earlier)


def two_published():
    build(Build.State.PUBLISHED)
    build(Build.State.PUBLISHED)


def two_readings_of_a_cell():
    first = reading(dimensions={"channel": "email", "month": 3})
    # The same cell, its dimensions written in another order.
    reading(
        build=first.build,
        storefront=first.storefront,
        dimensions={"month": 3, "channel": "email"},
    )


def one_person_buying_twice():
    place = build(), make.storefront(), make.person()
    buyer(*place)
    buyer(*place)


def annotation(**fields):
    domain = make.domain()
    said = {
        "build": build(),
        "request": requests.draft(
            requests.field(domain), by=make.domain_steward(domain)
        ),
        "before": 1,
        "comparison": "restated",
        **fields,
    }
    return Annotation.objects.create(
        metric="ltv_90", kind="kpi", key="ltv_90", after=2, since=AT, **said
    )


def one_version_marking_a_number_twice():
    first = annotation()
    annotation(build=first.build, request=first.request)


def restating(**fields):
    said = {
        "of": "merge", "people": [1, 2], "build_after": build(), "asked_at": AT,
        **fields,
    }  # fmt: skip
    return Restating.objects.create(**said)


def of_a_night(**fields):
    said = {"of": "night", "people": [], "build_before": build(), **fields}
    return restating(**said)


def of_an_event(**fields):
    said = {"of": "event", "people": [], "event": ledger_rows.event(), **fields}
    return restating(**said)


def twice(make_one, *same):
    first = make_one()
    make_one(**{name: getattr(first, name) for name in ("build_after", *same)})


def one_number_restated_twice():
    place = {"restating": restating(), "storefront": make.storefront()}
    for _ in range(2):
        Restatement.objects.create(
            **place, metric="ltv_90", before=1, after=2, n_before=3, n_after=3
        )


def note(**fields):
    fields = {"on": date(2026, 3, 9), "text": "Free delivery.", **fields}
    return Note.objects.create(by=make.user(), at=AT, **fields)


REFUSED = {
    "one_build_is_published": two_published,
    "one_reading_per_metric_and_cell": two_readings_of_a_cell,
    "interval_is_the_right_way_round": lambda: reading(low="0.3", high="0.2"),
    "one_buyer_per_person_and_storefront": one_person_buying_twice,
    "one_annotation_per_metric_and_version": one_version_marking_a_number_twice,
    "comparison_is_one_of_three": lambda: annotation(comparison="rebased"),
    "annotation_tells_of_a_later_version": lambda: annotation(before=2),
    "restating_is_of_one_thing": lambda: of_an_event(people=[1, 2]),
    "measured_restating_says_when": lambda: restating(state="measured"),
    "failed_restating_says_why": lambda: restating(state="failed"),
    "build_is_restated_once": lambda: twice(of_a_night),
    "event_is_restated_once_per_build": lambda: twice(of_an_event, "event"),
    "merge_is_thought_of_once_per_build": lambda: twice(restating),
    "one_movement_per_number": one_number_moving_twice,
    "movement_goes_forward": a_number_moving_back_in_time,
    "number_is_restated_once": one_number_restated_twice,
    "note_says_something": lambda: note(text=""),
    "note_of_a_month_is_on_its_first_day": lambda: note(is_of_month=True),
    "note_is_taken_back_by_somebody": lambda: note(taken_back_at=AT),
}


@pytest.mark.parametrize("constraint", REFUSED)
def test_the_database_refuses_what_its_constraint_says(constraint):
    with broken(constraint):
        REFUSED[constraint]()


def test_every_constraint_has_something_it_refuses():
    named = {
        constraint.name
        for model in apps.get_app_config("reporting").get_models()
        for constraint in model._meta.constraints
    }

    assert named == set(REFUSED)


def test_any_number_of_builds_may_have_been_published_before():
    build(Build.State.SUPERSEDED)
    build(Build.State.SUPERSEDED)
    build(Build.State.PUBLISHED)

    assert Build.objects.count() == 3


@pytest.mark.parametrize(
    ("low", "high"), [("0.2", "0.2"), ("0.2", None), (None, "0.2"), (None, None)]
)
def test_an_interval_may_be_a_point_or_open(low, high):
    assert reading(low=low, high=high).pk is not None


def test_the_same_cell_may_be_read_in_every_build():
    first = reading(dimensions={"channel": "email"})

    again = reading(storefront=first.storefront, dimensions={"channel": "email"})

    assert again.build != first.build


def test_readings_of_a_metric_are_asked_for_by_storefront():
    harbour = reading(storefront=make.storefront("harbour"))
    reading(storefront=make.storefront("journey"))

    assert list(Reading.objects.of("repeat_rate", "harbour")) == [harbour]
    assert list(Reading.objects.of("sales", "harbour")) == []


def test_readings_of_the_published_build_are_those_that_show():
    reading(build=build(Build.State.HELD))
    shown = reading(build=build(Build.State.PUBLISHED))
    reading(build=build(Build.State.SUPERSEDED))

    assert list(Reading.objects.published()) == [shown]
