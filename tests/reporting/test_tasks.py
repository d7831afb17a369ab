"""The night's last two steps, as the night calls them."""

import pytest

from measurement.models import Night, NightStep
from reporting import tasks
from reporting.models import Build, Buyer, Reading
from tests.reporting import builds, shops

pytestmark = pytest.mark.django_db

DRAWN = """
    buyer | on         | via
    ------+------------+-------
    ada   | 2026-01-05 | email
"""


@pytest.fixture
def step_id() -> int:
    night = Night.objects.create(started_at=builds.NOW)
    return NightStep.objects.create(
        night=night, position=1, task="reporting.compute", label="Views"
    ).pk


def test_the_first_night_writes_readings_and_puts_them_up(step_id):
    shops.write(shops.drawn(DRAWN))

    computed = tasks.compute(step_id=step_id)
    published = tasks.publish(step_id=step_id)

    build = Build.objects.get()
    count = Reading.objects.filter(build=build).count()
    assert computed == {
        "rows_in": count,
        "written": count,
        "unchanged": 0,
        "rejected": 0,
        "more": False,
        "cursor": {},
        "message": f"{build} computed.",
    }
    assert published == {**computed, "message": f"{build} is published."}
    assert build.night.steps.get().pk == step_id


def test_the_second_night_finds_nothing_new(step_id):
    shops.write(shops.drawn(DRAWN))
    written = tasks.compute(step_id=step_id)["written"]
    tasks.publish(step_id=step_id)

    computed = tasks.compute(step_id=step_id)
    published = tasks.publish(step_id=step_id)

    assert (computed["written"], computed["unchanged"]) == (0, written)
    assert (published["written"], published["unchanged"]) == (0, written)
    assert published["message"] == "Nothing new to publish."


def test_a_held_build_is_rejected_with_its_reason(step_id):
    shops.write(shops.drawn(DRAWN), key="corner")
    tasks.compute(step_id=step_id)
    Buyer.objects.all().delete()

    published = tasks.publish(step_id=step_id)

    assert (published["rejected"], published["written"]) == (Reading.objects.count(), 0)
    assert published["message"].startswith(f"{Build.objects.get()} is held back. The ")
