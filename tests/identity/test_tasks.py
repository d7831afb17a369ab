"""The two steps of the night."""

import pytest

from identity.models import Link, OrderContext
from identity.tasks import enrich_orders, stitch
from measurement.models import Night, NightStep
from measurement.night import Page
from tests import make
from tests.identity import drawn

pytestmark = pytest.mark.django_db

LAST_NIGHT = make.moment("2026-03-02T02:00")


@pytest.fixture
def step() -> NightStep:
    night = Night.objects.create(started_at=LAST_NIGHT)
    return NightStep.objects.create(night=night, position=1, task="identity.stitch")


def test_people_are_told_as_of_the_beginning_of_the_night(step):
    drawn.shop().write("""
        record | name     | email
        crm 1  | Ann Bell | ann@home.example
        crm 2  | Ann Bell | ann@home.example
    """)

    page = Page(**stitch(step_id=step.pk))

    assert (page.rows_in, page.written, page.unchanged) == (2, 2, 0)
    assert set(Link.objects.values_list("started_at", flat=True)) == {LAST_NIGHT}


def test_a_second_night_stitches_nothing(step):
    drawn.shop().write("""
        record | name
        crm 1  | Ann Bell
    """)
    stitch(step_id=step.pk)

    page = Page(**stitch(step_id=step.pk))

    assert page == Page(
        rows_in=1, unchanged=1, message="Nothing new was said of anybody."
    )


def test_orders_are_counted_and_told_once(step):
    make.order(make.record(), make.moment("2026-01-15"))

    first = Page(**enrich_orders(step_id=step.pk))
    second = Page(**enrich_orders(step_id=step.pk))

    assert (first, second) == (Page(1, written=1), Page(1, unchanged=1))
    assert OrderContext.objects.count() == 1


def test_the_night_that_joins_people_sees_who_lives_with_whom(step):
    drawn.shop().write("""
        record | name     | email
        crm 1  | Ann Bell | bell@home.example
        crm 2  | Tom Bell | bell@home.example
    """)

    page = Page(**stitch(step_id=step.pk))

    assert page.message.endswith(
        "2 records are of a household by what they share; 0 no longer are."
    )
