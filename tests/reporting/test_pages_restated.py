"""What a night did to people and to numbers, on the night's page."""

import pytest

from identity.models import IdentityEvent
from reporting.models import Restatement, Restating
from tests import make, published
from tests.identity import ledger_rows
from tests.identity.queue.pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def night():
    return published.night()


def merged_by(night) -> IdentityEvent:
    return ledger_rows.merged(run=f"night {night.pk}", reason="The same customer id.")


def restated(night, **fields) -> Restating:
    first, second = published.build(state="superseded"), published.build()
    second.night = night
    second.save()
    return Restating.objects.create(
        of="night", build_before=first, build_after=second, asked_at=published.AT,
        **fields,
    )  # fmt: skip


def test_a_night_names_whom_it_joined_and_leads_to_why(reader, night):
    event = merged_by(night)

    page = reader.get(f"/runs/{night.pk}/")

    address = f"/review/people/{event.person.public_id}/#event-{event.pk}"
    assert f'href="{address}"' in page.text
    assert f"Merged : event {event.pk} The same customer id." in words(page)


def test_what_another_night_joined_is_not_told(reader, night):
    merged_by(published.night(at=make.moment("2026-03-01")))

    said = words(reader.get(f"/runs/{night.pk}/"))

    assert "Nobody who was known before was joined or parted." in said
    assert "What it did to numbers: not measured." in said


def test_numbers_that_people_alone_moved_stand_with_both_values(reader, night):
    made = restated(night, state="measured", measured_at=published.AT, looked_at=30)
    Restatement.objects.create(
        restating=made, storefront=make.storefront("corner"), metric="customers",
        before=10, after=9, n_before=10, n_after=9,
    )  # fmt: skip

    said = words(reader.get(f"/runs/{night.pk}/"))

    assert "1 of 30 numbers moved by it." in said
    assert "customers Corner 10 9" in said


def test_what_is_being_measured_says_so(reader, night):
    restated(night)

    said = words(reader.get(f"/runs/{night.pk}/"))

    assert "What it did to numbers: being measured." in said


def test_what_could_not_be_measured_says_why(reader, night):
    restated(night, state="failed", message="An order's money does not fit.")

    said = words(reader.get(f"/runs/{night.pk}/"))

    assert (
        "What it did to numbers: could not be measured. An order&#x27;s money does not "
        "fit."
    ) in said


def test_of_many_that_were_joined_some_are_shown_and_all_counted(
    reader, night, django_assert_max_num_queries
):
    for _ in range(23):
        merged_by(night)

    with django_assert_max_num_queries(24):
        page = reader.get(f"/runs/{night.pk}/")

    assert "Of 23 the first 20 are shown." in words(page)
    assert page.text.count("Why this is one person") == 20
